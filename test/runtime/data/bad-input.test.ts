import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ingest } from '../../../runtime/data/ingest.ts';
import {
  checksOf,
  failure,
  planOf,
  query,
  runStep,
  schemaOf,
  sourceOf,
  stepOf,
  t,
  withFolder,
} from './support.ts';

const trip = schemaOf({
  id: t.int(),
  city: t.string({ optional: true }),
  fare: t.float({ min: 0, max: 100 }),
});

/** What a person is told, in one string: code, message, hint. */
async function told(root: string, path: string, schema = trip): Promise<string> {
  const kind = path.includes('json') ? 'json' : path.includes('parquet') ? 'parquet' : 'csv';
  const plan = planOf({ schemas: { Row: schema }, sources: { trips: sourceOf(kind, path) } });
  const step = stepOf('ingest', 'trips', ['rows', 'quarantine', 'report']);
  const { code, message, hint } = await failure(
    runStep(ingest, { plan, step, program: { sources: { trips: checksOf(schema) } }, root }),
  );
  return `${code} ${message}${hint === undefined ? '' : ` (${hint})`}`;
}

/** A file of the given content, and all that its error must say. */
function fault(
  title: string,
  path: string,
  content: string | Buffer | null,
  ...parts: readonly string[]
): void {
  test(title, () =>
    withFolder(async root => {
      if (content !== null) await writeFile(join(root, path), content);
      const text = await told(root, path);
      for (const part of parts) assert.match(text, part);
      assert.not.match(text.replaceAll(path, ''), root, 'a path of this machine');
    }),
  );
}

fault(
  'a missing file',
  'none.csv',
  null,
  'MLP8001',
  'none.csv: there is no such file',
  'starts at the project folder',
);
fault(
  'an empty csv',
  'a.csv',
  '',
  'MLP8003',
  'a.csv',
  'rows of Row (id: int, city: string?, fare: float in 0..100)',
);
fault('a csv of a header alone', 'a.csv', 'id,city,fare\n', 'MLP8003', 'a.csv: the file holds no rows');
fault('an empty json', 'a.json', ' \n', 'MLP8003', 'a.json');
fault('an empty array', 'a.json', '[]', 'MLP8', 'a.json');
fault('an empty parquet', 'a.parquet', '', 'MLP8003', 'a.parquet');

const ragged = 'id,city,fare\n1,a,1\n2,b\n3,c,3\n4,d,4,5\n';
fault(
  'ragged rows',
  'a.csv',
  ragged,
  'MLP8005',
  'row 2 (line 3) has 2 of 3 values',
  'row 4 (line 5) has more than 3 values',
  'expected 3 values a row: id, city, fare',
);
fault(
  'a quote that does not close',
  'a.csv',
  'id,city,fare\n1,a,1\n2,"b,2\n3,c,3\n',
  'MLP8005',
  'a.csv',
  'row 2 (line 3)',
  'quote',
);
fault(
  'a header that names a column twice',
  'a.csv',
  'id,city,city,fare\n1,a,b,2\n',
  'MLP8005',
  '`city` twice',
);
fault(
  'a csv in latin1',
  'a.csv',
  Buffer.from('id,city,fare\n1,a,1\n2,caf\xe9,2\n', 'latin1'),
  'MLP8006',
  'a.csv: line 3 is not UTF-8 (byte 25 of the file)',
  'iconv',
);
fault(
  'a json in latin1',
  'a.json',
  Buffer.from('[{"id":1,"city":"\xe9","fare":1}]', 'latin1'),
  'MLP8006',
  'a.json: line 1',
);
fault(
  'a gzip that ends early',
  'a.csv.gz',
  gzipSync(ragged.repeat(50)).subarray(0, 40),
  'MLP800',
  'a.csv.gz',
);
fault(
  'other columns',
  'a.csv',
  'id,town,fares\n1,a,1\n',
  'MLP8008',
  'columns `city` (string?), `fare` (float in 0..100) of schema Row are missing',
  'the file has `id`, `town`, `fares`',
  'did you mean that `fares` is `fare`?',
);
fault(
  'a json without a column',
  'a.json',
  '[{"id":1,"city":"x"},{"id":2}]',
  'MLP8008',
  'a.json: column `fare` (float in 0..100) of schema Row is missing',
  '`id`, `city`',
);
fault(
  'one json object over many lines',
  'a.json',
  '{\n "id": 1,\n "fare": 2\n}',
  'MLP8007',
  'a.json',
  'one object over several lines',
);
fault(
  'a json array of other things',
  'a.json',
  '[{"id":1,"fare":1}, 7, [2]]',
  'MLP8007',
  'a.json',
  'rows 2, 3',
);
fault('json that is no json', 'a.json', 'id,city\n', 'MLP8007', 'a.json', 'begins with "i"');
fault(
  'a json cut off',
  'a.json',
  '[{"id":1,"city":"x","fare":1},{"id":2,"ci',
  'MLP8004',
  'a.json: this is not a whole JSON file: row 2 is malformed',
);
fault(
  'newline-delimited json with a bad line',
  'a.ndjson',
  '{"id":1,"fare":1}\n{"id":2,"fare":2}\n{"id":3,"fa\n{"id":4,"fare":4}\n',
  'MLP8004',
  'a.ndjson',
  'row 3',
);
fault(
  'a parquet that is none',
  'a.parquet',
  'id,city,fare\n1,a,1\n',
  'MLP8004',
  'a.parquet: this is not a whole Parquet file',
  'table of contents, is missing',
);

test('a parquet cut off at any length', () =>
  withFolder(async root => {
    await query(root, db =>
      db.execute(
        `COPY (SELECT i AS id, 'c' || i AS city, i % 100 + 0.5 AS fare FROM range(5000) t(i)) TO '${root}/whole.parquet'`,
      ),
    );
    const whole = await readFile(join(root, 'whole.parquet'));
    for (const length of [
      1,
      4,
      8,
      12,
      whole.length >> 2,
      whole.length >> 1,
      whole.length - 9,
      whole.length - 1,
    ]) {
      await writeFile(join(root, 'cut.parquet'), whole.subarray(0, length));
      const text = await told(root, 'cut.parquet');
      assert.match(
        text,
        /^MLP8004 cut\.parquet: this is not a whole Parquet file: /,
        `${length} bytes: ${text}`,
      );
      assert.not.match(text, root);
    }
  }));

test('a parquet damaged inside is an error that names the file', () =>
  withFolder(async root => {
    await query(root, db =>
      db.execute(
        `COPY (SELECT i AS id, 'c' || i AS city, i % 100 + 0.5 AS fare FROM range(5000) t(i)) TO '${root}/a.parquet' (COMPRESSION zstd)`,
      ),
    );
    const bytes = await readFile(join(root, 'a.parquet'));
    bytes.fill(0xff, 200, 4000);
    await writeFile(join(root, 'a.parquet'), bytes);
    const text = await told(root, 'a.parquet');
    assert.match(text, /^MLP80(04|41) a\.parquet: this is not a whole Parquet file/, text);
  }));

test('a parquet of other types names the column, both types and the file', () =>
  withFolder(async root => {
    await query(root, db =>
      db.execute(`COPY (SELECT DATE '2001-01-01' AS id, 'x' AS city, 1.5 AS fare) TO '${root}/a.parquet'`),
    );
    assert.match(
      await told(root, 'a.parquet'),
      'MLP8009 a.parquet, column id: the file holds DATE, the schema expects int',
    );
    await query(root, db =>
      db.execute(
        `COPY (SELECT 1.5::DOUBLE AS id, 'x' AS city, 'NaN'::DOUBLE AS fare) TO '${root}/b.parquet'`,
      ),
    );
    const text = await told(root, 'b.parquet');
    assert.match(
      text,
      'b.parquet, column id: 1 of 1 rows (100%) is not a whole number (int); row 1 (value 1.5)',
    );
    assert.match(text, 'column fare: 1 of 1 rows (100%) is not a finite number (float); row 1 (value nan)');
  }));

test('files of one glob must agree', () =>
  withFolder(async root => {
    await query(root, async db => {
      await db.execute(`COPY (SELECT 1 AS id, 'x' AS city, 1.5 AS fare) TO '${root}/a.parquet'`);
      await db.execute(`COPY (SELECT 'one' AS id, 'x' AS city, 1.5 AS fare) TO '${root}/b.parquet'`);
    });
    assert.match(
      await told(root, '*.parquet'),
      'MLP8009 b.parquet, column id: the file holds VARCHAR, the schema expects INTEGER, as in a.parquet',
    );
  }));

test('a folder, a path that is nearly right, a package that is not there', () =>
  withFolder(async root => {
    await mkdir(join(root, 'data'));
    await writeFile(join(root, 'data', 'trips.csv'), 'id,city,fare\n1,a,1\n');
    assert.match(await told(root, 'data'), 'MLP8002 data: this is a folder');
    assert.match(await told(root, 'data/trip.csv'), 'did you mean `data/trips.csv`?');
    assert.match(await told(root, 'dat/*.csv'), 'MLP8001 dat/*.csv');
    assert.match(await told(root, 'npm:no-such-package-here/a.csv'), 'npm install no-such-package-here');
    assert.match(
      await told(root, 'https://bucket/a.csv'),
      'MLP8012 source trips: `https://` cannot be read by the local runtime yet',
    );
  }));

test('a large csv names the right rows, wherever its threads begin', () =>
  withFolder(async root => {
    const lines = Array.from({ length: 200_000 }, (_, i) => `${i + 1},city ${i},${i % 100}`);
    lines[123_455] = '123456,x';
    await writeFile(join(root, 'big.csv'), `id,city,fare\n${lines.join('\n')}\n`);
    assert.match(await told(root, 'big.csv'), 'row 123456 (line 123457) has 2 of 3 values');
    lines[123_455] = '123456,x,oops';
    await writeFile(join(root, 'big.csv'), `id,city,fare\n${lines.join('\n')}\n`);
    assert.match(
      await told(root, 'big.csv'),
      'column fare: 1 of 200,000 rows (0.0005%) is not a finite number (float); row 123456 (value oops)',
    );
  }));

test('the inside of a package is all that npm: reaches', () =>
  withFolder(async root => {
    await writeFile(join(root, 'secret.csv'), 'id,city,fare\n1,a,1\n');
    await mkdir(join(root, 'node_modules', 'p'), { recursive: true });
    for (const path of ['npm:p/../../secret.csv', 'npm:../secret.csv', 'npm:p', 'npm:']) {
      assert.match(await told(root, path), 'MLP8001', path);
    }
  }));

test.run();
