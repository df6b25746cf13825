import type { DuckDBConnection } from '@duckdb/node-api';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallExpr, Expr, WindowExpr } from '../../../compiler/plan/plan.ts';
import { operandSql } from '../../../compiler/sql/expression.ts';
import { functionSql } from '../../../compiler/sql/functions.ts';
import * as runtime from '../../../runtime/features/functions/index.ts';
import { openDuckDB, query } from '../../support/duckdb.ts';
import { Random } from '../../support/random.ts';
import { type Engines, leaves, load, type Rows, refused, same, sound, typeScript } from './engines.ts';
import {
  aggregateMutants,
  operatorMutants,
  sqlAggregateMutants,
  sqlMutants,
  typeScriptMutants,
} from './mutants.ts';
import {
  allowedOf,
  type Case,
  differencesOfWindow,
  drawRound,
  inSql,
  namesOf,
  near,
  type Round,
  short,
} from './rounds.ts';

/**
 * A mistake in any function, operator or aggregate of either engine is noticed by what the short form of the property test
 * draws. The seed is fixed, so that a mutant that goes unnoticed is one that the drawing has lost sight of, not bad luck.
 */
const random = new Random(Number(process.env['SEED'] ?? 5));
const rounds: Round[] = [];
let connection: DuckDBConnection;

test.before(async () => {
  connection = await openDuckDB(1);
  for (let i = 0; i < short.rounds; i++) rounds.push((await drawRound(random, connection, short, i)).round);
});
test.after(() => connection.closeSync());

const holds = new Map<Case, ReadonlySet<string>>();
function casesWith(round: Round, name: string): readonly Case[] {
  return round.cases.filter(one => {
    if (!holds.has(one)) holds.set(one, namesOf(one.expr));
    return holds.get(one)!.has(name) && one.sql[0] !== refused;
  });
}

/** The expression with every call of one function replaced. */
function replaced(expr: Expr, fn: string, by: (call: CallExpr) => Expr): Expr {
  if (expr.op !== 'call') return expr;
  const args = expr.args.map(arg => replaced(arg, fn, by));
  const call = { ...expr, args };
  return expr.fn === fn ? by(call) : call;
}

const differs = (
  { clean, tolerance, sql }: Case,
  values: (row: number) => ReturnType<ReturnType<typeof typeScript>>,
): boolean => clean.some(row => !same(sql[row], values(row), tolerance));

function noticedInTypeScript(name: string, engines: Engines): boolean {
  return rounds.some(({ rows, ...round }) =>
    casesWith({ rows, ...round }, name).some(one => {
      const evaluated = typeScript(one.expr, engines);
      return differs(one, row => evaluated(rows.values[row]!));
    }),
  );
}

async function unnoticedInSql(
  names: readonly string[],
  enginesFor: (name: string) => Engines,
): Promise<string[]> {
  let left = [...names];
  for (const round of rounds) {
    await load(connection, round.rows);
    const missed: string[] = [];
    for (const name of left) {
      const cases = casesWith(round, name).slice(0, 12);
      // A mistake may also be one that DuckDB refuses.
      const found = await inSql(connection, cases, round.rows, enginesFor(name)).catch(() => undefined);
      const noticed =
        found === undefined ||
        found.some((one, i) => differs(cases[i]!, row => (one.sql[0] === refused ? refused : one.sql[row]!)));
      if (!noticed) missed.push(name);
    }
    left = missed;
    if (left.length === 0) break;
  }
  return left;
}

test('a mistake in any function of TypeScript is noticed', () => {
  const names = Object.keys(typeScriptMutants);
  const unnoticed = names.filter(name => {
    const functions = { ...runtime.functions, [name]: typeScriptMutants[name as 'lower'] };
    return !noticedInTypeScript(name, { ...sound, runtime: { ...runtime, functions } });
  });
  assert.ok(names.length > 60);
  assert.equal(unnoticed, []);
});

test('a mistake in any function of SQL is noticed', async () => {
  const names = Object.keys(sqlMutants);
  const enginesFor = (name: string): Engines => {
    const other = (expr: Expr): string => {
      const call = expr as unknown as CallExpr;
      const args = call.args.map(arg => ({
        sql: operandSql(arg, { ...leaves, other }),
        optional: arg.type.optional,
      }));
      return `(${sqlMutants[name as 'lower'](functionSql(name, args), ...args.map(arg => arg.sql))})`;
    };
    return {
      ...sound,
      other,
      sql: expr => replaced(expr, name, call => ({ ...call, op: 'mutant' }) as unknown as Expr),
    };
  };
  assert.equal(await unnoticedInSql(names, enginesFor), []);
});

const operators = Object.entries(operatorMutants);

test('a mistake in any operator is noticed, in either engine', async () => {
  const unnoticed = operators.filter(
    ([name, by]) => !noticedInTypeScript(name, { ...sound, typescript: expr => replaced(expr, name, by) }),
  );
  assert.equal(
    unnoticed.map(([name]) => name),
    [],
  );
  const names = operators.map(([name]) => name);
  const enginesFor = (name: string): Engines => ({
    ...sound,
    sql: expr => replaced(expr, name, operatorMutants[name as 'add']),
  });
  assert.equal(await unnoticedInSql(names, enginesFor), []);
});

test('a mistake in any aggregate is noticed, in either engine', async () => {
  const names = Object.keys(aggregateMutants);
  const unnoticed = names.filter(name => {
    const mutated = { ...runtime.aggregates, [name]: aggregateMutants[name as 'min'] };
    const engines = { ...sound, runtime: { ...runtime, aggregates: mutated } };
    return !rounds.some(({ windows, rows }) =>
      windows.some(one => one.expr.aggregate === name && differencesOfWindow(one, rows, engines).length > 0),
    );
  });
  assert.equal(unnoticed, []);
  const seen = new Set<string>();
  for (const { rows, windows } of rounds) {
    await load(connection, rows);
    for (const { expr, sql } of windows) {
      if (!seen.has(expr.aggregate) && (await differsInSql(rows, expr, sql))) seen.add(expr.aggregate);
    }
  }
  assert.equal(
    names.filter(name => !seen.has(name)),
    [],
  );
});

async function differsInSql(
  rows: Rows,
  expr: WindowExpr,
  right: ReadonlyMap<number, unknown>,
): Promise<boolean> {
  const x = expr.value === null ? '' : operandSql(expr.value, leaves);
  const filter = expr.where === null ? '' : ` FILTER (WHERE ${operandSql(expr.where, leaves)})`;
  const call = sqlAggregateMutants[expr.aggregate as 'min'](x, filter);
  const found = await query(
    connection,
    `SELECT g, ${shownAs(call, expr.type.kind)} AS c FROM rows GROUP BY g`,
  ).catch(() => []);
  const allowed = allowedOf(rows, expr);
  const held = (value: unknown) =>
    (typeof value === 'bigint' ? runtime.intOf(value) : value) as number | null;
  return found.some(row => {
    const g = Number(row['g']);
    return right.has(g) && !near(held(row['c']), right.get(g) as number, allowed.get(g));
  });
}
const shownAs = (sql: string, kind: string): string =>
  kind === 'datetime' || kind === 'timestamp'
    ? `epoch_us(${sql})`
    : kind === 'date'
      ? `date_diff('day', DATE '1970-01-01', ${sql})`
      : sql;

test.run();
