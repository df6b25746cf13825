import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { typescript } from '../../../../compiler/targets/typescript/index.ts';
import type { Program, ViewProgram } from '../../../../runtime/engine/contract.ts';
import { getFeatures } from '../../../../runtime/features/offline/get.ts';
import { OnlineComputation } from '../../../../runtime/features/online/compute.ts';
import { openEmbedded } from '../../../../runtime/features/online/embedded.ts';
import { materializeFeatures } from '../../../../runtime/features/online/fill.ts';
import { openOnlineFeatures } from '../../../../runtime/features/online/open.ts';
import { onlineView, statesOf } from '../../../../runtime/features/online/states.ts';
import type { OnlineStore } from '../../../../runtime/features/online/store.ts';
import { openDuckDB, query } from '../../../support/duckdb.ts';
import { generatedProgram } from '../../../support/online.ts';
import { importModule } from '../../../support/program-check.ts';
import { countingProxy, startRedis } from '../../../support/redis.ts';
import { openShop, shopSpec } from '../../../support/shop.ts';
import { root } from '../../../support/specs.ts';

const from = Date.UTC(2024, 0, 1) * 1000;
const at = Date.UTC(2024, 0, 25) * 1000;
const row = { order_id: 999, customer_id: 3, shop: 's1', items: 1 };

/** `Visit` with fifty features, of two tables, three keys and many lengths. */
function fifty(): string {
  const what = [
    'count(orders',
    'sum(amount',
    'max(amount',
    'stddev(amount',
    'first(items',
    'quantile(amount',
  ];
  const lines = Array.from({ length: 43 }, (_, i) => {
    const by = ['customer_id', 'shop', '(customer_id, shop)'][i % 3];
    const last = what[i % 6]!.startsWith('quantile') ? ', 0.9' : '';
    return `  f${i} = ${what[i % 6]} over ${1 + (i % 20)}d by ${by}${last})`;
  });
  return shopSpec.replace('  label large', `${lines.join('\n')}\n  label large`);
}

test('a read of fifty features is one round trip to the store', async () => {
  const shop = openShop();
  const redis = await startRedis();
  try {
    shop.write(40);
    const program = await generatedProgram(shop.plan(fifty()));
    assert.ok(Object.keys(program.plan.views['Visit']!.features).length > 50);
    const environment = path.basename(shop.folder);
    const options = { root: shop.folder, environment, names: ['Visit'], from };
    await materializeFeatures(program, options);
    const store = (await openEmbedded(shop.folder, environment))!;
    let reads = 0;
    const counted: OnlineStore = Object.assign(Object.create(store) as OnlineStore, {
      near: store.near,
      read: (addresses: Parameters<OnlineStore['read']>[0]) => {
        reads++;
        return store.read(addresses);
      },
    });
    const views = [onlineView(program, 'Visit')];
    const [features] = await new OnlineComputation(views, statesOf(views), counted).compute([{ row, at }]);
    assert.ok(Object.keys(features!).length >= 50);
    assert.is(reads, 1);
    await store.close();
    if (redis === undefined) return;
    await materializeFeatures(program, { ...options, store: redis.url });
    const proxy = await countingProxy(redis.port);
    const online = await openOnlineFeatures(program, ['Visit'], {
      root: shop.folder,
      environment,
      store: `redis://127.0.0.1:${proxy.port}`,
    });
    proxy.reset();
    assert.equal(await online.compute([{ row, at }]), [features]);
    assert.is(proxy.trips(), 1);
    proxy.reset();
    await online.compute([1, 2, 3, 4, 5].map(customer_id => ({ row: { ...row, customer_id }, at })));
    assert.is(proxy.trips(), 1, 'several requests');
    await online.close();
    proxy.stop();
  } finally {
    await redis?.stop();
    shop.drop();
  }
});

test('the generated program is what is computed: its constants are those of the answers', async () => {
  const shop = openShop();
  try {
    shop.write(40);
    const plan = shop.plan();
    const program = await generatedProgram(plan);
    const environment = path.basename(shop.folder);
    await materializeFeatures(program, { root: shop.folder, environment, names: ['Visit'], from });
    const files = await typescript.emit(plan, {});
    const changed = async (was: string, is: string): Promise<Program> => {
      const others = files.map(file =>
        file.path === 'features/visit.ts' ? { ...file, text: file.text.replace(was, is) } : file,
      );
      assert.not.equal(others, files, was);
      const visit = await importModule<{ program: ViewProgram }>(others, 'features/visit.ts');
      return { ...program, views: { ...program.views, Visit: visit.program } };
    };
    const answer = async (of: Program) => {
      const online = await openOnlineFeatures(of, ['Visit'], { root: shop.folder, environment });
      const hours = Array.from({ length: 48 }, (_, i) => ({
        row: { ...row, shop: 's2' },
        at: at + i * 3_600_000_000,
      }));
      const found = await online.compute(hours);
      await online.close();
      return { city: found[0]!['city'], busy: found.reduce((sum, { busy }) => sum + Number(busy), 0) };
    };
    const before = await answer(program);
    assert.is(before.city, 'none');
    assert.is((await answer(await changed("?? 'none';", "?? 'nowhere';"))).city, 'nowhere');
    assert.is.not(
      (await answer(await changed('other.items > 3', 'other.items > 1')))['busy'],
      before['busy'],
    );

    // What a run computes is the SQL.
    const out = path.join(shop.folder, 'out.parquet');
    await getFeatures(program, { root: shop.folder, view: 'Visit', at: null, out });
    const connection = await openDuckDB(1);
    const cities = async () =>
      (await query(connection, `SELECT DISTINCT city FROM '${out}' ORDER BY ALL`)).map(({ city }) => city);
    assert.equal(await cities(), ['Rome', 'none']);
    const visit = program.views['Visit']!;
    const sql = visit.sql.replaceAll("'none'", "'nowhere'");
    await getFeatures(
      { ...program, views: { ...program.views, Visit: { ...visit, sql } } },
      { root: shop.folder, view: 'Visit', at: null, out },
    );
    assert.equal(await cities(), ['Rome', 'nowhere']);
    connection.closeSync();
  } finally {
    shop.drop();
  }
});

test('features are computed online where DuckDB is not installed', async () => {
  const shop = openShop();
  try {
    shop.write(40);
    const program = await generatedProgram(shop.plan());
    const environment = path.basename(shop.folder);
    await materializeFeatures(program, { root: shop.folder, environment, names: ['Visit'], from });
    const online = await openOnlineFeatures(program, ['Visit'], { root: shop.folder, environment });
    const expected = await online.compute([{ row, at }]);
    await online.close();
    const spec = path.join(shop.folder, 'shop.mlp');
    writeFileSync(spec, shopSpec);
    const child = path.join(root, 'test/support/without-duckdb.ts');
    const args = ['--import', 'tsx', child, shop.folder, spec, environment, JSON.stringify([{ row, at }])];
    const { stdout } = await execa(process.execPath, args, { cwd: root });
    assert.equal(JSON.parse(stdout), expected);
  } finally {
    shop.drop();
  }
});

test.run();
