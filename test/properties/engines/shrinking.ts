import type { DuckDBConnection } from '@duckdb/node-api';
import type { Expr, Value } from '../../../compiler/plan/plan.ts';
import * as plan from '../../support/plan.ts';
import {
  compileFeatures,
  type Engines,
  interpreted,
  load,
  partRefuses,
  type Rows,
  rowsOf,
  same,
  sound,
  sqlGroups,
  sqlValues,
  typeScript,
} from './engines.ts';
import {
  type Column,
  columnsOf,
  isSeveral,
  type Kind,
  type Node,
  print,
  sizeOf,
  specText,
} from './language.ts';
import { type Difference, differencesOfWindow, isInexact, misfit, shown } from './rounds.ts';
import { typeOf } from './values.ts';

/**
 * Makes the smallest spec and the simplest rows that it can find of a feature about which the engines differ. What comes
 * out compiles: a schema with the columns that are read, one feature, the rows as data, and both answers.
 */

export interface Failure {
  readonly columns: readonly Column[];
  readonly node: Node;
  readonly rows: readonly (readonly Expr[])[];
}
export interface Shrunk extends Failure {
  readonly spec: string;
  readonly why: string;
}

/** What is wrong with a feature on the rows; undefined if nothing is, or the compiler refuses it. */
export async function wrongOf(
  connection: DuckDBConnection,
  { columns, node, rows }: Failure,
  engines: Engines = sound,
): Promise<string | undefined> {
  const [expr] = compileFeatures(
    columns.filter(c => !isIdentity(c)),
    [node],
  );
  if (expr === undefined) return undefined;
  const all = rowsOf(columns, rows);
  await load(connection, all);
  if (expr.op === 'window') {
    if ([expr.value, expr.where].some(part => part !== null && refusesOn(part, all))) return undefined;
    const [sql] = await sqlGroups(connection, all, [expr], engines).catch(() => [new Map()]);
    return differencesOfWindow({ node, expr, sql: sql! }, all, engines)[0]?.why;
  }
  const row = all.values[0]!;
  if (refusesOn(expr, all)) return undefined;
  const value = typeScript(expr, engines)(row);
  const [[answer]] = (await sqlValues(connection, [expr], engines, [0])) as [[typeof value]];
  if (!same(answer, value, isInexact(expr) ? 1e-12 : 0))
    return `SQL ${shown(answer)}, TypeScript ${shown(value)}`;
  if (!same(interpreted(expr, row), value, 0) && engines === sound)
    return 'the interpreter differs from the printed TypeScript';
  return misfit(expr, value);
}

const refusesOn = (expr: Parameters<typeof partRefuses>[0], rows: Rows): boolean =>
  rows.values.some(row => partRefuses(expr)?.(row) ?? false);
const isIdentity = ({ name }: Column): boolean => /^(id|at|g)$/.test(name);

export async function shrink(
  connection: DuckDBConnection,
  failure: Failure,
  engines: Engines = sound,
): Promise<Shrunk> {
  let best = failure;
  const deadline = Date.now() + 60_000;
  const fails = async (candidate: Failure): Promise<boolean> =>
    Date.now() < deadline && (await wrongOf(connection, candidate, engines)) !== undefined;
  for (let changed = true; changed; ) {
    changed = false;
    for (const candidate of candidates(best)) {
      if (!(await fails(candidate))) continue;
      best = candidate;
      changed = true;
      break;
    }
  }
  const why = await wrongOf(connection, best, engines);
  const shownColumns = best.columns.filter(c => !isIdentity(c));
  return {
    ...best,
    spec: specText(shownColumns, [best.node]),
    why: why ?? 'the difference does not show again',
  };
}

/** Simpler failures, the simplest first. */
function* candidates({ columns, node, rows }: Failure): Generator<Failure> {
  // Fewer rows.
  for (let chunk = rows.length >> 1; chunk >= 1; chunk >>= 1) {
    for (let i = 0; i < rows.length; i += chunk) {
      yield { columns, node, rows: [...rows.slice(0, i), ...rows.slice(i + chunk)] };
    }
  }
  // Fewer columns.
  const read = new Set(columnsOf(node));
  const kept = columns
    .map((column, i) => ({ column, i }))
    .filter(({ column }) => isIdentity(column) || read.has(column.name));
  if (kept.length < columns.length) {
    yield { columns: kept.map(k => k.column), node, rows: rows.map(row => kept.map(k => row[k.i]!)) };
  }
  for (const smaller of simpler(node, columns)) {
    if (sizeOf(smaller) < sizeOf(node) || print(smaller).length < print(node).length)
      yield { columns, node: smaller, rows };
  }
  // Simpler cells.
  for (const [i, column] of columns.entries()) {
    if (!read.has(column.name)) continue;
    for (const [n, row] of rows.entries()) {
      for (const cell of simplerCells(column, row[i]!)) {
        yield {
          columns,
          node,
          rows: rows.map((r, m) => (m === n ? r.map((c, j) => (j === i ? cell : c)) : r)),
        };
      }
    }
  }
}

/** A part of the expression alone, or the expression with a part made simpler. */
function* simpler(node: Node, columns: readonly Column[], top = true): Generator<Node> {
  const inside = node.op === 'aggregate' ? [] : node.args;
  if (top) for (const arg of inside) yield arg;
  else {
    for (const arg of inside) if (arg.kind === node.kind) yield arg;
    if (node.op !== 'literal' && !isSeveral(node.kind)) {
      yield* simplestOf(node.kind).map(
        (text): Node => ({ kind: node.kind, optional: false, op: 'literal', text, args: [] }),
      );
      for (const { name, kind, optional } of columns) {
        if (kind === node.kind) yield { kind, optional, op: 'column', text: name, args: [] };
      }
    }
  }
  if (node.op === 'aggregate' && node.where) yield { ...node, where: false, args: node.args.slice(0, -1) };
  for (const [i, arg] of node.args.entries()) {
    for (const smaller of simpler(arg, columns, false)) {
      yield { ...node, args: node.args.map((a, j) => (j === i ? smaller : a)) };
    }
  }
}

const simple: Readonly<Record<string, readonly string[]>> = {
  bool: ['true', 'false'],
  int: ['0', '1', '2'],
  float: ['0.0', '1.0', '-0.5'],
  string: ['""', '"a"'],
  date: ['2024-01-01'],
  datetime: ['2024-01-01T00:00'],
  timestamp: ['2024-01-01T00:00:00Z'],
  duration: ['0ms', '1h'],
  size: ['1B'],
  rate: ['1rps'],
};
const simplestOf = (kind: Kind): readonly string[] =>
  simple[kind] ?? [JSON.stringify(typeOf(kind).members![0])];

function simplerCells({ kind, optional }: Column, cell: Expr): Expr[] {
  const { type } = cell;
  const missing = plan.literal(null, type);
  if (cell.op !== 'literal') {
    const { args } = cell as Extract<Expr, { op: 'call' }>;
    const shorter = type.kind === 'list' ? args.map((_, i) => args.filter((_, j) => j !== i)) : [];
    return [...(optional ? [missing] : []), ...shorter.map(items => plan.call('list', type, ...items))];
  }
  const { value } = cell;
  if (type.kind === 'blob' || type.kind === 'list' || type.kind === 'vector')
    return optional && value !== null ? [missing] : [];
  const plain: Readonly<Record<string, readonly Value[]>> = {
    bool: [false],
    int: [0, 1],
    float: [0, 1, 0.5],
    string: ['', 'a', ...(typeof value === 'string' ? halves(value) : [])],
    date: ['2024-01-01'],
    datetime: ['2024-01-01T00:00:00'],
    timestamp: ['2024-01-01T00:00:00Z'],
    duration: [0, 1],
    size: [0, 1],
    rate: [0, 1],
  };
  const values = plain[kind] ?? [typeOf(kind).members![0]!];
  const order = [...(optional ? [null] : []), ...values];
  const at = order.findIndex(v => Object.is(v, value));
  return (at < 0 ? order : order.slice(0, at)).map(v => plan.literal(v, type));
}

function halves(text: string): string[] {
  const signs = [...text];
  return signs.length < 2
    ? []
    : [signs.slice(0, signs.length >> 1).join(''), signs.slice(signs.length >> 1).join(''), ...signs];
}

/** What a person reads of a failure. */
export function explain({ columns, node, rows, spec, why }: Shrunk): string {
  const read = new Set([...columnsOf(node), ...(node.op === 'aggregate' ? ['g'] : [])]);
  const data = rows.map(row => {
    const cells = columns.flatMap(({ name }, i) => (read.has(name) ? [`${name}: ${cellText(row[i]!)}`] : []));
    return `  { ${cells.join(', ')} }`;
  });
  return `${spec}\nrows\n${data.join('\n')}\n\n${why}`;
}

function cellText(cell: Expr): string {
  if (cell.op === 'call') return `[${cell.args.map(cellText).join(', ')}]`;
  const { value } = cell as Extract<Expr, { op: 'literal' }>;
  if (typeof value !== 'string') return Object.is(value, -0) ? '-0' : String(value);
  const points = [...value].some(sign => sign > '~' || sign < ' ')
    ? ` (${[...value].map(sign => `U+${sign.codePointAt(0)!.toString(16)}`).join(' ')})`
    : '';
  return JSON.stringify(value) + points;
}

export async function report(
  connection: DuckDBConnection,
  { node, row, why }: Difference,
  rows: Rows,
): Promise<string> {
  const chosen =
    node.op === 'aggregate'
      ? rows.cells.filter((_, i) => Number(rows.values[i]!['g']) === row)
      : [rows.cells[row]!];
  const failure = { columns: rows.columns, node, rows: chosen };
  const shrunk = await shrink(connection, failure);
  return `${explain(shrunk)}\n\nfound as\n  ${print(node)}\n  ${why}`;
}
