import { dataMessages } from '../../compiler/diagnostics/messages/data.ts';
import { MlpError } from '../engine/contract.ts';
import { type Database, engineText, firstLine } from './duckdb.ts';
import { fault } from './faults.ts';
import { identifier } from './sql.ts';

/** Something that is computed for each row. */
export interface Computed {
  /** How a message calls it: `` feature `miles` of Departure ``. */
  readonly what: string;
  readonly sql: string;
  readonly at: number;
  /** Whether the engine's words may show the values that it stumbled over. */
  readonly personal?: boolean;
}

export interface Computation {
  /** SQL of the rows, with the number of each in the source, from 1, as `__row`. */
  readonly rows: string;
  /** In the order in which they read each other: the first that fails is the cause. */
  readonly computed: readonly Computed[];
  /** What the rows are rows of. */
  readonly source: string;
  /** Where nothing of it can be blamed. */
  readonly whole: Computed;
}

/** How long a failed step may look for the row to blame. */
const searchMs = 20_000;

/**
 * The engine stops at a value that it cannot compute, such as an int beyond 64 bits, and tells neither expression nor
 * row. This finds both by computing less and less, and says them. Any other error is given back as it is.
 */
export async function rowFault(
  database: Database,
  error: unknown,
  computation: Computation,
): Promise<unknown> {
  if (!(error instanceof MlpError) || error.code !== dataMessages.engine.definition.code) return error;
  const until = Date.now() + searchMs;
  const { rows, computed, source, whole } = computation;
  for (const one of computed) {
    const cause = await failureOf(database, rows, one, 'true');
    if (cause === undefined) continue;
    const row = await firstRow(database, rows, one, until);
    return told(one, cause, row === null ? null : { row, source });
  }
  return told(whole, error, null);
}

function told(
  { what, at, personal }: Computed,
  error: MlpError,
  place: { readonly row: number; readonly source: string } | null,
): MlpError {
  const words = reasonOf(engineText(error) || error.message);
  const reason = personal ? words.replace(/\([^)]*\)|'[^']*'|"[^"]*"|-?\d+(?: [-+*] -?\d+)?/g, '(…)') : words;
  return fault(dataMessages.rowFault, { what, place, reason }, { at, cause: error.cause });
}

/** In the words that the online engine has for the same. */
function reasonOf(text: string): string {
  const line = firstLine(text).replace(/!+$/, '');
  const beyond = /^Overflow in \w+ of INT64 \((.*)\)$/.exec(line);
  if (beyond) return `${beyond[1]} is beyond 64 bits`;
  const cast = /^Type INT128 with value (-?\d+) can't be cast/.exec(line);
  return cast ? `${cast[1]} is beyond 64 bits` : line;
}

/** The error of computing it for some rows; undefined: there is none. A hash reads every value, a count need not. */
async function failureOf(
  database: Database,
  rows: string,
  { sql }: Computed,
  condition: string,
): Promise<MlpError | undefined> {
  try {
    await database.rows(`SELECT max(hash(${sql})) FROM (${rows}) WHERE ${condition}`);
    return undefined;
  } catch (error) {
    if (error instanceof MlpError && error.code === dataMessages.engine.definition.code) return error;
    throw error;
  }
}

/** The first row for which it fails, by halves; null where time ran out or the engine does not keep rows apart. */
async function firstRow(
  database: Database,
  rows: string,
  one: Computed,
  until: number,
): Promise<number | null> {
  const row = identifier('__row');
  const [ends] = await database.rows(`SELECT min(${row}) AS low, max(${row}) AS high FROM (${rows})`);
  let low = Number(ends!['low']);
  let high = Number(ends!['high']);
  const fails = async (from: number, to: number) =>
    (await failureOf(database, rows, one, `${row} BETWEEN ${from} AND ${to}`)) !== undefined;
  while (low < high) {
    if (Date.now() > until) return null;
    const middle = Math.floor((low + high) / 2);
    if (await fails(low, middle)) high = middle;
    else low = middle + 1;
  }
  const alone =
    (await fails(low, low)) &&
    (low === Number(ends!['low']) || !(await fails(Number(ends!['low']), low - 1)));
  return alone ? low : null;
}
