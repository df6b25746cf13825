import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Schema, Source } from '../../../compiler/plan/plan.ts';
import type { IngestReport } from '../../../runtime/data/ingest/report.ts';
import { ingest } from '../../../runtime/data/ingest.ts';
import type { StepParams } from '../../../runtime/engine/contract.ts';
import {
  checksOf,
  failure,
  planOf,
  query,
  runStep,
  type StepRun,
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

interface Given {
  readonly schema?: Schema;
  readonly kind?: string;
  readonly path?: string;
  readonly more?: Parameters<typeof sourceOf>[2];
  readonly params?: Partial<StepParams>;
  readonly signal?: AbortSignal;
}

function run(
  root: string,
  { schema = trip, kind = 'csv', path = 'trips.csv', more, ...rest }: Given = {},
): Promise<StepRun> {
  const plan = planOf({ schemas: { Row: schema }, sources: { trips: sourceOf(kind, path, more) } });
  const step = stepOf('ingest', 'trips', ['rows', 'quarantine', 'report']);
  return runStep(ingest, { plan, step, program: { sources: { trips: checksOf(schema) } }, root, ...rest });
}

const reportOf = async ({ folder }: StepRun): Promise<IngestReport> =>
  JSON.parse(await readFile(join(folder, 'report', 'report.json'), 'utf8')) as IngestReport;
const table = (run: StepRun, name: string) =>
  query(run.folder, db => db.rows(`SELECT * FROM '${join(run.folder, name, 'data.parquet')}'`));
const quarantine: Partial<Source> = { violations: { action: 'quarantine', upTo: null } };

test('csv: values of the declared types, in order; the empty field and the declared text are missing', () =>
  withFolder(async root => {
    await writeFile(
      join(root, 'trips.csv'),
      '\uFEFFid,city,fare\r\n1,"a, ""b""\nc",2.5\r\n2,,3\r\n3,NA,1e1\r\n',
    );
    const done = await run(root, { more: { missing: 'NA' } });
    assert.equal(await table(done, 'rows'), [
      { id: 1, city: 'a, "b"\nc', fare: 2.5 },
      { id: 2, city: null, fare: 3 },
      { id: 3, city: null, fare: 10 },
    ]);
    assert.equal(done.result.metrics, { rows: 3, read: 3, violations: 0 });
    assert.equal(await table(done, 'quarantine'), []);
  }));

test('the same rows from csv, csv.gz, json, ndjson and parquet', () =>
  withFolder(async root => {
    const rows = [
      { id: 1, city: 'a', fare: 2.5 },
      { id: 2, city: null, fare: 3 },
    ];
    const csv = 'id,city,fare\n1,a,2.5\n2,,3\n';
    await writeFile(join(root, 'trips.csv'), csv);
    await writeFile(join(root, 'trips.csv.gz'), gzipSync(csv));
    await writeFile(join(root, 'trips.json'), JSON.stringify(rows, null, 1));
    await writeFile(join(root, 'trips.ndjson'), '{"id":1,"city":"a","fare":2.5}\n{"id":2,"fare":3}\n');
    await query(root, db =>
      db.execute(
        `COPY (SELECT id::INTEGER AS id, city, fare::FLOAT AS fare FROM (VALUES (1, 'a', 2.5), (2, NULL, 3)) AS v (id, city, fare)) TO '${root}/trips.parquet'`,
      ),
    );
    for (const path of ['trips.csv', 'trips.csv.gz', 'trips.json', 'trips.ndjson', 'trips.parquet']) {
      const kind = path.endsWith('.parquet') ? 'parquet' : path.includes('json') ? 'json' : 'csv';
      assert.equal(await table(await run(root, { kind, path }), 'rows'), rows, path);
    }
  }));

test('a glob reads its files in the order of their names, and places count from 1 in each', () =>
  withFolder(async root => {
    await mkdir(join(root, 'days', 'deep'), { recursive: true });
    await writeFile(join(root, 'days', 'b.csv'), 'fare,id,city\n-1,3,z\n');
    await writeFile(join(root, 'days', 'a.csv'), 'id,city,fare\n1,x,1\n2,y,2\n');
    const done = await run(root, { path: 'days/*.csv', more: quarantine });
    assert.equal(await table(done, 'rows'), [
      { id: 1, city: 'x', fare: 1 },
      { id: 2, city: 'y', fare: 2 },
    ]);
    assert.match(
      done.result.notes[1]!,
      'days/*.csv, column fare: 1 of 3 rows (33.3%) is outside 0..100; row days/b.csv:1 (value -1)',
    );
    assert.equal((await reportOf(done)).violations[0]!.first, [{ file: 'days/b.csv', row: 1, value: '-1' }]);
  }));

test('a violation fails the run by default, telling all kinds with file, column, rows and expectation', () =>
  withFolder(async root => {
    await writeFile(join(root, 'trips.csv'), 'id,city,fare\n1,a,1\nx,a,2\n3,a,-4\n,a,200\n2.5,a,NaN\n');
    const done = await run(root);
    assert.is(done.result.status, 'failed');
    assert.is(done.result.error!.code, 'MLP8010');
    assert.is(
      done.result.error!.message,
      [
        'trips.csv, column id: 2 of 5 rows (40%) are not a whole number (int); first rows 2 (value x), 5 (2.5)',
        'trips.csv, column id: 1 of 5 rows (20%) is missing, but int may not be; row 4',
        'trips.csv, column fare: 1 of 5 rows (20%) is not a finite number (float); row 5 (value NaN)',
        'trips.csv, column fare: 2 of 5 rows (40%) are outside 0..100; first rows 3 (value -4), 4 (200)',
      ].join('\n'),
    );
    assert.match(done.result.error!.hint!, 'quarantine up to');
    await assertNoRows(done);
  }));

/** Nothing but the report is left behind by a source that was refused. */
async function assertNoRows(done: StepRun): Promise<void> {
  for (const name of ['rows', 'quarantine']) {
    const file = await readFile(join(done.folder, name, 'data.parquet')).catch(() => null);
    assert.is(file, null, `${name} was written`);
  }
}

test('quarantine keeps the original values with row, rule and column; drop keeps nothing; both have a limit', () =>
  withFolder(async root => {
    const lines = Array.from({ length: 98 }, (_, i) => `${i},a,1`);
    await writeFile(join(root, 'trips.csv'), `id,city,fare\n${lines.join('\n')}\nseven,b,1\n99,c,101\n`);
    const kept = await run(root, { more: { violations: { action: 'quarantine', upTo: 0.02 } } });
    assert.equal(kept.result.metrics, { rows: 98, read: 100, violations: 2 });
    assert.equal(await table(kept, 'quarantine'), [
      { id: 'seven', city: 'b', fare: '1', __row: 99, __rule: 'type', __column: 'id', __value: 'seven' },
      { id: '99', city: 'c', fare: '101', __row: 100, __rule: 'range', __column: 'fare', __value: '101' },
    ]);
    const dropped = await run(root, { more: { violations: { action: 'drop', upTo: 0.02 } } });
    assert.equal(await table(dropped, 'quarantine'), []);
    assert.is(dropped.result.metrics['rows'], 98);
    const refused = await run(root, { more: { violations: { action: 'quarantine', upTo: 0.019 } } });
    const { code, message } = refused.result.error!;
    assert.is(code, 'MLP8011');
    assert.match(message, '2% of the rows violate the schema, more than the 1.9% that may be quarantined');
    assert.match(
      message,
      'trips.csv, column fare: 1 of 100 rows (1%) is outside 0..100; row 100 (value 101)',
    );
    await assertNoRows(refused);
  }));

test('a repeated key violates the rule unique from its second row on', () =>
  withFolder(async root => {
    const keyed = schemaOf(
      { id: t.int(), city: t.string({ optional: true }), fare: t.float() },
      { key: ['id'] },
    );
    await writeFile(join(root, 'trips.csv'), 'id,city,fare\n1,a,1\n2,b,1\n1,c,1\n1,d,1\n');
    const done = await run(root, { schema: keyed, more: quarantine });
    assert.equal(
      (await table(done, 'rows')).map(row => row['city']),
      ['a', 'b'],
    );
    assert.match(
      done.result.notes[1]!,
      'column id: 2 of 4 rows (50%) repeat the key of an earlier row; first rows 3 (value 1), 4 (1)',
    );
  }));

test('personal data are counted, never shown', () =>
  withFolder(async root => {
    const secret = schemaOf(
      { id: t.int(), city: t.string({ pattern: 'x+' }), fare: t.float() },
      { pii: ['city'] },
    );
    await writeFile(join(root, 'trips.csv'), 'id,city,fare\n1,ann@example.org,1\n2,x,1\n');
    const done = await run(root, { schema: secret, more: quarantine });
    const told = JSON.stringify(done.result) + JSON.stringify(await reportOf(done));
    assert.not.match(told, 'ann@');
    assert.match(told, 'row 1 (value (personal data))');
    const hidden = { __row: 1, __rule: 'pattern', __column: 'city', __value: '(personal data)' };
    assert.equal(await table(done, 'quarantine'), [
      { id: '1', city: '(personal data)', fare: '1', ...hidden },
    ]);
  }));

test('the data interval takes [from, to) of the event time; an empty one says how far the data reach', () =>
  withFolder(async root => {
    const timed = schemaOf({ at: t.datetime(), fare: t.float() }, { eventTime: 'at' });
    await writeFile(
      join(root, 'trips.csv'),
      'at,fare\n2001-01-01T00:00,1\n2001-01-02 00:00:00,2\n2001-01-03T00:00,3\n',
    );
    const params = { from: '2001-01-01T12:00:00Z', to: '2001-01-03T00:00:00Z' };
    const done = await run(root, { schema: timed, params });
    assert.equal(
      (await table(done, 'rows')).map(row => row['fare']),
      [2],
    );
    const none = await failure(
      run(root, { schema: timed, params: { from: '2002-01-01T00:00:00Z', to: null } }),
    );
    assert.is(none.code, 'MLP8013');
    assert.match(
      none.message,
      'no row has its at in [2002-01-01T00:00:00Z, …); the file reaches from 2001-01-01T00:00 to 2001-01-03T00:00',
    );
  }));

test('columns that the schema does not name are ignored, and said to be', () =>
  withFolder(async root => {
    await writeFile(join(root, 'trips.csv'), 'id,city,fare,tip\n1,a,1,9\n');
    const done = await run(root);
    assert.equal((await reportOf(done)).ignored, ['tip']);
    assert.match(done.result.notes[1]!, 'ignored: tip');
  }));

test('text is cast strictly, with the exact value of large integers', () =>
  withFolder(async root => {
    const all = schemaOf({
      i: t.int({ optional: true }),
      b: t.bool({ optional: true }),
      d: t.date({ optional: true }),
      w: t.datetime({ optional: true }),
      z: t.timestamp({ optional: true }),
    });
    const good = [
      '9007199254740993,true,2001-03-01,2001-03-01T18:15,2001-03-01T18:15Z',
      '-7.0,false,2001-03-01,2001-03-01 18:15:01.5,2001-03-01T18:15+02:00',
    ];
    const bad = [
      '1e3,maybe,2001-03-01T05:00,2001-03-01T18:15Z,18:15',
      '9223372036854775808,2,2001-02-30,2001-03-01T25:00,never',
    ];
    await writeFile(join(root, 'trips.csv'), `i,b,d,w,z\n${[...good, ...bad].join('\n')}\n`);
    const done = await run(root, { schema: all, more: quarantine });
    const rows = await query(done.folder, db =>
      db.rows(
        `SELECT i::VARCHAR i, b, d::VARCHAR d, w::VARCHAR w, z::VARCHAR z FROM '${done.folder}/rows/data.parquet'`,
      ),
    );
    assert.equal(rows, [
      {
        i: '9007199254740993',
        b: true,
        d: '2001-03-01',
        w: '2001-03-01 18:15:00',
        z: '2001-03-01 18:15:00+00',
      },
      { i: '-7', b: false, d: '2001-03-01', w: '2001-03-01 18:15:01.5', z: '2001-03-01 16:15:00+00' },
    ]);
    const { violations } = await reportOf(done);
    assert.equal(
      violations.map(v => [v.column, v.rule, v.rows]),
      ['i', 'b', 'd', 'w', 'z'].map(column => [column, 'type', 2]),
    );
  }));

test('an aborted run stops with the reason of its signal', () =>
  withFolder(async root => {
    await writeFile(join(root, 'trips.csv'), 'id,city,fare\n1,a,1\n');
    const reason = new Error('stopped');
    try {
      await run(root, { signal: AbortSignal.abort(reason) });
      assert.unreachable();
    } catch (error) {
      assert.is(error, reason);
    }
  }));

test.run();
