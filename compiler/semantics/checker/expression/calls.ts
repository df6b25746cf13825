import { namesMessages } from '../../../diagnostics/messages/names.ts';
import { typesMessages } from '../../../diagnostics/messages/types.ts';
import type { Type } from '../../../plan/type.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { type DeclarationSymbol, lookup } from '../../scope.ts';
import { optional, unknown, withUnit } from '../../types.ts';
import { type Bound, bindArguments, type CheckedArguments, checkArguments } from '../arguments.ts';
import type { Checker, Env } from '../context.ts';
import { checkFunctionBody } from '../function.ts';
import { metricNamed, metricType } from '../metric.ts';
import { kindNames, noteDeprecated, reportUnknown } from '../names.ts';
import { type Callable, keyOf, signatureOf } from '../signature.ts';
import { inferTableAggregate } from './aggregates.ts';
import { inferDrift } from './drift.ts';
import { withRangeOf } from './function-ranges.ts';
import { infer, notHere } from './infer.ts';
import { findBinding } from './names.ts';
import { chooseOverload } from './overloads.ts';
import { intervalOf } from './ranges.ts';

export function inferCall(c: Checker, env: Env, e: ast.Call, _expected?: Type): Type {
  const special = specialOf(env, e);
  if (special) return inferMetricOf(c, env, e, special);
  const symbol = calleeOf(c, env, e);
  if (!symbol) return unknown;
  switch (symbol.declaration.kind) {
    case 'Function':
      return inferFunction(c, env, e, symbol);
    case 'AggregateFunction':
      return inferTableAggregate(c, env, e, symbol);
    case 'Constructor':
      return symbol.declaration.makes.text === 'drift'
        ? inferDrift(c, env, e, symbol.declaration)
        : callOutOfPlace(c, env, e, symbol, `what makes a ${symbol.declaration.makes.text}`);
    case 'Component':
      return inferComponent(c, env, e, symbol.declaration);
    case 'Metric':
      return inferMetricCall(c, env, e, symbol.declaration);
    case 'Trainer':
      return callOutOfPlace(c, env, e, symbol, 'a trainer');
    default:
      return callOutOfPlace(c, env, e, symbol, kindNames[symbol.declaration.kind]);
  }
}

function callOutOfPlace(c: Checker, env: Env, e: ast.Call, symbol: DeclarationSymbol, what: string): Type {
  typeAll(c, env, e.args);
  return notHere(c, env, e, `\`${symbol.name}\``, `it is ${what}, not a value`);
}

/** Types the arguments of a call that is broken anyway, so that names in them are bound and checked. */
export function typeAll(c: Checker, env: Env, args: readonly ast.Arg[]): void {
  for (const arg of args) if (arg.value.kind !== 'EachFeature') infer(c, env, arg.value);
}

function specialOf(env: Env, e: ast.Call): 'champion' | 'baseline' | undefined {
  const { text } = e.callee;
  if (!env.gate || (text !== 'champion' && text !== 'baseline')) return undefined;
  return lookup(env.module, 'functions', text) ? undefined : text;
}

/** What is called, bound; a metric with arguments counts where metrics are read. */
function calleeOf(c: Checker, env: Env, e: ast.Call): DeclarationSymbol | undefined {
  const name = e.callee;
  if (name.text === '') {
    typeAll(c, env, e.args);
    return undefined;
  }
  const measures = env.place === 'validation' || env.place === 'monitor';
  const symbol =
    lookup(env.module, 'functions', name.text) ??
    (measures ? c.contextual('drift')?.own.functions.get(name.text) : undefined);
  if (symbol) {
    c.bind(name, symbol);
    noteDeprecated(c, env.module, name, symbol);
    return symbol;
  }
  const metric = env.gate ? lookup(env.module, 'values', name.text) : undefined;
  if (metric?.declaration.kind === 'Metric') {
    c.bind(name, metric);
    return metric;
  }
  typeAll(c, env, e.args);
  reportUnknownCallee(c, env, name);
  return undefined;
}

function reportUnknownCallee(c: Checker, env: Env, name: ast.Name): void {
  const binding = findBinding(env, name.text);
  const value = lookup(env.module, 'values', name.text);
  if (binding || value) {
    const what = binding ? 'a value' : kindNames[value!.declaration.kind];
    const { end } = name.span;
    const empty = /^\s*\(\s*\)/.exec(env.module.file.text.slice(end, end + 20))?.[0];
    const span = { start: end, end: end + (empty?.length ?? 0) };
    const edits = [{ file: env.module.file, span, text: '' }];
    const fixes = empty === undefined ? [] : [{ title: 'remove the brackets', edits }];
    c.error(env.module, namesMessages.valueAsFunction, { name: name.text, what }, name.span, { fixes });
    return;
  }
  const where = name.text === 'champion' || name.text === 'baseline';
  if (where) {
    const facts = { name: name.text, where: 'the conditions of `promote`' };
    c.error(env.module, namesMessages.specialNotHere, facts, name.span);
    return;
  }
  reportUnknown(c, env.module, name, 'functions', 'function', undefined);
}

/** `champion(m)`: a policy's parameter, or a metric, of the champion or the baseline. */
function inferMetricOf(c: Checker, env: Env, e: ast.Call, of: 'champion' | 'baseline'): Type {
  c.bind(e.callee, { kind: 'special', name: of });
  if (of === 'baseline') env.gate?.onBaseline?.(e.callee);
  const [arg, ...more] = e.args;
  const value = arg?.value;
  const metric = value && metricNamed(c, env, value);
  if (metric === 'open') return unknown;
  if (!value || !metric || more.length > 0) {
    typeAll(c, env, e.args);
    const facts = {
      expected: 'one metric',
      found: value ? 'something else' : 'nothing',
      what: `the argument of ${of}`,
    };
    c.error(env.module, typesMessages.mismatch, facts, (value ?? e).span);
    return unknown;
  }
  const type = metricType(c, metric);
  c.typed(value, type);
  if (value.kind === 'NameExpression') {
    if (!c.symbols.has(value.name)) c.bind(value.name, lookup(env.module, 'values', value.name.text));
    env.gate?.onMetric?.(metric, value.name, of);
  }
  return of === 'champion' ? optional(type) : type;
}

const none: readonly ast.Expression[] = [];

export function recordCall(
  c: Checker,
  e: ast.Call | ast.Aggregate,
  declaration: Callable,
  bound: Bound,
  symbol: DeclarationSymbol | undefined,
): void {
  const args = new Map<string, ast.Expression>();
  bound.args.forEach((arg, name) => void args.set(name, arg.value));
  const rest = bound.rest.length === 0 ? none : bound.rest.map(arg => arg.value);
  const key = symbol?.overloads ? keyOf(c, declaration, symbol.overloads) : declaration.name.text;
  c.calls.set(e, { declaration, key, args, rest });
}

/** The type of a call's result, given what came in. */
export function resultType(c: Checker, declaration: Callable, checked: CheckedArguments): Type {
  const { result, resultIsAny, keepsUnit, parameters } = signatureOf(c, declaration);
  let type = resultIsAny ? (checked.any ?? unknown) : (result ?? unknown);
  if (keepsUnit && type.kind !== 'unknown') {
    const first = parameters[0] && checked.types.get(parameters[0].name);
    type = withUnit(type, first?.unit ?? type.unit);
  }
  return type;
}

function inferFunction(c: Checker, env: Env, e: ast.Call, symbol: DeclarationSymbol): Type {
  const candidates = (symbol.overloads ?? [symbol.declaration]).filter(one => one.kind === 'Function');
  const declaration = chooseOverload(c, env, env, e.callee, e.args, candidates);
  if (!declaration) return unknown;
  const bound = bindArguments(c, env, e.callee, e.args, declaration);
  const checked = checkArguments(c, env, bound, declaration, { lifts: true, typed: candidates.length > 1 });
  recordCall(c, e, declaration, bound, symbol);
  checkFunctionBody(c, declaration, { module: env.module, name: e.callee });
  const type = rangedResult(c, declaration, bound, resultType(c, declaration, checked));
  return checked.lifted ? optional(type) : type;
}

/** What the ranges of the arguments tell of the result, for functions of the library. */
export function rangedResult(
  c: Checker,
  declaration: ast.FunctionDeclaration | ast.AggregateDeclaration,
  bound: Bound,
  type: Type,
): Type {
  if (!c.home(declaration).path.startsWith('std/')) return type;
  const args = declaration.parameters.map(parameter => {
    const value = bound.args.get(parameter.name.text)?.value ?? parameter.default;
    return value ? intervalOf(c, value, c.typeOf(value)) : { min: undefined, max: undefined };
  });
  const kind = declaration.kind === 'Function' ? 'function' : 'aggregate';
  return withRangeOf(type, declaration.name.text, kind, args);
}

/** A component makes a table; that is a value only in `let x = component(…)`. */
function inferComponent(c: Checker, env: Env, e: ast.Call, declaration: ast.ComponentDeclaration): Type {
  const bound = bindArguments(c, env, e.callee, e.args, declaration);
  checkArguments(c, env, bound, declaration, { free: new Set() });
  recordCall(c, e, declaration, bound, undefined);
  const type = signatureOf(c, declaration).result ?? unknown;
  if (env.place === 'constant') return type;
  return notHere(
    c,
    env,
    e,
    `the component \`${e.callee.text}\``,
    'it makes a table: name it with `let`, then join it',
  );
}

function inferMetricCall(c: Checker, env: Env, e: ast.Call, declaration: ast.MetricDeclaration): Type {
  const bound = bindArguments(c, env, e.callee, e.args, declaration);
  checkArguments(c, env, bound, declaration, { free: new Set() });
  recordCall(c, e, declaration, bound, undefined);
  env.gate?.onMetric?.(declaration, e.callee, 'model');
  return metricType(c, declaration);
}
