import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { scoringMessages } from '../../../compiler/diagnostics/messages/scoring.ts';
import type { Plan, Type } from '../../../compiler/plan/plan.ts';
import { hashFile } from '../../store/folders.ts';
import { type Database, engineText, withDatabase } from '../duckdb.ts';
import { fault } from '../faults.ts';
import { locate } from '../sources/location.ts';
import { identifier, literal } from '../sql.ts';
import type { Delivered, Delivery } from './write.ts';

/**
 * Writes one file under another name beside its place and renames it; readers see the old file or the new one. The
 * same rows give the same bytes, and a file that has them is left as it is. Throws MLP8064, MLP8065.
 */
export async function writeFileSink(delivery: Delivery): Promise<Delivered> {
  const { context, sink } = delivery;
  const given = String(sink.to.args['path']);
  const path = isAbsolute(given) ? given : resolve(context.root, given);
  await requireNoSource(delivery, path, given);
  const partial = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
  const scratch = await mkdtemp(join(tmpdir(), 'mlp-sink-'));
  try {
    await mkdir(dirname(path), { recursive: true });
    await requireFile(path, given, sink.to.at);
    const count = await exportFile(delivery, partial, join(scratch, 'duckdb'));
    const same =
      (await stat(path).catch(() => undefined)) !== undefined &&
      (await hashFile(path)) === (await hashFile(partial));
    if (!same) await rename(partial, path);
    return { rows: count, written: same ? 0 : count, place: given };
  } catch (error) {
    throw unwritable(error, given, sink.to.at);
  } finally {
    await rm(partial, { force: true }).catch(() => {});
    await rm(scratch, { recursive: true, force: true });
  }
}

async function requireFile(path: string, given: string, at: number): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there !== undefined && !there.isFile())
    throw fault(
      scoringMessages.sinkUnwritable,
      { path: given, reason: 'there is a folder of that name' },
      { at },
    );
}

/** Writes the rows into a file as the sink says; their number. */
export function exportFile(delivery: Delivery, file: string, scratch: string): Promise<number> {
  const { params, signal } = delivery.context;
  const { threads, memory } = params;
  return withDatabase(
    { threads, memory, scratch, files: [file, delivery.rows], folders: [], signal },
    database => copy(database, delivery, file),
  );
}

async function copy(database: Database, { sink, rows, context }: Delivery, partial: string): Promise<number> {
  const scan = `read_parquet(${literal(rows)})`;
  const target = literal(partial);
  if (sink.to.name === 'parquet_file')
    return database.execute(`COPY (SELECT * FROM ${scan}) TO ${target} (FORMAT parquet, COMPRESSION zstd)`);
  const columns = textColumns(context.plan, sink.schema);
  if (sink.to.name === 'json_file')
    return database.execute(`COPY (SELECT ${columns} FROM ${scan}) TO ${target} (FORMAT json)`);
  const delimiter = String(sink.to.args['delimiter'] ?? ',');
  return database.execute(
    `COPY (SELECT ${columns} FROM ${scan}) TO ${target} (FORMAT csv, HEADER, DELIMITER ${literal(delimiter)})`,
  );
}

/** Times as text are those of ISO 8601, as the language writes them; all else is as the engine writes it. */
function textColumns(plan: Plan, schema: string): string {
  return plan.schemas[schema]!.columns.map(
    ({ name, type }) => `${textOf(identifier(name), type)} AS ${identifier(name)}`,
  ).join(', ');
}

function textOf(x: string, { kind }: Type): string {
  if (kind !== 'datetime' && kind !== 'timestamp') return x;
  const wall = kind === 'timestamp' ? `${x} AT TIME ZONE 'UTC'` : x;
  const whole = `strftime(${wall}, '%Y-%m-%dT%H:%M:%S')`;
  const zone = kind === 'timestamp' ? " || 'Z'" : '';
  return `CASE WHEN microsecond(${wall}) % 1000000 = 0 THEN ${whole} ELSE strftime(${wall}, '%Y-%m-%dT%H:%M:%S.%f') END${zone}`;
}

/** A file that the spec reads is not written over. */
async function requireNoSource(
  { context, name, sink }: Delivery,
  path: string,
  given: string,
): Promise<void> {
  for (const [source, { from }] of Object.entries(context.plan.sources)) {
    const read = from.args['path'];
    if (typeof read !== 'string' || /^[a-z][a-z0-9+.-]*:/i.test(read)) continue;
    const files = await locate(read, context.root).catch(() => []);
    if (files.some(file => resolve(file.path) === path))
      throw fault(scoringMessages.sinkIsSource, { sink: name, path: given, source }, { at: sink.to.at });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EISDIR: 'there is a folder of that name',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a part of the path is a file',
};

function unwritable(error: unknown, path: string, at: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && reasons[code] !== undefined)
    return fault(scoringMessages.sinkUnwritable, { path, reason: reasons[code] }, { at, cause: error });
  const said = engineText(error);
  const system = /Cannot open file "[^"]*": (.+)$/m.exec(said)?.[1];
  if (system === undefined) return error;
  return fault(scoringMessages.sinkUnwritable, { path, reason: system.toLowerCase() }, { at, cause: error });
}
