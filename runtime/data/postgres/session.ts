import type { Client } from 'pg';
import { connectionMessages } from '../../../compiler/diagnostics/messages/connections.ts';
import { MlpError } from '../../engine/contract.ts';
import { fault } from '../faults.ts';
import { type Connection, secretName, secretOf, withoutSecrets } from '../secrets.ts';
import { checkNumber, distrust, strictAddress, unreadableFile } from './tls.ts';

export interface SessionOptions {
  /** Milliseconds that a statement may take; null: no limit. */
  readonly timeout: number | null;
  readonly signal: AbortSignal;
}

/** A session of a PostgreSQL database. Every error it gives is an `MlpError`, without secrets. */
export interface Session {
  readonly connection: Connection;
  readonly client: Client;
  /** Runs one statement. */
  rows(sql: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** An error of the driver as one of ours, where it is not about the statement itself; `what` was asked for. */
  fault(error: unknown, what: string): MlpError | undefined;
  /** What the server says, without secrets. */
  said(error: unknown): string;
}

/** How long a server may take to answer at all. A statement ends a little before its step would be killed, so that it can say so. */
const connectMs = 10_000;

/**
 * Opens a session for `body` and closes it whatever happens; an abort ends the statement on the server too. Throws
 * MLP8101 to MLP8107.
 */
export async function withSession<T>(
  connection: Connection,
  options: SessionOptions,
  body: (session: Session) => Promise<T>,
): Promise<T> {
  options.signal.throwIfAborted();
  const session = await open(connection, options);
  const { client } = session;
  const stop = (): void => void cancel(client);
  options.signal.addEventListener('abort', stop);
  try {
    return await body(session);
  } catch (error) {
    options.signal.throwIfAborted();
    throw session.fault(error, 'the statement') ?? error;
  } finally {
    options.signal.removeEventListener('abort', stop);
    await client.end().catch(() => {});
  }
}

async function open(connection: Connection, { timeout }: SessionOptions): Promise<Session> {
  const url = (await secretOf(connection, 'url')) ?? '';
  const { default: pg } = await import('pg');
  const { at } = connection.construct;
  const secret = secretName(connection.construct.args['url']) ?? '';
  const bad = (cause?: unknown): MlpError =>
    fault(connectionMessages.badUrl, { secret, connection: connection.name }, { at, cause });
  // A password with a slash that is not written as %2F would make a host of its beginning, and be shown.
  if (!/^postgres(ql)?:\/\/[^/]*(\/[^/@]*)?$/.test(url.replace(/\?.*$/s, ''))) throw bad();
  const unreadable = unreadableFile(url);
  if (unreadable !== undefined) {
    const reason = `the file that its \`${unreadable}\` names cannot be read`;
    throw fault(connectionMessages.untrusted, { connection: connection.name, reason, secret }, { at });
  }
  let client: Client;
  try {
    client = new pg.Client({
      connectionString: strictAddress(url),
      application_name: 'mlp',
      connectionTimeoutMillis: connectMs,
      keepAlive: true,
      ...(timeout === null ? {} : { statement_timeout: Math.max(100, Math.round(timeout * 0.9)) }),
    });
  } catch {
    // What the driver says of an address may quote it.
    throw bad();
  }
  checkNumber(client);
  // A session that breaks between two statements tells it here; the next statement fails.
  client.on('error', () => {});
  const session = sessionOf(connection, client, url, timeout);
  try {
    await client.connect();
    // From release 14 on; without it a server notices only when it has something to send.
    await client.query('SET client_connection_check_interval = 1000').catch(() => {});
    await client.query("SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET extra_float_digits = 1");
  } catch (error) {
    await client.end().catch(() => {});
    const distrusted = distrust(error);
    if (distrusted !== undefined) {
      const facts = { connection: connection.name, reason: distrusted, secret };
      throw fault(connectionMessages.untrusted, facts, { at, cause: error });
    }
    const facts = {
      connection: connection.name,
      reason: session.said(error),
      setting: `the secret ${secret}`,
    };
    throw (
      session.fault(error, 'the connection') ??
      fault(connectionMessages.unreachable, facts, { at, cause: error })
    );
  }
  return session;
}

function sessionOf(connection: Connection, client: Client, url: string, timeout: number | null): Session {
  const password = client.password ?? undefined;
  const hidden = [url, password, password && encodeURIComponent(password)];
  const said = (error: unknown): string =>
    withoutSecrets(systemWords(error) ?? (error instanceof Error ? error.message : String(error)), hidden);
  return {
    connection,
    client,
    said,
    rows: async (sql, values) => (await client.query({ text: sql, values: [...(values ?? [])] })).rows,
    fault: (error, what) => translate(error, { connection, what, timeout, reason: said(error) }),
  };
}

interface Translation {
  readonly connection: Connection;
  readonly what: string;
  readonly timeout: number | null;
  readonly reason: string;
}

/** What is wrong with the connection, if that is what is wrong. */
function translate(error: unknown, { connection, what, timeout, reason }: Translation): MlpError | undefined {
  if (error instanceof MlpError) return error;
  const { at, args } = connection.construct;
  const code = String((error as { code?: unknown }).code ?? '');
  const setting = `the secret ${secretName(args['url']) ?? ''}`;
  const facts = { connection: connection.name, reason, setting };
  if (code === '28000' && /no encryption/.test(reason)) {
    const missing = {
      connection: connection.name,
      reason: 'the server takes TLS alone',
      secret: secretName(args['url']) ?? '',
    };
    return fault(connectionMessages.untrusted, missing, { at });
  }
  if (/^(28|3D000|42501)/.test(code)) return fault(connectionMessages.denied, facts, { at });
  if (code === '57014' && timeout !== null && /statement timeout/.test(reason))
    return fault(
      connectionMessages.timedOut,
      { connection: connection.name, what, seconds: timeout / 1000 },
      { at },
    );
  if (
    /^(08|57P|53)/.test(code) ||
    /^(ECONNRESET|EPIPE)$/.test(code) ||
    /Connection terminated|not queryable|Client was closed/i.test(reason)
  )
    return fault(connectionMessages.connectionLost, { connection: connection.name, reason }, { at });
  if (code in words || /timeout expired/.test(reason))
    return fault(connectionMessages.unreachable, facts, { at });
  return undefined;
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at the address',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  EHOSTUNREACH: 'no way leads to the host',
  ENETUNREACH: 'no way leads to the network',
  ETIMEDOUT: 'no answer',
  ENOENT: 'there is no such socket',
};

/** The system's own messages name host and port, which are part of the secret. */
function systemWords(error: unknown): string | undefined {
  const { code, message } = error as { code?: string; message?: string };
  if (code !== undefined && words[code] !== undefined) return words[code];
  return /timeout expired|connect.*timeout/i.test(message ?? '')
    ? `no answer in ${connectMs / 1000} s (timeout expired)`
    : undefined;
}

/** Ends what the session's server process does, over a session of its own: closing the socket alone would not. */
async function cancel(client: Client): Promise<void> {
  const { processID } = client as Client & { readonly processID?: number };
  const { default: pg } = await import('pg');
  const { host, port, user, password, database, ssl } = client as Client & { ssl?: boolean };
  const other = new pg.Client({
    host,
    port,
    user,
    password: password ?? '',
    database: database ?? '',
    ssl: ssl ?? false,
    connectionTimeoutMillis: 1_000,
  });
  other.on('error', () => {});
  try {
    await other.connect();
    if (processID !== undefined) await other.query('SELECT pg_cancel_backend($1)', [processID]);
  } catch {
    // The server finds out by itself within a second that nobody listens.
  } finally {
    await other.end().catch(() => {});
  }
}

/** A name and a text in PostgreSQL's SQL. */
export const pgIdentifier = (name: string): string => `"${name.replaceAll('\0', '').replaceAll('"', '""')}"`;
export const pgLiteral = (text: string): string => {
  const clean = text.replaceAll('\0', '').replaceAll("'", "''");
  return clean.includes('\\') ? ` E'${clean.replaceAll('\\', '\\\\')}'` : `'${clean}'`;
};
