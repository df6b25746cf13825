import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Expr } from '../../../../compiler/plan/plan.ts';
import { aggregateSql, aggregateText } from '../../../../compiler/sql/aggregates.ts';
import { double } from '../../../../compiler/sql/escape.ts';
import { aggregates, ExactSum, intOf } from '../../../../runtime/features/functions/index.ts';
import { openDuckDB, query } from '../../../support/duckdb.ts';
import * as plan from '../../../support/plan.ts';
import { Random, rounds } from '../../../support/random.ts';

const floats = [
  0.1,
  -0.1,
  1 / 3,
  1e-13,
  3e-20,
  5e-324,
  -0,
  0,
  1e15,
  2 ** 53,
  1e22,
  1e30,
  -1e30,
  1e300,
  -1e308,
];
const drawn = (random: Random): number =>
  random.chance(0.2) ? random.pick(floats) : (random.next() - 0.5) * 10 ** random.int(-30, 30);

test('sums of floats are those of DuckDB, to the bit, in any order', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  const expr: Expr = plan.column('x', plan.float);
  const sql = ['sum_float', 'mean'].map(key => aggregateText(aggregateSql(key, { sql: 'x', expr }, options)));
  for (let round = 0; round < rounds(120, 5000); round++) {
    const extremes = round % 10 === 0 ? [Infinity, NaN, -Infinity] : [];
    const values = Array.from({ length: random.int(1, 40) }, () => random.pick([drawn(random), ...extremes]));
    const rows = values.map(x => `(${double(x)})`).join(', ');
    const [row] = await query(
      connection,
      `SELECT ${sql[0]} AS sum, ${sql[1]} AS mean FROM (VALUES ${rows}) v(x)`,
    );
    const context = `seed ${random.seed}, round ${round}: ${values.join(', ')}`;
    assert.ok(Object.is(row!['sum'], aggregates.sum_float(random.shuffle(values))), `sum, ${context}`);
    assert.ok(Object.is(row!['mean'], aggregates.mean(random.shuffle(values))), `mean, ${context}`);
  }
  connection.closeSync();
});
const options = { args: {}, order: '', sorted: false };

test('what was taken away again leaves no trace', () => {
  const random = new Random();
  for (let round = 0; round < rounds(200, 5000); round++) {
    const [kept, gone] = [20, 20].map(n => Array.from({ length: random.int(1, n) }, () => drawn(random)));
    const sum = new ExactSum();
    const changes = random.shuffle([...kept!, ...gone!]);
    for (const x of changes) sum.add(x);
    for (const x of random.shuffle(gone!)) sum.remove(x);
    assert.ok(Object.is(sum.value(), aggregates.sum_float(kept!)), `seed ${random.seed}, round ${round}`);
  }
});

test('a sum stays exact over millions of values', () => {
  const sum = new ExactSum();
  for (let i = 0; i < 3_000_000; i++) sum.add(0.1);
  // 0.1 as a float is 3602879701896397 / 2^55.
  assert.is(sum.value(), Number((3_602_879_701_896_397n * 3_000_000n) / 2n ** 30n) / 2 ** 25);
});

test('whole numbers are summed beyond 64 bits on the way, not at the end', () => {
  const greatest = 2n ** 63n - 1n;
  assert.is(aggregates.sum_int([greatest, 5, -6]), intOf(greatest - 1n));
  assert.throws(() => aggregates.sum_int([greatest, 1]), /beyond 64 bits/);
  assert.is(aggregates.mean([greatest, greatest]), Number(greatest));
});

test.run();
