import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Expr, Feature, FeatureView, Known } from '../../../compiler/plan/plan.ts';
import { viewSql } from '../../../compiler/sql/view.ts';
import { openDuckDB, query } from '../../support/duckdb.ts';
import * as p from '../../support/plan.ts';
import { Random, rounds } from '../../support/random.ts';
import {
  columns,
  computed,
  HOUR,
  load,
  names,
  ownColumn,
  planOf,
  randomRows,
  randomView,
  randomWindow,
} from '../../support/random-views.ts';
import { computeView, type Result, type Row } from '../../support/time-reference.ts';

const near = (a: unknown, b: unknown): boolean =>
  typeof a === 'number' && typeof b === 'number'
    ? Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a))
    : a === b;

function assertSame(actual: readonly Result[], expected: readonly Result[], context: string): void {
  assert.is(actual.length, expected.length, `rows ${context}`);
  actual.forEach((result, i) => {
    const reference = expected[i]!;
    const place = `row ${reference.row} at ${reference.at} ${context}`;
    assert.is(result.row, reference.row, place);
    assert.is(result.at, reference.at, `T of ${place}`);
    if (reference.at !== null) assert.is(result.labelKnown, reference.labelKnown, `label known of ${place}`);
    for (const [name, value] of Object.entries(reference.values)) {
      const found = result.values[name];
      assert.ok(near(found, value), `${name}: SQL ${String(found)}, by the words ${String(value)}; ${place}`);
    }
  });
}

test('windows, joins and labels are what the words of "Time" say', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  const total = rounds(40, 2000);
  let filled = 0;
  for (let round = 0; round < total; round++) {
    const tables = {
      events: randomRows(random, random.int(1, 30)),
      others: randomRows(random, random.int(0, 40)),
    };
    await load(connection, tables);
    const view = randomView(random);
    const plan = planOf(view);
    const expected = computeView(plan, 'View', tables);
    const actual = await computed(connection, plan, view);
    const context = `(seed ${random.seed}, round ${round})\n${JSON.stringify(view, null, 1)}\n${viewSql(plan, 'View')}`;
    assertSame(actual, expected, context);
    filled += expected.filter(result =>
      Object.entries(result.values).some(([name, v]) => name.startsWith('window') && v !== null && v !== 0),
    ).length;
  }
  console.log(`seed ${random.seed}: ${total} views, ${filled} rows with a window that holds something`);
  assert.ok(filled > total);
  connection.closeSync();
});

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
  return rows.flatMap((row): Row[] => {
    const t = row['t'] as number;
    const other = randomRows(random, 1)[0]!;
    if (t + lag * 1000 > at) {
      // It has not arrived: it may never, or be another.
      return random.chance(0.5)
        ? []
        : [{ ...other, t: at + random.int(1, 50) * HOUR, loaded: null, id: 1e6 + random.int(0, 1e6) }];
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
    const tables = {
      events: randomRows(random, random.int(5, 30)),
      others: randomRows(random, random.int(5, 40)),
    };
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
            near(again?.values[name], value),
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
