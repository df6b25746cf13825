import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type { Type } from '../../plan/type.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { removeItem, replaceText } from '../fixes.ts';
import { replaceFix } from '../scope.ts';
import { describe, describeFully, isScalar, isUnknown, join, required, unknown } from '../types.ts';
import { nearestZone, zoneExists } from '../zones.ts';
import { constantOf } from './constant.ts';
import type { Checker, Env } from './context.ts';
import { type ExpectOptions, expect } from './expression/expect.ts';
import { infer } from './expression/infer.ts';
import { metricArgument } from './metric.ts';
import { resolveDeclaration } from './names.ts';
import { type Callable, describeSignature, type SignatureParameter, signatureOf } from './signature.ts';
import { tableOf } from './tables.ts';
import type { Reference } from './type-expression.ts';

export interface Bound {
  /** By the parameter's name; defaults absent. */
  readonly args: ReadonlyMap<string, ast.Arg>;
  readonly rest: readonly ast.Arg[];
}

/** Which argument goes to which parameter: by position, then by name. Reports what does not go anywhere. */
export function bindArguments(
  c: Checker,
  env: Env,
  callee: ast.Name,
  args: readonly ast.Arg[],
  declaration: Callable,
  required = true,
): Bound {
  const { parameters } = signatureOf(c, declaration);
  const bound = new Map<string, ast.Arg>();
  const rest: ast.Arg[] = [];
  let position = 0;
  let reported = false;
  for (const arg of args) {
    const parameter = arg.name
      ? parameters.find(candidate => candidate.name === arg.name!.text)
      : parameters[Math.min(position, parameters.length - 1)];
    if (!arg.name) position++;
    if (parameter?.node.rest && !arg.name) {
      rest.push(arg);
    } else if (!parameter || (!arg.name && position > parameters.length)) {
      reported = true;
      reportStray(c, env, callee, args, arg, declaration);
    } else if (bound.has(parameter.name)) {
      reported = true;
      const fixes = [removeItem(env.module, arg.span, false)];
      const at = (arg.name ?? arg).span;
      c.error(env.module, typesMessages.duplicateArgument, { name: parameter.name }, at, { fixes });
    } else bound.set(parameter.name, arg);
  }
  if (required && !reported) reportMissing(c, env, callee, bound, parameters, declaration);
  return { args: bound, rest };
}

function reportStray(
  c: Checker,
  env: Env,
  callee: ast.Name,
  args: readonly ast.Arg[],
  arg: ast.Arg,
  declaration: Callable,
): void {
  const parameters = declaration.parameters;
  const labels = [c.labelAt(declaration, `declared as ${describeSignature(c, declaration)}`)];
  if (!arg.name) {
    const facts = { callee: callee.text, takes: parameters.length, given: args.length };
    const fixes = [removeItem(env.module, arg.span, false)];
    c.error(env.module, typesMessages.tooManyArguments, facts, arg.span, { labels, fixes });
    return;
  }
  if (arg.name.text === '') return;
  const known = parameters.map(parameter => parameter.name.text);
  const suggestion = suggest(arg.name.text, known);
  const fixes = suggestion === undefined ? [] : [replaceFix(env.module, arg.name, suggestion)];
  const facts = { name: arg.name.text, callee: callee.text, known, suggestion };
  c.error(env.module, typesMessages.unknownArgument, facts, arg.name.span, { labels, fixes });
}

function reportMissing(
  c: Checker,
  env: Env,
  callee: ast.Name,
  bound: ReadonlyMap<string, ast.Arg>,
  parameters: readonly SignatureParameter[],
  declaration: Callable,
): void {
  for (const { node, name, type, reference } of parameters) {
    if (node.rest || node.default !== undefined || bound.has(name)) continue;
    const labels = [c.labelAt(declaration, 'declared here', node.span)];
    const facts = { name, callee: callee.text, type: reference ?? describeFully(type) };
    c.error(env.module, typesMessages.missingArgument, facts, callee.span, { labels });
  }
}

export interface ArgumentRules {
  /** Null lifts over the call instead of being refused. */
  readonly lifts?: boolean;
  /** Parameters whose arguments are expressions; all others must be constants. Undefined: none must. */
  readonly free?: ReadonlySet<string>;
  /** Where the arguments named by `free` are evaluated. */
  readonly freeEnv?: Env;
  /** Overloads were chosen by the types of the arguments: those are known, but where an enum is expected. */
  readonly typed?: boolean;
}

export interface CheckedArguments {
  /** The common type of all `any` arguments, refinements kept. */
  readonly any: Type | undefined;
  /** An optional value met a parameter that takes none. */
  readonly lifted: boolean;
  readonly types: ReadonlyMap<string, Type>;
  readonly broken: boolean;
}

/** Types every argument and checks it against its parameter. */
export function checkArguments(
  c: Checker,
  env: Env,
  bound: Bound,
  declaration: Callable,
  rules: ArgumentRules = {},
): CheckedArguments {
  const { parameters } = signatureOf(c, declaration);
  const lifts = rules.lifts === true;
  const typed = rules.typed === true;
  const types = new Map<string, Type>();
  let any: Type | undefined;
  let lifted = false;
  let broken = false;
  for (const parameter of parameters) {
    const arg = bound.args.get(parameter.name);
    const given = parameter.node.rest ? bound.rest : arg ? [arg] : [];
    for (const { value } of given) {
      const where = rules.free?.has(parameter.name) ? (rules.freeEnv ?? env) : env;
      const constant = rules.free !== undefined && !rules.free.has(parameter.name);
      const type = checkArgument(c, where, value, parameter, declaration, { lifts, constant, any, typed });
      if (parameter.name === 'zone') checkZone(c, where, value, declaration);
      types.set(parameter.name, type);
      if (isUnknown(type)) broken = true;
      if (parameter.reference === 'any' && !isUnknown(type)) any = joinAny(c, env, value, any, type);
      else if (type.optional && !parameter.type.optional) lifted = true;
    }
  }
  return { any, lifted, types, broken };
}

interface ArgumentFacts {
  readonly lifts: boolean;
  readonly constant: boolean;
  /** The common type of the `any` arguments before. */
  readonly any: Type | undefined;
  readonly typed: boolean;
}

function checkArgument(
  c: Checker,
  env: Env,
  value: ast.Expression,
  parameter: SignatureParameter,
  declaration: Callable,
  { lifts, constant: mustBeConstant, any, typed }: ArgumentFacts,
): Type {
  const { name, type, reference, node } = parameter;
  const cause = () =>
    c.labelAt(declaration, `declared here as ${reference ?? describeFully(type)}`, node.span);
  if (reference === 'any') return anyArgument(c, env, value, any, name, typed);
  if (reference) return referenceArgument(c, env, value, reference);
  if (type.kind === 'secret') return secretArgument(c, env, value, type, name, declaration);
  if (type.kind === 'metric') return metricArgument(c, env, value);
  if (type.kind === 'table') return tableArgument(c, env, value, type);
  const found = typed && type.kind !== 'enum' ? c.typeOf(value) : infer(c, env, value, type);
  const constant = mustBeConstant && type.kind !== 'list' && type.kind !== 'unknown';
  const options: ExpectOptions = { cause, constant, lifts };
  const inlined = declaration.kind === 'Function' || declaration.kind === 'AggregateFunction';
  const what = inlined ? `the argument \`${name}\` of \`${declaration.name.text}\`` : `\`${name}\``;
  const fitsHere = expect(c, env, value, found, type, what, options);
  return fitsHere ? found : unknown;
}

function anyArgument(
  c: Checker,
  env: Env,
  value: ast.Expression,
  any: Type | undefined,
  name: string,
  typed: boolean,
): Type {
  // Nested calls would otherwise be looked into twice at each level.
  const found = typed && any?.kind !== 'enum' ? c.typeOf(value) : infer(c, env, value, any && required(any));
  if (isUnknown(found) || isScalar(found)) return found;
  const facts = { expected: 'a scalar', found: describe(found), what: `\`${name}\`` };
  c.error(env.module, typesMessages.mismatch, facts, value.span);
  return unknown;
}

function joinAny(c: Checker, env: Env, value: ast.Expression, any: Type | undefined, type: Type): Type {
  if (any === undefined) return type;
  const joined = join(any, type);
  if (joined) return joined;
  const facts = { left: describe(any), right: describe(type), what: 'arguments that must have one type' };
  c.error(env.module, typesMessages.noCommonType, facts, value.span);
  return any;
}

const referred = {
  connection: ['Connection'],
  source: ['Source'],
  monitor: ['Monitor'],
} as const;

function referenceArgument(
  c: Checker,
  env: Env,
  value: ast.Expression,
  reference: Exclude<Reference, 'any'>,
): Type {
  if (value.kind === 'Missing') return unknown;
  if (value.kind !== 'NameExpression') {
    const facts = { expected: `the name of a ${reference}`, found: 'an expression', what: 'this' };
    c.error(env.module, typesMessages.mismatch, facts, value.span);
    return unknown;
  }
  // A column is looked for by whoever knows the table.
  if (reference !== 'column') resolveDeclaration(c, env.module, value.name, referred[reference]);
  return unknown;
}

/** What the library calls a zone is the name of a time zone; one that is computed is looked up when it is needed. */
function checkZone(c: Checker, env: Env, value: ast.Expression, declaration: Callable): void {
  const zone = constantOf(c, value);
  if (typeof zone !== 'string' || !c.home(declaration).library || zoneExists(zone)) return;
  const suggestion = nearestZone(zone);
  const fixes =
    suggestion === undefined ? [] : [replaceText(env.module, value.span, JSON.stringify(suggestion))];
  c.error(env.module, declarationMessages.zone, { zone, suggestion }, value.span, { fixes });
}

/** A secret is a name, never a value. */
function secretArgument(
  c: Checker,
  env: Env,
  value: ast.Expression,
  type: Type,
  name: string,
  declaration: Callable,
): Type {
  if (value.kind === 'Null' && type.optional) return infer(c, env, value);
  const found = infer(c, env, value);
  if (found.kind === 'string') {
    c.typed(value, unknown);
    const labels = [c.labelAt(declaration, 'declared here')];
    const variable = name.toUpperCase().replace(/\W/g, '_');
    const fixes = [replaceText(env.module, value.span, `secret("${variable}")`, false)];
    c.error(env.module, declarationMessages.secretLiteral, { name }, value.span, { labels, fixes });
    return unknown;
  }
  expect(c, env, value, found, type, `\`${name}\``, { hint: 'write secret("NAME")' });
  return found;
}

function tableArgument(c: Checker, env: Env, value: ast.Expression, type: Type): Type {
  if (value.kind !== 'NameExpression') {
    const found = infer(c, env, value);
    expect(c, env, value, found, type, 'this');
    return found;
  }
  const declaration = resolveDeclaration(c, env.module, value.name, ['Source', 'Let', 'Features']);
  if (!declaration) return c.typed(value, unknown);
  const table = tableOf(c, declaration);
  const row = table?.schema?.name;
  if (table && row !== type.row) {
    const found = row === undefined ? 'a feature view' : `table ${row}`;
    const labels = [c.labelAt(declaration, 'declared here')];
    const facts = { expected: describe(type), found, what: `\`${value.name.text}\`` };
    c.error(env.module, typesMessages.mismatch, facts, value.span, { labels });
  }
  return c.typed(value, table && row !== undefined ? { kind: 'table', optional: false, row } : unknown);
}
