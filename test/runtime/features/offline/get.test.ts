import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Program } from '../../../../runtime/engine/contract.ts';
import { type GetOptions, getFeatures } from '../../../../runtime/features/offline/get.ts';
import { offlineFolder, readManifest } from '../../../../runtime/features/offline/partitions.ts';
import { openDuckDB, query } from '../../../support/duckdb.ts';
import { generatedProgram } from '../../../support/online.ts';
import { openShop, shopSpec } from '../../../support/shop.ts';

const shop = openShop();
shop.write(40);
const program = await generatedProgram(shop.plan());
const connection = await openDuckDB(1);
test.after(() => {
  connection.closeSync();
  shop.drop();
});

const file = (name: string): string => path.join(shop.folder, name);
const rowsOf = (name: string) => query(connection, `SELECT * FROM read_parquet('${file(name)}')`);
const get = (options: Partial<GetOptions>, of: Program = program) =>
  getFeatures(of, { root: shop.folder, view: 'Spending', at: null, out: file('out.parquet'), ...options });

/** All rows of the batch view, from the step's own artifact as it lies in the offline store. */
const batch = async (view: string) => {
  const folder = offlineFolder(program, shop.folder, view);
  return query(connection, `SELECT * FROM read_parquet('${folder}/*/*.parquet') ORDER BY __row, __at`);
};

test('every row of a view, asked for by its entity and moment, is the row that batch computed', async () => {
  await get({});
  const all = await batch('Spending');
  assert.ok(all.length > 200);
  await connection.run(
    `COPY (SELECT __at AS at, customer_id, 'kept' AS note FROM read_parquet('${offlineFolder(program, shop.folder, 'Spending')}/*/*.parquet') ORDER BY hash(__row, __at)) TO '${file('asked.parquet')}' (FORMAT parquet)`,
  );
  const got = await get({ at: file('asked.parquet'), labels: true });
  assert.equal([got.rows, got.missing, got.written], [all.length, 0, 0]);
  const found = new Map(
    (await rowsOf('out.parquet')).map(row => [`${row['customer_id']} ${String(row['at'])}`, row]),
  );
  for (const row of all) {
    const mine = found.get(`${row['customer_id']} ${String(row['__at'])}`)!;
    for (const name of ['country', 'spent', 'orders']) assert.equal(mine[name], row[name], name);
    assert.equal([mine['feature_at'], mine['note']], [row['__at'], 'kept']);
  }
});

test('between two moments it is the earlier one; before the first there is none; the order is that of the file', async () => {
  const text =
    'note,customer_id,when\nb,3,2024-01-20T13:00\na,3,2023-06-01\nc,3,2024-01-20\nd,99,2024-01-20\n';
  writeFileSync(file('asked.csv'), text);
  const got = await get({ at: file('asked.csv'), moment: 'when' });
  assert.equal([got.rows, got.missing], [4, 2]);
  const rows = await rowsOf('out.parquet');
  assert.equal(
    rows.map(({ note }) => note),
    ['b', 'a', 'c', 'd'],
  );
  assert.equal(rows[0]!['spent'], rows[2]!['spent']);
  assert.equal(
    rows.map(row => (row['feature_at'] as Date | null)?.toISOString() ?? null),
    ['2024-01-20T00:00:00.000Z', null, '2024-01-20T00:00:00.000Z', null],
  );
});

test('all entities at a moment, or one of them; as CSV too', async () => {
  await get({ at: '2024-01-20T13:00', out: file('out.csv') });
  const lines = readFileSync(file('out.csv'), 'utf8').trim().split('\n');
  assert.is(lines[0], 'customer_id,at,country,spent,orders');
  assert.is(lines.length, 9);
  assert.match(lines[1]!, /^1,2024-01-20 00:00:00,C1,/);
  await get({ at: '2024-01-20T13:00', key: { customer_id: '3' }, out: file('out.csv') });
  assert.equal(
    readFileSync(file('out.csv'), 'utf8').trim().split('\n').slice(1),
    lines.filter(line => line.startsWith('3,')),
  );
});

test('a changed expression is a version of its own; what has not changed is not written again', async () => {
  const folder = offlineFolder(program, shop.folder, 'Spending');
  const before = readManifest(folder)!;
  assert.equal(
    before.partitions.map(({ at }) => at),
    ['2024-01', '2024-02'],
  );
  shop.write(41, (line, i) => (i > 395 ? line.replace(/,\d$/, ',1') : line));
  await get({});
  const after = readManifest(folder)!;
  assert.is(after.partitions[0]!.file, before.partitions[0]!.file);
  const fresh = await generatedProgram(
    shop.plan(
      shopSpec.replace(
        'orders over 7d by customer_id)\n  orders',
        'orders over 8d by customer_id)\n  orders',
      ),
    ),
  );
  const other = offlineFolder(fresh, shop.folder, 'Spending');
  assert.is.not(other, folder);
  assert.is((await get({}, fresh)).written, 2);
  assert.ok(existsSync(path.join(folder, 'manifest.json')) && existsSync(path.join(other, 'manifest.json')));
  assert.not.ok(readdirSync(other, { recursive: true }).some(name => String(name).endsWith('.partial')));
});

test('what cannot be looked up is said, and nothing is written', async () => {
  rmSync(file('out.parquet'), { force: true });
  writeFileSync(file('wrong.csv'), 'customer_id,at\n3,2024-01-20\nx,2024-01-20\n4,soon\n');
  writeFileSync(file('other.csv'), 'person,at\n3,2024-01-20\n');
  writeFileSync(file('timeless.csv'), 'customer_id\n3\n');
  const told = async (options: Partial<GetOptions>): Promise<string> =>
    get(options).then(
      () => 'nothing',
      (error: { message: string }) => error.message,
    );
  assert.match(
    await told({ at: file('wrong.csv') }),
    /column customer_id of the file is no BIGINT in 1 rows, the first of them row 2/,
  );
  assert.match(await told({ at: file('other.csv') }), /no column customer_id, the key of Spending/);
  assert.match(await told({ at: file('timeless.csv') }), /no column at with the moments/);
  assert.match(await told({ at: file('absent.csv') }), /there is no file/);
  assert.match(await told({ at: 'soon' }), /soon is neither a time nor a file/);
  assert.match(await told({ key: { person: '3' } }), /Spending has no column person/);
  assert.match(await told({ key: { customer_id: 'x' } }), /a value of --key is not of its column/);
  assert.match(await told({ out: file('out.txt') }), /neither .parquet nor .csv/);
  assert.match(await told({ view: 'Spendin' }), /no feature view, model or deployment `Spendin`/);
  assert.not.ok(existsSync(file('out.parquet')));
});

test.run();
