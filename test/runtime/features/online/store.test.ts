import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { literal } from '../../../../runtime/data/sql.ts';
import type { Program } from '../../../../runtime/engine/contract.ts';
import { type OnlineRow, StaleState } from '../../../../runtime/features/online/contract.ts';
import { openEmbedded } from '../../../../runtime/features/online/embedded.ts';
import { type FillOptions, materializeFeatures } from '../../../../runtime/features/online/fill.ts';
import { openOnlineFeatures } from '../../../../runtime/features/online/open.ts';
import { openRedis } from '../../../../runtime/features/online/redis.ts';
import { openStore } from '../../../../runtime/store/store.ts';
import { openDuckDB, query } from '../../../support/duckdb.ts';
import { generatedProgram } from '../../../support/online.ts';
import { startRedis } from '../../../support/redis.ts';
import { openShop, type Shop, shopSpec } from '../../../support/shop.ts';

const everything = Date.UTC(2024, 0, 1) * 1000;
const redis = await startRedis();
/** Each test on both stores; Redis only where it is installed. */
const stores: readonly (readonly [string, string | undefined])[] = [
  ['embedded', undefined],
  ...(redis === undefined ? [] : [['redis', redis.url] as const]),
];
const shops: Shop[] = [];
function newShop(): Shop {
  const shop = openShop();
  shops.push(shop);
  return shop;
}
test.after(async () => {
  for (const shop of shops) shop.drop();
  await redis?.stop();
});

/** Options of one project in one store; projects share a Redis, told apart by the environment. */
function optionsOf(shop: Shop, store: string | undefined): FillOptions {
  const environment = path.basename(shop.folder);
  return { root: shop.folder, environment, ...(store === undefined ? {} : { store }) };
}

/** Rows of a view as batch computes them from what the last run has read. */
async function batchRows(shop: Shop, program: Program, view: string): Promise<Record<string, unknown>[]> {
  const store = await openStore(shop.folder);
  const connection = await openDuckDB(1);
  const run = store.runs.list()[0]!;
  const steps = store.runs.steps(run.id);
  for (const { kind, of, outputs } of steps) {
    if (kind !== 'ingest' && kind !== 'features') continue;
    const file = path.join(store.artifacts.folder(outputs['rows']!), 'data.parquet');
    await connection.run(
      `CREATE VIEW "${kind === 'ingest' ? 'source' : 'view'}:${of}" AS SELECT * FROM read_parquet(${literal(file)})`,
    );
  }
  store.close();
  const rows = await query(
    connection,
    `SELECT b.*, epoch_us(b.__at)::DOUBLE AS at, o.customer_id FROM (${program.views[view]!.sql}) b JOIN "source:orders" o USING (order_id) ORDER BY order_id`,
  );
  connection.closeSync();
  return rows;
}

const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
const requestsOf = (rows: readonly Record<string, unknown>[]) =>
  rows.map(row => ({
    row: Object.fromEntries(
      ['order_id', 'customer_id', 'shop', 'items'].map(name => [name, plain(row[name])]),
    ) as OnlineRow,
    at: Number(row['at']),
  }));

async function assertAsBatch(
  shop: Shop,
  program: Program,
  store: string | undefined,
  least: number,
): Promise<void> {
  const rows = await batchRows(shop, program, 'Visit');
  assert.ok(rows.length >= least, `${rows.length} rows`);
  const online = await openOnlineFeatures(program, ['Visit'], optionsOf(shop, store));
  const found = await online.compute(requestsOf(rows));
  for (const [i, row] of rows.entries())
    for (const name of Object.keys(found[i]!))
      assert.is(found[i]![name], plain(row[name]), `${name} of order ${row['order_id']}`);
  await online.close();
}

for (const [name, store] of stores) {
  test(`${name}: joined and windowed views; day by day only what is new is moved`, async () => {
    const shop = newShop();
    shop.write(20);
    const program = await generatedProgram(shop.plan());
    const options = { ...optionsOf(shop, store), names: ['Visit'] };
    const first = await materializeFeatures(program, { ...options, from: everything });
    assert.ok(first.states.every(({ isNew }) => isNew));
    await assertAsBatch(shop, program, store, 150);
    const again = await materializeFeatures(program, options);
    assert.equal(
      again.states.map(({ moved }) => moved),
      again.states.map(() => 0),
    );
    shop.write(21);
    const more = await materializeFeatures(program, options);
    const ofOrders = more.states.filter(({ table }) => table === 'orders');
    // Two days at most: the one that was not over, and the new one.
    for (const { moved, rows } of ofOrders) assert.ok(moved > 0 && moved <= 24, `${moved} of ${rows}`);
    await assertAsBatch(shop, program, store, 200);
    // A correction of an old day, and a row that goes.
    shop.write(21, (line, i) => (i === 30 ? line.replace(/,s\d,/, ',s2,') : line));
    await materializeFeatures(program, options);
    await assertAsBatch(shop, program, store, 200);
    shop.write(40);
    await materializeFeatures(program, options);
    await assertAsBatch(shop, program, store, 390);
  });

  test(`${name}: services read on while rows are moved; each answer is of before or after`, async () => {
    const shop = newShop();
    shop.write(20);
    const program = await generatedProgram(shop.plan());
    const options = { ...optionsOf(shop, store), names: ['Visit'] };
    await materializeFeatures(program, { ...options, from: everything });
    const requests = requestsOf(await batchRows(shop, program, 'Visit')).slice(0, 40);
    const online = await openOnlineFeatures(program, ['Visit'], optionsOf(shop, store));
    const before = JSON.stringify(await online.compute(requests));
    let [reads, moving] = [0, true];
    const reading = (async () => {
      while (moving) {
        // What happens later does not change what was known by then.
        assert.is(JSON.stringify(await online.compute(requests)), before);
        reads++;
        await new Promise(resolve => setImmediate(resolve));
      }
    })();
    shop.write(40);
    await materializeFeatures(program, options);
    moving = false;
    await reading;
    assert.ok(reads > 3, `${reads} reads`);
    await online.close();
    await assertAsBatch(shop, program, store, 390);
  });

  test(`${name}: a changed view is a new version beside the old one, until it is collected`, async () => {
    const shop = newShop();
    shop.write(40);
    const old = await generatedProgram(shop.plan());
    const options = { ...optionsOf(shop, store), names: ['Visit'] };
    await materializeFeatures(old, { ...options, from: everything });
    const spec = shopSpec.replace(
      'spent = sum(amount of orders over 7d',
      'spent = sum(amount of orders over 9d',
    );
    const fresh = await generatedProgram(shop.plan(spec));
    const missing = await openOnlineFeatures(fresh, ['Visit'], optionsOf(shop, store)).catch(
      (e: unknown) => e as { code: string; message: string },
    );
    assert.is((missing as { code: string }).code, 'MLP8601');
    assert.match((missing as { message: string }).message, /Spending/);
    const second = await materializeFeatures(fresh, { ...options, from: everything });
    // Only what reads the changed view is another state.
    assert.equal(
      new Set(second.states.filter(({ isNew }) => isNew).map(({ table }) => table)),
      new Set(['Spending']),
    );
    await assertAsBatch(shop, fresh, store, 390);
    const before = await openOnlineFeatures(old, ['Visit'], optionsOf(shop, store));
    await before.close();
    const third = await materializeFeatures(fresh, { ...options, keep: 0 });
    assert.equal(third.collected, ['Spending', 'Spending']);
    const gone = await openOnlineFeatures(old, ['Visit'], optionsOf(shop, store)).catch(
      (e: unknown) => e as { code: string },
    );
    assert.is((gone as { code: string }).code, 'MLP8601');
    await assertAsBatch(shop, fresh, store, 390);
  });

  test(`${name}: one writer at a time; moments before what is kept are refused`, async () => {
    const shop = newShop();
    shop.write(40);
    const program = await generatedProgram(shop.plan());
    const options = { ...optionsOf(shop, store), names: ['Visit'] };
    const environment = options.environment!;
    const held =
      store === undefined
        ? (await openEmbedded(shop.folder, environment))!
        : await openRedis({ url: store, prefix: 'mlp', environment });
    const lock = await held.lock();
    assert.ok('release' in lock);
    const refused = await materializeFeatures(program, options).catch(
      (e: unknown) => e as { code: string; message: string },
    );
    assert.is((refused as { code: string }).code, 'MLP8603');
    assert.match((refused as { message: string }).message, `process ${process.pid}`);
    if ('release' in lock) await lock.release();
    await held.close();
    // Without --from: windows that end from now on, a day's grace.
    const filled = await materializeFeatures(program, options);
    const orders = filled.states.find(({ table }) => table === 'orders')!;
    assert.ok(orders.rows < 150, `${orders.rows} rows are kept`);
    const online = await openOnlineFeatures(program, ['Visit'], optionsOf(shop, store));
    const row = { order_id: 999, customer_id: 3, shop: 's1', items: 1 };
    const [now] = await online.compute([{ row, at: Date.UTC(2024, 1, 10) * 1000 }]);
    assert.is(now!['shop'], 's1');
    const early = await online
      .compute([{ row, at: Date.UTC(2024, 0, 10) * 1000 }])
      .catch((e: unknown) => String(e));
    assert.match(String(early), /answers for moments from 2024-02-0.* on, not for 2024-01-10/);
    const tables = await online.freshness(Date.UTC(2024, 1, 10) * 1000);
    assert.equal(tables.map(({ table }) => table).sort(), ['Spending', 'customers', 'orders', 'shops']);
    assert.is(tables.find(({ table }) => table === 'shops')!.upTo, null);
    await online.close();
  });

  test(`${name}: a state that is older than the spec allows is null, or fails the request`, async () => {
    const shop = newShop();
    shop.write(40);
    for (const otherwise of ['null', 'fail']) {
      const spec = shopSpec.replace(
        '  join Spending',
        `  materialize every 1h\n  stale after 3h else ${otherwise}\n  join Spending`,
      );
      const program = await generatedProgram(shop.plan(spec));
      const options = { ...optionsOf(shop, store), names: ['Visit'] };
      const to = Date.UTC(2024, 1, 1) * 1000;
      await materializeFeatures(program, { ...options, from: everything, to });
      const online = await openOnlineFeatures(program, ['Visit'], optionsOf(shop, store));
      const at = (hours: number) => [
        { row: { order_id: 999, customer_id: 3, shop: 's1', items: 1 }, at: to + hours * 3_600_000_000 },
      ];
      const [near] = await online.compute(at(2));
      assert.is(near!['recent'] === null, false);
      if (otherwise === 'null') assert.is((await online.compute(at(5)))[0]!['recent'], null);
      else {
        const error = await online.compute(at(5)).catch((e: unknown) => e);
        assert.instance(error, StaleState);
        assert.match((error as Error).message, /last materialisation of .* is too old: 2024-02-01T00:00:00Z/);
      }
      await online.close();
    }
  });
}

test('a Redis that is not there, or goes away: an error in words, without the password', async () => {
  const shop = newShop();
  shop.write(5);
  const program = await generatedProgram(shop.plan());
  const error = await materializeFeatures(program, {
    ...optionsOf(shop, 'redis://user:hush@127.0.0.1:1'),
    names: ['Visit'],
  }).catch((e: unknown) => e as { code: string; message: string });
  assert.is((error as { code: string }).code, 'MLP8604');
  assert.match((error as { message: string }).message, /redis:\/\/127\.0\.0\.1:1\) cannot be used: /);
  assert.not.match((error as { message: string }).message, 'hush');
  const short = await startRedis();
  if (short === undefined) return;
  const options = optionsOf(shop, short.url);
  await materializeFeatures(program, { ...options, names: ['Visit'], from: everything });
  const online = await openOnlineFeatures(program, ['Visit'], options);
  const request = [{ row: { order_id: 1, customer_id: 3, shop: 's1', items: 1 }, at: everything + 4e11 }];
  await online.compute(request);
  await short.stop();
  const gone = await online.compute(request).catch((e: unknown) => e as { code: string });
  assert.is((gone as { code: string }).code, 'MLP8604');
  await online.close();
});

test.run();
