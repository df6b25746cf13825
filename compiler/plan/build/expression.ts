import type { Program } from '../../semantics/program.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { plannedAlias } from '../expression.ts';
import type { At, CallExpr, Expr, Type, Value } from '../plan.ts';
import { aggregateArguments, lowerAggregate } from './aggregate.ts';
import { isMasking, lowerCall } from './call.ts';
import { type Scope, unknown } from './scope.ts';
import { call, literal, toFloat, typed } from './typed.ts';

/** An expression as a typed tree. What has an error becomes a null of unknown type, which nothing is derived from. */
export function lower(e: ast.Expression | ast.MissingExpression, scope: Scope): Expr {
  const { program } = scope.context;
  const at = scope.context.at(scope.file, e.span);
  if (scope.context.grows(scope.file, e.span)) return literal(null, unknown, at);
  const type = e.kind === 'Missing' ? unknown : program.typeOf(e);
  const constant = e.kind === 'Missing' || mentionsParameter(e, program) ? undefined : program.constantOf(e);
  if (constant !== undefined && type.kind !== 'secret' && type.kind !== 'metric')
    return literal(constant, constantType(type, constant, e.kind), at);
  switch (e.kind) {
    case 'NameExpression':
      return lowerName(e.name, type, at, scope);
    case 'Member':
      return lowerMember(e, type, at, scope);
    case 'Unary':
      return call(e.operator === '-' ? 'neg' : 'not', [lower(e.operand, scope)], type, at);
    case 'Binary':
      return binary(e, type, at, scope);
    case 'InRange': {
      const operands = alike([e.operand, e.range.low, e.range.high].map(x => lower(x, scope)));
      return negated(e.negated, call('in_range', operands, type, at), at);
    }
    case 'InSet': {
      const operands = alike([e.operand, ...e.items].map(x => lower(x, scope)));
      return negated(e.negated, call('in_set', operands, type, at), at);
    }
    case 'Matching': {
      const pattern = literal(
        e.pattern.kind === 'String' ? e.pattern.value : null,
        { kind: 'string', optional: false },
        scope.context.at(scope.file, e.pattern.span),
      );
      return negated(e.negated, call('matching', [lower(e.operand, scope), pattern], type, at), at);
    }
    case 'IsNull':
      return negated(e.negated, call('is_null', [lower(e.operand, scope)], type, at), at);
    case 'List': {
      const items = e.items.map(item => lower(item, scope));
      return call('list', type.element?.kind === 'float' ? alike(items, type.element) : items, type, at);
    }
    case 'If': {
      const [then, otherwise] = alike([lower(e.then, scope), lower(e.otherwise, scope)], type);
      return call('if', [lower(e.condition, scope), then!, otherwise!], type, at);
    }
    case 'Match':
      return lowerMatch(e, type, at, scope);
    case 'Call':
      return lowerCall(e, type, at, scope);
    case 'Aggregate':
      return lowerAggregate(e, type, at, scope);
    case 'Fitted': {
      const inner = e.call.kind === 'Missing' ? undefined : program.callOf(e.call);
      const args = inner ? aggregateArguments(e.call as ast.Call | ast.Aggregate, inner, scope) : [];
      const masks = inner && isMasking(inner.declaration) ? ({ masks: true } as const) : {};
      return { op: 'fitted', aggregate: inner?.key ?? '', args, type, at, ...masks };
    }
    default:
      return literal(null, unknown, at);
  }
}

const literalKinds: Partial<Record<ast.Expression['kind'], Type['kind']>> = {
  Int: 'int',
  Float: 'float',
  Duration: 'duration',
  Size: 'size',
  Rate: 'rate',
  String: 'string',
  Bool: 'bool',
};
/** A constant's type: what the checker says; it does not look at the library's own defaults, so those are told here. */
function constantType(type: Type, value: Value, written: ast.Expression['kind']): Type {
  if (type.kind !== 'unknown') return type;
  if (value === null) return { kind: 'null', optional: true };
  return { kind: literalKinds[written] ?? 'unknown', optional: false };
}

/** Constants of a function's body that depend on its arguments are not constants of the function. */
function mentionsParameter(e: ast.Expression, program: Program): boolean {
  if (e.kind === 'NameExpression') return program.symbolOf(e.name)?.kind === 'parameter';
  return false;
}

function negated(negate: boolean, expr: CallExpr, at: At): Expr {
  return negate ? call('not', [expr], expr.type, at) : expr;
}

/** Operands of one comparison or choice: all floats if one is. */
export function alike(operands: readonly Expr[], wanted?: Type): Expr[] {
  const float = wanted?.kind === 'float' || operands.some(o => o.type.kind === 'float');
  return operands.map(o => (float ? toFloat(o) : o));
}

const operators: Readonly<Record<ast.BinaryOperator, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  and: 'and',
  or: 'or',
  '??': 'coalesce',
};

function binary(e: ast.Binary, type: Type, at: At, scope: Scope): Expr {
  const operands = [lower(e.left, scope), lower(e.right, scope)];
  if (e.operator === 'and' || e.operator === 'or') return call(operators[e.operator], operands, type, at);
  // `/` divides floats, so integers become floats first.
  const same = e.operator === '/' ? operands.map(o => toFloat(o)) : alike(operands);
  return call(operators[e.operator], same, type, at);
}

/** `match x { a => 1, _ => 0 }` as nested conditions; without `_` what matches nothing is null. */
function lowerMatch(e: ast.Match, type: Type, at: At, scope: Scope): Expr {
  const subject = lower(e.subject, scope);
  const values = alike(
    e.arms.map(arm => lower(arm.value, scope)),
    type,
  );
  const rest = e.arms.findIndex(arm => arm.pattern === undefined);
  const last = rest < 0 ? literal(null, { ...type, optional: true }, at) : values[rest]!;
  const cases = rest < 0 ? e.arms : e.arms.slice(0, rest);
  return cases.reduceRight<Expr>((otherwise, arm, i) => {
    const [left, right] = alike([subject, lower(arm.pattern!, scope)]);
    const armAt = scope.context.at(scope.file, arm.span);
    const test = call('eq', [left!, right!], { kind: 'bool', optional: subject.type.optional }, armAt);
    // A null subject matches no pattern but `_`.
    const certain = test.type.optional
      ? call(
          'coalesce',
          [test, literal(false, { kind: 'bool', optional: false }, armAt)],
          { kind: 'bool', optional: false },
          armAt,
        )
      : test;
    return call('if', [certain, values[i]!, otherwise], type, armAt);
  }, last);
}

function lowerName(name: ast.Name, type: Type, at: At, scope: Scope): Expr {
  const { context } = scope;
  const symbol = context.program.symbolOf(name);
  switch (symbol?.kind) {
    case 'column':
      return { op: 'column', of: scope.row, column: symbol.name, type, at };
    case 'feature':
      return scope.row === 'other'
        ? { op: 'column', of: 'other', column: symbol.name, type, at }
        : { op: 'feature', name: symbol.name, type, at };
    case 'parameter': {
      const argument = scope.parameters.get(symbol.parameter);
      return argument ?? literal(null, unknown, at);
    }
    case 'member':
      return literal(symbol.name, type, at);
    case 'special':
      return measure(symbol.name, type, at);
    case 'declaration': {
      const { declaration, file } = symbol;
      if (declaration === scope.tested?.declaration) return scope.tested.result;
      if (declaration.kind === 'Metric') return metricOf(declaration, 'model', {}, type, at);
      if ((declaration.kind === 'Let' || declaration.kind === 'Param') && !scope.inlining.has(declaration)) {
        if (!declaration.value) return literal(null, unknown, at);
        const inlining = new Set([...scope.inlining, declaration]);
        return typed(lower(declaration.value, { ...scope, file, inlining }), type);
      }
      return literal(null, unknown, at);
    }
    default:
      return literal(null, unknown, at);
  }
}

const measure = (name: string, type: Type, at: At): Expr => ({
  op: 'measure',
  measure: name,
  args: {},
  type,
  at,
});

/** A metric of the model, or a measure of the running service, which the library declares `for service`. */
export function metricOf(
  declaration: ast.MetricDeclaration,
  of: 'model' | 'champion' | 'baseline',
  args: Readonly<Record<string, Value>>,
  type: Type,
  at: At,
): Expr {
  const name = declaration.name.text;
  const known = type.kind === 'metric' ? { ...type, kind: 'float' as const } : type;
  if (declaration.tasks.some(task => task.text === 'service'))
    return { op: 'measure', measure: name, args, type: known, at };
  return { op: 'metric', metric: name, of, args, type: known, at };
}

function lowerMember(e: ast.Member, type: Type, at: At, scope: Scope): Expr {
  const { program } = scope.context;
  const object = e.object.kind === 'NameExpression' ? program.symbolOf(e.object.name) : undefined;
  const member = program.symbolOf(e.member);
  if (object?.kind === 'join')
    return { op: 'column', of: plannedAlias(object.name), column: e.member.text, type, at };
  if (object?.kind === 'special' && (object.name === 'champion' || object.name === 'baseline')) {
    if (member?.kind === 'declaration' && member.declaration.kind === 'Metric')
      return metricOf(member.declaration, object.name, {}, type, at);
    return literal(null, unknown, at);
  }
  if (member?.kind === 'member') return literal(member.name, type, at);
  return literal(null, unknown, at);
}
