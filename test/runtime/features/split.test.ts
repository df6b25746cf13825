import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Expr, FeatureView, Model, SplitPlan, Type } from '../../../compiler/plan/plan.ts';
import type { Row } from '../../../runtime/data/duckdb.ts';
import type { PartName, SplitReport } from '../../../runtime/features/parts.ts';
import { rowHashOf } from '../../../runtime/features/row-hash.ts';
import { split } from '../../../runtime/features/split.ts';
import { failure, planOf, query, runStep, type StepRun, stepOf, t, withFolder } from '../data/support.ts';

const seed = Number(process.env['SEED'] ?? 20010701);
const rounds = process.env['FUZZ_LONG'] === '1' ? 200 : 6;
const names: readonly PartName[] = ['train', 'validation', 'test'];
const hour = 3_600_000;

function randomFrom(start: number): (n: number) => number {
  let state = (start % 2147483646) + 1;
  return n => {
    state = (state * 48271) % 2147483647;
    return state % n;
  };
}

function viewOf(
  features: Readonly<Record<string, Type>>,
  label: string,
  more: Partial<FeatureView> = {},
): FeatureView {
  return {
    source: 'events',
    moment: { kind: 'column', column: 'at', offset: 0 },
    key: [],
    eventTime: 'at',
    joins: [],
    features: Object.entries(features).map(([name, type]) => ({
      name,
      label: name === label,
      type,
      expr: { op: 'column', of: 'row', column: name, type, at: 0 },
      known: { latest: [] },
      tags: [],
      text: name,
      at: 0,
    })),
    request: [],
    materialize: null,
    stale: null,
    at: 0,
    ...more,
  };
}

const columns = { x: t.int(), g: t.string(), y: t.bool({ optional: true }) };

function modelOf(
  parts: SplitPlan['parts'],
  more: Partial<Model> & { by?: SplitPlan['by']; column?: string } = {},
): Model {
  const { by = 'time', column = null, ...rest } = more;
  return {
    views: ['V'],
    features: ['x', 'g'].map(name => ({ view: 'V', name, type: columns[name as 'x'] })),
    label: { view: 'V', name: 'y', type: columns.y },
    task: 'binary',
    classes: null,
    where: null,
    split: { by, column, parts, at: 0 },
    sample: null,
    trainer: null,
    load: null,
    tune: null,
    baseline: null,
    seed: 1,
    threshold: 0.5,
    metrics: [],
    slices: [],
    gate: null,
    at: 0,
    ...rest,
  };
}

const shares = (...values: readonly number[]): SplitPlan['parts'] =>
  values.map((share, i) => ({
    part: values.length === 2 && i === 1 ? 'test' : names[i]!,
    share,
    last: null,
  }));

/** Writes a view's rows (a query over `__row`, `__at`, `__label_known` and columns) and splits them. */
async function run(
  root: string,
  rows: string | Readonly<Record<string, string>>,
  model: Model,
  views: Readonly<Record<string, FeatureView>> = { V: viewOf(columns, 'y') },
): Promise<StepRun> {
  const inputs: Record<string, string> = {};
  for (const [view, sql] of Object.entries(typeof rows === 'string' ? { V: rows } : rows)) {
    inputs[view] = join(root, `rows-${view}`);
    await mkdir(inputs[view], { recursive: true });
    await query(root, db => db.execute(`COPY (${sql}) TO '${inputs[view]}/data.parquet'`));
  }
  const plan = planOf({ views, models: { m: model } });
  return runStep(split, { plan, step: stepOf('split', 'm', ['parts']), program: {}, root, inputs });
}

const reportOf = async (done: StepRun): Promise<SplitReport> =>
  JSON.parse(await readFile(join(done.folder, 'parts', 'split.json'), 'utf8')) as SplitReport;
const part = (done: StepRun, name: PartName, select = '*'): Promise<readonly Row[]> =>
  query(done.folder, db => db.rows(`SELECT ${select} FROM '${done.folder}/parts/${name}.parquet'`));

/** Hours from 2001-01-01, many of them equal; x is unique unless said. */
const events = (n: number, r: number, more = ''): string =>
  `SELECT i + 1 AS __row, TIMESTAMP '2001-01-01' + to_hours((i * ${r} % 997) % ${Math.max(5, n >> 2)}) AS __at,
    TIMESTAMP '2001-01-01' + to_hours((i * ${r} % 997) % ${Math.max(5, n >> 2)} + 3) AS __label_known,
    i AS x, 'g' || (i * 31 % 17) AS g, CASE WHEN i % 23 = 5 THEN NULL ELSE i % 3 = 0 END AS y${more} FROM range(${n}) t(i)`;

test('by time: disjoint, in order, every labelled row in a part but for the purged, one moment on one side', async () => {
  const next = randomFrom(seed);
  for (let round = 0; round < rounds; round++) {
    const [n, r, train] = [260 + next(400), 1 + next(996), 40 + next(40)];
    const rest = (100 - train) / 2;
    await withFolder(async root => {
      const done = await run(root, events(n, r), modelOf(shares(train / 100, rest / 100, rest / 100)));
      const report = await reportOf(done);
      const seen = new Map<number, PartName>();
      const span: Partial<Record<PartName, [number, number]>> = {};
      for (const name of names) {
        for (const row of await part(done, name, 'x, epoch_ms(__at) AS at, y')) {
          assert.not(seen.has(Number(row['x'])), `seed ${seed}: ${row['x']} twice`);
          assert.is.not(row['y'], null);
          seen.set(Number(row['x']), name);
          const [low, high] = span[name] ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
          span[name] = [Math.min(low, Number(row['at'])), Math.max(high, Number(row['at']))];
        }
      }
      const purged = names.reduce((sum, name) => sum + report.parts[name]!.purged, 0);
      const labelled = n - report.rows.unlabelled;
      assert.is(seen.size + purged, labelled, `seed ${seed}, round ${round}`);
      // A label is known three hours later: so long before a boundary nothing may remain.
      assert.ok(
        span.train![1] + 3 * hour <= Date.parse(`${report.boundaries.validation}Z`),
        `seed ${seed}: late label`,
      );
      assert.ok(span.validation![1] + 3 * hour <= Date.parse(`${report.boundaries.test}Z`));
      assert.ok(span.validation![0] >= Date.parse(`${report.boundaries.validation}Z`));
      const before = report.parts.train!.rows + report.parts.train!.purged;
      assert.ok(
        before <= (train / 100) * labelled + 1,
        `seed ${seed}: ${before} of ${labelled} are more than ${train}%`,
      );
    });
  }
});

test('by time, last: lengths back from the last moment; a part that is not declared is empty', () =>
  withFolder(async root => {
    const sql = `SELECT i AS __row, TIMESTAMP '2001-01-01' + to_days(i::INT) AS __at, NULL::TIMESTAMP AS __label_known, i AS x, 'a' AS g, true AS y FROM range(100) t(i)`;
    const day = 24 * hour;
    const done = await run(
      root,
      sql,
      modelOf([
        { part: 'train', share: null, last: 60 * day },
        { part: 'test', share: null, last: 30 * day },
      ]),
    );
    assert.equal((await part(done, 'test', 'min(x) AS a, max(x) AS b, count(*) AS n'))[0], {
      a: 70,
      b: 99,
      n: 30,
    });
    assert.equal((await part(done, 'train', 'min(x) AS a, max(x) AS b, count(*) AS n'))[0], {
      a: 10,
      b: 69,
      n: 60,
    });
    assert.equal(await part(done, 'validation'), []);
    assert.equal(Object.keys((await reportOf(done)).parts), ['train', 'test']);
  }));

test('by hash: equal rows on one side, near the shares, the same whatever the order of the rows', () =>
  withFolder(async root => {
    const sql = (order: string): string =>
      `SELECT row_number() OVER () AS __row, NULL::TIMESTAMP AS __at, NULL::TIMESTAMP AS __label_known, i % 2000 AS x, 'g' AS g, (i % 2 = 0) AS y FROM (SELECT i FROM range(6000) t(i) ORDER BY ${order})`;
    const model = modelOf(shares(0.7, 0.15, 0.15), { by: 'hash' });
    const done = await run(root, sql('i'), model);
    const again = await run(root, sql('hash(i)'), model);
    const all: number[] = [];
    for (const name of names) {
      const counted = await query(done.folder, db =>
        db.rows(`SELECT x, count(*) AS n FROM '${done.folder}/parts/${name}.parquet' GROUP BY x ORDER BY x`),
      );
      const other = await query(again.folder, db =>
        db.rows(`SELECT x, count(*) AS n FROM '${again.folder}/parts/${name}.parquet' GROUP BY x ORDER BY x`),
      );
      assert.equal(counted, other, `${name} depends on the order of the rows`);
      assert.ok(
        counted.every(row => row['n'] === 3),
        'equal rows are parted',
      );
      all.push(...counted.map(row => Number(row['x'])));
      const share = counted.length / 2000;
      assert.ok(Math.abs(share - (name === 'train' ? 0.7 : 0.15)) < 0.03, `${name} has ${share}`);
    }
    assert.is(new Set(all).size, 2000);
    assert.is(all.length, 2000);
  }));

test('the hash is ours: MD5 of the values in the order of their names, computed here without DuckDB', () =>
  withFolder(async root => {
    const sql = `SELECT i + 1 AS __row, NULL::TIMESTAMP AS __at, NULL::TIMESTAMP AS __label_known, i AS x, 'gé' || i AS g, (i % 3 = 0) AS y FROM range(200) t(i)`;
    const done = await run(root, sql, modelOf(shares(0.5, 0.5), { by: 'hash' }));
    for (const name of ['train', 'test'] as const) {
      for (const row of await part(done, name, 'x, g, y, __place')) {
        // __at is missing, and so is its text.
        const place = rowHashOf([null, String(row['g']), String(row['x']), String(row['y'])]);
        assert.is(row['__place'], place);
        assert.is(place < 0.5, name === 'train');
      }
    }
  }));

test('by group: no group in two parts', () =>
  withFolder(async root => {
    const done = await run(
      root,
      events(900, 7),
      modelOf(shares(0.6, 0.2, 0.2), { by: 'group', column: 'g' }),
    );
    const owner = new Map<string, PartName>();
    for (const name of names) {
      for (const { g } of await part(done, name, 'DISTINCT g')) {
        assert.not(owner.has(String(g)), `${g} is in ${owner.get(String(g))} and ${name}`);
        owner.set(String(g), name);
      }
    }
    assert.is(owner.size, 17);
  }));

test('sample thins the training part alone, to the number asked for, and always the same rows', async () => {
  const next = randomFrom(seed + 1);
  for (let round = 0; round < rounds; round++) {
    await withFolder(async root => {
      const [n, wanted] = [300 + next(3000), 20 + next(150)];
      const whole = modelOf(shares(0.7, 0.15, 0.15));
      const full = await run(root, events(n, 7), whole);
      const thin = await run(root, events(n, 7), { ...whole, sample: { rows: wanted } });
      const again = await run(root, events(n, 7), { ...whole, sample: { rows: wanted } });
      const train = await part(thin, 'train', 'x');
      assert.is(train.length, wanted, `seed ${seed}, ${n} rows`);
      assert.equal(train, await part(again, 'train', 'x'));
      const available = new Set((await part(full, 'train', 'x')).map(row => row['x']));
      assert.ok(train.every(row => available.has(row['x']!)));
      assert.equal(await part(thin, 'test', 'x'), await part(full, 'test', 'x'));
      assert.is((await reportOf(thin)).parts.train!.sampledFrom, available.size);
      // Not the first ones, nor the last: spread over the part.
      const middle = [...available].map(Number).sort((a, b) => a - b)[available.size >> 1]!;
      const low = train.filter(row => Number(row['x']) < middle).length / wanted;
      assert.ok(low > 0.2 && low < 0.8, `${low} of the sample are of the first half`);
    });
  }
});

test('a sample of rows that are nearly all equal keeps them together', () =>
  withFolder(async root => {
    const sql = `SELECT i AS __row, NULL::TIMESTAMP AS __at, NULL::TIMESTAMP AS __label_known, CASE WHEN i < 30 THEN i ELSE 99 END AS x, 'g' AS g, true AS y FROM range(1000) t(i)`;
    const model = modelOf(shares(0.999, 0.001), { by: 'hash', sample: { rows: 400 } });
    const plain = await failure(run(root, sql, model));
    // Either the heap is below the cut or above it; then there are fewer rows than asked for, never a part of the heap.
    if (plain.code !== 'MLP8031') assert.unreachable(plain.message);
  }));

test('where, and rows without a label, are taken out and counted', () =>
  withFolder(async root => {
    const where: Expr = {
      op: 'call',
      fn: 'lt',
      args: [
        { op: 'feature', name: 'x', type: columns.x, at: 0 },
        { op: 'literal', value: 100, type: t.int(), at: 0 },
      ],
      type: t.bool(),
      at: 0,
    };
    const done = await run(root, events(200, 1), modelOf(shares(0.6, 0.2, 0.2), { where }));
    const { rows } = await reportOf(done);
    assert.equal(rows, { read: 200, where: 100, unlabelled: 5 });
    assert.ok((await part(done, 'test', 'max(x) AS x')).every(row => Number(row['x']) < 100));
    assert.match(done.result.notes.join('\n'), '100 rows (50%) outside `where`');
  }));

test('two views are joined by key and moment; a key that repeats is refused', () =>
  withFolder(async root => {
    const keyed = { key: ['k'] };
    const views = { V: viewOf(columns, 'y', keyed), W: viewOf({ x: t.int(), z: t.float() }, '', keyed) };
    const v = events(60, 1, ', i AS k');
    const w = `SELECT i + 1 AS __row, TIMESTAMP '2001-01-01' + to_hours((i % 997) % 15) AS __at, TIMESTAMP '2001-01-01' AS __label_known, i AS k, -i AS x, i / 2 AS z FROM range(60) t(i) ORDER BY i DESC`;
    const features = [
      { view: 'V', name: 'x', type: columns.x },
      { view: 'W', name: 'x', type: columns.x },
      { view: 'W', name: 'z', type: t.float() },
    ];
    const model = modelOf(shares(0.6, 0.2, 0.2), { views: ['V', 'W'], features, by: 'hash' });
    const done = await run(root, { V: v, W: w }, model, views);
    const rows = await part(done, 'train', '"V.x" AS vx, "W.x" AS wx, z');
    assert.ok(rows.length > 20);
    for (const { vx, wx, z } of rows) assert.equal([wx, z], [-Number(vx), Number(vx) / 2]);
    const more = `SELECT * FROM (${w}) UNION ALL (SELECT * FROM (${w}) LIMIT 1)`;
    const repeated = await failure(run(root, { V: v, W: more }, model, views));
    assert.is(repeated.code, 'MLP8033');
    assert.match(repeated.message, /features W: 1 row repeat k at the same moment/);
  }));

test('an empty part says why; a row without the value it is split by too', () =>
  withFolder(async root => {
    const at = (n: string): string =>
      `SELECT i AS __row, ${n} AS __at, TIMESTAMP '2002-01-01' AS __label_known, i AS x, CASE WHEN i % 2 = 0 THEN 'g' END AS g, CASE WHEN i > 4 THEN true END AS y FROM range(100) t(i)`;
    const one = await failure(run(root, at(`TIMESTAMP '2001-01-01'`), modelOf(shares(0.7, 0.15, 0.15))));
    assert.is(one.code, 'MLP8031');
    assert.match(one.message, 'model m: the train part has no rows: 100 rows were read; 5 have no label');
    const late = await failure(
      run(root, at(`TIMESTAMP '2001-01-01' + to_hours(i)`), modelOf(shares(0.7, 0.15, 0.15))),
    );
    assert.match(late.message, 'rows have a label known only after its end');
    const none = await failure(
      run(
        root,
        at(`CASE WHEN i <> 50 THEN TIMESTAMP '2001-01-01' + to_hours(i) END`),
        modelOf(shares(0.7, 0.3)),
      ),
    );
    assert.is(none.code, 'MLP8032');
    assert.match(none.message, 'model m: 1 row cannot be split');
    const group = await failure(
      run(root, at('NULL::TIMESTAMP'), modelOf(shares(0.7, 0.3), { by: 'group', column: 'g' })),
    );
    assert.match(group.message, '48 rows cannot be split: g is null');
  }));

test.run();
