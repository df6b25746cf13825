import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataMessages } from '../../compiler/diagnostics/messages/data.ts';
import { MlpError, type StepContext, type StepRunner } from '../engine/contract.ts';
import { type Database, engineText, withDatabase } from './duckdb.ts';
import { intervalOf } from './ingest/interval.ts';
import { writeOutputs } from './ingest/outputs.ts';
import { defineRaw } from './ingest/raw-view.ts';
import { noRows, notesOf, reachedText, refusal, reportOf, violationLines } from './ingest/report.ts';
import { type Request, readRequest, requestOf } from './ingest/request.ts';
import { ageFault, newestOf } from './sources/fresh.ts';
import { unreadableParquet } from './sources/parquet.ts';
import type { RawTable } from './sources/raw.ts';
import { countViolations } from './violations.ts';

/**
 * Reads a source, casts its columns, checks every row against the schema, lets violating rows aside as the source
 * says, and writes `rows`, `quarantine` and `report`. Nothing is written before the whole source is known to be acceptable.
 */
export const ingest: StepRunner = async context => {
  const name = context.step.of;
  const folders = {
    rows: context.output('rows'),
    quarantine: context.output('quarantine'),
    report: context.output('report'),
  };
  const scratch = join(folders.rows, '.scratch');
  const request = await requestOf(context, name, scratch);
  const { uri, files } = request;
  context.progress({ message: `reading ${files.length === 1 ? uri : `${files.length} files`}` });
  return withDatabase(
    {
      threads: context.params.threads,
      memory: context.params.memory,
      scratch,
      files: files.map(file => file.path),
      folders: [folders.rows, folders.quarantine],
      signal: context.signal,
    },
    database => ingestInto(context, database, request, folders),
  );
};

interface Folders {
  readonly rows: string;
  readonly quarantine: string;
  readonly report: string;
}

async function ingestInto(
  context: StepContext,
  database: Database,
  request: Request,
  folders: Folders,
): ReturnType<StepRunner> {
  const { name, origin, files } = request;
  const whole = await origin.read(readRequest(database, request));
  const table = await sampled(database, whole, sampleOf(context, name));
  const taken = await origin.taken(database);
  const damaged = (error: unknown): unknown =>
    origin.format === 'parquet' ? damagedParquet(request, error) : error;
  const interval = intervalOf(context, request.schema);
  const rules = await defineRaw(database, request, table, interval);
  const counts = await countViolations(
    database,
    rules,
    files.map(file => file.name),
  ).catch(error => {
    throw damaged(error);
  });
  if (counts.read === 0) throw await noRows(database, request, interval);
  const newest = await newestOf(database, request.source, request.schema);
  const reached = await reachedText(database, request);
  const report = reportOf(request, taken, counts, table, interval, reached);
  await writeFile(join(folders.report, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  const metrics = {
    rows: report.rows.kept,
    read: counts.read,
    violations: counts.violating,
    ...(newest === null ? {} : { newest }),
  };
  const error = refusal(request, counts) ?? ageFault(context.plan, name, newest, context.params);
  const lines = violationLines(request, counts);
  const snapshots = { [name]: taken };
  if (error !== null) {
    const { code, message, hint, at } = error;
    const told = {
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(at === undefined ? {} : { at }),
    };
    return { status: 'failed', metrics: { ...metrics, rows: 0 }, notes: lines, snapshots, error: told };
  }
  await writeOutputs(database, request, rules, counts, folders).catch(cause => {
    throw damaged(cause);
  });
  const notes = [...notesOf(request, report, lines), ...origin.notes];
  return { status: 'succeeded', metrics, notes, snapshots };
}

/** How many rows a test wants of this source; null: all, as of those that rows are looked up in. */
function sampleOf({ plan, params }: StepContext, name: string): number | null {
  const own = Object.values(plan.views).some(view => view.source === name);
  return own && params.sample !== undefined ? params.sample : null;
}

/** So many rows, evenly spread over each file. */
async function sampled(database: Database, table: RawTable, sample: number | null): Promise<RawTable> {
  if (sample === null) return table;
  const [row] = await database.rows(`SELECT count(*) AS n FROM ${table.relation}`);
  const total = Number(row!['n']);
  if (total <= sample) return table;
  await database.execute(
    `CREATE TEMP VIEW sampled_rows AS SELECT * FROM ${table.relation} WHERE (__row * ${sample}) % ${total} < ${sample}`,
  );
  return { ...table, relation: 'sampled_rows' };
}

/** Parquet is read where it lies, so damage inside of it shows only as a scan fails: every cast here is a TRY_CAST. */
function damagedParquet(request: Request, error: unknown): unknown {
  if (!(error instanceof MlpError) || error.code !== dataMessages.engine.definition.code) return error;
  const said = engineText(error);
  const file = request.files.find(({ path }) => said.includes(path)) ?? {
    ...request.files[0]!,
    name: request.uri,
  };
  return unreadableParquet(file, error, { at: request.source.from.at });
}
