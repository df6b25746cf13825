import type { DuckDBConnection } from '@duckdb/node-api';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Expr, Feature, FeatureView, Known, Plan } from '../../../compiler/plan/plan.ts';
import { viewSql } from '../../../compiler/sql/view.ts';
import { openDuckDB, query } from '../../support/duckdb.ts';
import * as p from '../../support/plan.ts';
import { Random, rounds } from '../../support/random.ts';
import {
  columns,
  computed,
  drawTimes,
  HOUR,
  load,
  names,
  ownColumn,
  planOf,
  randomRows,
  randomTables,
  randomView,
  randomWindow,
  setTimes,
} from '../../support/random-views.ts';
import {
  asTable,
  computeView,
  type Result,
  type Row,
  Stale,
  type Tables,
} from '../../support/time-reference.ts';

/** To the bit, but for `stddev`, of which the meaning allows a difference. */
const near = (a: unknown, b: unknown, deviation: boolean): boolean =>
  Object.is(a, b) ||
  (deviation && typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= 1e-12 * Math.max(10, a));
const isDeviation = (view: FeatureView, name: string): boolean => {
  const expr = view.features.find(feature => feature.name === name)?.expr;
  return expr?.op === 'window' && expr.aggregate === 'stddev';
};

function assertSame(
  view: FeatureView,
  actual: readonly Result[],
  expected: readonly Result[],
  context: string,
): void {
  assert.is(actual.length, expected.length, `rows ${context}`);
  actual.forEach((result, i) => {
    const reference = expected[i]!;
    const place = `row ${reference.row} at ${reference.at} ${context}`;
    assert.is(result.row, reference.row, place);
    assert.is(result.at, reference.at, `T of ${place}`);
    if (reference.at !== null) assert.is(result.labelKnown, reference.labelKnown, `label known of ${place}`);
    for (const [name, value] of Object.entries(reference.values)) {
      const found = result.values[name];
      const said = `${name}: SQL ${String(found)}, by the words ${String(value)}; ${place}`;
      assert.ok(near(found, value, isDeviation(view, name)), said);
    }
  });
}

/** What the words make of a view; `Stale` where a state is older than it allows. */
function byTheWords(plan: Plan, tables: Tables): readonly Result[] | Stale {
  try {
    return computeView(plan, 'View', tables);
  } catch (error) {
    if (error instanceof Stale) return error;
    throw error;
  }
}

/** Compares, and counts the rows in which a window holds something, and what failed as it should. */
async function compareView(
  connection: DuckDBConnection,
  plan: Plan,
  tables: Tables,
  where: string,
): Promise<{ readonly rows: number; readonly filled: number; readonly failed: boolean }> {
  const view = plan.views['View']!;
  const expected = byTheWords(plan, tables);
  const context = `(${where})\n${JSON.stringify(plan.views, null, 1)}\n${viewSql(plan, 'View')}`;
  if (expected instanceof Stale) {
    const message = await computed(connection, plan, view).then(
      () => 'no failure',
      (error: unknown) => String(error),
    );
    assert.match(message, /the last materialisation is too old/, context);
    return { rows: 0, filled: 0, failed: true };
  }
  assertSame(view, await computed(connection, plan, view), expected, context);
  const holds = ([name, value]: [string, unknown]): boolean =>
    name.startsWith('window') && value !== null && value !== 0;
  const filled = expected.filter(result => Object.entries(result.values).some(holds)).length;
  return { rows: expected.length, filled, failed: false };
}

test('windows, joins and labels are what the words of "Time" say', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  const total = rounds(60, 3000);
  const sum = { rows: 0, filled: 0, failed: 0 };
  for (let round = 0; round < total; round++) {
    drawTimes(random);
    const tables = randomTables(random, random.int(1, 30), random.int(0, 40));
    await load(connection, tables);
    const plan = planOf(varied(random, randomView(random)));
    const found = await compareView(connection, plan, tables, `seed ${random.seed}, round ${round}`);
    sum.rows += found.rows;
    sum.filled += found.filled;
    sum.failed += Number(found.failed);
  }
  console.log(
    `seed ${random.seed}: ${total} views, ${sum.rows} rows, ${sum.filled} with a window that holds something, ${sum.failed} too old as said`,
  );
  assert.ok(sum.filled > total);
  connection.closeSync();
});

/** Grids of every grain, states that are too old. */
function varied(random: Random, view: FeatureView): FeatureView {
  const grain = random.pick(['hour', 'day', 'week', 'month'] as const);
  const moment = view.moment?.kind === 'each' ? { kind: 'each' as const, grain } : view.moment;
  if (view.materialize === null || random.chance(0.4)) return { ...view, moment };
  const after = Math.round(view.materialize * random.pick([0.25, 0.5, 0.9, 2]));
  return { ...view, moment, stale: { after, otherwise: random.pick(['null', 'null', 'fail'] as const) } };
}

test('rows of a view are read by another from their T on', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  const total = rounds(30, 1500);
  let filled = 0;
  for (let round = 0; round < total; round++) {
    drawTimes(random);
    const tables = randomTables(random, random.int(1, 25), random.int(1, 30));
    await load(connection, tables);
    const plan = chainOf(random);
    await connection.run(`CREATE OR REPLACE TABLE "view:First" AS ${viewSql(plan, 'First')}`);
    const all = { ...tables, First: asTable(plan, 'First', tables) };
    filled += (await compareView(connection, plan, all, `seed ${random.seed}, round ${round}`)).filled;
  }
  console.log(
    `seed ${random.seed}: ${total} views of views, ${filled} rows with a window that holds something`,
  );
  assert.ok(filled > total / 2);
  connection.closeSync();
});

/** A view over `others` at a moment that may lie after the event, and one that joins it and aggregates over it. */
function chainOf(random: Random): Plan {
  // A deviation is compared with some tolerance where it is computed, and what it goes into would need it too.
  let seen = randomWindow(random, ['events', 'others'], 'past');
  while (seen.aggregate === 'stddev') seen = randomWindow(random, ['events', 'others'], 'past');
  const first = p.view(
    'others',
    [
      ...Object.keys(columns).map(name => p.featureOf(name, ownColumn(name))),
      // What arrives late is known late.
      p.featureOf('seen', {
        ...seen,
        known: { latest: [...seen.known.latest, { base: 'event', offset: 2 * p.HOUR }] },
      }),
    ],
    {
      // A grid goes on to the last moment at which the other view asks for it.
      moment: random.chance(0.3)
        ? { kind: 'each', grain: random.pick(['day', 'day', 'hour'] as const) }
        : { kind: 'column', column: 't', offset: random.pick([0, 2]) * p.HOUR },
      eventTime: 't',
      materialize: random.pick([null, 3 * p.HOUR]),
    },
  );
  const view = randomView(random);
  const windows = ['count', 'sum', 'last'].map((_, i) => {
    const drawn = randomWindow(random, ['First'], random.pick(['past', 'past', 'next'] as const));
    return p.featureOf(`window of it ${i}`, { ...drawn, eventTime: '__at', known: p.afterEvent() });
  });
  const asOf = { eventTime: '__at', known: p.afterEvent(), within: random.pick([null, 5 * p.HOUR]) };
  const join = p.join({
    alias: 'v',
    table: 'First',
    kind: 'view',
    on: [{ own: ownColumn('k'), other: 'k' }],
    asOf,
  });
  const looked = [
    p.featureOf('seen by it', p.column('seen', p.optional(seen.type), 'v')),
    p.featureOf('its y', p.column('y', p.optional(p.float), 'v')),
  ];
  const features = [...view.features, ...looked, ...windows];
  const plan = planOf(view);
  return { ...plan, views: { First: first, View: { ...view, features, joins: [...view.joins, join] } } };
}

/** When each column becomes known, as its schema would say. */
const known: Readonly<Record<string, Known>> = {
  x: p.afterEvent(5 * p.HOUR),
  flag: p.atColumn('loaded'),
  loaded: p.atColumn('loaded'),
};
const lags = { events: 0, others: 2 * p.HOUR } as const;
type Name = keyof typeof lags;
const tableNames: readonly Name[] = ['events', 'others'];

const knownOf = (table: Name, read: readonly string[]): Known => ({
  latest: [{ base: 'event', offset: lags[table] }, ...read.flatMap(column => known[column]?.latest ?? [])],
});
const read = (expr: Expr | null): string[] =>
  expr === null
    ? []
    : expr.op === 'column'
      ? expr.of === 'row'
        ? []
        : [expr.column]
      : expr.op === 'call'
        ? expr.args.flatMap(read)
        : [];

/** A view that the checker accepts: nothing in it reads what is not known at T. */
function acceptedView(random: Random): FeatureView {
  const moment = random.pick<FeatureView['moment']>([
    { kind: 'column', column: 't', offset: 0 },
    { kind: 'column', column: 't', offset: 2 * p.HOUR },
    { kind: 'each', grain: 'day' },
  ]);
  const windows = Array.from({ length: random.int(2, 5) }, (_, i): Feature => {
    const drawn = randomWindow(random, tableNames, 'past');
    const expr = {
      ...drawn,
      known: knownOf(drawn.table as Name, [...read(drawn.value), ...read(drawn.where)]),
    };
    return p.featureOf(`window ${i}`, expr);
  });
  const joins = ['j', 'm'].map(alias => {
    const column = random.pick(['x', 'y', 'flag', 'shop "x"']);
    const asOf = {
      eventTime: 't',
      known: knownOf('others', [column]),
      within: random.pick([null, 30 * p.HOUR]),
    };
    return {
      column,
      join: p.join({ alias, table: 'others', on: [{ own: ownColumn('k'), other: 'k' }], asOf }),
    };
  });
  const looked = joins.map(({ column, join }) =>
    p.featureOf(`of ${join.alias}`, p.column(column, p.optional(columns[column]!), join.alias)),
  );
  return p.view(
    'events',
    [p.featureOf('id', ownColumn('id')), p.featureOf('own', ownColumn('y')), ...looked, ...windows],
    {
      moment,
      eventTime: 't',
      joins: joins.map(({ join }) => join),
      materialize: random.pick([null, 3 * p.HOUR]),
    },
  );
}

/** What was known by T of a table: later rows gone or different, cells that were not known yet different. */
function knownBy(random: Random, rows: readonly Row[], lag: number, at: number): Row[] {
  const later = columns['t']!.kind === 'date' ? 24 * HOUR : HOUR;
  return rows.flatMap((row): Row[] => {
    const t = row['t'] as number;
    const other = randomRows(random, 1)[0]!;
    if (t + lag * 1000 > at) {
      // It has not arrived: it may never, or be another.
      return random.chance(0.5)
        ? []
        : [{ ...other, t: at + random.int(1, 50) * later, loaded: null, id: 1e6 + random.int(0, 1e6) }];
    }
    const loaded = row['loaded'] as number | null;
    const isLoaded = loaded !== null && loaded <= at && t <= at;
    const changed = {
      ...(t + 5 * HOUR <= at ? {} : { x: other['x']! }),
      ...(isLoaded
        ? {}
        : { flag: other['flag']!, loaded: random.chance(0.5) ? null : at + random.int(1, 9) * HOUR }),
    };
    return [{ ...row, ...changed }];
  });
}

test('features at T from all data are those from what was known by T', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  const total = rounds(12, 500);
  let compared = 0;
  for (let round = 0; round < total; round++) {
    drawTimes(random);
    const tables = randomTables(random, random.int(5, 30), random.int(5, 40));
    const view = acceptedView(random);
    const schemaColumns = Object.fromEntries(
      names.map(name => [name, [columns[name]!, { known: known[name] ?? p.afterEvent() }] as const]),
    );
    const plan = p.plan({
      schemas: { Row: p.schema(schemaColumns, { eventTime: 't' }) },
      sources: { events: p.source('Row'), others: p.source('Row', { lag: lags.others }) },
      views: { View: view },
    });
    await load(connection, tables);
    const all = await computed(connection, plan, view);
    for (const { at } of random.shuffle(all).slice(0, 3)) {
      await load(connection, {
        events: knownBy(random, tables.events, lags.events, at!),
        others: knownBy(random, tables.others, lags.others, at!),
      });
      const then = await computed(connection, plan, view);
      for (const result of all.filter(r => r.at === at)) {
        const again = then.find(r => r.at === at && r.values['id'] === result.values['id']);
        // A grid ends with the last event known, so its last points may be missing then.
        if (again === undefined && view.moment?.kind === 'each') continue;
        const context = `(seed ${random.seed}, round ${round}, T ${at})\n${viewSql(plan, 'View')}`;
        for (const [name, value] of Object.entries(result.values)) {
          assert.ok(
            near(again?.values[name], value, isDeviation(view, name)),
            `${name}: ${String(value)} from all, ${String(again?.values[name])} from what was known ${context}`,
          );
        }
        compared++;
      }
    }
  }
  console.log(`seed ${random.seed}: ${total} views, ${compared} rows compared`);
  assert.ok(compared > total);
  connection.closeSync();
});

test('sums of floats do not depend on threads or chance', async () => {
  const connection = await openDuckDB(4);
  const rows = `SELECT 'k' || (i % 9000) AS k, make_timestamp(CAST((i // 9000) % 3 AS BIGINT) * ${HOUR}) AS t, (hash(i) % 1000003) / 7.0 AS y FROM range(140000) r(i)`;
  await connection.run(`CREATE TABLE "source:events" AS ${rows}`);
  await connection.run(`CREATE TABLE "source:others" AS ${rows}`);
  // A moment that is no constant from the event is computed by a join.
  const byCondition: Known = { latest: [{ base: 'at', offset: 0 }] };
  const windows = [
    { table: 'events', aggregate: 'sum_float', known: p.afterEvent() },
    { table: 'others', aggregate: 'mean', known: p.afterEvent() },
    { table: 'others', aggregate: 'stddev', known: byCondition },
  ];
  const features = windows.map(({ table, aggregate, known }, i) =>
    p.featureOf(
      `w${i}`,
      p.window(aggregate, p.column('y', p.float, 'other'), p.optional(p.float), {
        table,
        length: 10 * p.HOUR,
        by: [{ own: p.column('k', p.string), other: 'k' }],
        eventTime: 't',
        known,
      }),
    ),
  );
  const plan = p.plan({
    schemas: { Row: p.schema({ k: p.string, t: p.datetime, y: p.float }, { eventTime: 't' }) },
    sources: { events: p.source('Row'), others: p.source('Row') },
    views: {
      View: p.view('events', features, {
        moment: { kind: 'column', column: 't', offset: 0 },
        eventTime: 't',
      }),
    },
  });
  const digest = async (): Promise<unknown> =>
    await query(
      connection,
      `SELECT ${features.map(({ name }) => `bit_xor(hash("__row", ${name})) AS ${name}`).join(', ')} FROM (${viewSql(plan, 'View')})`,
    );
  const first = await digest();
  assert.equal(await digest(), first);
  connection.closeSync();
});

test('a state older than asked for is null, or fails the run', async () => {
  setTimes(p.datetime);
  const connection = await openDuckDB(1);
  const tables = {
    events: [12, 5].map((hour, id) => ({
      ...randomRows(new Random(1), 1)[0]!,
      k: 'a',
      t: hour * HOUR,
      y: id + 1,
      id,
    })),
    others: [],
  };
  await load(connection, tables);
  const seen = p.window('count', null, p.int, {
    table: 'events',
    length: 48 * p.HOUR,
    by: [],
    eventTime: 't',
  });
  const of = (otherwise: 'null' | 'fail'): FeatureView =>
    p.view('events', [p.featureOf('seen', seen)], {
      moment: { kind: 'column', column: 't', offset: 0 },
      eventTime: 't',
      materialize: 12 * p.HOUR,
      stale: { after: 4 * p.HOUR, otherwise },
    });
  const lenient = of('null');
  const found = await computed(connection, planOf(lenient), lenient);
  assert.equal(
    found.map(result => result.values['seen']),
    [1, null],
  );
  const strict = of('fail');
  const message = await computed(connection, planOf(strict), strict).catch((error: unknown) => String(error));
  assert.match(String(message), /the last materialisation is too old/);
  connection.closeSync();
});

test.run();
