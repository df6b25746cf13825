import type { DuckDBConnection } from '@duckdb/node-api';
import type { CallExpr, Expr, Type, WindowExpr } from '../../../compiler/plan/plan.ts';
import { relationSql } from '../../../compiler/sql/duckdb.ts';
import { identifier } from '../../../compiler/sql/escape.ts';
import { expressionSql } from '../../../compiler/sql/expression.ts';
import { type ExpressionNames, printExpression } from '../../../compiler/targets/typescript/expression.ts';
import { type EvaluatedValue, evaluate, literalValue } from '../../../runtime/features/functions/evaluate.ts';
import * as runtime from '../../../runtime/features/functions/index.ts';
import { query } from '../../support/duckdb.ts';
import { compileText } from '../../support/specs.ts';
import { type Column, type Node, specText } from './language.ts';
import { typeOf } from './values.ts';

/** The two engines as they are, or with a planted mistake. */
export interface Engines {
  readonly runtime: typeof runtime;
  /** The expression as TypeScript, and as SQL, is to print it. */
  readonly typescript: (expr: Expr) => Expr;
  readonly sql: (expr: Expr) => Expr;
  /** SQL for what `sql` made of other kinds of expressions. */
  readonly other?: (expr: Expr) => string;
}
export const sound: Engines = { runtime, typescript: expr => expr, sql: expr => expr };

export type Row = Readonly<Record<string, EvaluatedValue>>;
/** The cells of rows as expressions of a plan, and as the values that TypeScript holds. */
export interface Rows {
  readonly columns: readonly Column[];
  readonly cells: readonly (readonly Expr[])[];
  readonly values: readonly Row[];
}

/** A cell's value: a literal's, a list's or vector's of its items; of a blob the literal holds hexadecimal digits. */
export function cellValue(cell: Expr): EvaluatedValue {
  if (cell.op === 'literal' && cell.type.kind === 'blob' && cell.value !== null)
    return new Uint8Array(Buffer.from(String(cell.value), 'hex'));
  return evaluate(cell, leaf => {
    throw new Error(`a ${leaf.op} in a cell`);
  });
}
const cellSql = (cell: Expr): string =>
  cell.op === 'literal' && cell.type.kind === 'blob' && cell.value !== null
    ? `unhex('${String(cell.value)}')`
    : expressionSql(cell, leaves);

export function rowsOf(columns: readonly Column[], cells: readonly (readonly Expr[])[]): Rows {
  const values = cells.map(row =>
    Object.fromEntries(row.map((cell, i) => [columns[i]!.name, cellValue(cell)])),
  );
  return { columns, cells, values };
}

/** Null as both engines hold it: no value, or a row that cannot be computed. */
export const refused = Symbol('refused');
export type Outcome = EvaluatedValue | typeof refused;

/** The features of one spec as the compiler understands them; undefined where it finds a mistake. */
export function compileFeatures(columns: readonly Column[], nodes: readonly Node[]): (Expr | undefined)[] {
  const kept = nodes.map((_, i) => i);
  for (let attempt = 0; attempt < 6 && kept.length > 0; attempt++) {
    const text = specText(
      columns,
      kept.map(i => nodes[i]!),
    );
    const { plan, diagnostics } = compileText(text);
    if (plan !== undefined) {
      const found = new Map(plan.views['Drawn']!.features.map((feature, i) => [kept[i]!, feature.expr]));
      return nodes.map((_, i) => found.get(i));
    }
    const first = text.slice(0, text.indexOf('\n  f0 = ')).split('\n').length;
    const lines = diagnostics.map(d => text.slice(0, d.span.start).split('\n').length - 1 - first);
    const wrong = new Set(lines.map(line => kept[line]).filter(i => i !== undefined));
    if (wrong.size === 0)
      throw new Error(`the compiler refuses the spec\n${text}\n${JSON.stringify(diagnostics)}`);
    kept.splice(0, kept.length, ...kept.filter(i => !wrong.has(i)));
  }
  return nodes.map(() => undefined);
}

const names: ExpressionNames = {
  column: ref => `row[${JSON.stringify(ref.column)}]`,
  feature: ref => ref.name,
  window: window => window.table,
  use: name => `runtime.${name}`,
};
export const leaves = { column: (ref: { column: string }) => identifier(ref.column) };

type Body = (r: typeof runtime, row: Row) => EvaluatedValue;

export const typeScriptText = (expr: Expr): string => printExpression(expr, names);

/** The generated TypeScript of an expression on a row. */
export function typeScript(expr: Expr, engines: Engines = sound): (row: Row) => Outcome {
  const body = new Function('runtime', 'row', `return ${typeScriptText(engines.typescript(expr))};`) as Body;
  return row => outcomeOf(() => body(engines.runtime, row));
}

function outcomeOf(compute: () => EvaluatedValue): Outcome {
  try {
    return compute();
  } catch (error) {
    if (error instanceof runtime.RowError) return refused;
    throw error;
  }
}

/** What the interpreter makes of it, which tests of specs and conditions of gates use. */
export const interpreted = (expr: Expr, row: Row): Outcome =>
  outcomeOf(() => evaluate(expr, leaf => row[(leaf as { column: string }).column]!));

/** Functions and operators that may have no value; the others need not be looked into. */
const refusing =
  /^(add|sub|mul|div|neg|abs_int|div_int_int|to_int_float|bucket_int_int|local|.*timestamp_string)$/;
const mayRefuse = (expr: Expr): boolean =>
  expr.op === 'call' && (refusing.test(expr.fn) || expr.args.some(mayRefuse));

/** Whether any part of an expression has no value on a row, also one that the value does not depend on. */
export function partRefuses(expr: Expr): ((row: Row) => boolean) | undefined {
  if (!mayRefuse(expr)) return undefined;
  return row => eagerly(expr, row) === refused;
}

function eagerly(expr: Expr, row: Row): Outcome {
  if (expr.op === 'literal') return literalValue(expr);
  if (expr.op !== 'call') return row[(expr as { column: string }).column]!;
  const args = expr.args.map(arg => eagerly(arg, row));
  if (args.includes(refused)) return refused;
  return outcomeOf(() =>
    evaluate(flat(expr), leaf => args[Number((leaf as { column: string }).column)] as EvaluatedValue),
  );
}

const flats = new WeakMap<CallExpr, CallExpr>();
/** The call with the results of its arguments as columns. */
function flat(expr: CallExpr): CallExpr {
  let made = flats.get(expr);
  if (made === undefined) {
    const args = expr.args.map(
      (arg, i): Expr =>
        arg.op === 'literal' ? arg : { op: 'column', of: 'row', column: String(i), type: arg.type, at: 0 },
    );
    made = { ...expr, args };
    flats.set(expr, made);
  }
  return made;
}

/** SQL whose result is in the form in which TypeScript holds the kind. */
function plain(sql: string, { kind, element }: Type): string {
  if (kind === 'list') return `list_transform(${sql}, lambda x: ${plain('x', element!)})`;
  if (kind === 'vector') return `CAST(${sql} AS DOUBLE[])`;
  if (kind === 'datetime' || kind === 'timestamp') return `epoch_us(${sql})`;
  if (kind === 'date') return `date_diff('day', DATE '1970-01-01', ${sql})`;
  return sql;
}
const held = (value: unknown): EvaluatedValue =>
  (typeof value === 'bigint'
    ? runtime.intOf(value)
    : Array.isArray(value)
      ? value.map(held)
      : value) as EvaluatedValue;

export async function load(connection: DuckDBConnection, rows: Rows): Promise<void> {
  const header = ['#', ...rows.columns.map(c => c.name)].map(identifier).join(', ');
  const typed = rows.cells.map((row, i) => `(${[String(i), ...row.map(cellSql)].join(', ')})`);
  await connection.run(
    `CREATE OR REPLACE TABLE rows AS SELECT * FROM (VALUES ${typed.join(', ')}) v(${header})`,
  );
}

export const sqlOf = (expr: Expr, engines: Engines = sound): string =>
  expressionSql(
    engines.sql(expr),
    engines.other === undefined ? leaves : { ...leaves, other: engines.other },
  );

/** The values of expressions on the rows with these numbers, or all; `refused` for all of an expression that fails. */
export async function sqlValues(
  connection: DuckDBConnection,
  exprs: readonly Expr[],
  engines: Engines = sound,
  numbers?: readonly number[],
): Promise<Outcome[][]> {
  if (exprs.length === 0) return [];
  const columns = exprs.map((expr, i) => `${plain(sqlOf(expr, engines), expr.type)} AS c${i}`);
  const where = numbers === undefined ? '' : ` WHERE "#" IN (${numbers.join(', ')})`;
  try {
    const found = await query(connection, `SELECT ${columns.join(', ')} FROM rows${where} ORDER BY "#"`);
    return exprs.map((_, i) => found.map(row => held(row[`c${i}`])));
  } catch (error) {
    if (exprs.length === 1) {
      if (
        !/Out of Range|Conversion Error|Invalid Input|Not implemented Error: Unknown TimeZone/.test(
          String(error),
        )
      )
        throw new Error(`${String(error)}\n${columns[0]}`);
      return [[refused]];
    }
    // One that fails takes all others with it.
    const half = exprs.length >> 1;
    return [
      ...(await sqlValues(connection, exprs.slice(0, half), engines, numbers)),
      ...(await sqlValues(connection, exprs.slice(half), engines, numbers)),
    ];
  }
}

/** An aggregate over the rows of each `g`, in SQL and in TypeScript. */
export async function sqlGroups(
  connection: DuckDBConnection,
  rows: Rows,
  windows: readonly WindowExpr[],
  engines: Engines = sound,
): Promise<ReadonlyMap<number, EvaluatedValue>[]> {
  const columns = ['#', ...rows.columns.map(c => c.name)];
  const sql = relationSql({
    op: 'aggregated',
    input: { op: 'scan', table: 'rows', columns: columns.map(column => ({ column, as: column })) },
    by: ['g'],
    aggregates: windows.map((window, i) => ({
      name: `c${i}`,
      aggregate: window.aggregate,
      value: window.value === null ? null : engines.sql(window.value),
      args: window.args ?? {},
      filter: window.where,
      order: ['at', ...rows.columns.map(c => c.name)],
    })),
  });
  const shown = windows.map(({ type }, i) => `${plain(`c${i}`, type)} AS c${i}`);
  const found = await query(connection, `SELECT g, ${shown.join(', ')} FROM (${sql})`);
  return windows.map((_, i) => new Map(found.map(row => [Number(row['g']), held(row[`c${i}`])])));
}

export function typeScriptGroups(
  rows: Rows,
  window: WindowExpr,
  engines: Engines = sound,
): ReadonlyMap<number, Outcome> {
  const { value, where } = window;
  // The mean of ints is that of the ints.
  const whole = window.aggregate === 'mean' && value?.op === 'call' && value.fn === 'to_float_int';
  const read = value === null ? () => 1 : typeScript(whole ? value.args[0]! : value, engines);
  const condition = where === null ? () => true : typeScript(where, engines);
  const groups = new Map<number, { at: number; row: Row }[]>();
  for (const row of rows.values) {
    const g = Number(row['g']);
    const group = groups.get(g) ?? [];
    if (condition(row) === true) group.push({ at: Number(row['at']), row });
    groups.set(g, group);
  }
  const call = engines.runtime.aggregates[window.aggregate as 'quantile'] as (
    values: readonly EvaluatedValue[],
    q?: number,
  ) => EvaluatedValue;
  const q = window.args?.['q'];
  return new Map(
    [...groups].map(([g, group]) => {
      const inOrder = group.sort((a, b) => a.at - b.at || Number(a.row['id']) - Number(b.row['id']));
      const values = inOrder.map(({ row }) => read(row)) as EvaluatedValue[];
      return [g, outcomeOf(() => call(values, q === undefined ? undefined : Number(q)))];
    }),
  );
}

/** Equal to the bit, with `tolerance` as a share of the greater; nan is equal to nan. */
export function same(a: Outcome | undefined, b: Outcome | undefined, tolerance: number): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => same(item, b[i], tolerance));
  if (tolerance === 0 || typeof a !== 'number' || typeof b !== 'number') return false;
  return Math.abs(a - b) <= Math.max(tolerance * Math.max(Math.abs(a), Math.abs(b)), 1e-300);
}

export const columnType = ({ kind, optional }: Column) => ({ ...typeOf(kind), optional });
