import path from 'node:path';
import type { DuckDBType } from '@duckdb/node-api';
import { identifier, literal, literals } from '../data/sql.ts';

/** A column to write. Of numbers NaN is missing; of codes -1, and what lies beyond the vocabulary is `other`. */
export type WrittenColumn =
  | { readonly name: string; readonly numbers: Float64Array; readonly as?: 'BIGINT' | 'INTEGER' }
  | { readonly name: string; readonly codes: Int32Array; readonly vocabulary: readonly string[] };

/** As many rows as a chunk of DuckDB holds. */
const chunkRows = 2048;

/** Writes columns of typed arrays as one Parquet file: a chunk at a time, never row by row. */
export async function writeColumns(
  columns: readonly WrittenColumn[],
  rows: number,
  file: string,
  options: { readonly threads: number; readonly memory: string },
): Promise<void> {
  const { DuckDBInstance, DuckDBDataChunk, DOUBLE, INTEGER } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(Math.max(1, Math.floor(options.threads))),
    memory_limit: options.memory,
    temp_directory: path.join(path.dirname(file), '.scratch'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true',
  });
  const connection = await instance.connect();
  try {
    const types: DuckDBType[] = columns.map(column => ('numbers' in column ? DOUBLE : INTEGER));
    const declared = columns.map((column, i) => `c${i} ${'numbers' in column ? 'DOUBLE' : 'INTEGER'}`);
    await connection.run(`CREATE TABLE columns (${declared.join(', ')})`);
    const appender = await connection.createAppender('columns');
    for (let start = 0; start < rows; start += chunkRows) {
      const count = Math.min(chunkRows, rows - start);
      const chunk = DuckDBDataChunk.create(types, count);
      columns.forEach((column, i) => {
        const vector = chunk.getColumnVector(i) as unknown as {
          items: Float64Array | Int32Array;
          flush(): void;
        };
        const values = 'numbers' in column ? column.numbers : column.codes;
        vector.items.set(values.subarray(start, start + count));
        vector.flush();
      });
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    const shown = columns.map(
      (column, i) => `${writtenValue(column, `c${i}`)} AS ${identifier(column.name)}`,
    );
    await connection.run(
      `COPY (SELECT ${shown.join(', ')} FROM columns) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function writtenValue(column: WrittenColumn, name: string): string {
  if ('numbers' in column)
    return `CASE WHEN isnan(${name}) THEN NULL ELSE ${name}::${column.as ?? 'DOUBLE'} END`;
  // Text that is missing is empty: that is what an ONNX graph, which knows no missing text, is given too.
  const known = `list_extract(${literals(column.vocabulary)}::VARCHAR[], ${name} + 1)`;
  return `CASE WHEN ${name} < 0 THEN '' ELSE coalesce(${known}, 'other') END`;
}
