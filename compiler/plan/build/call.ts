import type { Program, ResolvedCall } from '../../semantics/program.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { ofTeam } from '../foreign.ts';
import type { At, Expr, TeamFunction, Type, Value } from '../plan.ts';
import { aggregateArguments } from './aggregate.ts';
import { foreignOf } from './constructs.ts';
import { alike, lower, metricOf } from './expression.ts';
import { inline } from './inline.ts';
import { type Scope, unknown } from './scope.ts';
import { call, literal, toFloat } from './typed.ts';

export function lowerCall(e: ast.Call, type: Type, at: At, scope: Scope): Expr {
  const { program } = scope.context;
  const callee = program.symbolOf(e.callee);
  if (callee?.kind === 'special' && (callee.name === 'champion' || callee.name === 'baseline'))
    return ofOther(e, callee.name, type, at, scope);
  const resolved = program.callOf(e);
  if (!resolved) return literal(null, unknown, at);
  const { declaration } = resolved;
  const value = valueOfCall(e, resolved, type, at, scope);
  return isMasking(declaration) ? { ...value, masks: true } : value;
}

/** Does the library or the team say that personal data cannot be told from the result? */
export const isMasking = ({ annotations }: { readonly annotations: readonly ast.Annotation[] }): boolean =>
  annotations.some(annotation => annotation.name.text === 'masks');

function valueOfCall(e: ast.Call, resolved: ResolvedCall, type: Type, at: At, scope: Scope): Expr {
  const { declaration } = resolved;
  switch (declaration.kind) {
    case 'Function': {
      const { body } = declaration;
      if (body.kind === 'ExpressionBody') return inline(declaration, body, resolved, type, at, scope);
      const given = functionArguments(resolved, scope);
      if (body.builtin) return call(resolved.key, given, type, at);
      return {
        ...call(ofTeam(scope.context.functionOf(declaration)), given, type, at),
        team: teamOf(declaration, scope),
      };
    }
    case 'AggregateFunction':
      return {
        op: 'table_aggregate',
        aggregate: resolved.key,
        args: aggregateArguments(e, resolved, scope),
        type,
        at,
      };
    case 'Constructor':
      return drift(e, declaration, resolved, type, at, scope);
    case 'Metric':
      return metricOf(declaration, 'model', constants(resolved, scope), type, at);
    default:
      return literal(null, unknown, at);
  }
}

function teamOf(declaration: ast.FunctionDeclaration, { context }: Scope): TeamFunction {
  const { parameters, result } = context.program.signatureOf(declaration);
  return {
    name: declaration.name.text,
    parameters: declaration.parameters.map(({ name }, i) => ({ name: name.text, type: parameters[i]! })),
    type: result,
    run: foreignOf(declaration, context),
  };
}

/** `champion(m)` of a policy: the metric that the parameter stands for, of the other model. */
function ofOther(e: ast.Call, of: 'champion' | 'baseline', type: Type, at: At, scope: Scope): Expr {
  const argument = e.args[0] && lower(e.args[0].value, scope);
  if (argument?.op !== 'metric') return literal(null, unknown, at);
  const optional = of === 'champion';
  const known = { ...(type.kind === 'unknown' ? argument.type : { ...argument.type, ...type }), optional };
  return { ...argument, of, type: { ...known, kind: 'float' }, at };
}

/** Arguments in the order of the parameters, defaults filled in, converted to the declared kinds. */
export function functionArguments(resolved: ResolvedCall, scope: Scope): Expr[] {
  const { declaration, args, rest } = resolved;
  const parameters = 'parameters' in declaration ? declaration.parameters : [];
  const given = parameters.flatMap(parameter => {
    if (parameter.rest) return rest.map(x => converted(lower(x, scope), parameter));
    const argument = args.get(parameter.name.text) ?? parameter.default;
    return argument ? [converted(lower(argument, scope), parameter)] : [];
  });
  // Parameters written `any` take one type.
  return isGeneric(parameters) ? alike(given) : given;
}

const isGeneric = (parameters: readonly ast.Parameter[]): boolean =>
  parameters.length > 0 &&
  parameters.every(p => p.type.body.kind === 'NamedType' && p.type.body.name.text === 'any');

export function converted(argument: Expr, parameter: ast.Parameter): Expr {
  const { body } = parameter.type;
  return body.kind === 'NamedType' && body.name.text === 'float' ? toFloat(argument) : argument;
}

export function constants(resolved: ResolvedCall, scope: Scope): Record<string, Value> {
  const { program } = scope.context;
  const parameters = 'parameters' in resolved.declaration ? resolved.declaration.parameters : [];
  return Object.fromEntries(
    parameters.flatMap(parameter => {
      const argument = resolved.args.get(parameter.name.text) ?? parameter.default;
      const value = argument && (program.constantOf(argument) ?? memberOf(argument, program));
      return value === undefined ? [] : [[parameter.name.text, value]];
    }),
  );
}
function memberOf(e: ast.Expression, program: Program): Value | undefined {
  if (e.kind === 'Null') return null;
  const name = e.kind === 'NameExpression' ? e.name : e.kind === 'Member' ? e.member : undefined;
  const symbol = name && program.symbolOf(name);
  return symbol?.kind === 'member' ? symbol.name : undefined;
}

/** A drift measure: of a table's values against `previous`, or of a model's features in a monitor. */
function drift(
  e: ast.Call,
  declaration: ast.ConstructorDeclaration,
  resolved: ResolvedCall,
  type: Type,
  at: At,
  scope: Scope,
): Expr {
  const value = resolved.args.get('value') ?? e.args[0]?.value;
  if (declaration.makes.text !== 'drift' || !value) return literal(null, unknown, at);
  const args = constants(resolved, scope);
  delete args['value'];
  const written =
    resolved.args.get('against') ?? declaration.parameters.find(p => p.name.text === 'against')?.default;
  const against =
    written?.kind === 'NameExpression' && written.name.text === 'previous' ? 'previous' : 'training';
  delete args['against'];
  const name = declaration.name.text;
  if (value.kind === 'EachFeature') {
    const except = new Set(value.except.map(n => n.text));
    const features = (scope.features ?? []).filter(f => !except.has(f));
    return { op: 'measure', measure: name, features, args, type, at };
  }
  const lowered = lower(value, scope);
  if (scope.features && lowered.op === 'feature')
    return { op: 'measure', measure: name, features: [lowered.name], args, type, at };
  return { op: 'drift', measure: name, value: lowered, against, args, type, at };
}
