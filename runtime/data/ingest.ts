import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataMessages } from '../../compiler/diagnostics/messages/data.ts';
import type { Plan, Schema, Source } from '../../compiler/plan/plan.ts';
import {
  MlpError,
  type Snapshot,
  type SourceProgram,
  type StepContext,
  type StepRunner,
} from '../engine/contract.ts';
import { castColumn } from './cast.ts';
import { countText, shareText, typeText } from './describe.ts';
import { type Database, engineText, withDatabase } from './duckdb.ts';
import { fault } from './faults.ts';
import { ageFault, newestOf } from './sources/fresh.ts';
import type { DataFile } from './sources/location.ts';
import { boundsOf, type Origin, openOrigin } from './sources/origin.ts';
import { unreadableParquet } from './sources/parquet.ts';
import {
  expectedRows,
  type RawTable,
  type ReadRequest,
  rawName,
  type SourceSettings,
} from './sources/raw.ts';
import { identifier, literal } from './sql.ts';
import {
  broken,
  countViolations,
  personalText,
  type RowCounts,
  type RowRule,
  uniqueRule,
  type Violation,
  violated,
  violationLine,
} from './violations.ts';
import { writeTable } from './write.ts';

/** `report.json` of an ingest step. */
export interface IngestReport {
  readonly version: 'ingest/1';
  readonly source: string;
  readonly schema: string;
  readonly snapshot: Snapshot;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly rows: { readonly read: number; readonly kept: number; readonly violating: number };
  readonly violations: readonly Violation[];
  readonly action: Source['violations'];
  /** How it was read: files left out, partitions kept. */
  readonly notes?: readonly string[];
  /** Columns of the files that the schema does not name. */
  readonly ignored: readonly string[];
  readonly interval: {
    readonly column: string;
    readonly from: string | null;
    readonly to: string | null;
  } | null;
}

interface Request {
  readonly name: string;
  readonly source: Source;
  readonly schema: Schema;
  readonly program: SourceProgram;
  readonly uri: string;
  readonly files: readonly DataFile[];
  readonly origin: Origin;
}

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
  const request = await prepare(context, name, scratch);
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

async function prepare(context: StepContext, name: string, scratch: string): Promise<Request> {
  const { plan, program, step, params, root, signal, cache } = context;
  const source = plan.sources[name]!;
  const schema = schemaOf(plan, source);
  const written = program.sources[name];
  if (written === undefined) throw new Error(`the program has no checks for source ${name}`);
  const progress = (message: string): void => context.progress({ message });
  const origin = await openOrigin({ plan, step, params, root, signal, cache, scratch, progress });
  return { name, source, schema, program: written, uri: origin.uri, files: origin.files, origin };
}

function schemaOf(plan: Plan, source: Source): Schema {
  const schema = plan.schemas[source.schema];
  if (schema === undefined) throw new Error(`the plan has no schema ${source.schema}`);
  return schema;
}

function readRequest(database: Database, request: Request): ReadRequest {
  const { schema, source, files } = request;
  return {
    database,
    files,
    schema: source.schema,
    settings: settingsOf(source),
    at: source.from.at,
    wanted: schema.columns.map(({ name, type }) => ({
      name,
      expected: typeText(type),
      optional: type.optional,
    })),
  };
}

function settingsOf(source: Source): SourceSettings {
  const { args } = source.from;
  const missing = args['missing'] ?? [];
  const delimiter = args['delimiter'] ?? args['separator'];
  const tabbed = typeof args['path'] === 'string' && /\.tsv(\.gz)?$/.test(args['path']);
  return {
    missing: (Array.isArray(missing) ? missing : [missing]).map(String),
    header: args['header'] !== false,
    // A default cannot be told from what is written, so a comma leaves it to the name.
    separator:
      typeof delimiter === 'string' && delimiter !== '' && delimiter !== ','
        ? delimiter
        : tabbed
          ? '\t'
          : ',',
  };
}

/** The run's data interval on a column. */
export interface Interval {
  readonly column: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly filter: string;
}

/** The run's data interval [from, to) on the event time; a row without one stays, to be found missing. */
export function intervalOf(context: StepContext, schema: Schema): Interval | null {
  const bounds = boundsOf(schema, context.params);
  if (bounds === null) return null;
  const { column, from, to } = bounds;
  const name = identifier(column);
  const bound = (instant: string): string => `(${literal(instant)}::TIMESTAMPTZ AT TIME ZONE 'UTC')`;
  const both = [
    ...(from === null ? [] : [`${name}::TIMESTAMP >= ${bound(from)}`]),
    ...(to === null ? [] : [`${name}::TIMESTAMP < ${bound(to)}`]),
  ];
  return { column, from, to, filter: `(${name} IS NULL OR (${both.join(' AND ')}))` };
}

/** Makes the view `raw`: place, raw and cast columns of every row of the interval. Returns what each row must satisfy. */
export async function defineRaw(
  database: Database,
  request: Pick<Request, 'schema' | 'program' | 'files'>,
  table: RawTable,
  interval: Interval | null,
): Promise<readonly RowRule[]> {
  const { schema, program, files } = request;
  const rules: RowRule[] = [];
  const values: string[] = [];
  for (const column of schema.columns) {
    const written = program.columns.find(({ name }) => name === column.name);
    if (written === undefined) throw new Error(`the program does not say how column ${column.name} is read`);
    const found = table.columns.find(({ name }) => name === column.name)?.type ?? 'TEXT';
    const cast = castColumn(rawName(column.name), found, written.sqlType);
    if (cast === null) {
      const facts = {
        path: files[0]!.name,
        column: column.name,
        found,
        expected: typeText(column.type),
      };
      throw fault(dataMessages.columnType, facts, { at: column.at });
    }
    values.push(`${cast.value} AS ${identifier(column.name)}`);
    const shared = { column: column.name, type: column.type, personal: column.tags.includes('pii') };
    if (cast.holds !== null) rules.push({ ...shared, rule: 'type', holds: cast.holds });
    for (const { rule, sql } of written.checks) {
      const holds = cast.holds === null ? sql : `NOT ${cast.holds} OR (${sql})`;
      rules.push({ ...shared, rule, holds });
    }
  }
  const where = interval === null ? '' : ` WHERE ${interval.filter}`;
  // The raw columns are named apart from the cast ones, so a check can mean only a cast one.
  await database.execute(
    `CREATE TEMP VIEW raw AS SELECT * FROM (SELECT *, ${values.join(', ')} FROM ${table.relation})${where}`,
  );
  const unique = await uniqueRule(database, schema);
  return unique === null ? rules : [...rules, unique];
}

async function noRows(database: Database, request: Request, interval: Interval | null): Promise<Error> {
  const path = request.uri;
  const where = { at: request.source.from.at };
  const expected = expectedRows(readRequest(database, request));
  const asked = request.origin.format === 'query' ? { of: 'the query' } : {};
  if (interval === null) return fault(dataMessages.emptyFile, { path, expected, ...asked }, where);
  const { column, from, to } = interval;
  const facts = { path, column, from: from ?? '…', to: to ?? '…' };
  if (request.origin.format === 'query')
    return fault(dataMessages.noRowsInInterval, { ...facts, range: null }, where);
  const bare = await database.rows('SELECT count(*) AS n FROM raw_rows');
  if (bare[0]!['n'] === 0) return fault(dataMessages.emptyFile, { path, expected }, where);
  const raw = identifier(rawName(column));
  const [range] = await database.rows(
    `SELECT min(${raw})::VARCHAR AS low, max(${raw})::VARCHAR AS high FROM raw_rows`,
  );
  const reach = `from ${range!['low'] ?? 'nowhere'} to ${range!['high'] ?? 'nowhere'}`;
  return fault(dataMessages.noRowsInInterval, { ...facts, range: reach }, where);
}

/** How far a source has come by its watermark; nothing of it where that is personal. */
async function reachedText(database: Database, { source, schema }: Request): Promise<readonly string[]> {
  const column = schema.columns.find(({ name }) => name === source.watermark);
  if (column === undefined || column.tags.includes('pii')) return [];
  const [row] = await database.rows(`SELECT max(${identifier(column.name)})::VARCHAR AS reached FROM raw`);
  return row!['reached'] === null ? [] : [`${column.name} has come to ${row!['reached']}`];
}

function reportOf(
  request: Request,
  taken: Snapshot,
  counts: RowCounts,
  table: RawTable,
  interval: Interval | null,
  reached: readonly string[],
): IngestReport {
  const { name, source, schema, files } = request;
  return {
    version: 'ingest/1',
    source: name,
    schema: source.schema,
    snapshot: taken,
    notes: [...request.origin.notes, ...reached],
    files: files.map(file => ({ name: file.name, bytes: file.bytes })),
    rows: { read: counts.read, kept: counts.read - counts.violating, violating: counts.violating },
    violations: counts.violations,
    action: source.violations,
    ignored: table.columns
      .map(column => column.name)
      .filter(found => !schema.columns.some(({ name }) => name === found)),
    interval: interval === null ? null : { column: interval.column, from: interval.from, to: interval.to },
  };
}

function violationLines(request: Request, counts: RowCounts): string[] {
  return counts.violations.map(violation => violationLine(request.uri, violation, counts.read));
}

/** Why the source is not acceptable, if it is not. */
function refusal(request: Request, counts: RowCounts): ReturnType<typeof fault> | null {
  if (counts.violating === 0) return null;
  const { action, upTo } = request.source.violations;
  const lines = violationLines(request, counts);
  const worst = [...counts.violations].sort((a, b) => b.rows - a.rows)[0]!;
  const at = request.schema.columns.find(({ name }) => name === worst.column)?.at ?? request.source.at;
  if (action === 'fail') return fault(dataMessages.violations, { lines, rows: counts.violating }, { at });
  const share = counts.violating / counts.read;
  if (upTo !== null && share > upTo) {
    const facts = { share: shareText(share), limit: shareText(upTo), action, lines };
    return fault(dataMessages.tooManyViolations, facts, { at: request.source.at });
  }
  if (counts.violating < counts.read) return null;
  return fault(
    dataMessages.tooManyViolations,
    { share: '100%', limit: 'share', action, lines },
    { at: request.source.at },
  );
}

async function writeOutputs(
  database: Database,
  request: Request,
  rules: readonly RowRule[],
  counts: RowCounts,
  folders: { readonly rows: string; readonly quarantine: string },
): Promise<void> {
  const { schema, source } = request;
  const columns = schema.columns.map(({ name }) => identifier(name)).join(', ');
  const found = rules.filter(rule =>
    counts.violations.some(v => v.column === rule.column && v.rule === rule.rule),
  );
  const bad = violated(found);
  await writeTable(
    database,
    `SELECT ${columns} FROM raw${found.length === 0 ? '' : ` WHERE NOT (${bad})`}`,
    folders.rows,
  );
  const originals = schema.columns.map(
    ({ name, tags }) => `${quarantinedValue(name, tags.includes('pii'))} AS ${identifier(name)}`,
  );
  const first = (what: (rule: RowRule) => string): string =>
    found.length === 0
      ? 'NULL::VARCHAR'
      : `CASE ${found.map(rule => `WHEN ${broken(rule)} THEN ${what(rule)}`).join(' ')} END`;
  const places = [
    ...(request.files.length > 1 ? ['__file'] : []),
    '__row',
    `${first(rule => literal(rule.rule))} AS __rule`,
    `${first(rule => literal(rule.column))} AS __column`,
    `${first(rule => quarantinedValue(rule.column, rule.personal, '::VARCHAR'))} AS __value`,
  ];
  const kept = source.violations.action === 'quarantine' ? bad : 'false';
  const quarantined = `SELECT ${[...originals, ...places].join(', ')} FROM raw WHERE ${kept}`;
  await writeTable(database, quarantined, folders.quarantine);
}

/** A value as the file has it; of personal data only whether there was one. Who may see it finds it by file and row. */
function quarantinedValue(column: string, personal: boolean, cast = ''): string {
  const raw = identifier(rawName(column));
  return personal ? `CASE WHEN ${raw} IS NOT NULL THEN ${literal(personalText)} END` : `${raw}${cast}`;
}

function notesOf(request: Request, report: IngestReport, lines: readonly string[]): string[] {
  const { action } = request.source.violations;
  const { violating, read, kept } = report.rows;
  const done = action === 'drop' ? 'dropped' : 'quarantined';
  return [
    violating === 0
      ? `${countText(kept)} rows of ${report.schema}, all as the schema says`
      : `${countText(kept)} of ${countText(read)} rows kept, ${countText(violating)} ${done}`,
    ...lines,
    ...(report.ignored.length === 0
      ? []
      : [`columns not in ${report.schema}, ignored: ${report.ignored.join(', ')}`]),
  ];
}
