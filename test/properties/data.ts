import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../../compiler/sql/escape.ts';
import type { Random } from '../support/random.ts';
import type { Column, Component, DrawnSpec, Kind, Table } from './specs.ts';

/** Random rows, and what of them was known by a moment: the definition of language.md, "Time", cell by cell. */

/** Times are hours since `epoch`. */
export type Cell = number | string | boolean | null;
export type Row = Readonly<Record<string, Cell>>;
export type Tables = ReadonlyMap<string, readonly Row[]>;

const epoch = Date.UTC(2001, 0, 1) * 1000;
const hour = 3_600_000_000;
export const hoursOf = (micros: number): number => (micros - epoch) / hour;

const random: Readonly<Record<Kind, (chance: Random) => Cell>> = {
  int: chance => chance.int(1, 3),
  float: chance => chance.int(-8, 8) / 4,
  bool: chance => chance.chance(0.5),
  string: chance => chance.pick(['a', 'b']),
  datetime: chance => chance.int(0, 240) / 2,
};

/** A column that says when others are known lies at or after the arrival of its row. */
function randomRow(chance: Random, { columns, lag }: Table, id: number, t: number): Row {
  const arrival = columns.some(column => column.knownAt !== undefined);
  const earliest = arrival ? lag * 2 : -4;
  return Object.fromEntries(
    columns.map(({ name, kind, optional }): [string, Cell] => {
      if (name === 'id') return [name, id];
      if (name === 't') return [name, t];
      if (optional && chance.chance(0.2)) return [name, null];
      if (name === 'loaded') return [name, t + chance.int(earliest, 40) / 2];
      return [name, random[kind](chance)];
    }),
  );
}

/** Few keys and many ties. */
export function randomTables(chance: Random, spec: DrawnSpec): Tables {
  const count = chance.int(8, 16);
  const spread = chance.pick([24, 60, 120]);
  return new Map(
    spec.tables.map(table => {
      if (!table.timed) return [table.name, ['a', 'b'].map(k => ({ k, v: random.float(chance) }))];
      const row = (_: unknown, i: number): Row => randomRow(chance, table, i, chance.int(0, spread) / 2);
      return [table.name, Array.from({ length: count }, row)];
    }),
  );
}

/** From when a cell is known. */
export function knownFrom(table: Table, column: Column, row: Row): number {
  if (!table.timed) return Number.NEGATIVE_INFINITY;
  const event = row['t'] as number;
  const at = column.knownAt === undefined ? event : ((row[column.knownAt] as number | null) ?? Infinity);
  return Math.max(event + table.lag, event + (column.after ?? 0), at);
}

/**
 * What a cell may turn out to be that is not known yet: anything else. A time that is its own K is a later one; one that
 * says when others are known lies at or after the arrival of its row.
 */
function unknown(chance: Random, table: Table, column: Column, row: Row, moment: number): Cell {
  if (column.name === 't') return row['t']!;
  if (column.optional && chance.chance(0.3)) return null;
  if (column.kind === 'datetime') {
    const arrival = table.columns.some(c => c.knownAt === column.name);
    const earliest = arrival ? (row['t'] as number) + table.lag : 0;
    const later = column.knownAt === column.name || chance.chance(0.5);
    return later
      ? Math.max(moment, earliest) + chance.int(1, 60) / 2
      : earliest + (random.datetime(chance) as number);
  }
  const now = row[column.name];
  for (let tries = 0; ; tries++) {
    const other = random[column.kind](chance);
    if (other !== now || tries > 20) return other;
  }
}

/** Rows of a truncated table, each with its place among all rows; -1 for one that is made up. */
export interface Truncated {
  readonly tables: Tables;
  readonly places: ReadonlyMap<string, readonly number[]>;
}

/**
 * What was known by `moment`, and the row itself. Rows that had not arrived are left out, or become any other rows of the
 * time after it; cells that were not known hold anything. The order of the rows is another one.
 */
export function truncate(
  chance: Random,
  spec: DrawnSpec,
  all: Tables,
  moment: number,
  own: { readonly table: string; readonly place: number; readonly keep: string | undefined },
): Truncated {
  const tables = new Map<string, readonly Row[]>();
  const places = new Map<string, readonly number[]>();
  const futures = chance.chance(0.5);
  for (const table of spec.tables) {
    const rows = all.get(table.name)!;
    const kept = chance.shuffle(rows.map((_, i) => i)).flatMap((i): { row: Row; place: number }[] => {
      const row = rows[i]!;
      if (!table.timed) return [{ row, place: i }];
      const self = own.table === table.name && own.place === i;
      const arrived = (row['t'] as number) + table.lag <= moment;
      if (!arrived && !self) {
        if (!futures) return [];
        return [{ row: randomRow(chance, table, i, moment + chance.int(1, 100) / 2), place: -1 }];
      }
      const cells = table.columns.map((column): [string, Cell] => {
        const known = knownFrom(table, column, row) <= moment || (self && column.name === own.keep);
        return [column.name, known ? row[column.name]! : unknown(chance, table, column, row, moment)];
      });
      return [{ row: Object.fromEntries(cells), place: i }];
    });
    tables.set(
      table.name,
      kept.map(({ row }) => row),
    );
    places.set(
      table.name,
      kept.map(({ place }) => place),
    );
  }
  return { tables, places };
}

const types: Readonly<Record<Kind, string>> = {
  int: 'BIGINT',
  float: 'DOUBLE',
  bool: 'BOOLEAN',
  string: 'VARCHAR',
  datetime: 'TIMESTAMP',
};

function literal(kind: Kind, cell: Cell): string {
  if (cell === null) return 'NULL';
  if (kind === 'datetime') return `make_timestamp(${epoch + Number(cell) * hour})`;
  return kind === 'string' ? `'${String(cell)}'` : String(cell);
}

async function create(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly Pick<Column, 'name' | 'kind'>[],
  rows: readonly Row[],
): Promise<void> {
  const declared = columns.map(({ name, kind }) => `${identifier(name)} ${types[kind]}`).join(', ');
  const values = rows.map(
    row => `(${columns.map(({ name, kind }) => literal(kind, row[name]!)).join(', ')})`,
  );
  const insert = rows.length === 0 ? '' : `INSERT INTO ${identifier(relation)} VALUES ${values.join(', ')}`;
  await connection.run(`CREATE OR REPLACE TABLE ${identifier(relation)} (${declared}); ${insert}`);
}

/** What a foreign step would make of its input: a score of each row, or of all rows of a key. */
function carryOut({ cell, loaded, timed, columns }: Component, rows: readonly Row[]): Row[] {
  const score = (row: Row): number => Number(row[cell] ?? 0) * 3;
  const seen = columns.some(column => column.name === 'seen');
  if (timed)
    return rows.map(row => ({
      k: row['k'] ?? 'a',
      // Rows without a time get one: the component says what it cannot know.
      t: row['t'] ?? 0,
      ...(seen ? { seen: row[loaded ?? '']! } : {}),
      s: score(row),
    }));
  return ['a', 'b'].map(k => ({
    k,
    s: rows.filter(row => row['k'] === k).reduce((sum, row) => sum + score(row), 0),
  }));
}

export async function load(connection: DuckDBConnection, spec: DrawnSpec, tables: Tables): Promise<void> {
  const made = new Map(tables);
  for (const { name, columns } of spec.tables)
    await create(connection, `source:${name}`, columns, tables.get(name)!);
  for (const component of spec.components) {
    const rows = carryOut(component, made.get(component.input)!);
    made.set(component.name, rows);
    await create(connection, `component:${component.name}`, component.columns, rows);
  }
}
