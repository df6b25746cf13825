import { mkdir, rm } from 'node:fs/promises';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import { dataMessages } from '../../compiler/diagnostics/messages/data.ts';
import { MlpError } from '../engine/contract.ts';
import type { TeamFunctions } from '../features/functions/team.ts';
import { fault } from './faults.ts';
import { literals } from './sql.ts';

export interface DatabaseOptions {
  readonly threads: number;
  /** What DuckDB may hold before it spills into `scratch`, such as `2GiB`. */
  readonly memory: string;
  /** A folder of the step's own; made here and removed on close. */
  readonly scratch: string;
  /** Single files that may be read, and folders in which files may be read and written. Nothing else is reachable. */
  readonly files?: readonly string[];
  readonly folders: readonly string[];
  /** Functions of the team's code that its SQL may call. */
  readonly functions?: TeamFunctions | undefined;
  readonly signal: AbortSignal;
}

export type Cell = string | number | boolean | null | readonly Cell[];
export type Row = Readonly<Record<string, Cell>>;

/** An in-memory DuckDB that sees the given files and folders only. Every error it gives is an `MlpError`. */
export interface Database {
  /** Functions of the team's code that its SQL may call. */
  readonly functions?: TeamFunctions | undefined;
  /** Runs statements for their effect; the number of rows changed by the last. */
  execute(sql: string): Promise<number>;
  /** A small result as rows. Integers beyond 2^53 and times are text. */
  rows(sql: string): Promise<readonly Row[]>;
  /** Adds rows to a table of DOUBLE columns. */
  appendNumbers(table: string, columns: readonly Float64Array[]): Promise<void>;
  /** A large result as columns, a chunk of at most 2,048 rows at a time. */
  chunks(sql: string): AsyncIterable<DuckDBDataChunk>;
  close(): Promise<void>;
}

/** Opens a database for `body` and closes it whatever happens. */
export async function withDatabase<T>(
  options: DatabaseOptions,
  body: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(options);
  try {
    return await body(database);
  } finally {
    await database.close();
  }
}

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  options.signal.throwIfAborted();
  await mkdir(options.scratch, { recursive: true });
  // DuckDB is 70 MB and 80 ms: loaded only when a step needs it.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(Math.max(1, Math.floor(options.threads))),
    memory_limit: options.memory,
    temp_directory: options.scratch,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // Same rows, same order, same bytes, whatever the number of threads.
    preserve_insertion_order: 'true',
  });
  const connection = await instance.connect();
  try {
    await sandbox(connection, options);
    if (options.functions) {
      const { registerFunctions } = await import('./team-functions.ts');
      await registerFunctions(connection, options.functions);
    }
  } catch (error) {
    connection.closeSync();
    instance.closeSync();
    throw error;
  }
  return new Session(instance, connection, options);
}

/** In this order: once locked, neither the spec's SQL nor a file's content can reach further. */
async function sandbox(connection: DuckDBConnection, options: DatabaseOptions): Promise<void> {
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`SET allowed_directories = ${literals([...options.folders, options.scratch])}`);
  await connection.run(`SET allowed_paths = ${literals(options.files ?? [])}`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}

/** As many rows as DuckDB takes at once. */
const chunkRows = 2048;

class Session implements Database {
  readonly functions: TeamFunctions | undefined;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #options: DatabaseOptions;
  readonly #interrupt = (): void => this.#connection.interrupt();

  constructor(instance: DuckDBInstance, connection: DuckDBConnection, options: DatabaseOptions) {
    this.#instance = instance;
    this.#connection = connection;
    this.#options = options;
    this.functions = options.functions;
    options.signal.addEventListener('abort', this.#interrupt);
  }

  execute(sql: string): Promise<number> {
    return this.#guard(async () => (await this.#connection.run(sql)).rowsChanged);
  }

  rows(sql: string): Promise<readonly Row[]> {
    return this.#guard(async () => {
      const reader = await this.#connection.runAndReadAll(sql);
      return reader.getRowObjectsJS().map(row => plainRow(row));
    });
  }

  appendNumbers(table: string, columns: readonly Float64Array[]): Promise<void> {
    return this.#guard(async () => {
      const { DOUBLE, DuckDBDataChunk } = await import('@duckdb/node-api');
      const appender = await this.#connection.createAppender(table);
      const rows = columns[0]?.length ?? 0;
      for (let first = 0; first < rows; first += chunkRows) {
        const last = Math.min(rows, first + chunkRows);
        const chunk = DuckDBDataChunk.create(
          columns.map(() => DOUBLE),
          last - first,
        );
        chunk.setColumns(columns.map(values => Array.from(values.subarray(first, last))));
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
    });
  }

  async *chunks(sql: string): AsyncIterable<DuckDBDataChunk> {
    const result = await this.#guard(() => this.#connection.stream(sql));
    for (;;) {
      const chunk = await this.#guard(() => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk;
    }
  }

  async close(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#interrupt);
    this.#connection.closeSync();
    this.#instance.closeSync();
    await rm(this.#options.scratch, { recursive: true, force: true });
  }

  async #guard<T>(body: () => Promise<T>): Promise<T> {
    this.#options.signal.throwIfAborted();
    try {
      return await body();
    } catch (error) {
      this.#options.signal.throwIfAborted();
      throw translate(error, this.#options);
    }
  }
}

/** What DuckDB says, as an error of ours: its first line, without the echo of the SQL or its settings. */
function translate(error: unknown, options: DatabaseOptions): MlpError {
  if (error instanceof MlpError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (/^Out of Memory Error/.test(text)) {
    return fault(dataMessages.outOfMemory, { memory: options.memory }, { cause: error });
  }
  const reason = notWritten(text);
  if (reason !== undefined) return fault(dataMessages.outOfDisk, { reason }, { cause: error });
  return fault(dataMessages.engine, { reason: firstLine(text) }, { cause: error });
}

/** Of an error that a write met: null where the disk is full, else the system's words; undefined: another error. */
function notWritten(text: string): string | null | undefined {
  if (/No space left on device|max_temp_directory_size/i.test(text)) return null;
  if (!/Could not (write|truncate|sync) /i.test(text)) return undefined;
  return /: ([^:"]+)$/.exec(firstLine(text))?.[1]?.toLowerCase() ?? 'a write failed';
}

/** The first line of a DuckDB message without its class (`Conversion Error:`). */
export function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.replace(/^[A-Z][A-Za-z ]* Error: /, '').trim();
}

/** DuckDB's own text of an error that `Database` gave, for readers of files that know more than it says. */
export function engineText(error: unknown): string {
  return error instanceof MlpError && error.cause instanceof Error ? error.cause.message : '';
}

function plainRow(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Date) return value.toISOString();
  return String(value);
}
