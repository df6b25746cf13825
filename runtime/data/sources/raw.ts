import type { Database } from '../duckdb.ts';
import type { DataFile } from './location.ts';

/** A column as the file has it: CSV and JSON give text, Parquet its declared DuckDB type. */
export interface RawColumn {
  readonly name: string;
  readonly type: string;
}

/** A source's files as one relation, before any cast. */
export interface RawTable {
  readonly columns: readonly RawColumn[];
  /** Something to select from: `__file` (index of the file), `__row` (from 1, in the file), and `rawName` of each column. */
  readonly relation: string;
}

export interface ReadRequest {
  readonly database: Database;
  readonly files: readonly DataFile[];
  /** Columns wanted. Others are found but not read. */
  readonly wanted: readonly {
    readonly name: string;
    readonly expected: string;
    readonly optional: boolean;
  }[];
  readonly schema: string;
  /** Arguments of the source's constructor: separator, what counts as missing. */
  readonly settings: SourceSettings;
  readonly at?: number;
}

export interface SourceSettings {
  readonly missing: readonly string[];
  readonly separator: string;
  /** Without a header the columns are the schema's, in its order. */
  readonly header: boolean;
}

/** The name under which a raw column stands beside the cast one. */
export function rawName(column: string): string {
  return `raw:${column}`;
}

/** "rows of Flight (date: datetime, origin: string, …)" for messages. */
export function expectedRows(request: Pick<ReadRequest, 'wanted' | 'schema'>): string {
  const shown = request.wanted.slice(0, 6).map(column => `${column.name}: ${column.expected}`);
  return `rows of ${request.schema} (${shown.join(', ')}${request.wanted.length > 6 ? ', …' : ''})`;
}
