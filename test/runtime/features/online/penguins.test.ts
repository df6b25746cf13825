import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../../../compiler/index.ts';
import { literal } from '../../../../runtime/data/sql.ts';
import type { OnlineRow } from '../../../../runtime/features/online/contract.ts';
import { openOnlineFeatures } from '../../../../runtime/features/online/open.ts';
import { makeTables } from '../../../../runtime/features/tables.ts';
import { openDuckDB, query } from '../../../support/duckdb.ts';
import { generatedProgram } from '../../../support/online.ts';
import { memoryHost, root, specsIn } from '../../../support/specs.ts';

const plain = (row: Record<string, unknown>): OnlineRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  ) as OnlineRow;

test('penguins, which read their own rows alone, need no store and are online what they are in batch', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-penguins-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const connection = await openDuckDB(1);
  try {
    const { plan } = compile(memoryHost(specsIn(path.join(root, 'examples/penguins'))));
    const program = await generatedProgram(plan!);
    const folders = await makeTables(program, ['penguins', 'Measured'], { root: folder, label: 'test' });
    const read = (table: string) =>
      `read_parquet(${literal(path.join(folders.get(table)!, 'data.parquet'))})`;
    const rows = await query(connection, `SELECT * FROM ${read('penguins')}`);
    const batch = await query(connection, `SELECT * FROM ${read('Measured')} ORDER BY __row`);
    assert.is(batch.length, rows.length);
    const online = await openOnlineFeatures(program, ['Measured'], { root: folder });
    const found = await online.compute(rows.map(row => ({ row: plain(row), at: 0 })));
    const names = plan!.views['Measured']!.features.flatMap(({ name, label }) => (label ? [] : [name]));
    assert.equal(Object.keys(found[0]!), names);
    for (const [i, row] of batch.entries())
      for (const name of names) assert.is(found[i]![name], plain(row)[name], `${name} of row ${i + 1}`);
    assert.equal(await online.freshness(0), []);
    await online.close();
  } finally {
    connection.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
