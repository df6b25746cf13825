/** Runs one function of the team in a Node of its own: `harness JOB FILE FUNCTION`. Started by `typescript.ts`. */
import { createWriteStream, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import type { Answer, AnswerFault, Job } from '../job.ts';

class Failure extends Error {
  readonly kind: AnswerFault;
  readonly where: string | null;
  constructor(kind: AnswerFault, message: string, where: string | null = null) {
    super(message);
    this.kind = kind;
    this.where = where;
  }
}

type Row = Readonly<Record<string, unknown>>;
type Component = (given: Readonly<Record<string, unknown>>) => unknown;

const [, , jobFile = '', code = '', name = ''] = process.argv;
const job = JSON.parse(readFileSync(jobFile, 'utf8')) as Job;

/** Rows as the generated interfaces have them: an int is a number or, beyond 2^53, a bigint; times are microseconds. */
async function readRows(file: string): Promise<Row[]> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("SET TimeZone = 'UTC'");
  const quoted = `'${file.replaceAll("'", "''")}'`;
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${quoted})`);
  const columns = described.getRowObjects().map(row => {
    const column = `"${String(row['column_name']).replaceAll('"', '""')}"`;
    const type = String(row['column_type']);
    if (type === 'DATE') return `(${column} - DATE '1970-01-01') AS ${column}`;
    if (type.startsWith('TIMESTAMP')) return `epoch_us(${column}) AS ${column}`;
    return column;
  });
  const reader = await connection.runAndReadAll(`SELECT ${columns.join(', ')} FROM read_parquet(${quoted})`);
  return reader
    .getRowObjectsJS()
    .map(row => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)])));
}

const plain = (value: unknown): unknown =>
  typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;

const microseconds = 1000n;

/** A row as a line of JSON whose values a table of the schema can be read from. */
function line(row: unknown, number: number): string {
  if (row === null || typeof row !== 'object' || Array.isArray(row))
    throw new Failure('result', `row ${number} is no object: ${JSON.stringify(row)}`);
  const values = job.columns.flatMap(({ name: column, type }) => {
    const value = (row as Row)[column];
    return value === undefined ? [] : [[column, written(value, type)] as const];
  });
  const named = new Set(job.columns.map(column => column.name));
  const more = Object.keys(row)
    .filter(key => !named.has(key))
    .map(key => [key, null] as const);
  return JSON.stringify(Object.fromEntries([...values, ...more]));
}

function written(value: unknown, type: string): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return timeText(value, type) ?? value.toString();
  if (typeof value === 'number' && Number.isInteger(value)) return timeText(BigInt(value), type) ?? value;
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** Days and microseconds since 1970, as the library's functions take and give them. */
function timeText(value: bigint, type: string): string | undefined {
  if (type === 'date') return new Date(Number(value) * 86_400_000).toISOString().slice(0, 10);
  if (type !== 'timestamp' && type !== 'datetime') return undefined;
  const rest = ((value % (microseconds * 1000n)) + microseconds * 1000n) % (microseconds * 1000n);
  const seconds = new Date(Number((value - rest) / microseconds)).toISOString().slice(0, 19);
  return `${seconds}.${rest.toString().padStart(6, '0')}${type === 'timestamp' ? 'Z' : ''}`;
}

async function main(): Promise<Answer> {
  const loaded = await import(pathToFileURL(code).href).catch(error => {
    throw new Failure('import', messageOf(error), placeOf(error));
  });
  const found: unknown = loaded[name];
  if (typeof found !== 'function') throw new Failure('function', Object.keys(loaded).join(', '));
  const tables: Record<string, unknown> = {};
  for (const [parameter, file] of Object.entries(job.inputs)) tables[parameter] = await readRows(file);
  const out = createWriteStream(path.join(job.out, 'rows.json'));
  let rows = 0;
  try {
    const result = await (found as Component)({ ...tables, ...job.args });
    if (result === null || result === undefined) throw new Failure('nothing', '');
    if (typeof result === 'string' || !isIterable(result))
      throw new Failure('result', `it is a ${typeof result}, not rows one after the other`);
    for await (const row of result as AsyncIterable<unknown>)
      if (!out.write(`${line(row, ++rows)}\n`))
        await new Promise<void>(resolve => out.once('drain', () => resolve()));
  } catch (error) {
    if (error instanceof Failure) throw error;
    process.stderr.write(`${(error as Error)?.stack ?? String(error)}\n`);
    throw new Failure('raised', messageOf(error), placeOf(error));
  }
  out.end();
  await finished(out);
  return { version: 'answer/1', status: 'done', rows, file: 'rows.json' };
}

const isIterable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message.split('\n', 1)[0]}` : String(error);

/** The first line of a stack that lies in the team's files. */
function placeOf(error: unknown): string | null {
  const folder = path.dirname(code);
  for (const text of ((error as Error)?.stack ?? '').split('\n')) {
    const found = /\(?(?:file:\/\/)?([^()\s]+):(\d+):\d+\)?$/.exec(text);
    if (found?.[1]?.startsWith(folder)) return `${path.basename(found[1])}:${found[2]}`;
  }
  return null;
}

const answer = await main().catch((error: unknown): Answer => {
  const { code: system } = error as NodeJS.ErrnoException;
  if (system === 'ENOSPC')
    return { version: 'answer/1', status: 'failed', kind: 'disk', message: '', where: null };
  if (!(error instanceof Failure)) throw error;
  return {
    version: 'answer/1',
    status: 'failed',
    kind: error.kind,
    message: error.message,
    where: error.where,
  };
});
const answerFile = path.join(path.dirname(jobFile), 'answer.json');
writeFileSync(`${answerFile}.partial`, JSON.stringify(answer));
renameSync(`${answerFile}.partial`, answerFile);
