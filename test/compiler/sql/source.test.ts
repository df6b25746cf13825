import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Type } from '../../../compiler/plan/plan.ts';
import { sourceProgram } from '../../../compiler/sql/source.ts';
import { openDuckDB, query } from '../../support/duckdb.ts';
import * as p from '../../support/plan.ts';

const programOf = (type: Type) =>
  sourceProgram(
    p.plan({ schemas: { Row: p.schema({ 'a "column"': type }) }, sources: { rows: p.source('Row') } }),
    'rows',
  ).columns[0]!;

/** Rule, column type, a value that keeps it and one that breaks it, both as SQL. */
const cases: readonly (readonly [rule: string, type: Type, good: string, bad: string])[] = [
  ['required', p.int, '1', 'NULL'],
  ['range', { ...p.optional(p.int), min: -60, max: 1800 }, '1800', '1801'],
  ['range', { ...p.optional(p.int), min: 0 }, '0', '-1'],
  ['range', { ...p.optional(p.float), min: -90, max: 90 }, '-90', "'nan'"],
  ['range', { ...p.optional(p.float), max: 1 }, "'-inf'", "'nan'"],
  ['range', { ...p.optional(p.date), min: '2001-01-01', max: '2001-12-31' }, "'2001-12-31'", "'2002-01-01'"],
  [
    'range',
    { ...p.optional(p.datetime), min: '2001-01-01T00:00' },
    "'2001-01-01'",
    "'2000-12-31 23:59:59.999999'",
  ],
  [
    'range',
    { ...p.optional(p.timestamp), min: '2001-01-01T01:00+01:00' },
    "'2001-01-01T00:00:00Z'",
    "'2000-12-31T23:59:59Z'",
  ],
  ['pattern', { ...p.optional(p.string), pattern: '[A-Z]{3}' }, "'ORD'", "'xORD'"],
  ['pattern', { ...p.optional(p.string), pattern: "it's" }, "'it''s'", "'its'"],
  ['enum', p.optional(p.enumOf('Plan', 'free', "team's")), "'team''s'", "'Free'"],
  ['set', { ...p.optional(p.string), values: ['MALE', 'FEMALE'] }, "'MALE'", "'.'"],
  ['set', { ...p.optional(p.int), values: [1, 3] }, '3', '2'],
];

test('each rule lets good values pass and finds bad ones', async () => {
  const connection = await openDuckDB(1);
  for (const [rule, type, good, bad] of cases) {
    const { sqlType, checks } = programOf(type);
    assert.equal(
      checks.map(check => check.rule),
      [rule],
    );
    const answer = async (value: string): Promise<unknown> => {
      const raw = `(SELECT CAST(${value} AS ${sqlType}) AS "a ""column""")`;
      return (await query(connection, `SELECT ${checks[0]!.sql} AS holds FROM ${raw} AS raw`))[0]!['holds'];
    };
    assert.is(await answer(good), true, `${rule} ${good}`);
    assert.is(await answer(bad), false, `${rule} ${bad}`);
    assert.is(await answer('NULL'), rule === 'required' ? false : null, `${rule} of null`);
  }
  connection.closeSync();
});

test('every type has a column type', () => {
  const types: readonly (readonly [Type, string])[] = [
    [p.bool, 'BOOLEAN'],
    [p.int, 'BIGINT'],
    [p.float, 'DOUBLE'],
    [p.string, 'VARCHAR'],
    [p.enumOf('E', 'a'), 'VARCHAR'],
    [p.date, 'DATE'],
    [p.datetime, 'TIMESTAMP'],
    [p.timestamp, 'TIMESTAMPTZ'],
    [p.duration, 'BIGINT'],
    [{ kind: 'list', optional: false, element: p.int }, 'BIGINT[]'],
    [{ kind: 'vector', optional: false, length: 3 }, 'DOUBLE[3]'],
  ];
  for (const [type, expected] of types) assert.is(programOf(type).sqlType, expected);
});

test('a column that says when others are known lies no earlier than event time and lag', async () => {
  const schema = p.schema({ t: p.datetime, loaded: p.optional(p.datetime), x: p.int });
  const known = { latest: [{ base: 'column' as const, column: 'loaded', offset: 0 }] };
  const columns = schema.columns.map(c => (c.name === 'x' ? { ...c, known } : c));
  const source = { ...p.source('Row'), lag: 3_600_000 };
  const plan = p.plan({
    schemas: { Row: { ...schema, columns, eventTime: 't' } },
    sources: { rows: source },
  });
  const [t, loaded] = sourceProgram(plan, 'rows').columns;
  assert.equal(
    t!.checks.map(c => c.rule),
    ['required'],
  );
  const [{ rule, sql }] = loaded!.checks as [{ rule: string; sql: string }];
  assert.is(rule, 'arrival');
  const connection = await openDuckDB();
  const holds = async (at: string) =>
    (
      await query(
        connection,
        `SELECT ${sql} AS ok FROM (SELECT TIMESTAMP '2001-01-01 10:00' AS t, ${at}::TIMESTAMP AS loaded)`,
      )
    )[0]!['ok'];
  assert.is(await holds("'2001-01-01 11:00'"), true);
  assert.is(await holds("'2001-01-01 10:59:59'"), false);
  assert.is(await holds('NULL'), null);
});

test.run();
