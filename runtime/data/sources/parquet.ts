import { dataMessages } from '../../../compiler/diagnostics/messages/data.ts';
import { engineText, firstLine } from '../duckdb.ts';
import { fault } from '../faults.ts';
import { identifier, literal, literals } from '../sql.ts';
import { requireColumns } from './columns.ts';
import type { DataFile } from './location.ts';
import { expectedRows, type RawColumn, type RawTable, type ReadRequest, rawName } from './raw.ts';

/**
 * Reads Parquet in place, with the types it declares. Throws MLP8003 (no rows), MLP8004 (truncated or no Parquet),
 * MLP8008 (columns).
 */
export async function readParquet(request: ReadRequest): Promise<RawTable> {
  const { database, files, wanted } = request;
  let columns: readonly RawColumn[] = [];
  for (const [index, file] of files.entries()) {
    const found = await describeParquet(request, file);
    requireColumns(
      request,
      file,
      found.map(column => column.name),
    );
    if (index === 0) columns = found;
    else requireSameTypes(request, file, columns, found);
  }
  const kept = wanted.map(({ name }) => `${identifier(name)} AS ${identifier(rawName(name))}`);
  const scan = `read_parquet(${literals(files.map(file => file.path))})`;
  await database.execute(
    `CREATE TEMP VIEW raw_rows AS SELECT file_index::INTEGER AS __file, file_row_number + 1 AS __row, ${kept.join(', ')} FROM ${scan}`,
  );
  return { columns, relation: 'raw_rows' };
}

/** The columns of one file with the types it declares. */
export async function describeParquet(request: ReadRequest, file: DataFile): Promise<readonly RawColumn[]> {
  const where = request.at === undefined ? {} : { at: request.at };
  const scan = `read_parquet(${literal(file.path)})`;
  if (file.bytes === 0) {
    throw fault(dataMessages.emptyFile, { path: file.name, expected: expectedRows(request) }, where);
  }
  try {
    const described = await request.database.rows(`DESCRIBE SELECT * FROM ${scan}`);
    return described.map(row => ({ name: String(row['column_name']), type: String(row['column_type']) }));
  } catch (error) {
    throw unreadableParquet(file, error, where);
  }
}

/** DuckDB's reason without paths of this machine. */
export function unreadableParquet(file: DataFile, error: unknown, where: { at?: number }): Error {
  const said = firstLine(engineText(error)).replaceAll(file.path, file.name);
  const reason = /No magic bytes|too small to be/.test(said)
    ? 'its end, where Parquet keeps the table of contents, is missing'
    : said;
  return fault(
    dataMessages.unreadable,
    { path: file.name, format: 'Parquet', reason },
    { ...where, cause: error },
  );
}

function requireSameTypes(
  request: ReadRequest,
  file: DataFile,
  first: readonly RawColumn[],
  found: readonly RawColumn[],
): void {
  for (const { name } of request.wanted) {
    const expected = first.find(column => column.name === name)!.type;
    const type = found.find(column => column.name === name)!.type;
    if (type === expected) continue;
    throw fault(
      dataMessages.columnType,
      {
        path: file.name,
        column: name,
        found: type,
        expected: `${expected}, as in ${request.files[0]!.name}`,
      },
      request.at === undefined ? {} : { at: request.at },
    );
  }
}
