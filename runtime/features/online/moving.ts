import type { DuckDBBlobValue, DuckDBDataChunk, DuckDBListValue } from '@duckdb/node-api';
import type { Type } from '../../../compiler/plan/plan.ts';
import type { Database } from '../../data/duckdb.ts';
import { identifier } from '../../data/sql.ts';
import { intOf, type Several } from '../functions/values.ts';
import type { OnlineValue } from './contract.ts';
import { DAY, keyOf, type State, type StateColumn } from './states.ts';

/** The rows of a state's table that may go online, as SQL; event times are microseconds. */
export interface Bounds {
  /** Rows from this event on; null: all. */
  readonly from: number | null;
  /** Rows before this event; null: all. */
  readonly to: number | null;
}

/** What is there of a table, partition by partition. */
export interface Inventory {
  readonly partitions: Readonly<Record<string, string>>;
  readonly rows: number;
  readonly upTo: number | null;
  /** Columns whose ints go beyond 2^53 somewhere. */
  readonly large: ReadonlySet<string>;
}

/** Rows of a table that have no time are cut by their keys into so many partitions. */
const shares = 256;

const whole: ReadonlySet<Type['kind']> = new Set(['int', 'duration', 'size']);

const markSql = (state: State): string => {
  if (state.eventTime === null)
    return `CAST(hash(${state.key.map(({ name }) => identifier(name)).join(', ') || '0'}) % ${shares} AS BIGINT)`;
  const { name, type } = state.eventTime;
  return type.kind === 'date'
    ? `epoch_us(CAST(${identifier(name)} AS TIMESTAMP))`
    : `epoch_us(${identifier(name)})`;
};

/** A mark's partition: the day of an event, or the share of the keys that it is in. */
export const partitionOf = (state: State, mark: number): number =>
  state.eventTime === null ? mark : Math.floor(mark / DAY);
const partitionSql = (state: State): string =>
  state.eventTime === null ? '__mark' : `CAST(floor(__mark / ${DAY}) AS BIGINT)`;

function rowsSql(state: State, { from, to }: Bounds): string {
  const present = [...state.key, ...(state.eventTime === null ? [] : [state.eventTime])].map(
    ({ name }) => `${identifier(name)} IS NOT NULL`,
  );
  const equal = state.key
    .filter(({ type }) => type.kind === 'float' || type.kind === 'rate')
    .map(({ name }) => `NOT isnan(${identifier(name)})`);
  const timed = state.eventTime !== null;
  const bounds = [
    ...(timed && from !== null ? [`__mark >= ${from}`] : []),
    ...(timed && to !== null ? [`__mark < ${to}`] : []),
  ];
  const conditions = [...present, ...equal, ...bounds];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `SELECT * FROM (SELECT *, ${markSql(state)} AS __mark FROM ${identifier(state.relation)})${where}`;
}

export async function takeInventory(database: Database, state: State, bounds: Bounds): Promise<Inventory> {
  const columns = [...new Set([...state.key, ...state.columns].map(({ name }) => name).concat(state.order))];
  const hashed = ['__mark', ...columns.map(identifier)].join(', ');
  const ints = [...state.key, ...state.columns].filter(({ type }) => whole.has(type.kind));
  const sizes = ints.map(
    ({ name }, i) => `, max(abs(CAST(${identifier(name)} AS HUGEINT))) > 9007199254740991 AS l${i}`,
  );
  const found = await database.rows(
    `SELECT ${partitionSql(state)} AS partition, count(*) AS n, CAST(sum(hash(${hashed})) AS VARCHAR) AS fingerprint,
      max(__mark) AS last${sizes.join('')} FROM (${rowsSql(state, bounds)}) GROUP BY ALL ORDER BY ALL`,
  );
  const large = ints.filter((_, i) => found.some(row => row[`l${i}`] === true)).map(({ name }) => name);
  return {
    partitions: Object.fromEntries(
      found.map(row => [String(row['partition']), `${row['n']}:${row['fingerprint']}`]),
    ),
    rows: found.reduce((sum, row) => sum + Number(row['n']), 0),
    upTo:
      state.eventTime === null || found.length === 0
        ? null
        : Math.max(...found.map(row => Number(row['last']))),
    large: new Set(large),
  };
}

/** A key's rows in the order in which they are stored. */
export interface KeyedRows {
  readonly key: string;
  readonly marks: number[];
  readonly columns: OnlineValue[][];
}

/** Rows of some partitions, a key at a time; partitions: null is all of them. */
export async function* movedRows(
  database: Database,
  state: State,
  bounds: Bounds,
  inventory: Inventory,
  partitions: readonly number[] | null,
): AsyncIterable<KeyedRows> {
  const readers = [...state.key, ...state.columns].map(column => readerOf(column, inventory.large));
  const selected = readers.map(({ sql }, i) => `${sql} AS c${i}`);
  const where =
    partitions === null ? '' : ` WHERE ${partitionSql(state)} IN (${partitions.join(', ') || 'NULL'})`;
  const keys = state.key.map(({ name }) => identifier(name));
  const order = [...keys, '__mark', ...state.order.map(name => `${identifier(name)} ASC NULLS LAST`)];
  const query = `SELECT CAST(__mark AS DOUBLE), ${selected.join(', ')} FROM (SELECT * FROM (${rowsSql(state, bounds)})${where}) ORDER BY ${order.join(', ')}`;
  let current: KeyedRows | undefined;
  const width = state.key.length;
  for await (const chunk of database.chunks(query)) {
    const marks = columnOf(chunk, 0, value => value as number);
    const columns = readers.map(({ read }, i) => columnOf(chunk, i + 1, read));
    const ofKey = columns.slice(0, width);
    const ofRow = columns.slice(width);
    for (let i = 0; i < marks.length; i++) {
      const key = width === 1 ? String(ofKey[0]![i]) : keyOf(ofKey.map(column => column[i]!))!;
      if (current?.key !== key) {
        if (current !== undefined) yield current;
        current = { key, marks: [], columns: ofRow.map(() => []) };
      }
      current.marks.push(marks[i] as number);
      for (let c = 0; c < ofRow.length; c++) current.columns[c]!.push(ofRow[c]![i]!);
    }
  }
  if (current !== undefined) yield current;
}

interface ColumnReader {
  readonly sql: string;
  readonly read: (value: unknown) => OnlineValue;
}

const same = (value: unknown): OnlineValue => value as OnlineValue;

/** Numbers come as doubles, which DuckDB hands over fastest; ints that do not fit one, and those in lists, as text. */
function readerOf({ name, type }: StateColumn, large: ReadonlySet<string>): ColumnReader {
  const column = identifier(name);
  if (whole.has(type.kind) && !large.has(name)) return { sql: `CAST(${column} AS DOUBLE)`, read: same };
  return valueReader(column, type, 0);
}

function valueReader(x: string, type: Type, depth: number): ColumnReader {
  switch (type.kind) {
    case 'bool':
      return { sql: x, read: same };
    case 'float':
    case 'rate':
      return { sql: `CAST(${x} AS DOUBLE)`, read: same };
    case 'date':
      return { sql: `CAST(date_diff('day', DATE '1970-01-01', ${x}) AS DOUBLE)`, read: same };
    case 'datetime':
    case 'timestamp':
      return { sql: `CAST(epoch_us(${x}) AS DOUBLE)`, read: same };
    case 'int':
    case 'duration':
    case 'size':
      return {
        sql: `CAST(${x} AS VARCHAR)`,
        read: value => (value === null ? null : intOf(BigInt(value as string))),
      };
    case 'vector':
      return { sql: `CAST(${x} AS DOUBLE[])`, read: itemsOf(same) };
    case 'blob':
      return {
        sql: x,
        read: value => (value === null ? null : Uint8Array.from((value as DuckDBBlobValue).bytes)),
      };
    case 'list': {
      const item = identifier(`item ${depth}`);
      const { sql, read } = valueReader(item, type.element!, depth + 1);
      return { sql: `list_transform(${x}, lambda ${item}: ${sql})`, read: itemsOf(read) };
    }
    default:
      return { sql: `CAST(${x} AS VARCHAR)`, read: same };
  }
}

const itemsOf =
  (read: ColumnReader['read']): ColumnReader['read'] =>
  value =>
    value === null ? null : ((value as DuckDBListValue).items.map(read) as Several);

function columnOf(chunk: DuckDBDataChunk, i: number, read: (value: unknown) => OnlineValue): OnlineValue[] {
  const vector = chunk.getColumnVector(i);
  const values: OnlineValue[] = new Array(chunk.rowCount);
  for (let row = 0; row < values.length; row++) values[row] = read(vector.getItem(row));
  return values;
}
