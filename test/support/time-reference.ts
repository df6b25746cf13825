import type { Expr, FeatureView, Join, Known, Plan, WindowExpr } from '../../compiler/plan/plan.ts';
import { tableOf } from '../../compiler/sql/view/terms.ts';
import { aggregates } from '../../runtime/features/functions/aggregates.ts';
import { type EvaluatedValue, evaluate } from '../../runtime/features/functions/evaluate.ts';
import { compareValues, type Scalar } from '../../runtime/features/functions/values.ts';

/**
 * "Time" of language.md, read word by word and computed row by row without any cleverness: what the generated SQL is held
 * against. Times are microseconds. What the aggregates mean is held elsewhere, by `properties/engines`.
 */
export type Row = Readonly<Record<string, EvaluatedValue>>;
export type Tables = Readonly<Record<string, readonly Row[]>>;

export interface Result {
  readonly row: number;
  readonly at: number | null;
  readonly labelKnown: number | null;
  readonly values: Readonly<Record<string, EvaluatedValue>>;
}

const MS = 1000;
const HOUR = 3_600_000_000;

/** A state older than the view allows, where it says `else fail`. */
export class Stale extends Error {}

/** The rows of a view as other views read them. */
export function asTable(plan: Plan, name: string, tables: Tables): Row[] {
  const view = plan.views[name]!;
  return computeView(plan, name, tables).map(({ row, at, labelKnown, values }) => ({
    ...Object.fromEntries(view.key.map(key => [key, tables[view.source]![row - 1]![key]!])),
    ...values,
    __at: at,
    __label_known: labelKnown,
  }));
}

/** `tables` holds the rows of sources, and of views that this one reads. */
export function computeView(plan: Plan, name: string, tables: Tables): Result[] {
  const view = plan.views[name]!;
  return tables[view.source]!.flatMap((own, i) =>
    momentsOf(plan, name, own, tables).map(at => computeRow(plan, view, tables, own, i, at)),
  );
}

function momentsOf(plan: Plan, name: string, own: Row, tables: Tables): (number | null)[] {
  const view = plan.views[name]!;
  if (view.moment === null) return [null];
  if (view.moment.kind === 'column') {
    const at = own[view.moment.column] as number | null;
    return [at === null ? null : at + view.moment.offset * MS];
  }
  // One row per hour, day, week or month from when it arrives to the last event of the tables that the view reads, or
  // to the last moment at which another view asks for it.
  const { grain } = view.moment;
  const event = (own[view.eventTime!] as number) + plan.sources[view.source]!.lag * MS;
  const last = Math.max(
    ...tablesRead(plan, view).flatMap(([table, column]) => tables[table]!.map(row => row[column] as number)),
    ...momentsAsked(plan, name, tables),
  );
  const moments: number[] = [];
  for (let at = Math.ceil(event / HOUR) * HOUR; at <= last; at += HOUR)
    if (begins[grain](new Date(at / MS))) moments.push(at);
  return moments;
}

/** Whether an hour is the first of a grain. Weeks begin on Monday. */
const begins = {
  hour: () => true,
  day: (at: Date) => at.getUTCHours() === 0,
  week: (at: Date) => at.getUTCHours() === 0 && at.getUTCDay() === 1,
  month: (at: Date) => at.getUTCHours() === 0 && at.getUTCDate() === 1,
} as const;

function tablesRead(plan: Plan, view: FeatureView): [string, string][] {
  const windows = view.features.flatMap(feature => windowsOf(feature.expr));
  return [
    [view.source, view.eventTime!],
    ...windows.map((w): [string, string] => [w.table, w.eventTime]),
    ...view.joins.flatMap((j): [string, string][] => {
      const time = j.asOf?.eventTime ?? plan.schemas[plan.sources[j.table]?.schema ?? '']?.eventTime;
      return time ? [[j.table, time]] : [];
    }),
  ];
}
/** T of the rows of other views that join this one or aggregate over it; a grid's last is that of the tables it reads. */
function momentsAsked(plan: Plan, name: string, tables: Tables): number[] {
  return Object.values(plan.views).flatMap(view => {
    const { source, moment, joins, features } = view;
    const read = [
      ...joins.map(({ table }) => table),
      ...features.flatMap(({ expr }) => windowsOf(expr)).map(({ table }) => table),
    ];
    if (moment === null || !read.includes(name)) return [];
    const columns =
      moment.kind === 'column'
        ? [[source, moment.column] as const]
        : tablesRead(plan, view).filter(([table]) => table in plan.sources);
    const moments = columns.flatMap(([table, column]) =>
      tables[table]!.map(row => row[column] as number | null),
    );
    const offset = moment.kind === 'column' ? moment.offset * MS : 0;
    return moments.flatMap(at => (at === null ? [] : [at + offset]));
  });
}

const windowsOf = (expr: Expr): WindowExpr[] =>
  expr.op === 'window' ? [expr] : expr.op === 'call' ? expr.args.flatMap(windowsOf) : [];

function computeRow(
  plan: Plan,
  view: FeatureView,
  tables: Tables,
  own: Row,
  i: number,
  at: number | null,
): Result {
  const joined: Record<string, Row | undefined> = {};
  const values: Record<string, EvaluatedValue> = {};
  const state =
    at === null || view.materialize === null
      ? at
      : Math.floor(at / (view.materialize * MS)) * view.materialize * MS;
  const stale = state !== null && view.stale !== null && state < at! - view.stale.after * MS;
  /** What of the last state is too old is null, or fails. */
  const unlessStale = <T>(value: T): T | null => {
    if (!stale) return value;
    if (view.stale!.otherwise === 'fail') throw new Stale();
    return null;
  };
  const read = (expr: Expr, other?: Row): EvaluatedValue =>
    evaluate(expr, leaf => {
      if (leaf.op === 'feature') return values[leaf.name]!;
      if (leaf.op === 'window')
        return leaf.direction === 'past' ? unlessStale(aggregateWindow(leaf)) : aggregateWindow(leaf);
      if (leaf.op !== 'column') throw new Error(leaf.op);
      if (leaf.of === 'row') return own[leaf.column]!;
      if (leaf.of === 'other') return other![leaf.column]!;
      return joined[leaf.of]?.[leaf.column] ?? null;
    });
  const matches = (pairs: Join['on'], other: Row): boolean =>
    pairs.every(pair => {
      const key = read(pair.own);
      return key !== null && key === other[pair.other];
    });
  const aggregateWindow = (window: WindowExpr): EvaluatedValue => {
    const length = window.length * MS;
    // A row whose T is null sees no rows of any time.
    if (at === null) return aggregate(plan, window, [], () => null);
    const moment = window.direction === 'next' ? at! : state!;
    const rows = tables[window.table]!.filter((other, j) => {
      const event = other[window.eventTime] as number;
      // The row itself never is in its own window.
      if (window.table === view.source && j === i) return false;
      if (!matches(window.by, other)) return false;
      if (
        window.direction === 'next'
          ? !(event > moment && event <= moment + length)
          : !(event >= moment - length && event < moment)
      )
        return false;
      if (window.direction === 'past' && !isKnown(window.known, other, window.eventTime, moment))
        return false;
      return window.where === null || read(window.where, other) === true;
    });
    return aggregate(plan, window, rows, other => (window.value === null ? 1 : read(window.value, other)));
  };
  for (const join of view.joins) {
    const candidates = tables[join.table]!.filter(other => matches(join.on, other));
    const found = lookUp(plan, join, candidates, state);
    joined[join.alias] = join.asOf === null ? found : (unlessStale(found) ?? undefined);
  }
  for (const feature of view.features) values[feature.name] = read(feature.expr);
  const known = view.features
    .filter(feature => feature.label)
    .flatMap(feature => feature.known.latest)
    .map(
      m =>
        (m.base === 'at' ? at! : (own[m.base === 'event' ? view.eventTime! : m.column!] as number)) +
        m.offset * MS,
    );
  return { row: i + 1, at, labelKnown: known.length === 0 ? null : Math.max(...known), values };
}

/** K <= T, K being the latest of several moments. */
function isKnown(known: Known, other: Row, eventTime: string, at: number): boolean {
  return known.latest.every(m => {
    const moment = other[m.base === 'column' ? m.column! : eventTime] as number | null;
    return moment !== null && moment + m.offset * MS <= at;
  });
}

function lookUp(plan: Plan, join: Join, candidates: readonly Row[], at: number | null): Row | undefined {
  const columns = [...tableOf(plan, join.table).columns.keys()];
  const whole = (row: Row): EvaluatedValue[] => columns.map(column => row[column]!);
  const { asOf } = join;
  if (asOf === null) return greatest(candidates, whole);
  if (at === null) return undefined;
  const ties = knownColumns(plan, join.table, asOf.known);
  const fitting = candidates.filter(row => {
    const event = row[asOf.eventTime] as number;
    return (
      event <= at &&
      (asOf.within === null || event >= at - asOf.within * MS) &&
      isKnown(asOf.known, row, asOf.eventTime, at)
    );
  });
  const known = (row: Row): EvaluatedValue[] =>
    asOf.known.latest.map(m => row[m.base === 'column' ? m.column! : asOf.eventTime]!);
  return greatest(fitting, row => [row[asOf.eventTime]!, ...known(row), ...ties.map(column => row[column]!)]);
}

/**
 * The columns that break ties: the whole row, as far as it is known with what is read of it. A column that becomes known later
 * than that would let the future choose between two rows.
 */
function knownColumns(plan: Plan, table: string, read: Known): string[] {
  const view = plan.views[table];
  // All of a view's row is there from its T on, but for its labels.
  if (view !== undefined)
    return [...view.key, ...view.features.filter(({ label }) => !label).map(({ name }) => name)];
  const { schema, lag } = plan.sources[table]!;
  const { columns, eventTime } = plan.schemas[schema]!;
  const afterEvent = (known: Known): number =>
    Math.max(0, ...known.latest.filter(m => m.base === 'event' || m.column === eventTime).map(m => m.offset));
  const afterColumns = (known: Known) =>
    known.latest.filter(m => m.base === 'column' && m.column !== eventTime);
  return columns
    .filter(
      ({ known }) =>
        (afterEvent(known) <= afterEvent(read) || afterEvent(known) <= 0) &&
        (lag === 0 || lag <= afterEvent(read)) &&
        afterColumns(known).every(m =>
          afterColumns(read).some(n => n.column === m.column && n.offset >= m.offset),
        ),
    )
    .map(({ name }) => name);
}

function greatest(rows: readonly Row[], key: (row: Row) => EvaluatedValue[]): Row | undefined {
  return [...rows].sort((a, b) => compareRows(key(a), key(b))).at(-1);
}

/** Column by column; null lies above every value. */
function compareRows(a: readonly EvaluatedValue[], b: readonly EvaluatedValue[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i]!;
    if (x === null || y === null) {
      if (x !== y) return x === null ? 1 : -1;
      continue;
    }
    const order = compareValues(x as Scalar, y as Scalar);
    if (order !== 0) return order;
  }
  return 0;
}

/** Rows in which the value is null are left out by the aggregate itself. */
function aggregate(
  plan: Plan,
  window: WindowExpr,
  rows: readonly Row[],
  read: (row: Row) => EvaluatedValue,
): EvaluatedValue {
  // What looks ahead sees whole rows.
  const ties = (row: Row): string[] =>
    window.direction === 'next' ? Object.keys(row) : knownColumns(plan, window.table, window.known);
  const order = (row: Row): EvaluatedValue[] => [
    row[window.eventTime]!,
    ...ties(row).map(name => row[name]!),
  ];
  const values = [...rows].sort((a, b) => compareRows(order(a), order(b))).map(read);
  const of = aggregates[window.aggregate as 'quantile'] as (
    x: readonly EvaluatedValue[],
    q: number,
  ) => EvaluatedValue;
  return of(values, Number(window.args?.['q']));
}
