import type { Program, ResolvedCall } from '../../semantics/program.ts';
import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { always, latest } from '../known.ts';
import type { At, CallExpr, Expr, Known, Type, Value } from '../plan.ts';
import { tableOf } from '../reads.ts';
import type { Draft } from '../steps.ts';
import { call, literal, toFloat, typed } from './typed.ts';
import type { BuildContext } from './context.ts';

/** What the names of an expression mean where it stands. */
export interface Scope {
  readonly context: BuildContext;
  /** The file that the expression is written in: another one inside a function's body. */
  readonly file: SourceFile;
  readonly draft: Draft;
  /** `of` of a plain column: the row itself, or the row of a window's table. */
  readonly row: 'row' | 'other';
  /** What a function's or policy's parameters stand for. */
  readonly parameters: ReadonlyMap<ast.Parameter, Expr>;
  /** Columns by name that are features here although they are columns elsewhere: of a table that is a view. */
  readonly source?: string;
  /** Functions and lets that are being inlined: a cycle was reported before and is not followed. */
  readonly inlining: ReadonlySet<ast.Declaration>;
  /** Features of the model that a monitor watches, for `each feature`. */
  readonly features?: readonly string[];
  /** What a function's test calls `result`. */
  readonly result?: Expr;
}

export const rootScope = (context: BuildContext, file: SourceFile, draft: Draft): Scope => ({
  context,
  file,
  draft,
  row: 'row',
  parameters: new Map(),
  inlining: new Set(),
});

export const unknown: Type = { kind: 'unknown', optional: false };

/** An expression as a typed tree. What has an error becomes a null of unknown type, which nothing is derived from. */
export function lower(e: ast.Expression | ast.MissingExpression, scope: Scope): Expr {
  const { program } = scope.context;
  const at = scope.context.at(scope.file, e.span);
  if (scope.context.grows(scope.file, e.span)) return literal(null, unknown, at);
  const type = e.kind === 'Missing' ? unknown : program.typeOf(e);
  const constant = e.kind === 'Missing' || mentionsParameter(e, program) ? undefined : program.constantOf(e);
  if (constant !== undefined && type.kind !== 'secret' && type.kind !== 'metric')
    return literal(constant, constantType(type, constant), at);
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
      return { op: 'fitted', aggregate: inner?.key ?? '', args, type, at };
    }
    default:
      return literal(null, unknown, at);
  }
}

/** A constant's type: what the checker says, made exact where it only knows the kind. */
const constantType = (type: Type, value: Value): Type =>
  value === null && type.kind === 'unknown' ? { kind: 'null', optional: true } : type;

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
      return scope.result && symbol.name === 'result' ? scope.result : measure(symbol.name, type, at);
    case 'declaration': {
      const { declaration, file } = symbol;
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
function metricOf(
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
  if (object?.kind === 'join') return { op: 'column', of: object.name, column: e.member.text, type, at };
  if (object?.kind === 'special' && (object.name === 'champion' || object.name === 'baseline')) {
    if (member?.kind === 'declaration' && member.declaration.kind === 'Metric')
      return metricOf(member.declaration, object.name, {}, type, at);
    return literal(null, unknown, at);
  }
  if (member?.kind === 'member') return literal(member.name, type, at);
  return literal(null, unknown, at);
}

function lowerCall(e: ast.Call, type: Type, at: At, scope: Scope): Expr {
  const { program } = scope.context;
  const callee = program.symbolOf(e.callee);
  if (callee?.kind === 'special' && (callee.name === 'champion' || callee.name === 'baseline'))
    return ofOther(e, callee.name, type, at, scope);
  const resolved = program.callOf(e);
  if (!resolved) return literal(null, unknown, at);
  const { declaration } = resolved;
  if (declaration.annotations.some(a => a.name.text === 'masks')) scope.context.masking.add(resolved.key);
  switch (declaration.kind) {
    case 'Function':
      return declaration.body.kind === 'ExpressionBody'
        ? inline(declaration, declaration.body, resolved, type, at, scope)
        : call(resolved.key, functionArguments(resolved, scope), type, at);
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

/** `champion(m)` of a policy: the metric that the parameter stands for, of the other model. */
function ofOther(e: ast.Call, of: 'champion' | 'baseline', type: Type, at: At, scope: Scope): Expr {
  const argument = e.args[0] && lower(e.args[0].value, scope);
  if (argument?.op !== 'metric') return literal(null, unknown, at);
  const optional = of === 'champion';
  const known = { ...(type.kind === 'unknown' ? argument.type : { ...argument.type, ...type }), optional };
  return { ...argument, of, type: { ...known, kind: 'float' }, at };
}

/** Arguments in the order of the parameters, defaults filled in, converted to the declared kinds. */
function functionArguments(resolved: ResolvedCall, scope: Scope): Expr[] {
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

function converted(argument: Expr, parameter: ast.Parameter): Expr {
  const { body } = parameter.type;
  return body.kind === 'NamedType' && body.name.text === 'float' ? toFloat(argument) : argument;
}

function constants(resolved: ResolvedCall, scope: Scope): Record<string, Value> {
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

/** The body of a user's function with the arguments put in, null where a strict parameter is given a null. */
function inline(
  declaration: ast.FunctionDeclaration,
  body: ExpressionBody,
  resolved: ResolvedCall,
  type: Type,
  at: At,
  scope: Scope,
): Expr {
  const file = scope.context.program.fileOf(declaration);
  const argument = (parameter: ast.Parameter): Expr | undefined => {
    const written = resolved.args.get(parameter.name.text);
    if (written) return lower(written, scope);
    return parameter.default && lower(parameter.default, { ...scope, file });
  };
  return applied(declaration, body, argument, type, at, scope);
}
type ExpressionBody = Extract<ast.FunctionBody, { kind: 'ExpressionBody' }>;

/** A function's result on the arguments that its test gives. */
export function inlineFunction(
  declaration: ast.FunctionDeclaration,
  given: ast.RecordLiteral,
  scope: Scope,
): Expr {
  const { context } = scope;
  const at = context.at(scope.file, given.span);
  const argument = (parameter: ast.Parameter): Expr | undefined => {
    const field = given.fields.find(f => f.name.text === parameter.name.text);
    return field ? lower(field.value, scope) : parameter.default && lower(parameter.default, scope);
  };
  const { body } = declaration;
  if (body.kind === 'ExpressionBody') {
    const type = context.program.typeOf(body.value);
    return applied(declaration, body, argument, type, at, scope);
  }
  return literal(null, unknown, at);
}

function applied(
  declaration: ast.FunctionDeclaration,
  body: ExpressionBody,
  argumentOf: (parameter: ast.Parameter) => Expr | undefined,
  type: Type,
  at: At,
  scope: Scope,
): Expr {
  if (scope.inlining.has(declaration)) return literal(null, unknown, at);
  const parameters = new Map<ast.Parameter, Expr>();
  const nullable: Expr[] = [];
  for (const parameter of declaration.parameters) {
    const value = argumentOf(parameter);
    if (!value) continue;
    const argument = converted(value, parameter);
    parameters.set(parameter, argument);
    if (argument.type.optional && !parameter.type.optional) nullable.push(argument);
  }
  const result = lower(body.value, {
    ...scope,
    file: scope.context.program.fileOf(declaration),
    parameters,
    inlining: new Set([...scope.inlining, declaration]),
  });
  const named = declaration.result.body;
  const asDeclared = named.kind === 'NamedType' && named.name.text === 'float' ? toFloat(result) : result;
  if (nullable.length === 0 || isStrict(asDeclared, new Set(nullable))) return asDeclared;
  const bool: Type = { kind: 'bool', optional: false };
  const isNull = nullable
    .map((argument): Expr => call('is_null', [argument], bool, at))
    .reduce((left, right) => call('or', [left, right], bool, at));
  const optional = { ...type, optional: true };
  return call('if', [isNull, literal(null, optional, at), asDeclared], optional, at);
}

const lenient = new Set(['coalesce', 'if', 'is_null', 'and', 'or', 'least', 'greatest']);
/** Does a null in any of these make the whole null? Then the body lifts by itself. */
function isStrict(body: Expr, nullable: ReadonlySet<Expr>): boolean {
  const gives = (expr: Expr): ReadonlySet<Expr> => {
    if (nullable.has(expr)) return new Set([expr]);
    if (expr.op !== 'call' || lenient.has(expr.fn)) return new Set();
    return new Set(expr.args.flatMap(arg => [...gives(arg)]));
  };
  return gives(body).size === nullable.size;
}

/** The values that an aggregate runs over, `where` folded in: rows that do not count are null and left out. */
function aggregateArguments(e: ast.Call | ast.Aggregate, resolved: ResolvedCall, scope: Scope): Expr[] {
  if (e.kind === 'Call') return functionArguments(resolved, scope);
  const parameters = 'parameters' in resolved.declaration ? resolved.declaration.parameters : [];
  const args =
    e.of === undefined && parameters.length === 0 ? [] : functionArguments(withValue(e, resolved), scope);
  const [first, ...rest] = args;
  if (!e.where || !first) return args;
  const type = { ...first.type, optional: true };
  const chosen = call('if', [lower(e.where, scope), first, literal(null, type, first.at)], type, first.at);
  return [chosen, ...rest];
}

/** The written value is the first parameter's argument, wherever the checker put it. */
function withValue(e: ast.Aggregate, resolved: ResolvedCall): ResolvedCall {
  const parameters = 'parameters' in resolved.declaration ? resolved.declaration.parameters : [];
  const first = parameters[0];
  if (!first || resolved.args.has(first.name.text)) return resolved;
  return { ...resolved, args: new Map([[first.name.text, e.value], ...resolved.args]) };
}

function lowerAggregate(e: ast.Aggregate, type: Type, at: At, scope: Scope): Expr {
  const { context, draft } = scope;
  const resolved = context.program.callOf(e);
  if (!resolved) return literal(null, unknown, at);
  if (!e.window)
    return {
      op: 'table_aggregate',
      aggregate: resolved.key,
      args: aggregateArguments(e, resolved, scope),
      type,
      at,
    };
  // `count(orders over 30d)` names the table where others name a value.
  const named = e.value.kind === 'NameExpression' ? tableNamed(e.value.name, scope) : undefined;
  const table = (e.of ? tableNamed(e.of, scope) : named) ?? scope.source ?? '';
  const rows = tableOf(draft, table);
  const inside: Scope = { ...scope, row: 'other' };
  const parameters = 'parameters' in resolved.declaration ? resolved.declaration.parameters : [];
  const counts = named !== undefined && e.of === undefined;
  const args = counts || parameters.length === 0 ? [] : functionArguments(withValue(e, resolved), inside);
  const where = e.where ? lower(e.where, inside) : null;
  const value = args[0] ?? null;
  const rest = Object.entries(constants(resolved, scope)).filter(
    ([name]) => name !== parameters[0]?.name.text,
  );
  const by = e.by.map(name => ({ own: ownKey(name, scope), other: name.text }));
  const event: Known = rows?.eventTime
    ? { latest: [{ base: 'event', offset: lagOf(draft, table) }] }
    : always;
  const known = latest(event, ...[value, where].flatMap(x => (x ? columnsKnown(x, rows) : [])));
  return {
    op: 'window',
    aggregate: resolved.key,
    value,
    where,
    table,
    direction: e.window.next ? 'next' : 'past',
    length: context.number(e.window.length) ?? 0,
    lengthAt: context.at(scope.file, e.window.length.span),
    by,
    eventTime: rows?.eventTime ?? '',
    known,
    ...(rest.length > 0 ? { args: Object.fromEntries(rest) } : {}),
    type,
    at,
  };
}

const lagOf = (draft: Draft, table: string): number => draft.sources[table]?.lag ?? 0;

function columnsKnown(expr: Expr, table: ReturnType<typeof tableOf>): Known[] {
  if (expr.op === 'column') return [table?.columns.get(expr.column)?.known ?? always];
  return expr.op === 'call' ? expr.args.flatMap(arg => columnsKnown(arg, table)) : [];
}

/** The own row's value that a window's rows are chosen by: a column, or a feature of that name. */
function ownKey(name: ast.Name, scope: Scope): Expr {
  const at = scope.context.at(scope.file, name.span);
  const own = scope.source ? tableOf(scope.draft, scope.source)?.columns.get(name.text) : undefined;
  if (own) return { op: 'column', of: 'row', column: name.text, type: own.type, at };
  const symbol = scope.context.program.symbolOf(name);
  if (symbol?.kind === 'feature') return { op: 'feature', name: symbol.name, type: unknown, at };
  return { op: 'column', of: 'row', column: name.text, type: unknown, at };
}

/** The source, component's value or view that a name means. */
export function tableNamed(name: ast.Name, scope: Scope): string | undefined {
  const declaration = scope.context.declared(name, 'Source', 'Let', 'Features');
  if (!declaration) return undefined;
  scope.context.ensure(declaration);
  const table = scope.context.nameOf(declaration);
  return tableOf(scope.draft, table) ? table : undefined;
}
