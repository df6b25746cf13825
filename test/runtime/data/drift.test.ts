import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { driftOf } from '../../../runtime/data/drift.ts';
import { type ColumnProfile, profileTable } from '../../../runtime/data/profile.ts';
import { literal } from '../../../runtime/data/sql.ts';
import { query, withFolder } from './support.ts';

/** The profile of `x` in a query. */
function profileOf(sql: string, kind: ColumnProfile['kind'] = 'number'): Promise<ColumnProfile> {
  return withFolder(folder =>
    query(folder, async db => {
      await db.execute(`CREATE VIEW v AS ${sql}`);
      return (await profileTable(db, 'v', 'v', [{ key: 'x', sql: 'x', kind }])).columns['x']!;
    }),
  );
}
const list = (values: readonly (string | number | null)[]): string =>
  `SELECT unnest([${values.map(v => (typeof v === 'string' ? literal(v) : v === null ? 'NULL' : v)).join(', ')}]) AS x`;
const near = (actual: number | null, expected: number, tolerance = 1e-9): void =>
  assert.ok(actual !== null && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

test('a table against itself has not drifted, by any measure', async () => {
  const numbers = await profileOf('SELECT sqrt(i) * sin(i) AS x FROM range(20000) t(i)');
  for (const measure of ['psi', 'js', 'l_infinity', 'ks', 'wasserstein', 'default_drift']) {
    assert.is(driftOf(measure, numbers, numbers), 0, measure);
  }
  const words = await profileOf(list(['a', 'a', 'b']), 'category');
  for (const measure of ['psi', 'js', 'l_infinity', 'default_drift'])
    assert.is(driftOf(measure, words, words), 0, measure);
});

test('categories: PSI, JS and L-infinity by hand', async () => {
  const p = await profileOf(list(['a', 'a', 'a', 'b', null]), 'category');
  const q = await profileOf(list(['a', 'b', 'b', 'c']), 'category');
  // p = (3/4, 1/4, 0), q = (1/4, 1/2, 1/4); an empty bin counts as 1e-4 in PSI.
  const psi =
    (0.75 - 0.25) * Math.log(3) + (0.25 - 0.5) * Math.log(0.5) + (1e-4 - 0.25) * Math.log(1e-4 / 0.25);
  near(driftOf('psi', p, q), psi);
  const kl = (a: number[], m: number[]) =>
    a.reduce((s, x, i) => s + (x === 0 ? 0 : x * Math.log2(x / m[i]!)), 0);
  const m = [0.5, 0.375, 0.125];
  near(driftOf('js', p, q), (kl([0.75, 0.25, 0], m) + kl([0.25, 0.5, 0.25], m)) / 2);
  near(driftOf('l_infinity', p, q), 0.5);
  near(driftOf('js', await profileOf(list(['a']), 'category'), await profileOf(list(['b']), 'category')), 1);
});

test('numbers: PSI over quantile bins of the reference, by hand', async () => {
  const p = await profileOf('SELECT i::DOUBLE AS x FROM range(1, 101) t(i)');
  // Bins of ten; today all values of the last bin have moved into the first.
  const q = await profileOf(
    'SELECT CASE WHEN i > 90 THEN i - 90 ELSE i END::DOUBLE AS x FROM range(1, 101) t(i)',
  );
  near(
    driftOf('psi', p, q, { bins: 10 }),
    (0.1 - 0.2) * Math.log(0.1 / 0.2) + (0.1 - 1e-4) * Math.log(0.1 / 1e-4),
  );
  near(driftOf('ks', p, q), 0.1);
  near(driftOf('l_infinity', p, q), 0.01);
  near(
    driftOf('psi', p, q, { bins: 4, kind: 'width' }),
    (0.25 - 0.35) * Math.log(0.25 / 0.35) + (0.25 - 0.15) * Math.log(0.25 / 0.15),
    0.02,
  );
});

test('a shift of a constant is that constant over the deviation in Wasserstein’s distance', async () => {
  const p = await profileOf('SELECT (i * 7919 % 100003)::DOUBLE AS x FROM range(50000) t(i)');
  const q = await profileOf('SELECT (i * 7919 % 100003 + 5000)::DOUBLE AS x FROM range(50000) t(i)');
  if (p.kind !== 'number') throw new Error('no numbers');
  near(driftOf('wasserstein', p, q), 5000 / p.stddev, 0.001);
});

test('a thousand points stand for many values as well as all of them do', async () => {
  const p = await profileOf('SELECT ln(1 + i * 7919 % 100003) AS x FROM range(60000) t(i)');
  const q = await profileOf(
    'SELECT ln(1 + (i * 104729 % 100003) * (1 + i % 3) / 3) AS x FROM range(40000) t(i)',
  );
  const exact = await withFolder(folder =>
    query(folder, db =>
      db.rows(`WITH p AS (SELECT ln(1 + i * 7919 % 100003) AS x FROM range(60000) t(i)), q AS (SELECT ln(1 + (i * 104729 % 100003) * (1 + i % 3) / 3) AS x FROM range(40000) t(i)),
        c AS (SELECT quantile_disc(x, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) AS cuts FROM p),
        a AS (SELECT len(list_filter(cuts, c -> c < x)) AS bin, count(*) / 60000 AS share FROM p, c GROUP BY bin),
        b AS (SELECT len(list_filter(cuts, c -> c < x)) AS bin, count(*) / 40000 AS share FROM q, c GROUP BY bin)
        SELECT sum((a.share - b.share) * ln(a.share / b.share)) AS psi FROM a JOIN b USING (bin)`),
    ),
  );
  near(driftOf('psi', p, q), Number(exact[0]!['psi']), 0.005);
});

test('nothing to compare is null, not zero', async () => {
  const none = await profileOf(list([null]).replace('NULL', 'NULL::DOUBLE'));
  const some = await profileOf(list([1, 2]));
  const words = await profileOf(list(['a']), 'category');
  assert.is(driftOf('psi', none, some), null);
  assert.is(driftOf('psi', some, none), null);
  assert.is(driftOf('psi', some, words), null);
});

test.run();
