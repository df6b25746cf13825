import { join } from 'node:path';
import type { Database } from './duckdb.ts';
import { literal } from './sql.ts';

/** The file of a table artifact. */
export const tableFile = 'data.parquet';

/** Writes a query as a table artifact, in the query's order; the number of rows. */
export async function writeTable(
  database: Database,
  query: string,
  folder: string,
  file = tableFile,
): Promise<number> {
  return database.execute(
    `COPY (${query}) TO ${literal(join(folder, file))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
  );
}
