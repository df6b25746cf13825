import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../../../compiler/index.ts';
import { literal } from '../../../../runtime/data/sql.ts';
import { materializeFeatures } from '../../../../runtime/features/online/fill.ts';
import { openOnlineFeatures } from '../../../../runtime/features/online/open.ts';
import { openStore } from '../../../../runtime/store/store.ts';
import { openDuckDB, query } from '../../../support/duckdb.ts';
import { generatedProgram } from '../../../support/online.ts';
import { memoryHost, root, specsIn } from '../../../support/specs.ts';

test('three million flights: a sample of rows is online what it is in batch', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-flights-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const { plan } = compile(memoryHost(specsIn(path.join(root, 'examples/flights'))));
  const program = await generatedProgram(plan!);
  const first = await materializeFeatures(program, { root: folder, from: Date.UTC(2001, 0, 1) * 1000 });
  assert.equal(
    first.states.map(({ table, rows, moved }) => [table, rows, moved]),
    [
      ['airports', 3376, 3376],
      ['flights', 2_999_858, 2_999_858],
    ],
  );
  const again = await materializeFeatures(program, { root: folder });
  assert.equal(
    again.states.map(({ moved }) => moved),
    [0, 0],
  );

  const store = await openStore(folder);
  const connection = await openDuckDB(2);
  const run = store.runs.list()[0]!;
  for (const { kind, of, outputs } of store.runs.steps(run.id))
    if (kind === 'ingest')
      await connection.run(
        `CREATE VIEW "source:${of}" AS SELECT * FROM read_parquet(${literal(path.join(store.artifacts.folder(outputs['rows']!), 'data.parquet'))})`,
      );
  store.close();
  await connection.run(`CREATE TABLE batch AS ${program.views['Departure']!.sql}`);
  const sample = await query(
    connection,
    `SELECT b.*, epoch_us(b.__at) AS at, f.distance FROM batch b JOIN (SELECT *, row_number() OVER () AS __row FROM "source:flights") f USING (__row)
     WHERE hash(__row) % 600 = 0`,
  );
  const online = await openOnlineFeatures(program, ['Departure'], { root: folder });
  assert.equal(online.requestColumns, ['date', 'origin', 'distance']);
  const found = await online.compute(
    sample.map(({ at, origin, distance }) => ({
      row: { date: Number(at), origin: String(origin), distance: Number(distance) },
      at: Number(at),
    })),
  );
  const features = plan!.views['Departure']!.features.filter(({ label }) => !label);
  for (const [i, row] of sample.entries())
    for (const { name } of features) {
      const batch = typeof row[name] === 'bigint' ? Number(row[name]) : row[name];
      const same =
        name === 'miles'
          ? Math.abs(Number(batch) - Number(found[i]![name])) <= 1e-12 * Number(batch)
          : Object.is(batch, found[i]![name]);
      assert.ok(
        same,
        `${name} of row ${row['__row']}: batch ${String(batch)}, online ${String(found[i]![name])}`,
      );
    }
  console.log(`${sample.length} rows compared`);
  assert.ok(sample.length > 4000);
  await online.close();
  connection.closeSync();
  rmSync(folder, { recursive: true });
  assert.not.ok(existsSync(folder));
});

test.run();
