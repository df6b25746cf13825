import { isFinished } from '../../plan/fitted.ts';
import type {
  ColumnRef,
  Expr,
  Feature,
  FeatureView,
  Known,
  Moment,
  Plan,
  Type,
  WindowExpr,
} from '../../plan/plan.ts';
import { tableOf as readTable } from '../../plan/reads.ts';

/** Small expressions that lowering is made of, over the columns of the relational form. */

export const MICROSECONDS = 1000;

const int: Type = { kind: 'int', optional: false };
const bool: Type = { kind: 'bool', optional: false };

export const columnOf = (name: string, type: Type): ColumnRef => ({
  op: 'column',
  of: 'row',
  column: name,
  type,
  at: 0,
});
export const intColumn = (name: string): ColumnRef => columnOf(name, int);
export const intLiteral = (value: number): Expr => ({ op: 'literal', value, type: int, at: 0 });
export const nullOf = (type: Type): Expr => ({
  op: 'literal',
  value: null,
  type: { ...type, optional: true },
  at: 0,
});
export const callOf = (fn: string, type: Type, ...args: readonly Expr[]): Expr => ({
  op: 'call',
  fn,
  args,
  type,
  at: 0,
});

export const plus = (a: Expr, offset: number): Expr =>
  offset === 0 ? a : callOf(offset < 0 ? 'sub' : 'add', int, a, intLiteral(Math.abs(offset)));
/** Null, which counts as false where rows are chosen, if either side is. */
export const compare = (operator: 'le' | 'lt' | 'eq' | 'ge' | 'ne', a: Expr, b: Expr): Expr =>
  callOf(operator, bool, a, b);
export const all = (conditions: readonly Expr[]): Expr | null =>
  conditions.length === 0 ? null : conditions.reduce((a, b) => callOf('and', bool, a, b));
export const present = (expr: Expr): Expr => callOf('not', bool, callOf('is_null', bool, expr));
export const when = (condition: Expr, then: Expr): Expr =>
  callOf('if', { ...then.type, optional: true }, condition, then, nullOf(then.type));
/** What rows are found by: null, which finds none, where it is nan, which is equal to nothing. DuckDB would find nan by nan. */
export const asKey = (expr: Expr): Expr => (mayBeNan(expr) ? when(notNan(expr), expr) : expr);
export const mayBeNan = ({ type }: Expr): boolean => type.kind === 'float' || type.kind === 'rate';
export const notNan = (expr: Expr): Expr =>
  callOf('not', bool, callOf('is_nan', { ...bool, optional: expr.type.optional }, expr));
export const micros = (expr: Expr): Expr =>
  callOf('__micros', { ...int, optional: expr.type.optional }, expr);

/** A table that a view reads: the relation's name and the columns it has. */
export interface Table {
  readonly relation: string;
  readonly columns: ReadonlyMap<string, Type>;
}

const timestamp: Type = { kind: 'timestamp', optional: false };

/** @throws if the plan has no such table, which a checked plan cannot name */
export function tableOf(plan: Plan, name: string): Table {
  const schemaName = plan.sources[name]?.schema ?? plan.components[name]?.schema;
  const schema = schemaName === undefined ? undefined : plan.schemas[schemaName];
  if (schema !== undefined) {
    const kind = plan.sources[name] === undefined ? 'component' : 'source';
    return { relation: `${kind}:${name}`, columns: new Map(schema.columns.map(c => [c.name, c.type])) };
  }
  const view = plan.views[name];
  if (view === undefined) throw new Error(`the plan has no table ${name}`);
  const source = tableOf(plan, view.source);
  const columns = new Map(view.key.map(key => [key, source.columns.get(key)!]));
  // What waits for a model's fitted values is in no row that others read.
  for (const { name: feature, type } of view.features)
    if (!isFinished(view, feature)) columns.set(feature, type);
  if (view.moment !== null) {
    const at = momentType(view, source);
    columns.set('__at', at).set('__label_known', { ...at, optional: true });
  }
  return { relation: `view:${name}`, columns };
}

/** The type of T: that of the time column it comes from; days count as wall-clock midnights. */
export function momentType(view: FeatureView, source: Table): Type {
  const column = view.moment?.kind === 'column' ? view.moment.column : view.eventTime;
  const type = column === null ? undefined : source.columns.get(column);
  if (type === undefined) return timestamp;
  return { kind: type.kind === 'date' ? 'datetime' : type.kind, optional: type.optional };
}

/** An expression with its columns, features and windows replaced. */
export function rewrite(expr: Expr, leaf: (expr: Expr) => Expr | undefined): Expr {
  const replaced = leaf(expr);
  if (replaced !== undefined) return replaced;
  return expr.op === 'call' ? { ...expr, args: expr.args.map(arg => rewrite(arg, leaf)) } : expr;
}

/** Columns under the names they have in the relational form: `row.delay`, `home.state`. */
export const prefixed = (expr: Expr): Expr =>
  rewrite(expr, e => (e.op === 'column' ? columnOf(`${e.of}.${e.column}`, e.type) : undefined));

/** The same with features of the view written out. */
export function inlined(expr: Expr, features: readonly Feature[]): Expr {
  return rewrite(expr, e =>
    e.op === 'feature' ? inlined(features.find(f => f.name === e.name)!.expr, features) : undefined,
  );
}

export const isColumn = (expr: Expr, name: string): boolean =>
  expr.op === 'column' && expr.of === 'row' && expr.column === name;

/** All windows of an expression, outermost first. */
export function windowsOf(expr: Expr): WindowExpr[] {
  if (expr.op === 'window') return [expr];
  return expr.op === 'call' || expr.op === 'fitted' ? expr.args.flatMap(windowsOf) : [];
}

/** Two windows with the same key are the same; positions in the text do not matter. */
export const windowKey = (window: WindowExpr): string =>
  JSON.stringify(window, (name, value: unknown) =>
    name === 'at' || name === 'lengthAt' ? undefined : value,
  );

/** The delay of K after the event if it is a constant (milliseconds, never below zero), else undefined. */
export function constantDelay(known: Known, eventTime: string): number | undefined {
  let delay = 0;
  for (const { base, column, offset } of known.latest) {
    if (base === 'at' || (base === 'column' && column !== eventTime)) return undefined;
    delay = Math.max(delay, offset);
  }
  return delay;
}

/**
 * Columns of a table that are known whenever `known` says so: what ties may be broken by. To break them by a column that
 * becomes known later would let the future choose between two rows.
 */
export function tieBreakers(plan: Plan, name: string, known: Known): string[] {
  const table = readTable(plan, name);
  const view = plan.views[name];
  const covered = (column: Known): boolean =>
    column.latest.every(
      m =>
        known.latest.some(n => isNoLater(m, n, table?.eventTime ?? null)) ||
        isEvent(m, table?.eventTime ?? null),
    );
  return [...(table?.columns ?? [])]
    .filter(([column, { known: own }]) => covered(own) && !(view && isFinished(view, column)))
    .map(([column]) => column);
}

const isEvent = ({ base, column, offset }: Moment, eventTime: string | null): boolean =>
  offset <= 0 && (base === 'event' || (base === 'column' && column === eventTime));
function isNoLater(a: Moment, b: Moment, eventTime: string | null): boolean {
  const column = (m: Moment): string | undefined =>
    m.base === 'event' ? (eventTime ?? undefined) : m.column;
  return column(a) === column(b) && a.offset <= b.offset;
}

/** Columns that an expression reads of the row that `of` names. */
export function columnsOf(expr: Expr | null, of: string): string[] {
  if (expr === null) return [];
  if (expr.op === 'column') return expr.of === of ? [expr.column] : [];
  if (expr.op === 'window') return expr.by.flatMap(pair => columnsOf(pair.own, of));
  return expr.op === 'call' || expr.op === 'fitted' ? expr.args.flatMap(arg => columnsOf(arg, of)) : [];
}
