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
import { viewSql } from '../../compiler/sql/view.ts';
import { intOf } from '../../runtime/features/functions/index.ts';
import { query } from './duckdb.ts';
import * as p from './plan.ts';
import type { Random } from './random.ts';
import type { Result, Row, Tables } from './time-reference.ts';

/** Views drawn at random over two tables, `events` and `others`, and rows for them. */
export const HOUR = 3_600_000_000;
export const columns: Readonly<Record<string, Type>> = {
  k: p.optional(p.string),
  'shop "x"': p.int,
  t: p.datetime,
  loaded: p.optional(p.datetime),
  x: p.optional(p.int),
  y: p.float,
  flag: p.optional(p.bool),
  id: p.int,
};
export const names = Object.keys(columns);

export function randomRows(random: Random, count: number): Row[] {
  // Close together, many rows share a time.
  const spread = random.pick([20, 60, 200]);
  return Array.from({ length: count }, (_, id) => {
    const t = random.int(0, spread) * (HOUR / 2) + 978_307_200_000_000;
    const maybe = <T>(value: T): T | null => (random.chance(0.15) ? null : value);
    return {
      k: maybe(random.pick(['a', 'b'])),
      'shop "x"': random.int(1, 2),
      t,
      loaded: maybe(t + random.int(-4, 30) * HOUR),
      x: maybe(random.int(-5, 5)),
      // Tenths are no sums of halves: a sum that depends on the order of the rows shows.
      y: random.int(-80, 80) / 10,
      flag: maybe(random.chance(0.5)),
      id,
    };
  });
}

export async function load(connection: DuckDBConnection, tables: Tables): Promise<void> {
  for (const [name, rows] of Object.entries(tables)) {
    const cell = (column: string, value: unknown): string => {
      if (value === null) return 'NULL';
      if (column === 't' || column === 'loaded') return `make_timestamp(${String(value)})`;
      return column === 'k' ? `'${String(value)}'` : `${String(value)}`;
    };
    const types: Record<string, string> = {
      k: 'VARCHAR',
      t: 'TIMESTAMP',
      loaded: 'TIMESTAMP',
      y: 'DOUBLE',
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
): WindowExpr {
  const [aggregate, value, type] = random.pick(aggregates);
  const by = random.pick([[], ['k'], ['k', 'shop "x"']]).map(name => ({ own: ownColumn(name), other: name }));
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
    known: randomKnown(random),
    ...(aggregate === 'quantile' ? { args: { q: random.pick([0, 0.25, 0.9, 1]) } } : {}),
  });
}

function randomJoin(random: Random, alias: string): Join {
  const asOf = random.chance(0.8)
    ? { eventTime: 't', known: randomKnown(random), within: random.pick([null, 5 * p.HOUR, 40 * p.HOUR]) }
    : null;
  return p.join({ alias, table: 'others', on: [{ own: ownColumn('k'), other: 'k' }], asOf });
}

export function randomView(random: Random): FeatureView {
  const moment = random.pick<FeatureView['moment']>([
    { kind: 'column', column: 't', offset: 0 },
    { kind: 'column', column: 't', offset: random.pick([2, -3]) * p.HOUR },
    { kind: 'column', column: 'loaded', offset: 0 },
    { kind: 'each', grain: 'day' },
  ]);
  const joins = random.chance(0.5) ? [randomJoin(random, 'j'), randomJoin(random, 'm "2"')] : [];
  const windows = Array.from({ length: random.int(1, 4) }, (_, i): Feature => {
    const drawn = randomWindow(random, ['events', 'others'], 'past');
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

export const planOf = (view: FeatureView): Plan =>
  p.plan({
    schemas: { Row: p.schema(columns, { eventTime: 't', key: ['id'] }) },
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
    type.kind === 'datetime' ? `epoch_us(${identifier(name)}) AS ${identifier(name)}` : identifier(name),
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
