import type { DuckDBConnection } from '@duckdb/node-api';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Expr } from '../../../compiler/plan/plan.ts';
import { children } from '../../../compiler/plan/walk.ts';
import { operatorNames } from '../../../compiler/semantics/overload-key.ts';
import { identifier } from '../../../compiler/sql/escape.ts';
import { expressionSql } from '../../../compiler/sql/expression.ts';
import { type ExpressionNames, printExpression } from '../../../compiler/targets/typescript/expression.ts';
import { type EvaluatedValue, evaluate as interpret } from '../../../runtime/features/functions/evaluate.ts';
import * as runtime from '../../../runtime/features/functions/index.ts';
import { openDuckDB, query } from '../../support/duckdb.ts';
import {
  columns,
  Drawer,
  kinds,
  randomLiteral,
  signatures,
  transcendental,
} from '../../support/expressions.ts';
import * as plan from '../../support/plan.ts';
import { Random, rounds } from '../../support/random.ts';

const ROWS = 24;
type Row = Readonly<Record<string, unknown>>;

const names: ExpressionNames = {
  column: ref => `row[${JSON.stringify(ref.column)}]`,
  feature: ref => ref.name,
  window: window => window.table,
  use: name => `runtime.${name}`,
};
const leaves = { column: (ref: { column: string }) => identifier(ref.column) };

/** What TypeScript computes, null for a row that cannot be computed. */
function evaluate(expr: Expr): (row: Row) => unknown {
  const text = printExpression(expr, names);
  const body = new Function('runtime', 'row', `return ${text};`) as (r: typeof runtime, row: Row) => unknown;
  return row => body(runtime, row);
}

/** SQL whose result is in the form in which TypeScript holds the kind. */
function plain(sql: string, kind: string): string {
  if (kind === 'datetime' || kind === 'timestamp') return `epoch_us(${sql})`;
  if (kind === 'date') return `date_diff('day', DATE '1970-01-01', ${sql})`;
  return sql;
}
const held = (value: unknown): unknown => (typeof value === 'bigint' ? runtime.intOf(value) : value);

async function table(connection: DuckDBConnection, random: Random): Promise<Row[]> {
  const literals = Array.from({ length: ROWS }, () =>
    columns.map(c =>
      c.optional && random.chance(0.3)
        ? plan.literal(null, { kind: c.kind, optional: true })
        : randomLiteral(random, c.kind),
    ),
  );
  const written = literals.map(row => `(${row.map(cell => expressionSql(cell, leaves)).join(', ')})`);
  const header = columns.map(c => identifier(c.name)).join(', ');
  await connection.run(
    `CREATE OR REPLACE TABLE t AS SELECT row_number() OVER () AS n, * FROM (VALUES ${written.join(', ')}) v(${header})`,
  );
  return literals.map(row => Object.fromEntries(columns.map((c, i) => [c.name, evaluate(row[i]!)({})])));
}

const same = (a: unknown, b: unknown, tolerance: number): boolean => {
  if (typeof a === 'number' && typeof b === 'number' && Number.isFinite(a) && Number.isFinite(b)) {
    return (
      a === b ||
      Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b)) ||
      (tolerance > 0 && Math.abs(a - b) < 1e-300)
    );
  }
  return Object.is(a, b);
};

/** Whether the evaluator and the printed text give a row the same value, or both refuse it. */
function interpretedSame(expr: Expr, row: Row, body: (row: Row) => unknown): boolean {
  const outcome = (compute: () => unknown): unknown => {
    try {
      return compute();
    } catch {
      return 'refused';
    }
  };
  const interpreted = outcome(() =>
    interpret(expr, leaf => row[(leaf as { column: string }).column] as EvaluatedValue),
  );
  const printed = outcome(() => body(row));
  return Object.is(interpreted, printed) || interpreted === 'refused';
}

/** Whether some part of the expression cannot be computed on some row; DuckDB computes parts that TypeScript skips. */
function partRefused(expr: Expr, rows: readonly Row[]): boolean {
  const refuses = (row: Row): boolean => {
    try {
      evaluate(expr)(row);
      return false;
    } catch {
      return true;
    }
  };
  return rows.some(refuses) || children(expr).some(child => partRefused(child, rows));
}

async function compare(
  connection: DuckDBConnection,
  rows: readonly Row[],
  expr: Expr,
  tolerance: number,
): Promise<'same' | 'refused'> {
  const sql = expressionSql(expr, leaves);
  const body = evaluate(expr);
  const explain = () => `\n  sql ${sql}\n  ts  ${printExpression(expr, names)}`;
  for (const row of rows) assert.ok(interpretedSame(expr, row, body), `the evaluator differs${explain()}`);
  const [expected, refused] = rows.reduce<[unknown[], number]>(
    ([values, errors], row) => {
      try {
        return [[...values, body(row)], errors];
      } catch (error) {
        if (!(error instanceof runtime.RowError)) throw new Error(`${String(error)}${explain()}`);
        return [[...values, undefined], errors + 1];
      }
    },
    [[], 0],
  );
  let actual: unknown[];
  try {
    const found = await query(connection, `SELECT ${plain(sql, expr.type.kind)} AS value FROM t ORDER BY n`);
    actual = found.map(row => held(row['value']));
  } catch (error) {
    const reason = String(error);
    const known = /Out of Range|Conversion Error|Invalid Input/.test(reason);
    if (known && (refused > 0 || partRefused(expr, rows))) return 'refused';
    throw new Error(`${reason}${explain()}`);
  }
  rows.forEach((row, i) => {
    // A part that the value does not depend on may be computed or not: only where both give a value must they agree.
    if (expected[i] === undefined) return;
    if (same(actual[i], expected[i], tolerance)) return;
    const shown = JSON.stringify(row, (_, v: unknown) =>
      typeof v === 'bigint' || Number.isNaN(v) ? String(v) : v,
    );
    assert.unreachable(
      `SQL ${String(actual[i])}, TypeScript ${String(expected[i])}${explain()}\n  row ${shown}`,
    );
  });
  return 'same';
}

test('SQL and TypeScript give every expression the same value', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  const exact = signatures.filter(s => !transcendental.has(s.key));
  const drawer = new Drawer(random, exact);
  let refused = 0;
  const total = rounds(420, 40_000);
  let rows: Row[] = [];
  for (let i = 0; i < total; i++) {
    if (i % 60 === 0) rows = await table(connection, random);
    const expr =
      i < exact.length * 2
        ? drawer.call(exact[i % exact.length]!, 2)
        : drawer.draw(random.chance(0.4) ? 'bool' : random.pick(kinds), random.int(1, 4));
    if ((await compare(connection, rows, expr, 0)) === 'refused') refused++;
  }
  const counts = [...drawer.counts].sort(([a], [b]) => a.localeCompare(b)).map(([fn, n]) => `${fn} ${n}`);
  console.log(
    `seed ${random.seed}: ${total} expressions over ${ROWS} rows, ${refused} refused by both; ${counts.join(', ')}`,
  );
  for (const { key } of exact) assert.ok(drawer.counts.has(key), `${key} was drawn`);
  // Lists are drawn by `properties/engines`.
  for (const operator of operatorNames.filter(name => name !== 'list'))
    assert.ok(drawer.counts.has(operator), `${operator} was drawn`);
  assert.ok(refused < total / 3);
  connection.closeSync();
});

test('transcendental functions agree to twelve digits', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  const drawer = new Drawer(
    random,
    signatures.filter(s => !transcendental.has(s.key)),
  );
  const functions = signatures.filter(s => transcendental.has(s.key));
  const total = rounds(60, 4000);
  let rows: Row[] = [];
  for (let i = 0; i < total; i++) {
    if (i % 30 === 0) rows = await table(connection, random);
    await compare(connection, rows, drawer.call(functions[i % functions.length]!, 2), 1e-12);
  }
  console.log(`seed ${random.seed}: ${total} calls over ${ROWS} rows`);
  connection.closeSync();
});

test('what has no value is refused by both', async () => {
  const connection = await openDuckDB(1);
  const least = plan.literal('-9223372036854775808', plan.int);
  const greatest = plan.literal('9223372036854775807', plan.int);
  const one = plan.literal(1);
  const refused = [
    plan.call('add', plan.int, greatest, one),
    plan.call('sub', plan.int, least, one),
    plan.call('mul', plan.int, greatest, plan.literal(2)),
    plan.call('neg', plan.int, least),
    plan.call('abs_int', plan.int, least),
    plan.call('div_int_int', plan.optional(plan.int), least, plan.literal(-1)),
    plan.call('to_int_float', plan.int, plan.literal(1e19, plan.float)),
    plan.call('to_int_float', plan.int, plan.literal(NaN, plan.float)),
    plan.call('bucket_int_int', plan.int, one, plan.call('sub', plan.int, one, one)),
    plan.call('bucket_int_int', plan.int, least, plan.literal(10)),
    plan.call(
      'hour_timestamp_string',
      plan.int,
      plan.literal('2024-01-01T00:00:00Z', plan.timestamp),
      plan.literal('Mars/Olympus'),
    ),
  ];
  for (const expr of refused) {
    assert.throws(
      () => evaluate(expr)({}),
      (error: unknown) => error instanceof runtime.RowError,
    );
    const answer = await query(connection, `SELECT ${expressionSql(expr, leaves)} AS value`).catch(
      () => 'refused',
    );
    assert.is(answer, 'refused', expressionSql(expr, leaves));
  }
  connection.closeSync();
});

test.run();
