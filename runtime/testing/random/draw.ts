import type {
  ColumnRef,
  Expr,
  FeatureView,
  Plan,
  Schema,
  SchemaColumn,
  WindowExpr,
} from '../../../compiler/plan/plan.ts';
import { windowsOf } from '../../../compiler/sql/view/terms.ts';
import { schemaOf } from '../../../compiler/targets/typescript/reads.ts';
import type { Random } from '../../learn/random.ts';
import { tablesRead, viewsBelow } from '../engines/batch.ts';
import { type Held, microsOf, type Row, type Tables } from '../values.ts';
import { asTime, chance, drawValue, moment, pick, timeRange, type Written, writtenIn } from './value.ts';

const fewRows = 4;
const manyRows = 9;

/**
 * Tables for a view, and for those that it reads, drawn from their schemas: few values for what rows are looked up by, so
 * that they meet; events as far from one another as the windows are long, a little more and a little less.
 */
export function drawTables(plan: Plan, name: string, random: Random): Tables {
  const views = [...viewsBelow(plan, name), name].map(view => plan.views[view]!);
  const pools = new Pools(plan, views, random);
  const times = new Times(plan, views, random);
  return Object.fromEntries(
    tablesRead(plan, [...viewsBelow(plan, name), name]).map(table => {
      const schema = plan.schemas[schemaOf(plan, table)!]!;
      const lag = plan.sources[table]?.lag ?? 0;
      const count = random.integer(fewRows, manyRows);
      const draw = (): Row => drawRow(table, schema, lag, pools, times, random);
      // A request is told by its key from the rows that the store has; where there are two, it could be either.
      const told = table === plan.views[name]!.source && schema.key.length > 0;
      return [table, told ? byKey(schema, count, draw) : Array.from({ length: count }, draw)];
    }),
  );
}

/** So many rows of some tables, which no view reads; of a key no two. */
export function drawRows(plan: Plan, tables: readonly string[], count: number, random: Random): Tables {
  const pools = new Pools(plan, [], random);
  const times = new Times(plan, [], random);
  const drawn = tables.map(table => {
    const schema = plan.schemas[schemaOf(plan, table)!]!;
    const lag = plan.sources[table]?.lag ?? 0;
    const draw = (): Row => drawRow(table, schema, lag, pools, times, random);
    return [
      table,
      schema.key.length > 0 ? byKey(schema, count, draw) : Array.from({ length: count }, draw),
    ] as const;
  });
  return Object.fromEntries(drawn);
}

/** So many rows, of each key one; fewer where there are not so many keys. */
function byKey({ key }: Schema, count: number, draw: () => Row): readonly Row[] {
  const rows = new Map<string, Row>();
  for (let tries = 0; rows.size < count && tries < 10 * count; tries++) {
    const row = draw();
    if (!rows.has(textOf(row, key))) rows.set(textOf(row, key), row);
  }
  return [...rows.values()];
}

/** Some of a row's values as one text. */
export const textOf = (row: Row, columns: readonly string[]): string =>
  JSON.stringify(columns.map(column => String(row[column] ?? null)));

function drawRow(
  table: string,
  schema: Schema,
  lag: number,
  pools: Pools,
  times: Times,
  random: Random,
): Row {
  const event = schema.columns.find(column => column.name === schema.eventTime);
  const at = event && times.next(event);
  const values = schema.columns.map((column): [string, Held] => {
    if (column === event) return [column.name, at!];
    return [column.name, drawCell(table, schema, column, at, lag, pools, times, random)];
  });
  return Object.fromEntries(values);
}

/** Of a row whose event is at a moment: what says when others are known lies no earlier than the row can have arrived. */
export function drawCell(
  table: string,
  schema: Schema,
  column: SchemaColumn,
  event: Held | undefined,
  lag: number,
  pools: Pools,
  times: Times,
  random: Random,
): Held {
  const eventColumn = schema.columns.find(({ name }) => name === schema.eventTime);
  if (eventColumn && event !== undefined && event !== null && isTime(column)) {
    if (column.type.optional && chance(0.15, random)) return null;
    const from = microsOf(event, eventColumn.type)! + lag * 1000;
    return asTime(
      saysWhenKnown(schema, column) || chance(0.5, random) ? times.after(from) : times.near(from),
      column.type,
    );
  }
  return pools.draw(table, column);
}

const isTime = ({ type }: SchemaColumn): boolean => ['date', 'datetime', 'timestamp'].includes(type.kind);
const saysWhenKnown = ({ columns }: Schema, column: SchemaColumn): boolean =>
  columns.some(({ known }) => known.latest.some(m => m.base === 'column' && m.column === column.name));

/** Columns that are equated with one another draw from the same few values. */
export class Pools {
  readonly #random: Random;
  readonly #parents = new Map<string, string>();
  readonly #values = new Map<string, readonly Held[]>();
  readonly #written: Written;

  constructor(plan: Plan, views: readonly FeatureView[], random: Random) {
    this.#random = random;
    this.#written = writtenIn(views.flatMap(view => view.features.map(feature => feature.expr)));
    for (const view of views) {
      for (const join of view.joins)
        for (const pair of join.on) this.#equate(plan, view, pair.own, join.table, pair.other);
      for (const window of view.features.flatMap(feature => windowsOf(feature.expr)))
        for (const pair of window.by) this.#equate(plan, view, pair.own, window.table, pair.other);
      for (const key of view.key) this.#root(origin(plan, view.source, key));
    }
  }

  draw(table: string, column: SchemaColumn): Held {
    const id = `${table}.${column.name}`;
    if (!this.#parents.has(id)) return drawValue(column.type, this.#random, this.#written);
    const root = this.#root(id);
    const known = this.#values.get(root);
    const values =
      known ??
      Array.from({ length: 3 }, () =>
        drawValue({ ...column.type, optional: false }, this.#random, this.#written),
      );
    this.#values.set(root, values);
    if (column.type.optional && chance(0.15, this.#random)) return null;
    return chance(0.9, this.#random)
      ? pick(values, this.#random)
      : drawValue(column.type, this.#random, this.#written);
  }

  #equate(plan: Plan, view: FeatureView, own: Expr, table: string, column: string): void {
    const other = this.#root(origin(plan, table, column));
    for (const ref of refsOf(own, view)) {
      const from = ref.of === 'row' ? view.source : view.joins.find(join => join.alias === ref.of)?.table;
      if (from !== undefined) this.#parents.set(this.#root(origin(plan, from, ref.column)), other);
    }
  }

  #root(id: string): string {
    const parent = this.#parents.get(id);
    if (parent === undefined) this.#parents.set(id, id);
    if (parent === undefined || parent === id) return id;
    const root = this.#root(parent);
    this.#parents.set(id, root);
    return root;
  }
}

/** Plain columns that an expression is, by way of features. */
function refsOf(expr: Expr, view: FeatureView): readonly ColumnRef[] {
  if (expr.op === 'column') return [expr];
  if (expr.op === 'feature') return refsOf(view.features.find(f => f.name === expr.name)!.expr, view);
  return [];
}

/** The column of a source that a column of a view is, where it is one. */
function origin(plan: Plan, table: string, column: string): string {
  const view = plan.views[table];
  if (!view) return `${table}.${column}`;
  if (view.key.includes(column)) return origin(plan, view.source, column);
  const feature = view.features.find(({ name }) => name === column);
  const ref = feature?.expr.op === 'column' && feature.expr.of === 'row' ? feature.expr.column : undefined;
  return ref === undefined ? `${table}.${column}` : origin(plan, view.source, ref);
}

const MINUTE = 60_000_000;
/** No grid gets more points than this for a row. */
const mostPoints = 120;
const grains = { hour: 3.6e9, day: 8.64e10, week: 6.048e11, month: 2.6e12 } as const;

/** Moments of events: lengths of windows, delays and lags apart from one another. */
export class Times {
  readonly #random: Random;
  readonly #lengths: readonly number[];
  readonly #span: number;
  readonly #drawn: number[] = [];
  #start: number | undefined;

  constructor(plan: Plan, views: readonly FeatureView[], random: Random) {
    this.#random = random;
    const lengths = views.flatMap(view => lengthsOf(plan, view)).filter(length => length > 0);
    this.#lengths = lengths.length > 0 ? lengths : [grains.day / 1000];
    const longest = Math.max(...this.#lengths) * 1000 * 2;
    const grids = views.flatMap(view => (view.moment?.kind === 'each' ? [grains[view.moment.grain]] : []));
    this.#span = Math.min(longest, ...grids.map(grain => grain * mostPoints));
  }

  next(column: SchemaColumn): number {
    this.#start ??= moment(column.type, this.#random);
    const { low, high } = timeRange(column.type);
    const drawn = this.#near(this.#start);
    const kept = Math.min(Math.max(drawn, low), high);
    this.#drawn.push(kept);
    return asTime(kept, column.type);
  }

  /** A moment near this one, before or after it. */
  near(moment: number): number {
    return moment + (chance(0.5, this.#random) ? 1 : -1) * this.#distance();
  }
  /** A moment no earlier than this one. */
  after(moment: number): number {
    return moment + (chance(0.2, this.#random) ? 0 : this.#distance());
  }

  #near(start: number): number {
    const random = this.#random;
    if (this.#drawn.length === 0) return start;
    const other = pick(this.#drawn, random);
    if (chance(0.1, random)) return other;
    if (chance(0.5, random)) return start + Math.round((random.next() * this.#span) / MINUTE) * MINUTE;
    const moved = other + (chance(0.5, random) ? 1 : -1) * this.#distance();
    return Math.abs(moved - start) > this.#span ? other : moved;
  }

  /** A length that counts, to the microsecond, a minute more or less, or a part of it. */
  #distance(): number {
    const random = this.#random;
    const length = pick(this.#lengths, random) * 1000;
    const place = random.next();
    if (place < 0.4) return length;
    if (place < 0.7) return Math.max(0, length + (chance(0.5, random) ? MINUTE : -MINUTE));
    return Math.round((random.next() * length) / MINUTE) * MINUTE;
  }
}

/** In milliseconds: windows, delays, lags, and what bounds a look-up. */
function lengthsOf(plan: Plan, view: FeatureView): number[] {
  const windows: readonly WindowExpr[] = view.features.flatMap(feature => windowsOf(feature.expr));
  const known = [
    ...windows.flatMap(window => window.known.latest),
    ...view.joins.flatMap(join => join.asOf?.known.latest ?? []),
    ...view.features.flatMap(feature => feature.known.latest),
  ];
  return [
    ...windows.map(window => window.length),
    ...view.joins.flatMap(join => (join.asOf?.within === null || !join.asOf ? [] : [join.asOf.within])),
    ...known.map(({ offset }) => Math.abs(offset)),
    plan.sources[view.source]?.lag ?? 0,
    view.materialize ?? 0,
    view.stale?.after ?? 0,
    view.moment?.kind === 'column' ? Math.abs(view.moment.offset) : 0,
  ];
}
