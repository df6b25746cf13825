import type { DuckDBConnection } from '@duckdb/node-api';
import type { Expr, WindowExpr } from '../../../compiler/plan/plan.ts';
import { children } from '../../../compiler/plan/walk.ts';
import type { Random } from '../../support/random.ts';
import { aggregates, Drawer, drawColumns, functions, transcendental } from './drawing.ts';
import {
  compileFeatures,
  type Engines,
  interpreted,
  load,
  type Outcome,
  partRefuses,
  type Rows,
  refused,
  rowsOf,
  same,
  sound,
  sqlGroups,
  sqlValues,
  typeScript,
  typeScriptGroups,
} from './engines.ts';
import { type Column, kinds, type Node } from './language.ts';
import { cellOf } from './values.ts';

/** One drawn feature that the compiler took, with what both engines made of it. */
export interface Case {
  readonly node: Node;
  readonly expr: Expr;
  readonly tolerance: number;
  /** Rows of which every part has a value. */
  readonly clean: readonly number[];
  readonly typescript: readonly Outcome[];
  readonly sql: readonly Outcome[];
}
export interface Round {
  readonly rows: Rows;
  readonly cases: readonly Case[];
  readonly windows: readonly {
    readonly node: Node;
    readonly expr: WindowExpr;
    readonly sql: ReadonlyMap<number, Outcome>;
  }[];
}
export interface Difference {
  readonly node: Node;
  readonly columns: readonly Column[];
  readonly row: number;
  readonly why: string;
}

const exact = functions.filter(f => !transcendental.has(f.key));
/** Functions that are drawn by name in each round, so that each is drawn often, however few of them make a kind. */
const NAMED = 48;
const WINDOWS = 17;
/** The short form, which the mutants are held against as well. */
export const short = { rounds: 16, rows: 80, features: 96 };
export const identity: readonly Column[] = [
  { name: 'id', kind: 'int', optional: false },
  { name: 'at', kind: 'timestamp', optional: false },
  { name: 'g', kind: 'int', optional: false },
];

const isNull = (of: Node): Node => ({ kind: 'bool', optional: false, op: 'is null', text: '', args: [of] });

/** Draws a schema, rows and features, and computes them by both engines. */
export async function drawRound(
  random: Random,
  connection: DuckDBConnection,
  size: { readonly rows: number; readonly features: number },
  number: number,
): Promise<{
  readonly round: Round;
  readonly differences: readonly Difference[];
  readonly columns: readonly Column[];
}> {
  const columns = drawColumns(random);
  const drawer = new Drawer(random, columns);
  const nodes = Array.from({ length: size.features }, (_, i) => {
    if (i < NAMED) return drawer.call(exact[(number * NAMED + i) % exact.length]!, 2);
    if (i < NAMED + 6) return drawer.inexact(2);
    if (i < NAMED + 18) return drawer.operator(i % 2 === 0 ? 'bool' : random.pick(kinds), 2);
    const kind = random.pick(kinds);
    const drawn = drawer.draw(kind, random.int(1, 4));
    // A feature is no blob, but may ask for one.
    return kind === 'blob' && drawn.optional ? isNull(drawn) : drawn;
  });
  const exprs = compileFeatures(columns, nodes);
  const rows = drawRows(random, columns, size.rows);
  await load(connection, rows);
  const drawn = nodes.flatMap((node, i) => (exprs[i] === undefined ? [] : [caseOf(node, exprs[i], rows)]));
  const cases = await inSql(connection, drawn, rows);
  const windows = await drawWindows(random, connection, drawer, columns, rows, number);
  const differences = [
    ...cases.flatMap(one => differencesOf(one, rows, columns)),
    ...windows.differences.map(d => ({ ...d, columns })),
  ];
  return { round: { rows, cases, windows: windows.windows }, differences, columns };
}

export function drawRows(random: Random, columns: readonly Column[], count: number): Rows {
  const all = [...identity, ...columns];
  const cells = Array.from({ length: count }, (_, id) => {
    const own = identity.map(({ name, kind }) => {
      const value =
        name === 'id' ? id : name === 'g' ? random.int(0, 40) : `2024-01-0${random.int(1, 9)}T00:00:00Z`;
      return { op: 'literal' as const, value, type: { kind: kind as 'int', optional: false }, at: 0 };
    });
    return [...own, ...columns.map(column => cellOf(random, column))];
  });
  return rowsOf(all, cells);
}

function caseOf(node: Node, expr: Expr, rows: Rows): Case {
  const evaluated = typeScript(expr);
  const refuses = partRefuses(expr);
  const clean = rows.values.flatMap((row, i) => (refuses?.(row) ? [] : [i]));
  const tolerance = isInexact(expr) ? 1e-12 : 0;
  return { node, expr, tolerance, clean, typescript: rows.values.map(evaluated), sql: [] };
}

export const isInexact = (expr: Expr): boolean =>
  expr.op === 'call' && (transcendental.has(expr.fn) || expr.args.some(isInexact));

/** All of which every row is clean in one query; the others each over its clean rows. */
export async function inSql(
  connection: DuckDBConnection,
  cases: readonly Case[],
  rows: Rows,
  engines: Engines = sound,
): Promise<Case[]> {
  const whole = cases.filter(one => one.clean.length === rows.values.length);
  const values = await sqlValues(
    connection,
    whole.map(one => one.expr),
    engines,
  );
  const found = new Map(whole.map((one, i) => [one, values[i]!]));
  for (const one of cases) {
    if (found.has(one)) continue;
    const [some] =
      one.clean.length === 0 ? [[]] : await sqlValues(connection, [one.expr], engines, one.clean);
    const all: Outcome[] = [];
    one.clean.forEach((row, i) => {
      all[row] = some![0] === refused ? refused : some![i]!;
    });
    found.set(one, all);
  }
  return cases.map(one => ({ ...one, sql: found.get(one)! }));
}

/** Where the engines give a row different values, or a value is not of the type that the checker gave the expression. */
function differencesOf(
  { node, expr, tolerance, clean, typescript, sql }: Case,
  rows: Rows,
  columns: readonly Column[],
): Difference[] {
  const refusedAll = sql[0] === refused;
  for (const row of clean) {
    const value = typescript[row];
    const answer = refusedAll ? refused : sql[row];
    const said = (why: string): Difference[] => [{ node, columns, row, why }];
    if (!same(answer, value, tolerance)) return said(`SQL ${shown(answer)}, TypeScript ${shown(value)}`);
    if (!same(interpreted(expr, rows.values[row]!), value, 0))
      return said('the interpreter differs from the printed TypeScript');
    const wrong = misfit(expr, value);
    if (wrong !== undefined) return said(wrong);
  }
  return [];
}

export function misfit({ type }: Expr, value: Outcome | undefined): string | undefined {
  if (value === null) return type.optional ? undefined : 'null, though the type says never';
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  // The checker computes ranges in floats.
  const slack = Math.abs(Number(value)) < 2 ** 45 ? 0 : 1e-14 * Math.abs(Number(value));
  const number = Number(value);
  if (typeof type.min === 'number' && number + slack < type.min)
    return `${shown(value)} is below ${type.min}, the least of the type`;
  if (typeof type.max === 'number' && number - slack > type.max)
    return `${shown(value)} is above ${type.max}, the greatest of the type`;
  return undefined;
}

export const shown = (value: Outcome | undefined): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : Array.isArray(value)
      ? `[${value.map(shown).join(', ')}]`
      : Object.is(value, -0)
        ? '-0'
        : value === refused
          ? 'no value'
          : String(value);

async function drawWindows(
  random: Random,
  connection: DuckDBConnection,
  drawer: Drawer,
  columns: readonly Column[],
  rows: Rows,
  number: number,
): Promise<{ windows: Round['windows']; differences: Omit<Difference, 'columns'>[] }> {
  const drawn = Array.from({ length: WINDOWS }, (_, i) =>
    drawer.aggregate(aggregates[(number * WINDOWS + i) % aggregates.length]!, random.int(0, 2)),
  );
  const exprs = compileFeatures(columns, drawn);
  const windows = drawn.flatMap((node, i) => {
    const expr = exprs[i];
    if (expr?.op !== 'window') return [];
    const parts = [expr.value, expr.where].map(part => (part === null ? undefined : partRefuses(part)));
    return rows.values.some(row => parts.some(refuses => refuses?.(row))) ? [] : [{ node, expr }];
  });
  // What has no value takes the others with it, so a total that may be beyond 64 bits is asked for alone.
  const alone = windows.filter(({ expr }) => expr.aggregate === 'sum_int');
  const together = windows.filter(({ expr }) => expr.aggregate !== 'sum_int');
  const found = new Map<WindowExpr, ReadonlyMap<number, Outcome>>();
  const values = await sqlGroups(
    connection,
    rows,
    together.map(w => w.expr),
  );
  for (const [i, { expr }] of together.entries()) found.set(expr, values[i]!);
  for (const { expr } of alone) {
    const beyond = [...typeScriptGroups(rows, expr).values()].includes(refused);
    const [answer] = beyond ? [new Map()] : await sqlGroups(connection, rows, [expr]);
    found.set(expr, answer!);
  }
  const done = windows.map(({ node, expr }) => ({ node, expr, sql: found.get(expr)! }));
  return { windows: done, differences: done.flatMap(one => differencesOfWindow(one, rows)) };
}

/** Differences that are allowed in each group: `stddev` goes through its values in another order in each engine. */
export function allowedOf(rows: Rows, expr: WindowExpr): ReadonlyMap<number, number> {
  if (expr.aggregate !== 'stddev') return new Map();
  const ends = (['min', 'max'] as const).map(aggregate => typeScriptGroups(rows, { ...expr, aggregate }));
  const allowed = (g: number): number => 1e-12 * Math.max(...ends.map(end => Math.abs(Number(end.get(g)))));
  return new Map([...ends[0]!.keys()].map(g => [g, allowed(g)]));
}

export const near = (a: Outcome | undefined, b: Outcome | undefined, allowed = 0): boolean =>
  same(a, b, 0) || (typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= allowed);

export function differencesOfWindow(
  { node, expr, sql }: Round['windows'][number],
  rows: Rows,
  engines: Engines = sound,
): Omit<Difference, 'columns'>[] {
  const groups = typeScriptGroups(rows, expr, engines);
  const allowed = allowedOf(rows, expr);
  for (const [g, value] of groups) {
    if (sql.has(g) && !near(sql.get(g), value, allowed.get(g))) {
      return [{ node, row: g, why: `SQL ${shown(sql.get(g))}, TypeScript ${shown(value)}` }];
    }
  }
  return [];
}

/** Functions and operators of an expression, and the kinds of all its parts. */
export function namesOf(expr: Expr, into: Set<string> = new Set()): Set<string> {
  if (expr.op === 'call') into.add(expr.fn);
  const { kind } = expr.type;
  into.add(`type ${kind === 'enum' ? 'enum' : kind}`);
  for (const child of children(expr)) namesOf(child, into);
  return into;
}
