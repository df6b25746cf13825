import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { dataMessages } from '../../../compiler/diagnostics/messages/data.ts';
import { engineText } from '../duckdb.ts';
import { fault } from '../faults.ts';
import { identifier, literal } from '../sql.ts';
import { requireColumns } from './columns.ts';
import type { DataFile } from './location.ts';
import { expectedRows, type RawTable, type ReadRequest, rawName } from './raw.ts';

/**
 * Reads JSON, an array of objects or one object a line (also gzipped), each value as its text. Absent keys and null are
 * missing. Throws MLP8003 (empty), MLP8004 (malformed, with the row), MLP8007 (not rows of objects), MLP8008 (columns).
 */
export async function readJson(request: ReadRequest): Promise<RawTable> {
  const { database, wanted } = request;
  const columns = await loadJson(request);
  return viewJson(
    database,
    columns,
    wanted.map(({ name }) => name),
  );
}

/** Loads the files into `raw_json`; the keys found, in order of appearance. */
export async function loadJson(request: ReadRequest): Promise<readonly string[]> {
  await request.database.execute('CREATE TEMP TABLE raw_json (__file INTEGER, __row BIGINT, __json JSON)');
  for (const [index, file] of request.files.entries()) await load(request, file, index);
  return columnsOf(request);
}

/** Makes `raw_rows` of loaded files with the wanted columns. */
export async function viewJson(
  database: ReadRequest['database'],
  columns: readonly string[],
  wanted: readonly string[],
): Promise<RawTable> {
  const values = wanted.map(
    name => `json_extract_string(__json, ${literal(pointer(name))}) AS ${identifier(rawName(name))}`,
  );
  await database.execute(
    `CREATE TEMP VIEW raw_rows AS SELECT ${['__file', '__row', ...values].join(', ')} FROM raw_json`,
  );
  return { columns: columns.map(name => ({ name, type: 'TEXT' })), relation: 'raw_rows' };
}

async function load(request: ReadRequest, file: DataFile, index: number): Promise<void> {
  const where = request.at === undefined ? {} : { at: request.at };
  const first = await firstCharacter(file);
  if (first === '')
    throw fault(dataMessages.emptyFile, { path: file.name, expected: expectedRows(request) }, where);
  if (first !== '[' && first !== '{') {
    throw fault(
      dataMessages.jsonShape,
      { path: file.name, found: `text that begins with ${JSON.stringify(first)}` },
      where,
    );
  }
  const format = first === '[' ? 'array' : 'newline_delimited';
  const compression = file.path.endsWith('.gz') ? 'gzip' : 'uncompressed';
  const scan = `read_json_objects(${literal(file.path)}, format = '${format}', compression = '${compression}', maximum_object_size = 67108864)`;
  try {
    await request.database.execute(
      `INSERT INTO raw_json SELECT ${index}, row_number() OVER (), json FROM ${scan}`,
    );
  } catch (error) {
    throw malformed(file, error, first, where);
  }
  await requireObjects(request, file, index);
}

function malformed(file: DataFile, error: unknown, first: string, where: { at?: number }): Error {
  const said = /Malformed JSON in file ".*", at byte (\d+) in (?:line|record\/value) (\d+): ([^\n]*)/.exec(
    engineText(error),
  );
  if (said === null) return error as Error;
  const row = Math.max(1, Number(said[2]) - 1);
  if (first === '{' && row === 1) {
    // Its first line is no whole object: one document over many lines.
    return fault(
      dataMessages.jsonShape,
      { path: file.name, found: 'one object over several lines' },
      { ...where, cause: error },
    );
  }
  const reason = `row ${row} is malformed: ${said[3]!.trim().replace(/\.$/, '')}`;
  return fault(
    dataMessages.unreadable,
    { path: file.name, format: 'JSON', reason },
    { ...where, cause: error },
  );
}

async function requireObjects(request: ReadRequest, file: DataFile, index: number): Promise<void> {
  const others = await request.database.rows(
    `SELECT __row AS row, json_type(__json) AS type FROM raw_json WHERE __file = ${index} AND json_type(__json) <> 'OBJECT' ORDER BY __row LIMIT 5`,
  );
  if (others.length === 0) return;
  const rows = `${others.length === 1 ? 'row' : 'rows'} ${others.map(row => row['row']).join(', ')}`;
  const found =
    others[0]!['type'] === 'ARRAY' ? 'a list' : `a plain value (${String(others[0]!['type']).toLowerCase()})`;
  throw fault(
    dataMessages.jsonShape,
    { path: file.name, found: others.length === 1 ? found : `no objects but, first, ${found}`, rows },
    request.at === undefined ? {} : { at: request.at },
  );
}

/** Keys of all rows in order of appearance; each file must have every wanted one somewhere, optional ones apart. */
async function columnsOf(request: ReadRequest): Promise<readonly string[]> {
  const keys = await request.database.rows(
    `SELECT __file AS file, key, min({'row': __row, 'place': place}) AS first
     FROM (SELECT __file, __row, unnest(json_keys(__json)) AS key, generate_subscripts(json_keys(__json), 1) AS place FROM raw_json)
     GROUP BY ALL ORDER BY file, first`,
  );
  for (const [index, file] of request.files.entries()) {
    const found = keys.filter(row => row['file'] === index).map(row => String(row['key']));
    requireColumns(request, file, found, true);
  }
  return [...new Set(keys.map(row => String(row['key'])))];
}

/** A JSON pointer (RFC 6901) to a key of the row. */
function pointer(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

async function firstCharacter(file: DataFile): Promise<string> {
  const source = createReadStream(file.path);
  const stream = file.path.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  source.on('error', error => stream.destroy(error));
  stream.setEncoding('utf8');
  try {
    for await (const part of stream as AsyncIterable<string>) {
      const text = part.replace(/^\uFEFF/, '').trimStart();
      if (text !== '') return text[0]!;
    }
    return '';
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw fault(dataMessages.unreadable, { path: file.name, format: 'gzip', reason }, { cause: error });
  } finally {
    source.destroy();
  }
}
