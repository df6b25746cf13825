import type { DuckDBConnection } from '@duckdb/node-api';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeatureView } from '../../../../compiler/plan/plan.ts';
import { MICROSECONDS_A_DAY } from '../../../../runtime/features/functions/values.ts';
import type { OnlineRow } from '../../../../runtime/features/online/contract.ts';
import { openEmbedded } from '../../../../runtime/features/online/embedded.ts';
import { openOnlineFeatures } from '../../../../runtime/features/online/open.ts';
import { openRedis } from '../../../../runtime/features/online/redis.ts';
import { openDuckDB } from '../../../support/duckdb.ts';
import { generatedProgram, move, requestOf, Scratch } from '../../../support/online.ts';
import { Random, rounds } from '../../../support/random.ts';
import {
  columns,
  computed,
  drawTimes,
  load,
  planOf,
  randomTables,
  randomView,
} from '../../../support/random-views.ts';
import { startRedis } from '../../../support/redis.ts';

const same = (a: unknown, b: unknown, near: boolean): boolean =>
  Object.is(a, b) ||
  (near && typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= 1e-12 * Math.abs(a));

/** Of all aggregates, a deviation alone is not the same to the bit: DuckDB's goes through the rows in another way. */
const deviates = ({ expr }: FeatureView['features'][number]): boolean =>
  expr.op === 'window' && expr.aggregate === 'stddev';

/** A row as a request carries it: a day as its number. */
const asHeld = (row: OnlineRow): OnlineRow =>
  columns['t']!.kind === 'date' ? { ...row, t: Number(row['t']) / MICROSECONDS_A_DAY } : row;

/** Several views over the same rows, each row of each compared; what is online is moved there in parts, as the rows come. */
async function compare(
  connection: DuckDBConnection,
  random: Random,
  redis: string | undefined,
  round: number,
): Promise<number> {
  drawTimes(random);
  const tables = randomTables(random, random.int(1, 30), random.int(0, 40));
  const views = Array.from({ length: 4 }, () => randomView(random));
  const base = planOf(views[0]!);
  const lag = Math.max(...views.map(view => planOf(view).sources['events']!.lag));
  const plan = {
    ...base,
    sources: { ...base.sources, events: { ...base.sources['events']!, lag } },
    views: Object.fromEntries(views.map((view, i) => [`View${i}`, view])),
  };
  const program = await generatedProgram(plan);
  const scratch = new Scratch();
  const environment = `t${random.seed}-${round}`;
  const open = async () =>
    redis === undefined
      ? (await openEmbedded(scratch.folder, environment))!
      : await openRedis({ url: redis, prefix: 'mlp', environment });
  let filled = 0;
  try {
    // Rows come in no order of time, some are corrected, some go.
    for (const share of [random.next(), 1]) {
      const part = (rows: typeof tables.events) =>
        share === 1
          ? rows
          : rows
              .filter(() => random.chance(share))
              .map(row => (random.chance(0.2) ? { ...row, y: 7.5 } : row));
      await load(connection, { events: part(tables.events), others: part(tables.others) });
      const folders = await scratch.export(connection, ['source:events', 'source:others']);
      const store = await open();
      await move(program, store, scratch, { folders, from: Date.UTC(1800, 0, 1) * 1000 });
      await store.close();
    }
    for (const [name, view] of Object.entries(plan.views)) {
      const options = { root: scratch.folder, environment, ...(redis === undefined ? {} : { store: redis }) };
      const online = await openOnlineFeatures(program, [name], options);
      const batch = (await computed(connection, plan, view, name)).filter(({ at }) => at !== null);
      const found = await online.compute(
        batch.map(({ row, at }) => ({
          row: requestOf(asHeld(tables.events[row - 1]!), online.requestColumns),
          at: at!,
        })),
      );
      for (const [i, { row, at, values }] of batch.entries()) {
        for (const feature of view.features.filter(({ label }) => !label)) {
          const [theirs, ours] = [values[feature.name], found[i]![feature.name]];
          const { moment, materialize } = view;
          assert.ok(
            same(theirs, ours, deviates(feature)),
            `${feature.name} of row ${row} at ${at}: batch ${String(theirs)}, online ${String(ours)} (seed ${random.seed}, round ${round})\n${JSON.stringify({ moment, materialize, expr: feature.expr })}`,
          );
          if (feature.name.startsWith('window') && ours !== null && ours !== 0) filled++;
        }
      }
      await online.close();
    }
  } finally {
    scratch.drop();
  }
  return filled;
}

async function compareMany(redis: string | undefined, total: number): Promise<void> {
  const random = new Random();
  const connection = await openDuckDB(1);
  let filled = 0;
  for (let round = 0; round < total; round++) filled += await compare(connection, random, redis, round);
  console.log(`seed ${random.seed}: ${4 * total} views, ${filled} windows that hold something`);
  assert.ok(filled > total);
  connection.closeSync();
}

test('views drawn at random are online what they are in batch, row by row', async () => {
  await compareMany(undefined, rounds(8, 300));
});

test('the same from Redis', async () => {
  const redis = await startRedis();
  if (redis === undefined) return;
  try {
    await compareMany(redis.url, rounds(4, 100));
  } finally {
    await redis.stop();
  }
});

test.run();
