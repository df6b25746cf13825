import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { connectionMessages } from '../../../compiler/diagnostics/messages/connections.ts';
import { dataMessages } from '../../../compiler/diagnostics/messages/data.ts';
import type { Schema, Source } from '../../../compiler/plan/plan.ts';
import { typeText } from '../describe.ts';
import { fault } from '../faults.ts';
import type { Connection } from '../secrets.ts';
import { requireColumns } from '../sources/columns.ts';
import type { Span } from '../sources/partitions.ts';
import { pgIdentifier, pgLiteral, type Session, withSession } from './session.ts';
import { asText, type PgColumn, readable, typesOf } from './types.ts';

/** A source that is a query, and what of it is asked for. */
export interface QueryRequest {
  readonly name: string;
  readonly source: Source;
  readonly schema: Schema;
  readonly connection: Connection;
  /** As messages and reports call it. */
  readonly uri: string;
  readonly interval: Bounds | null;
  readonly timeout: number | null;
  readonly signal: AbortSignal;
}

/** [from, to) of a column, ISO instants. */
export interface Bounds {
  readonly column: string;
  readonly from: string | null;
  readonly to: string | null;
  /** Whether rows without the time are asked for: beside the others, or (without bounds) alone. By default beside. */
  readonly untimed?: boolean;
}

/** A part of the rows that is kept by itself: a partition, or all of the interval. */
export interface Piece {
  readonly span: Span | null;
  /** Beside partitions: the rows that have no time, to be found missing. */
  readonly untimed?: true;
}

export interface Dump {
  /** All columns of the query; those that the schema does not name were not read. */
  readonly columns: readonly PgColumn[];
  /** The files of the pieces, in their order. */
  readonly files: readonly string[];
  readonly mark: string | null;
  /** The moment of the snapshot, ISO, by the clock of the database. */
  readonly taken: string;
}

/** Where pieces come to lie. */
export interface Keeping {
  /** Where a piece in this state is kept, and whether it is there; a state of null says that it may still change. */
  keep(
    piece: Piece,
    state: string | null,
    database: string,
  ): Promise<{ readonly path: string | null; readonly there: boolean }>;
  /** Has a file made whole. */
  make(path: string | null, write: (file: string) => Promise<void>): Promise<string>;
  progress(done: number): void;
}

const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/**
 * Streams the rows of a query into compressed CSV files, all of one snapshot of the database: the schema's columns, in its
 * order, each as text that reads back exactly. Throws MLP8008, MLP8009, MLP8101 to MLP8107, MLP8134.
 */
export async function dumpQuery(
  request: QueryRequest,
  pieces: readonly Piece[],
  keeping: Keeping,
): Promise<Dump> {
  return withSession(request.connection, request, session =>
    told(session, request, async () => {
      await session.rows(begin);
      const columns = await describeQuery(session, request);
      const mark = await readMark(session, request, columns);
      const [clock] = await session.rows(
        "SELECT transaction_timestamp() AS now, concat_ws(' ', current_database(), inet_server_addr(), inet_server_port(), current_user) AS place",
      );
      const now = clock!['now'] as Date;
      const states = await statesOf(session, request, columns, pieces, now.getTime());
      const files: string[] = [];
      for (const [i, piece] of pieces.entries()) {
        const bounds = boundsOf(request, piece);
        const { path, there } = await keeping.keep(piece, states[i]!, String(clock!['place']));
        files.push(
          there
            ? path!
            : await keeping.make(path, file =>
                copyOut(session, copySql(request, columns, bounds), file, request.signal),
              ),
        );
        keeping.progress(i + 1);
      }
      await session.rows('COMMIT');
      return { columns, files, mark, taken: now.toISOString() };
    }),
  );
}

/** Of a partition its own bounds: it is kept whole, whatever the interval cuts off it. */
function boundsOf({ interval }: QueryRequest, { span, untimed }: Piece): Bounds | null {
  if (untimed && interval !== null) return { ...interval, from: null, to: null, untimed: true };
  if (span === null || interval === null) return interval;
  const [from, to] = [span.start, span.end].map(time => new Date(time).toISOString());
  return { column: interval.column, from: from!, to: to!, untimed: false };
}

/**
 * What a partition's rows depend on: with a watermark, how far it has come there and how many rows there are; without,
 * a partition counts as complete once the lag of the source is over, and is null before.
 */
async function statesOf(
  session: Session,
  request: QueryRequest,
  columns: readonly PgColumn[],
  pieces: readonly Piece[],
  now: number,
): Promise<readonly (string | null)[]> {
  const { watermark, partition, lag } = request.source;
  if (watermark === null || partition === null || pieces[0]?.span == null)
    return pieces.map(({ span }) => (span !== null && span.end + lag <= now ? 'complete' : null));
  const column = columns.find(({ name }) => name === partition.column)!;
  const x = `q.${pgIdentifier(column.name)}`;
  const wall = column.kind === 'timestamptz' ? `(${x} AT TIME ZONE 'UTC')` : `${x}::timestamp`;
  const unit = { hourly: 'hour', daily: 'day', weekly: 'week', monthly: 'month' }[partition.grain];
  const whole = {
    column: column.name,
    from: new Date(pieces[0].span.start).toISOString(),
    to: new Date(pieces.findLast(({ span }) => span !== null)!.span!.end).toISOString(),
    untimed: false,
  };
  const found = await session.rows(
    `SELECT extract(epoch FROM date_trunc('${unit}', ${wall}))::text AS start, max(q.${pgIdentifier(watermark)})::text AS reached, count(*)::text AS rows
     FROM ${bracketed(request)}${whereSql(whole, columns)} GROUP BY 1`,
  );
  const states = new Map(
    found.map(({ start, reached, rows }) => [Number(start) * 1000, `${reached} ${rows}`]),
  );
  return pieces.map(({ span }) => (span === null ? null : (states.get(span.start) ?? 'empty')));
}

/** What the source says of how far it has come, without its rows; null where it has no watermark to ask for. */
export async function markOfQuery(request: QueryRequest): Promise<string | null> {
  if (request.source.watermark === null) return null;
  return withSession(request.connection, request, session =>
    told(session, request, async () => {
      await session.rows(begin);
      const columns = await describeQuery(session, request);
      return readMark(session, request, columns);
    }),
  );
}

async function told<T>(session: Session, request: QueryRequest, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    request.signal.throwIfAborted();
    throw session.fault(error, `the query of ${request.name}`) ?? queryFault(session, request, error);
  }
}

/** The query in brackets of its own lines, so that neither a comment at its end nor a semicolon leaves them. */
const before = 'SELECT * FROM (\n';
function bracketed({ source }: QueryRequest): string {
  return `(\n${queryText(source)}\n) AS q`;
}

export const queryText = (source: Source): string =>
  String(source.from.args['text'] ?? '').replace(/[\s;]+$/, '');

async function describeQuery(session: Session, request: QueryRequest): Promise<readonly PgColumn[]> {
  // The extended protocol takes one statement only: a second one behind the query is refused.
  const described = await session.client.query({
    text: `SELECT * FROM ${bracketed(request)} LIMIT 0`,
    values: [],
    queryMode: 'extended',
  } as { text: string; values: never[] });
  const types = await typesOf(session, [...new Set(described.fields.map(field => field.dataTypeID))]);
  const columns = described.fields.map(({ name, dataTypeID }) => ({ name, ...types.get(dataTypeID)! }));
  requireReadable(request, columns);
  return columns;
}

function requireReadable(request: QueryRequest, columns: readonly PgColumn[]): void {
  const { name: source, schema, uri } = request;
  const at = request.source.from.at;
  const names = columns.map(({ name }) => name);
  const twice = names.filter(
    (name, i) => names.indexOf(name) !== i && schema.columns.some(c => c.name === name),
  );
  if (twice.length > 0)
    throw fault(connectionMessages.columns, { source, names: [...new Set(twice)] }, { at });
  const wanted = schema.columns.map(({ name, type }) => ({
    name,
    expected: typeText(type),
    optional: type.optional,
  }));
  requireColumns(
    { wanted, schema: request.source.schema, at, of: 'the query' },
    { path: uri, name: uri, bytes: 0 },
    names,
  );
  for (const { name, type, at: declared } of schema.columns) {
    const found = columns.find(column => column.name === name)!;
    if (readable(found, type)) continue;
    const facts = { path: uri, column: name, found: found.type, expected: typeText(type), of: 'the query' };
    throw fault(dataMessages.columnType, facts, { at: declared });
  }
}

async function readMark(
  session: Session,
  request: QueryRequest,
  columns: readonly PgColumn[],
): Promise<string | null> {
  const { watermark } = request.source;
  if (watermark === null) return null;
  const [row] = await session.rows(
    `SELECT max(q.${pgIdentifier(watermark)})::text AS reached, count(*)::text AS rows FROM ${bracketed(request)}${whereSql(request.interval, columns)}`,
  );
  return `${watermark} ${row!['reached'] ?? 'nowhere'}, ${row!['rows']} rows`;
}

function copySql(request: QueryRequest, columns: readonly PgColumn[], bounds: Bounds | null): string {
  const selected = request.schema.columns.map(({ name }) =>
    asText(columns.find(column => column.name === name)!),
  );
  return `COPY (SELECT ${selected.join(', ')} FROM ${bracketed(request)}${whereSql(bounds, columns)}) TO STDOUT WITH (FORMAT csv, NULL '\\N', FORCE_QUOTE *, ENCODING 'UTF8')`;
}

/** The data interval; a row without the time stays, to be found missing. */
function whereSql(interval: Bounds | null, columns: readonly PgColumn[]): string {
  if (interval === null) return '';
  const column = columns.find(({ name }) => name === interval.column)!;
  const x = `q.${pgIdentifier(column.name)}`;
  const side = column.kind === 'date' ? `${x}::timestamp` : x;
  const bound = (instant: string): string =>
    column.kind === 'timestamptz'
      ? `${pgLiteral(instant)}::timestamptz`
      : `(${pgLiteral(instant)}::timestamptz AT TIME ZONE 'UTC')`;
  const { from, to, untimed } = interval;
  const bounds = [
    ...(from === null ? [] : [`${side} >= ${bound(from)}`]),
    ...(to === null ? [] : [`${side} < ${bound(to)}`]),
  ];
  if (bounds.length === 0) return untimed ? ` WHERE ${x} IS NULL` : '';
  const inside = bounds.join(' AND ');
  return ` WHERE ${untimed === false ? inside : `(${x} IS NULL OR (${inside}))`}`;
}

async function copyOut(session: Session, sql: string, file: string, signal: AbortSignal): Promise<void> {
  const { to } = await import('pg-copy-streams');
  await pipeline(session.client.query(to(sql)), createGzip({ level: 1 }), createWriteStream(file), {
    signal,
  });
}

function queryFault(session: Session, request: QueryRequest, error: unknown): unknown {
  const { code, position, hint } = error as { code?: unknown; position?: string; hint?: string };
  // Errors of the driver and the disk are somebody else's to tell.
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || /^E[A-Z]{4}$/.test(code)) return error;
  const personal = request.schema.columns.some(({ tags }) => tags.includes('pii'));
  const said = session.said(error);
  // A conversion that fails names the value.
  const reason = personal && code.startsWith('22') ? said.replace(/"[^"]*"/g, '(personal data)') : said;
  const facts = {
    source: request.name,
    connection: request.connection.name,
    reason,
    line: lineOf(request.source, position),
    advice: hint === undefined ? null : `the database says: ${hint}`,
  };
  return fault(connectionMessages.queryFailed, facts, { at: request.source.from.at, cause: error });
}

/** The line of the query at which the database points. */
function lineOf(source: Source, position: string | undefined): number | null {
  const text = queryText(source);
  const at = Number(position) - 1 - before.length;
  return position !== undefined && at >= 0 && at <= text.length ? text.slice(0, at).split('\n').length : null;
}
