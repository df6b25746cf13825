import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { connectionMessages } from '../../../compiler/diagnostics/messages/connections.ts';
import type { Schema, Type } from '../../../compiler/plan/plan.ts';
import { hashFile } from '../../store/folders.ts';
import { typeText } from '../describe.ts';
import { withDatabase } from '../duckdb.ts';
import { fault } from '../faults.ts';
import { pgIdentifier, type Session, withSession } from '../postgres/session.ts';
import { type PgColumn, takes, typesOf } from '../postgres/types.ts';
import { connectionNamed } from '../sources/origin.ts';
import { identifier, literal } from '../sql.ts';
import type { Delivered, Delivery } from './write.ts';

/** Each write notes here what it wrote, in the schema of the table. */
const ledger = 'mlp_writes';

/**
 * Adds rows to a table, all of them and a note of them in one transaction: rows that are noted already are not added again,
 * whichever run gives them. Throws MLP8101 to MLP8107, MLP8130 to MLP8133.
 */
export async function writeTableSink(delivery: Delivery): Promise<Delivered> {
  const { context, sink } = delivery;
  const connection = connectionNamed(context.plan, sink.to);
  if (connection === null) throw new Error(`the sink ${delivery.name} has no connection`);
  const scratch = await mkdtemp(join(tmpdir(), 'mlp-sink-'));
  try {
    const file = join(scratch, 'rows.csv');
    const rows = await exportRows(delivery, file, join(scratch, 'duckdb'));
    const { timeout } = context.step;
    const options = { timeout, signal: context.signal };
    const place = `${connection.name}: ${tableName(delivery)}`;
    return await withSession(connection, options, async session => {
      try {
        await session.rows('BEGIN');
        const written = await insertOnce(session, delivery, file, rows);
        await session.rows('COMMIT');
        return { rows, written: written ? rows : 0, place };
      } catch (error) {
        throw tableFault(session, delivery, error);
      }
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const tableName = ({ sink }: Delivery): string => String(sink.to.args['name']);

/** `ml.scores`, each part quoted; without a schema it is the first one that the user's search path has. */
function quotedTable(name: string): string {
  return name.split('.').map(pgIdentifier).join('.');
}

async function insertOnce(
  session: Session,
  delivery: Delivery,
  file: string,
  rows: number,
): Promise<boolean> {
  const table = quotedTable(tableName(delivery));
  const schema = await requireTable(session, delivery, table);
  await requireLedger(session, delivery, schema);
  const key = createHash('sha256')
    .update(`${delivery.name}\0${tableName(delivery)}\0${await hashFile(delivery.rows)}`)
    .digest('hex');
  const noted = await session.client.query({
    text: `INSERT INTO ${pgIdentifier(schema)}.${ledger} (key, sink, rows) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING`,
    values: [key, delivery.name, rows],
  });
  if (noted.rowCount === 0) return false;
  const columns = schemaOf(delivery).columns.map(({ name }) => pgIdentifier(name));
  const { from } = await import('pg-copy-streams');
  const copy = session.client.query(
    from(`COPY ${table} (${columns.join(', ')}) FROM STDIN WITH (FORMAT csv, NULL '\\N', ENCODING 'UTF8')`),
  );
  await pipeline(createReadStream(file), copy, { signal: delivery.context.signal });
  return true;
}

const schemaOf = ({ context, sink }: Delivery): Schema => context.plan.schemas[sink.schema]!;

/** Holds the table to the schema of the sink; the schema of the database that it lies in. */
async function requireTable(session: Session, delivery: Delivery, table: string): Promise<string> {
  const { name: sink } = delivery;
  const { at } = delivery.sink.to;
  const [found] = await session.rows(
    'SELECT n.nspname AS schema, c.oid::text AS id FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)',
    [table],
  );
  if (found === undefined) {
    const facts = { sink, table: tableName(delivery), create: createText(table, schemaOf(delivery)) };
    throw fault(connectionMessages.noTable, facts, { at });
  }
  const attributes = await session.rows(
    `SELECT attname AS name, atttypid::int8 AS type, attnotnull AND NOT atthasdef AND attidentity = '' AS needed, attgenerated <> '' OR attidentity = 'a' AS made
     FROM pg_attribute WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped`,
    [found['id']],
  );
  const types = await typesOf(session, [...new Set(attributes.map(row => Number(row['type'])))]);
  const columns = attributes.map(row => ({
    name: String(row['name']),
    needed: row['needed'] === true,
    made: row['made'] === true,
    ...types.get(Number(row['type']))!,
  }));
  const lines = differences(schemaOf(delivery), columns);
  if (lines.length > 0)
    throw fault(connectionMessages.tableDiffers, { sink, table: tableName(delivery), lines }, { at });
  return String(found['schema']);
}

interface TableColumn extends PgColumn {
  /** It has neither a default nor null. */
  readonly needed: boolean;
  /** The database alone fills it. */
  readonly made: boolean;
}

function differences(schema: Schema, columns: readonly TableColumn[]): string[] {
  const lines = schema.columns.flatMap(({ name, type }) => {
    const column = columns.find(one => one.name === name);
    if (column === undefined) return [`it has no column ${name}`];
    if (column.made) return [`${name} is filled by the database itself`];
    if (!takes(column, type)) return [`${name} is ${column.type}, which does not take ${typeText(type)}`];
    return type.optional && column.needed
      ? [`${name} may not be null, and the sink has ${typeText(type)}`]
      : [];
  });
  const own = columns.filter(
    ({ name, needed }) => needed && !schema.columns.some(column => column.name === name),
  );
  return [...lines, ...own.map(({ name }) => `${name} is needed, and the sink has no such column`)];
}

/** The statement that makes a table as a sink wants it. */
export function createText(table: string, schema: Schema): string {
  const columns = schema.columns.map(({ name, type }) => {
    return `${pgIdentifier(name)} ${pgType(type)}${type.optional ? '' : ' not null'}`;
  });
  return `create table ${table} (${columns.join(', ')})`;
}

function pgType({ kind }: Type): string {
  const types: Partial<Record<Type['kind'], string>> = {
    int: 'bigint',
    duration: 'bigint',
    size: 'bigint',
    float: 'double precision',
    rate: 'double precision',
    bool: 'boolean',
    date: 'date',
    datetime: 'timestamp',
    timestamp: 'timestamptz',
    blob: 'bytea',
    list: 'jsonb',
    vector: 'jsonb',
  };
  return types[kind] ?? 'text';
}

async function requireLedger(session: Session, delivery: Delivery, schema: string): Promise<void> {
  const name = `${pgIdentifier(schema)}.${ledger}`;
  // Two first writes at once would both make the table.
  await session.rows("SELECT pg_advisory_xact_lock(hashtext('mlp_writes'))");
  const [found] = await session.rows('SELECT to_regclass($1) IS NOT NULL AS there', [name]);
  if (found?.['there'] === true) return;
  const create = `create table ${name} (key text primary key, sink text not null, rows bigint not null, written timestamptz not null default now())`;
  try {
    await session.rows(create);
  } catch (error) {
    if ((error as { code?: unknown }).code !== '42501') throw error;
    const user = session.client.user ?? 'the user';
    const facts = {
      sink: delivery.name,
      schema,
      create: `${create}; grant select, insert on ${name} to ${pgIdentifier(user)}`,
    };
    throw fault(connectionMessages.noLedger, facts, { at: delivery.sink.to.at, cause: error });
  }
}

/** The rows as text that COPY takes; their number. */
async function exportRows(delivery: Delivery, file: string, scratch: string): Promise<number> {
  const { context, rows } = delivery;
  const { threads, memory } = context.params;
  const columns = schemaOf(delivery).columns.map(({ name, type }) => {
    const x = identifier(name);
    if (type.kind === 'blob') return `'\\x' || lower(hex(${x})) AS ${x}`;
    return type.kind === 'list' || type.kind === 'vector' ? `to_json(${x})::VARCHAR AS ${x}` : x;
  });
  return withDatabase(
    { threads, memory, scratch, files: [file, rows], folders: [], signal: context.signal },
    database =>
      database.execute(
        `COPY (SELECT ${columns.join(', ')} FROM read_parquet(${literal(rows)})) TO ${literal(file)} (FORMAT csv, HEADER false, NULLSTR '\\N')`,
      ),
  );
}

function tableFault(session: Session, delivery: Delivery, error: unknown): unknown {
  const code = String((error as { code?: unknown }).code ?? '');
  const table = tableName(delivery);
  const facts = { sink: delivery.name, table, reason: session.said(error) };
  const { at } = delivery.sink.to;
  // What is not allowed concerns the table here, not the connection.
  if (code === '42501') return fault(connectionMessages.tableRefused, facts, { at, cause: error });
  const known = session.fault(error, `the rows for ${table}`);
  if (known !== undefined) return known;
  return /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code)
    ? fault(connectionMessages.tableRefused, facts, { at, cause: error })
    : error;
}
