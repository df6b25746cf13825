import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Condition, Expr, Type } from '../../../compiler/plan/plan.ts';
import {
  groupsColumn,
  ruleColumn,
  tableAggregates,
  validationSql,
} from '../../../compiler/sql/validation.ts';
import { openDuckDB, query } from '../../support/duckdb.ts';
import * as p from '../../support/plan.ts';

const aggregate = (name: string, type: Type, ...args: Expr[]): Expr => ({
  op: 'table_aggregate',
  aggregate: name,
  args,
  type,
  at: 0,
});
const rule = (condition: Expr, by: readonly string[] | null = null): Condition => ({
  severity: 'require',
  condition,
  text: '',
  forEach: by === null ? null : { by, minimum: 2 },
  times: 1,
  policy: null,
  at: 0,
});
const delay = p.column('delay', p.optional(p.int));
const origin = p.column('origin', p.optional(p.string));
const at = p.column('at', p.datetime);
const float = p.call('to_float_int', p.optional(p.float), delay);

const rules: readonly (readonly [Expr, unknown])[] = [
  [aggregate('count', p.int), 6],
  [aggregate('count_any', p.int, delay), 5],
  [aggregate('count_distinct', p.int, delay), 4],
  [aggregate('sum_int', p.int, delay), 16],
  [aggregate('mean', p.float, float), 3.2],
  [aggregate('min', p.int, delay), -2],
  [aggregate('max', p.int, delay), 9],
  [aggregate('median', p.float, float), 4],
  [aggregate('quantile', p.float, float, p.literal(0.25, p.float)), 1],
  [aggregate('share', p.float, p.call('is_null', p.bool, delay)), 1 / 6],
  [aggregate('share', p.float, p.call('gt', p.optional(p.bool), delay, p.literal(3))), 3 / 5],
  [aggregate('any', p.bool, p.call('gt', p.optional(p.bool), delay, p.literal(8))), true],
  [aggregate('all', p.bool, p.call('gt', p.optional(p.bool), delay, p.literal(-2))), false],
  [aggregate('first', p.int, delay), 1],
  [aggregate('last', p.string, origin), 'ORD'],
];

const plan = p.plan({
  schemas: {
    Flight: p.schema(
      { at: p.datetime, origin: p.optional(p.string), delay: p.optional(p.int) },
      { eventTime: 'at' },
    ),
  },
  sources: { flights: p.source('Flight') },
  validations: {
    sound: {
      on: 'flights',
      rules: [
        ...rules.map(([expr]) => rule(p.call('ge', p.bool, expr, expr))),
        rule(p.call('ge', p.bool, aggregate('mean', p.float, float), aggregate('min', p.int, delay)), [
          'origin',
        ]),
        rule(
          p.call('ge', p.bool, aggregate('last', p.datetime, at), p.literal('2001-01-01T00:00', p.datetime)),
          ['origin'],
        ),
      ],
      at: 0,
    },
  },
});

const rows = `(VALUES
  (TIMESTAMP '2001-01-02', 'ORD', 1), (TIMESTAMP '2001-01-03', 'SFO', -2), (TIMESTAMP '2001-01-04', 'ORD', 4),
  (TIMESTAMP '2001-01-01', 'SFO', NULL), (TIMESTAMP '2001-01-05', NULL, 9), (TIMESTAMP '2001-01-06', 'ORD', 4)) AS v("at", origin, delay)`;

test('one row holds every aggregate, the statistics of the columns and the groups', async () => {
  const connection = await openDuckDB(2);
  await connection.run(
    `CREATE VIEW "source:flights" AS SELECT "at", origin, CAST(delay AS BIGINT) AS delay FROM ${rows}`,
  );
  const sql = validationSql(plan, 'sound');
  const found = await query(connection, sql);
  assert.is(found.length, 1);
  const row = found[0]!;
  const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
  rules.forEach(([expr, expected], i) => {
    assert.is(tableAggregates(plan.validations['sound']!.rules[i]!.condition).length, 2);
    for (const j of [0, 1])
      assert.equal(plain(row[ruleColumn(i, j)]), expected, (expr as { aggregate: string }).aggregate);
  });
  assert.is(plain(row['rows']), 6);
  assert.equal([row['missing:delay'], row['missing:origin'], row['missing:at']].map(plain), [1, 1, 0]);
  assert.equal([row['min:delay'], row['max:delay'], row['mean:delay']], [-2, 9, 3.2]);
  assert.is(row['max:at'], Date.UTC(2001, 0, 6));
  const groups = JSON.parse(String(row[groupsColumn(rules.length)])) as unknown;
  assert.equal(groups, [
    { by: ['ORD'], rows: 3, values: ['3.0', '1'] },
    { by: ['SFO'], rows: 2, values: ['-2.0', '-2'] },
    { by: [null], rows: 1, values: ['9.0', '9'] },
  ]);
  const times = JSON.parse(String(row[groupsColumn(rules.length + 1)])) as { values: string[] }[];
  assert.equal(
    times.map(group => group.values[0]),
    ['2001-01-06 00:00:00', '2001-01-03 00:00:00', '2001-01-05 00:00:00'],
  );
  connection.closeSync();
});

test('the table is scanned once, and once more for groups', async () => {
  const connection = await openDuckDB(2);
  await connection.run(
    `CREATE TABLE "source:flights" AS SELECT "at", origin, CAST(delay AS BIGINT) AS delay FROM ${rows}`,
  );
  const scans = async (count: number): Promise<number> => {
    const some = {
      ...plan,
      validations: {
        sound: { ...plan.validations['sound']!, rules: plan.validations['sound']!.rules.slice(0, count) },
      },
    };
    const [explained] = await query(connection, `EXPLAIN ${validationSql(some, 'sound')}`);
    return (
      String(explained!['explain_value'])
        .match(/SEQ_SCAN|Table: source:flights/g)
        ?.filter(s => s.startsWith('SEQ')).length ?? 0
    );
  };
  assert.is(await scans(rules.length), 1);
  assert.is(await scans(rules.length + 2), 2);
  connection.closeSync();
});

test.run();
