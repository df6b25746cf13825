import type { DuckDBConnection } from '@duckdb/node-api';
import type { Rows } from './engines.ts';
import type { Column } from './language.ts';
import { print } from './language.ts';
import type { Difference } from './rounds.ts';

export async function report(_c: DuckDBConnection, d: Difference, rows: Rows, _columns: readonly Column[]): Promise<string> {
  return `${print(d.node)}\n${d.why}\n${JSON.stringify(rows.values[d.row], (_, v: unknown) => typeof v === 'bigint' ? String(v) : v)}`;
}
