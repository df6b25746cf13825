import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { dataMessages } from '../../../compiler/diagnostics/messages/data.ts';
import { engineText } from '../duckdb.ts';
import { fault } from '../faults.ts';
import { identifier, literal, literals } from '../sql.ts';
import { requireColumns } from './columns.ts';
import type { DataFile } from './location.ts';
import { expectedRows, type RawTable, type ReadRequest, rawName } from './raw.ts';

/** Faulty rows that a message lists. */
const shown = 5;

/**
 * Reads CSV (RFC 4180, a header, UTF-8, also gzipped) as text: no value is guessed a type. An empty field is missing,
 * and so is what the source declares so. Throws MLP8003 (empty), MLP8005 (ragged rows, open quotes), MLP8008 (columns).
 */
export async function readCsv(request: ReadRequest): Promise<RawTable> {
  const { database, files, wanted } = request;
  const kept = wanted.map(column => `${identifier(rawName(column.name))} VARCHAR`);
  await database.execute(`CREATE TEMP TABLE raw_rows (__file INTEGER, __row BIGINT, ${kept.join(', ')})`);
  let found: readonly string[] = [];
  for (const [index, file] of files.entries()) {
    const first = await readHeader(file, request.settings.separator);
    if (first.length === 0) {
      throw fault(
        dataMessages.emptyFile,
        { path: file.name, expected: expectedRows(request) },
        positioned(request),
      );
    }
    const header = request.settings.header ? first : wanted.map(({ name }) => name);
    requireColumns(request, file, header);
    requireDistinct(file, header, request);
    found = index === 0 ? header : found;
    const names = wanted.map(column => identifier(column.name)).join(', ');
    try {
      await database.execute(
        `INSERT INTO raw_rows SELECT ${index}, row_number() OVER (), ${names} FROM ${scan(file, header, request)}`,
      );
    } catch (error) {
      if (!engineText(error).includes('CSV Error')) throw error;
      throw await faultyRows(file, header, request, error);
    }
  }
  return { columns: found.map(name => ({ name, type: 'TEXT' })), relation: 'raw_rows' };
}

function positioned(request: ReadRequest): { at?: number } {
  return request.at === undefined ? {} : { at: request.at };
}

function scan(file: DataFile, header: readonly string[], request: ReadRequest, more = ''): string {
  const columns = header.map(name => `${literal(name)}: 'VARCHAR'`).join(', ');
  const options = [
    'auto_detect = false',
    `header = ${request.settings.header}`,
    `columns = {${columns}}`,
    `delim = ${literal(request.settings.separator)}`,
    `quote = '"'`,
    `escape = '"'`,
    `nullstr = ${literals(['', ...request.settings.missing])}`,
    `compression = ${file.path.endsWith('.gz') ? "'gzip'" : "'none'"}`,
    'max_line_size = 16777216',
  ];
  return `read_csv(${literal(file.path)}, ${options.join(', ')}${more})`;
}

/** Reads the file once more, keeping what is wrong with it, so that the message can name the rows. */
async function faultyRows(
  file: DataFile,
  header: readonly string[],
  request: ReadRequest,
  cause: unknown,
): Promise<Error> {
  const { database } = request;
  const first =
    /CSV Error on Line: (\d+)[\s\S]*?\n(Expected[^\n]*|Value with[^\n]*|Invalid[^\n]*|Maximum[^\n]*)/.exec(
      engineText(cause),
    );
  const rejected = await database
    .rows(
      `SELECT count(*) FROM ${scan(file, header, request, `, store_rejects = true, rejects_limit = ${shown + 1}`)}`,
    )
    .then(() => database.rows('SELECT line, error_type, error_message FROM reject_errors ORDER BY line'))
    .catch(() => []);
  const rows = rejected.map(row => ({
    line: Number(row['line']),
    what: reason(String(row['error_message']), header),
  }));
  if (rows.length === 0 && first !== null) {
    rows.push({ line: Number(first[1]), what: reason(first[2]!, header) });
  }
  const lines = new Map(rows.map(row => [row.line, row.what]));
  const text = [...lines]
    .slice(0, shown)
    .map(([line, what]) => `row ${Math.max(1, line - 1)} (line ${line}) ${what}`);
  return fault(
    dataMessages.malformedCsv,
    {
      path: file.name,
      rows: text.length === 0 ? 'the rows cannot be told apart' : text.join(', '),
      more: lines.size > shown,
      expected: `${header.length} values a row: ${header.join(', ')}`,
    },
    { ...positioned(request), cause },
  );
}

function reason(message: string, header: readonly string[]): string {
  const counts = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (counts !== null) {
    // DuckDB counts up to the first value too many.
    const found = Number(counts[2]);
    return found > header.length
      ? `has more than ${header.length} values`
      : `has ${found} of ${header.length} values`;
  }
  if (/unterminated quote/i.test(message))
    return 'has a quote that does not close, or text after a closing quote';
  if (/unicode|encod/i.test(message)) return 'is not UTF-8';
  if (/maximum line size/i.test(message)) return 'is longer than 16 MiB';
  return message.replaceAll('\n', ' ').trim();
}

function requireDistinct(file: DataFile, header: readonly string[], request: ReadRequest): void {
  const repeated = header.find((name, i) => header.indexOf(name) !== i);
  if (repeated === undefined) return;
  const rows = `the header names \`${repeated}\` twice`;
  const expected = `${new Set(header).size} distinct names`;
  throw fault(
    dataMessages.malformedCsv,
    { path: file.name, rows, more: false, expected },
    positioned(request),
  );
}

/** The names in the first record, quotes and a byte order mark taken off; empty for an empty file. */
export async function readHeader(file: DataFile, separator: string): Promise<readonly string[]> {
  const source = createReadStream(file.path);
  const stream = file.path.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  source.on('error', error => stream.destroy(error));
  stream.setEncoding('utf8');
  let text = '';
  try {
    for await (const part of stream as AsyncIterable<string>) {
      text += part;
      const end = recordEnd(text);
      if (end >= 0 || text.length > 1 << 20) {
        text = end < 0 ? text : text.slice(0, end);
        break;
      }
    }
  } catch (error) {
    throw fault(
      dataMessages.unreadable,
      { path: file.name, format: 'gzip', reason: error instanceof Error ? error.message : String(error) },
      { cause: error },
    );
  } finally {
    source.destroy();
  }
  const record = text.replace(/^\uFEFF/, '');
  return record.trim() === '' ? [] : splitRecord(record, separator);
}

/** Index of the line break that ends the first record, or -1. */
function recordEnd(text: string): number {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '\n' || character === '\r')) return i;
  }
  return -1;
}

function splitRecord(record: string, separator: string): string[] {
  const names: string[] = [];
  let name = '';
  let quoted = false;
  for (let i = 0; i < record.length; i++) {
    const character = record[i]!;
    if (character === '"' && quoted && record[i + 1] === '"') {
      name += '"';
      i++;
    } else if (character === '"') quoted = !quoted;
    else if (!quoted && record.startsWith(separator, i)) {
      names.push(name);
      name = '';
      i += separator.length - 1;
    } else name += character;
  }
  names.push(name);
  return names;
}
