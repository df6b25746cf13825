/** What crosses the boundary between a spec and the team's code: tables, held to their schemas both ways. */
import { statSync } from 'node:fs';
import { foreignMessages } from '../../compiler/diagnostics/messages/foreign.ts';
import type { Schema } from '../../compiler/plan/plan.ts';
import { typeText } from '../data/describe.ts';
import { type Database, engineText } from '../data/duckdb.ts';
import { fault } from '../data/faults.ts';
import type { Interval } from '../data/ingest/interval.ts';
import { defineRaw } from '../data/ingest/raw-view.ts';
import { readCsv } from '../data/sources/csv.ts';
import { readJson } from '../data/sources/json.ts';
import { readParquet } from '../data/sources/parquet.ts';
import type { RawTable, ReadRequest } from '../data/sources/raw.ts';
import { identifier } from '../data/sql.ts';
import { countViolations, violationLine } from '../data/violations.ts';
import type { SourceProgram } from '../engine/contract.ts';

const readers = { parquet: readParquet, csv: readCsv, json: readJson } as const;
export type TableFormat = keyof typeof readers;

export interface Crossing {
  readonly database: Database;
  readonly file: string;
  readonly format: TableFormat;
  readonly schemaName: string;
  readonly schema: Schema;
  readonly checks: SourceProgram;
  /** How messages call the rows: `` the rows of `order_moods` ``. */
  readonly rows: string;
  readonly what: string;
  readonly direction: 'gave' | 'was given';
  readonly at: number;
  readonly interval?: Interval | null;
}

export interface Crossed {
  readonly rows: number;
  /** SQL of the rows with the schema's columns and types, in the file's order. */
  readonly query: string;
  /** Columns that the schema does not name. */
  readonly ignored: readonly string[];
}

/**
 * Checks a table by the very checks that an ingest makes of a file. Makes the view `raw`, so a database serves one table.
 * Throws MLP8008, MLP8009 (columns, types), MLP8004, MLP8005 (damage), MLP8816 (rows).
 */
export async function checkTable(crossing: Crossing): Promise<Crossed> {
  const { database, file, schema, schemaName, checks, at, rows, format } = crossing;
  const data = { name: rows, path: file, bytes: statSync(file).size };
  const request: ReadRequest = {
    database,
    files: [data],
    schema: schemaName,
    settings: { missing: [], header: true, separator: ',' },
    at,
    wanted: schema.columns.map(({ name, type }) => ({
      name,
      expected: typeText(type),
      optional: type.optional,
    })),
  };
  const table: RawTable = await readers[format](request).catch(error => {
    throw unreadable(crossing, error);
  });
  const facts = { name: rows, schema, program: checks, files: [data] };
  const rules = await defineRaw(database, facts, table, crossing.interval ?? null);
  const counts = await countViolations(database, rules, [rows]).catch(error => {
    throw unreadable(crossing, error);
  });
  if (counts.violating > 0) {
    const worst = [...counts.violations].sort((a, b) => b.rows - a.rows)[0]!;
    const column = schema.columns.find(({ name }) => name === worst.column);
    const lines = counts.violations.map(violation => violationLine(rows, violation, counts.read));
    const { what, direction } = crossing;
    throw fault(
      foreignMessages.badRows,
      { what, direction, lines, rows: counts.violating },
      { at: column?.at ?? at },
    );
  }
  const columns = schema.columns.map(({ name }) => identifier(name)).join(', ');
  return {
    rows: counts.read,
    query: `SELECT ${columns} FROM raw`,
    ignored: table.columns
      .map(column => column.name)
      .filter(found => !schema.columns.some(({ name }) => name === found)),
  };
}

/** Paths of scratch folders tell nobody anything. */
function unreadable({ file, rows }: Crossing, error: unknown): unknown {
  if (!(error instanceof Error) || !engineText(error).includes(file)) return error;
  error.message = error.message.replaceAll(file, rows);
  return error;
}
