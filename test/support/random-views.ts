import type { DuckDBConnection } from '@duckdb/node-api';
import type {
  Expr,
  Feature,
  FeatureView,
  Join,
  Known,
  Plan,
  Type,
  WindowExpr,
} from '../../compiler/plan/plan.ts';
import { identifier } from '../../compiler/sql/escape.ts';
import { sqlType } from '../../compiler/sql/types.ts';
import { columnsOf } from '../../compiler/sql/view/terms.ts';
import { viewSql } from '../../compiler/sql/view.ts';
import { intOf } from '../../runtime/features/functions/index.ts';
import { query } from './duckdb.ts';
import * as p from './plan.ts';
import type { Random } from './random.ts';
import type { Result, Row, Tables } from './time-reference.ts';

/** Views drawn at random over two tables, `events` and `others`, and rows for them. */
export const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
export const columns: Record<string, Type> = {
  k: p.optional(p.string),
  'shop "x"': p.int,
  t: p.datetime,
  loaded: p.optional(p.datetime),
  x: p.optional(p.int),
  y: p.float,
  w: p.float,
  flag: p.optional(p.bool),
  id: p.int,
};
export const names = Object.keys(columns);

/** When each column becomes known, as its schema says: what is known late breaks no tie among rows that are known before. */
export const columnsKnown: Readonly<Record<string, Known>> = {
  x: p.afterEvent(p.HOUR),
  flag: p.atColumn('loaded'),
  loaded: p.atColumn('loaded'),
};
/** K of what is read of the other row, beside a K that is drawn: nothing is read before it is known. */
const withRead = (known: Known, read: readonly string[]): Known => ({
  latest: [...known.latest, ...read.flatMap(name => columnsKnown[name]?.latest ?? [])],
});

/** Events are of this type of time, for all views until it is called again. */
export function setTimes(time: typeof p.datetime | typeof p.timestamp | typeof p.date): void {
  columns['t'] = time;
  columns['loaded'] = p.optional(time === p.date ? p.datetime : time);
}
/** Events are days, wall-clock times or instants. */
export const drawTimes = (random: Random): void =>
  setTimes(random.pick([p.datetime, p.datetime, p.timestamp, p.date]));

/** Where calendars turn: the end of a year, leap days, the year 1970, days on which clocks change. */
const starts = [
  '2001-01-01T00:00Z',
  '1999-12-31T12:00Z',
  '2000-02-28T12:00Z',
  '1900-02-28T00:00Z',
  '1969-12-31T00:00Z',
  '2023-03-25T12:00Z',
  '2023-10-28T12:00Z',
];
export const randomStart = (random: Random): number => Date.parse(random.pick(starts)) * 1000;

/** Rows of both tables about one time. */
export function randomTables(
  random: Random,
  events: number,
  others: number,
): Tables & Record<'events' | 'others', Row[]> {
  const start = randomStart(random);
  return { events: randomRows(random, events, start), others: randomRows(random, others, start) };
}

export function randomRows(random: Random, count: number, start = Date.UTC(2001, 0, 1) * 1000): Row[] {
  // Close together, many rows share a time; some lie beside one by the least there is.
  const spread = random.pick([20, 60, 200]);
  const days = columns['t']!.kind === 'date';
  return Array.from({ length: count }, (_, id) => {
    const near = random.chance(0.1) ? random.pick([-1, 1]) : 0;
    const t = days
      ? (Math.floor(start / DAY) + random.int(0, spread / 10)) * DAY
      : random.int(0, spread) * (HOUR / 2) + start + near;
    const maybe = <T>(value: T): T | null => (random.chance(0.15) ? null : value);
    return {
      k: maybe(random.pick(['a', 'b'])),
      'shop "x"': random.int(1, 2),
      t,
      loaded: maybe(t + random.int(-4, 30) * HOUR),
      x: maybe(random.int(-5, 5)),
      // Tenths are no sums of halves: a sum that depends on the order of the rows shows.
      y: random.int(-80, 80) / 10,
      // A key that is equal to its negative, and one that is equal to nothing.
      w: random.pick([0, -0, 1.5, Number.NaN]),
      flag: maybe(random.chance(0.5)),
      id,
    };
  });
}

export async function load(connection: DuckDBConnection, tables: Tables): Promise<void> {
  for (const [name, rows] of Object.entries(tables)) {
    const cell = (column: string, value: unknown): string => {
      if (value === null) return 'NULL';
      if (column === 't' || column === 'loaded')
        return `CAST(make_timestamp(${String(value)}) AS ${sqlType(columns[column]!)})`;
      if (column === 'w') return `'${Object.is(value, -0) ? '-0' : String(value)}'::DOUBLE`;
      return column === 'k' ? `'${String(value)}'` : `${String(value)}`;
    };
    const types: Record<string, string> = {
      k: 'VARCHAR',
      t: sqlType(columns['t']!),
      loaded: sqlType(columns['loaded']!),
      y: 'DOUBLE',
      w: 'DOUBLE',
      flag: 'BOOLEAN',
    };
    const declared = names.map(column => `${identifier(column)} ${types[column] ?? 'BIGINT'}`).join(', ');
    await connection.run(`CREATE OR REPLACE TABLE ${identifier(`source:${name}`)} (${declared})`);
    if (rows.length === 0) continue;
    const values = rows.map(row => `(${names.map(column => cell(column, row[column])).join(', ')})`);
    await connection.run(`INSERT INTO ${identifier(`source:${name}`)} VALUES ${values.join(', ')}`);
  }
}

export const ownColumn = (name: string): Expr => p.column(name, columns[name]!);
const other = (name: string): Expr => p.column(name, columns[name]!, 'other');
const float = (expr: Expr): Expr =>
  p.call('to_float_int', { ...p.float, optional: expr.type.optional }, expr);

const aggregates: readonly (readonly [string, (() => Expr) | null, Type])[] = [
  ['count', null, p.int],
  ['count_any', () => other('x'), p.int],
  ['count_distinct', () => other('x'), p.int],
  ['sum_int', () => other('x'), p.optional(p.int)],
  ['sum_float', () => other('y'), p.optional(p.float)],
  ['mean', () => float(other('x')), p.optional(p.float)],
  ['mean', () => other('y'), p.optional(p.float)],
  ['min', () => other('y'), p.optional(p.float)],
  ['max', () => other('x'), p.optional(p.int)],
  ['stddev', () => other('y'), p.optional(p.float)],
  ['median', () => float(other('x')), p.optional(p.float)],
  ['quantile', () => other('y'), p.optional(p.float)],
  ['share', () => other('flag'), p.optional(p.float)],
  ['any', () => other('flag'), p.optional(p.bool)],
  ['all', () => other('flag'), p.optional(p.bool)],
  ['first', () => other('x'), p.optional(p.int)],
  ['last', () => other('y'), p.optional(p.float)],
];

export function randomKnown(random: Random): Known {
  return random.pick([
    p.afterEvent(),
    p.afterEvent(random.int(0, 30) * p.HOUR),
    p.atColumn('loaded'),
    {
      latest: [
        { base: 'event', offset: 2 * p.HOUR },
        { base: 'column', column: 't', offset: 5 * p.HOUR },
      ],
    },
  ]);
}

export function randomWindow(
  random: Random,
  sources: readonly string[],
  direction: 'past' | 'next',
  joined: readonly string[] = [],
): WindowExpr {
  const [aggregate, value, type] = random.pick(aggregates);
  const plain = random
    .pick([[], ['k'], ['k', 'shop "x"'], ['w']])
    .map(name => ({ own: ownColumn(name), other: name }));
  const through = joined.map(alias => [{ own: p.column('k', p.optional(p.string), alias), other: 'k' }]);
  const by = random.chance(0.3) && joined.length > 0 ? random.pick(through) : plain;
  const where = random.pick([
    null,
    null,
    p.call('gt', p.bool, other('y'), p.literal(0, p.float)),
    p.call('ge', p.bool, other('y'), ownColumn('y')),
  ]);
  return p.window(aggregate, value === null ? null : value(), type, {
    table: random.pick(sources),
    length: random.pick([1, 3, 24, 72]) * p.HOUR,
    by,
    eventTime: 't',
    direction,
    where,
    known: withRead(randomKnown(random), [...columnsOf(value?.() ?? null, 'other')]),
    ...(aggregate === 'quantile' ? { args: { q: random.pick([0, 0.25, 0.9, 1]) } } : {}),
  });
}

/** Its key is a column of the row, or of a row that was joined before. */
function randomJoin(random: Random, alias: string, before: readonly string[] = []): Join {
  const asOf = random.chance(0.8)
    ? { eventTime: 't', known: randomKnown(random), within: random.pick([null, 5 * p.HOUR, 40 * p.HOUR]) }
    : null;
  const own = random.pick([
    ownColumn('k'),
    ...before.map(other => p.column('k', p.optional(p.string), other)),
    ...before.map(other => p.column('k', p.optional(p.string), other)),
  ]);
  const on = random.chance(0.15) ? { own: ownColumn('w'), other: 'w' } : { own, other: 'k' };
  return p.join({ alias, table: 'others', on: [on], asOf });
}

export function randomView(random: Random): FeatureView {
  const moment = random.pick<FeatureView['moment']>([
    { kind: 'column', column: 't', offset: 0 },
    { kind: 'column', column: 't', offset: random.pick([2, -3]) * p.HOUR },
    { kind: 'column', column: 'loaded', offset: 0 },
    { kind: 'each', grain: 'day' },
  ]);
  const joins = random.chance(0.5) ? [randomJoin(random, 'j'), randomJoin(random, 'm "2"', ['j'])] : [];
  const aliases = joins.map(({ alias }) => alias);
  const windows = Array.from({ length: random.int(1, 4) }, (_, i): Feature => {
    const drawn = randomWindow(random, ['events', 'others'], 'past', aliases);
    // What arrives late is known late.
    const arrival = { base: 'event', offset: drawn.table === 'events' ? joins.length * p.HOUR : 0 } as const;
    const expr = { ...drawn, known: { latest: [...drawn.known.latest, arrival] } };
    return p.featureOf(`window ${i}`, expr);
  });
  const looked = joins.map(j => p.featureOf(`of ${j.alias}`, p.column('y', p.optional(p.float), j.alias)));
  const last = windows.at(-1)!;
  const label = randomWindow(random, ['events', 'others'], 'next');
  return p.view(
    'events',
    [
      p.featureOf('K', ownColumn('k')),
      ...looked,
      ...windows,
      p.featureOf('again', p.call('is_null', p.bool, p.feature(last.name, last.type))),
      p.featureOf('label', label, {
        label: true,
        known: {
          latest: [
            { base: 'at', offset: label.length },
            { base: 'event', offset: 0 },
          ],
        },
      }),
    ],
    {
      moment,
      eventTime: 't',
      key: ['shop "x"'],
      joins,
      materialize: random.pick([null, null, p.HOUR, 6 * p.HOUR]),
    },
  );
}

/** The schema of both tables. */
export const rowSchema = () =>
  p.schema(
    Object.fromEntries(
      names.map(name => [name, [columns[name]!, { known: columnsKnown[name] ?? p.afterEvent() }] as const]),
    ),
    { eventTime: 't', key: ['id'] },
  );

export const planOf = (view: FeatureView): Plan =>
  p.plan({
    schemas: { Row: rowSchema() },
    sources: { events: p.source('Row', { lag: view.joins.length * p.HOUR }), others: p.source('Row') },
    views: { View: view },
  });

export async function computed(
  connection: DuckDBConnection,
  plan: Plan,
  view: FeatureView,
  name = 'View',
): Promise<Result[]> {
  const shown = view.features.map(({ name, type }) =>
    /^(date|datetime|timestamp)$/.test(type.kind)
      ? `epoch_us(CAST(${identifier(name)} AS TIMESTAMP)) AS ${identifier(name)}`
      : identifier(name),
  );
  const times = ['epoch_us("__at") AS at', 'epoch_us("__label_known") AS known', '"__row"'];
  const rows = await query(
    connection,
    `SELECT ${[...times, ...shown].join(', ')} FROM (${viewSql(plan, name)}) ORDER BY "__row", "__at"`,
  );
  const plain = (value: unknown): unknown => (typeof value === 'bigint' ? intOf(value) : value);
  return rows.map(row => ({
    row: Number(row['__row']),
    at: plain(row['at']) as number | null,
    labelKnown: plain(row['known']) as number | null,
    values: Object.fromEntries(view.features.map(({ name }) => [name, plain(row[name])])) as Result['values'],
  }));
}
