import type { Expr, WindowExpr } from '../../../plan/plan.ts';
import { mindsOrder } from '../../aggregates.ts';
import type { Aggregate, Framed, Output, Relation } from '../../relational.ts';
import type { Building } from '../building.ts';
import {
  all,
  asKey,
  callOf,
  columnOf,
  columnsOf,
  compare,
  constantDelay,
  inlined,
  intColumn,
  intLiteral,
  MICROSECONDS,
  prefixed,
  present,
  type Table,
  tableOf,
  tieBreakers,
  when,
} from '../terms.ts';

/** One window of a view with the name of the column that it becomes. */
export interface NamedWindow {
  readonly window: WindowExpr;
  readonly name: string;
}

export function otherColumns(window: WindowExpr, table: Table): string[] {
  const known = window.known.latest.flatMap(moment => (moment.column === undefined ? [] : [moment.column]));
  const whole = isOrdered(window) ? [...table.columns.keys()] : [];
  return [
    ...new Set([
      ...columnsOf(window.value, 'other'),
      ...columnsOf(window.where, 'other'),
      ...known,
      ...whole,
    ]),
  ];
}
const isOrdered = (window: WindowExpr): boolean => /^(first|last)$/.test(window.aggregate);

export const rawName = (name: string): string => `${name}#raw`;

export function aggregateOf(
  { window, name }: NamedWindow,
  filter: readonly Expr[],
  order: readonly string[],
  of: (expr: Expr) => Expr,
): Aggregate {
  const where = window.where === null ? [] : [of(window.where)];
  return {
    name: rawName(name),
    aggregate: window.aggregate,
    value: window.value === null ? null : of(window.value),
    args: window.args ?? {},
    filter: all([...filter, ...where]),
    order,
  };
}

/** What `first` and `last` go by: the event, and among rows of one time whatever is known of them. */
export function orderOf(building: Building, window: WindowExpr, event: string, prefix: string): string[] {
  if (!isOrdered(window)) return [];
  const columns =
    window.direction === 'next'
      ? [...tableOf(building.plan, window.table).columns.keys()]
      : tieBreakers(building.plan, window.table, window.known);
  const read = columnsOf(window.value, 'other');
  return [event, ...[...new Set([...columns, ...read])].map(column => `${prefix}.${column}`)];
}

/**
 * Bounds of the event time around T, in microseconds, both included: [T - w, T) and K <= T, or (T, T + w]. A window
 * shorter than its delay is empty: its lower bound lies above its upper one.
 */
export function bounds(window: WindowExpr): { readonly lower: number; readonly upper: number } {
  const length = window.length * MICROSECONDS;
  if (window.direction === 'next') return { lower: 1, upper: length };
  const delay = constantDelay(window.known, window.eventTime) ?? 0;
  return { lower: -length, upper: -Math.max(1, delay * MICROSECONDS) };
}

/** A window that holds no row counts none and has no other value. A null key has no rows. */
export function finish(building: Building, { window, name }: NamedWindow, guards: readonly Expr[]): Output {
  const raw = columnOf(rawName(name), { ...window.type, optional: true });
  const guard = all(guards);
  const value = guard === null ? raw : when(guard, raw);
  const counted = /^count/.test(window.aggregate);
  const whole = counted
    ? callOf('coalesce', { ...window.type, optional: false }, value, intLiteral(0))
    : value;
  return { name, expr: window.direction === 'past' ? building.unlessStale(whole) : whole };
}

/** A frame with these bounds; an empty one cannot be written in SQL and keeps no row instead. */
export function frameOf(aggregate: Aggregate, lower: number, upper: number): Framed {
  if (lower <= upper) return { ...aggregate, lower, upper, excludeSelf: lower <= 0 && upper >= 0 };
  return { ...aggregate, filter: bool('', false).expr, lower: 0, upper: 0, excludeSelf: false };
}

/** The rows of the other table under `other.c`, those without an event or key left out. */
export function otherRows(
  building: Building,
  group: readonly NamedWindow[],
  prefix: string,
): { rows: Relation; own: boolean } {
  const { window: any } = group[0]!;
  const table = tableOf(building.plan, any.table);
  const own = any.table === building.view.source;
  const read = [
    ...new Set([
      ...group.flatMap(({ window }) => otherColumns(window, table)),
      any.eventTime,
      ...any.by.map(b => b.other),
    ]),
  ];
  const columns = read.map(column => ({ column, as: `other.${column}` }));
  const scan: Relation = own
    ? {
        op: 'project',
        input: building.rows,
        all: false,
        columns: [
          ...columns.map(({ column, as }) => ({
            name: as,
            expr: columnOf(`row.${column}`, table.columns.get(column)!),
          })),
          { name: `${prefix}.row`, expr: intColumn('__row') },
        ],
      }
    : {
        op: 'numbered',
        input: { op: 'scan', table: table.relation, columns },
        name: `${prefix}.row`,
        order: [],
      };
  const needed = [any.eventTime, ...any.by.map(b => b.other)].filter(
    column => table.columns.get(column)?.optional,
  );
  const condition = all(
    needed.map(column => present(columnOf(`other.${column}`, table.columns.get(column)!))),
  );
  return { rows: condition === null ? scan : { op: 'filter', input: scan, condition }, own };
}

/** What a group needs of each row of the view: its id, T and keys, under names of their own. */
export function ownRows(
  building: Building,
  group: readonly NamedWindow[],
  prefix: string,
  more: readonly Output[] = [],
): Relation {
  const { window: any } = group[0]!;
  const keys = any.by.map(({ own }) => asKey(prefixed(inlined(own, building.view.features))));
  const moment = any.direction === 'past' ? building.stateMoment : '__t';
  const rows: Relation = {
    op: 'project',
    input: building.relation,
    all: false,
    columns: [
      ...keys.map((expr, i) => ({ name: `${prefix}.key${i}`, expr })),
      { name: `${prefix}.t`, expr: intColumn(moment) },
      { name: `${prefix}.id`, expr: intColumn(building.id) },
      ...more,
    ],
  };
  const conditions = [...keys.map((_, i) => `${prefix}.key${i}`), `${prefix}.t`];
  return { op: 'filter', input: rows, condition: all(conditions.map(name => present(intColumn(name))))! };
}

/** Joins the values of a group back to the view's rows. */
export function attach(
  building: Building,
  group: readonly NamedWindow[],
  values: Relation,
  prefix: string,
): void {
  building.relation = {
    op: 'join',
    kind: 'left',
    left: building.relation,
    right: values,
    on: [compare('eq', intColumn(building.id), intColumn(`${prefix}.id`))],
  };
  building.add(group.map(named => finish(building, named, [])));
  building.drop([`${prefix}.id`, ...group.map(named => rawName(named.name))]);
}

/** The column that orders rows of one time, where an aggregate minds. */
export const tieOf = (frames: readonly Framed[], column: string): string | null =>
  frames.some(frame => mindsOrder(frame.aggregate)) ? column : null;

export const bool = (name: string, value: boolean): Output => ({
  name,
  expr: { op: 'literal', value, type: { kind: 'bool', optional: false }, at: 0 },
});
