import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TypeKind } from '../../../../compiler/plan/type.ts';
import { identifier } from '../../../../compiler/sql/escape.ts';
import { literal } from '../../../../runtime/data/sql.ts';
import { materializeFeatures } from '../../../../runtime/features/online/fill.ts';
import { openOnlineFeatures } from '../../../../runtime/features/online/open.ts';
import { encodeRows, StoredRows } from '../../../../runtime/features/online/rows.ts';
import { openDuckDB, query } from '../../../support/duckdb.ts';
import { generatedProgram } from '../../../support/online.ts';
import { startRedis } from '../../../support/redis.ts';
import { compileText } from '../../../support/specs.ts';

/** Every kind that a column can have, with values of it in SQL, extremes among them; a new kind does not compile without. */
type RowKind = Exclude<TypeKind, 'table' | 'model' | 'metric' | 'secret' | 'null' | 'unknown'>;
const kinds: Readonly<Record<RowKind, readonly { readonly type: string; readonly values: string[] }[]>> = {
  bool: [{ type: 'bool', values: ['true', 'false'] }],
  int: [{ type: 'int', values: ['7', '9223372036854775807', '-9007199254740993'] }],
  float: [{ type: 'float', values: ['0.1', "'-0.0'::DOUBLE", '1e300'] }],
  string: [{ type: 'string', values: ["''", "'🦆 it''s'", "'[1]'"] }],
  date: [{ type: 'date', values: ["DATE '1969-12-31'", "DATE '2024-02-29'"] }],
  datetime: [{ type: 'datetime', values: ["TIMESTAMP '1969-12-31 23:59:59.999999'"] }],
  timestamp: [{ type: 'timestamp', values: ["TIMESTAMPTZ '2024-02-29 12:00:00.5+00'"] }],
  duration: [{ type: 'duration', values: ['0', '9007199254740991'] }],
  size: [{ type: 'size', values: ['1024'] }],
  rate: [{ type: 'rate', values: ['0.5'] }],
  enum: [{ type: 'enum { dark, pale }', values: ["'pale'", "'dark'"] }],
  list: [
    { type: '[int]', values: ['[]', '[1, 9223372036854775807]', '[3]'] },
    { type: '[float]', values: ["[0.5, '-0.0'::DOUBLE]", '[]::DOUBLE[]'] },
    { type: '[string?]', values: ["['a', NULL]", "['🦆']", '[]::VARCHAR[]'] },
    { type: '[date]', values: ["[DATE '1969-12-31']"] },
    { type: '[timestamp]', values: ["[TIMESTAMPTZ '2024-02-29 12:00:00.000001+00']"] },
    { type: '[duration]', values: ['[1500]'] },
    { type: '[[int]]', values: ['[[1], []]'] },
    { type: '[vector(2)]', values: ['[[1, 2.5], [0.5, 0]]'] },
  ],
  vector: [{ type: 'vector(3)', values: ["[0.1, '-0.0'::DOUBLE, 3]", '[1, 2, 3]'] }],
  blob: [{ type: 'blob', values: ["'\\xFF\\x00'::BLOB", "''::BLOB"] }],
};
const columns = Object.values(kinds)
  .flat()
  .map((column, i) => ({ ...column, name: `c${i}` }));
const ROWS = 5;

const spec = `import std.sources { parquet }

schema Place {
  place: int @key
${columns.map(({ name, type }) => `  ${name}: ${type}?`).join('\n')}
}
schema Visit { visit: int @key  place: int }

source places: Place = parquet("places.parquet")
source visits: Visit = parquet("visits.parquet")

features Seen from visits {
  join places as p on p.place == place

${columns.map(({ name, type }) => `  f_${name} = p.${name}${type === 'blob' ? ' is null' : ''}`).join('\n')}
}
`;

/** As online rows are held: times in microseconds, days, ints as one form or the other. */
function held(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(held);
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
const plainSql = (x: string, type: string): string => {
  const list = /^\[(.+)\]$/.exec(type);
  if (list) return `list_transform(${x}, lambda v: ${plainSql('v', list[1]!)})`;
  if (/^(datetime|timestamp)/.test(type)) return `epoch_us(${x})`;
  if (type === 'date') return `date_diff('day', DATE '1970-01-01', ${x})`;
  return type.startsWith('vector') ? `CAST(${x} AS DOUBLE[])` : x;
};

async function project(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-kinds-'));
  const connection = await openDuckDB(1);
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const cells = columns.map(
      ({ values, name }) => `${i === ROWS - 1 ? 'NULL' : values[i % values.length]} AS ${name}`,
    );
    return `SELECT ${i} AS place, ${cells.join(', ')}`;
  });
  // A null alone tells no type, so the columns' types are those of the rows that have values.
  const write = (sql: string, file: string) =>
    connection.run(`COPY (${sql}) TO ${literal(path.join(folder, file))} (FORMAT parquet)`);
  await write(rows.join(' UNION ALL '), 'places.parquet');
  await write(`SELECT i AS visit, i AS place FROM range(${ROWS + 1}) r(i)`, 'visits.parquet');
  connection.closeSync();
  return folder;
}

const redis = await startRedis();
for (const [name, store] of [
  ['embedded', undefined],
  ...(redis === undefined ? [] : [['redis', redis.url] as const]),
] as const) {
  test(`${name}: a looked-up value of every kind is online what it is in batch`, async () => {
    const root = await project();
    const { plan, diagnostics } = compileText(spec);
    assert.ok(plan, diagnostics.map(({ message }) => message).join('\n'));
    const program = await generatedProgram(plan);
    const options = { root, environment: path.basename(root), ...(store === undefined ? {} : { store }) };
    await materializeFeatures(program, { ...options, names: ['Seen'] });
    const online = await openOnlineFeatures(program, ['Seen'], options);
    const found = await online.compute(
      Array.from({ length: ROWS + 1 }, (_, i) => ({ row: { visit: i, place: i }, at: 0 })),
    );
    await online.close();
    const connection = await openDuckDB(1);
    for (const table of ['places', 'visits']) {
      const file = literal(path.join(root, `${table}.parquet`));
      await connection.run(
        `CREATE VIEW ${identifier(`source:${table}`)} AS SELECT * FROM read_parquet(${file})`,
      );
    }
    const shown = columns.map(({ name: c, type }) => `${plainSql(`f_${c}`, type)} AS f_${c}`);
    const batch = await query(
      connection,
      `SELECT ${shown.join(', ')} FROM (${program.views['Seen']!.sql}) ORDER BY __row`,
    );
    connection.closeSync();
    for (const [i, row] of batch.entries())
      for (const { name: c, type } of columns)
        assert.equal(found[i]![`f_${c}`], held(row[`f_${c}`]), `${type} of row ${i}`);
    rmSync(root, { recursive: true, force: true });
  });
}
test.after(async () => redis?.stop());

test('rows are stored as they were: nan and -0 in vectors, vectors of other lengths, lists in lists, bytes', () => {
  const columns = [
    [[1, Number.NaN, -0], null, [3, Number.POSITIVE_INFINITY, 0.1]],
    [[1], [1, 2], null],
    [[[1, null], []], [], null],
    [new Uint8Array([0, 255]), null, new Uint8Array()],
    [['a', null], [9007199254740993n], []],
    [[], [], []],
    [null, null, null],
  ];
  const stored = new StoredRows(encodeRows({ marks: [1, 2, 3], columns }));
  for (const [i, column] of columns.entries()) {
    assert.equal(stored.column(i), column, `column ${i}`);
    if (i === 0) assert.ok(Object.is((stored.column(i)[0] as number[])[2], -0));
  }
});

test.run();
