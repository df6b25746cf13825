import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../../compiler/plan/hash.ts';
import type { Snapshot } from '../../engine/contract.ts';
import { countText } from '../describe.ts';
import type { Database } from '../duckdb.ts';
import { type Dump, dumpQuery, type Piece, type QueryRequest, queryText } from '../postgres/query.ts';
import { identifier, literal, literals } from '../sql.ts';
import type { DataFile } from './location.ts';
import type { Origin } from './origin.ts';
import { spansOf } from './partitions.ts';
import { type RawTable, type ReadRequest, rawName } from './raw.ts';

interface Surroundings {
  readonly scratch: string;
  readonly cache: string | undefined;
  progress(message: string): void;
}

/**
 * The rows of a query, all of one snapshot of the database. A partitioned source keeps each partition that is complete, so
 * that the next run over it reads only what is not there yet.
 */
export async function readQuery(request: QueryRequest, surroundings: Surroundings): Promise<Origin> {
  const { progress, scratch } = surroundings;
  await mkdir(scratch, { recursive: true });
  progress(`asking ${request.connection.name}`);
  const pieces = piecesOf(request);
  const folder = surroundings.cache === undefined ? undefined : join(surroundings.cache, 'partitions');
  let reused = 0;
  const dump = await dumpQuery(request, pieces, {
    keep: async (piece, state, database) => {
      const path =
        folder === undefined || state === null ? null : join(folder, nameOf(request, piece, state, database));
      if (path === null || !(await isThere(path))) return { path, there: false };
      await utimes(path, new Date(), new Date());
      reused++;
      return { path, there: true };
    },
    make: async (path, write) => {
      if (path === null) {
        const file = join(scratch, `rows-${Math.random().toString(36).slice(2)}.csv.gz`);
        await write(file);
        return file;
      }
      const partial = `${path}.${process.pid}.partial`;
      await mkdir(folder!, { recursive: true });
      try {
        await write(partial);
        await rename(partial, path);
      } finally {
        await rm(partial, { force: true });
      }
      return path;
    },
    progress: done => progress(`${done} of ${pieces.length} partitions are here`),
  });
  const files = await Promise.all(
    dump.files.map(async path => ({ path, name: request.uri, bytes: (await stat(path)).size })),
  );
  const kept = request.schema.columns.map(({ name }) => name);
  const partitions = pieces.filter(({ span }) => span !== null).length;
  const notes = partitions > 0 ? [partitionsText(partitions, reused)] : [];
  return {
    uri: request.uri,
    files,
    format: 'query',
    read: read => load(read, files, kept, request, dump),
    taken: database => takenOf(database, request, files, kept, dump),
    notes,
  };
}

const isThere = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) !== undefined;

const partitionsText = (all: number, reused: number): string =>
  reused === 0
    ? `${countText(all)} ${all === 1 ? 'partition' : 'partitions'} read`
    : `${countText(all)} ${all === 1 ? 'partition' : 'partitions'}: ${countText(reused)} kept from earlier runs, ${countText(all - reused)} read`;

/** The partitions of the interval; one piece without bounds where there is nothing to cut by. */
function piecesOf({ source, schema, interval }: QueryRequest): readonly Piece[] {
  const { partition } = source;
  if (partition === null || partition.column !== schema.eventTime || !interval?.from || !interval.to)
    return [{ span: null }];
  const spans = spansOf(Date.parse(interval.from), Date.parse(interval.to), partition.grain);
  return [...spans.map(span => ({ span })), { span: null, untimed: true }];
}

/** One name for one content: which database and query, which columns, which partition in which state. */
function nameOf({ source, schema }: QueryRequest, { span }: Piece, state: string, database: string): string {
  const columns = schema.columns.map(({ name }) => name);
  const key = canonicalJson({
    database,
    query: queryText(source),
    columns,
    span,
    state,
    time: schema.eventTime,
  });
  return `${createHash('sha256').update(key).digest('hex')}.csv.gz`;
}

/** The table `raw_rows`, in an order that does not depend on the database: by event time, then by the whole row. */
async function load(
  { database, wanted }: ReadRequest,
  files: readonly DataFile[],
  kept: readonly string[],
  { schema }: QueryRequest,
  dump: Dump,
): Promise<RawTable> {
  const columns = kept.map(name => `${literal(name)}: 'VARCHAR'`).join(', ');
  const options = [
    'auto_detect = false',
    'header = false',
    `columns = {${columns}}`,
    "delim = ','",
    `quote = '"'`,
    `escape = '"'`,
    "nullstr = '\\N'",
    'allow_quoted_nulls = false',
    "compression = 'gzip'",
    'max_line_size = 16777216',
  ];
  const scan = `read_csv(${literals(files.map(({ path }) => path))}, ${options.join(', ')})`;
  const first = schema.eventTime === null ? [] : [schema.eventTime];
  const order = [...new Set([...first, ...schema.key, ...kept])].map(identifier).join(', ');
  const selected = wanted.map(({ name }) => `${identifier(name)} AS ${identifier(rawName(name))}`);
  await database.execute(
    `CREATE TEMP TABLE raw_rows AS SELECT 0 AS __file, row_number() OVER () AS __row, ${selected.join(', ')}
     FROM (SELECT * FROM ${scan} ORDER BY ${order})`,
  );
  return {
    columns: dump.columns.map(({ name, kind }) => ({ name, type: kind === 'bytes' ? 'HEX' : 'TEXT' })),
    relation: 'raw_rows',
  };
}

/** SHA-256 of the rows in their order: of hashes of blocks of rows, so that no text of all of them is made. */
async function takenOf(
  database: Database,
  { uri }: QueryRequest,
  files: readonly DataFile[],
  kept: readonly string[],
  { mark, taken }: Dump,
): Promise<Snapshot> {
  const cells = kept.map(name => `coalesce(${identifier(rawName(name))}, chr(30))`).join(', chr(31), ');
  const [row] = await database.rows(
    `SELECT count(*) AS blocks, coalesce(sum(n), 0) AS rows, sha256(coalesce(string_agg(h, '' ORDER BY block), '')) AS hash FROM (
       SELECT (__row - 1) // 8192 AS block, count(*) AS n, sha256(string_agg(sha256(concat(${cells})), '' ORDER BY __row)) AS h
       FROM raw_rows GROUP BY block)`,
  );
  return {
    uri,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    hash: `sha256:${row!['hash']}`,
    rows: Number(row!['rows']),
    taken,
    ...(mark === null ? {} : { mark }),
  };
}
