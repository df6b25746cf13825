import { dataMessages } from '../../../compiler/diagnostics/messages/data.ts';
import type { Source } from '../../../compiler/plan/plan.ts';
import type { Snapshot } from '../../engine/contract.ts';
import { countText, shareText } from '../describe.ts';
import type { Database } from '../duckdb.ts';
import { fault } from '../faults.ts';
import { expectedRows, type RawTable, rawName } from '../sources/raw.ts';
import { identifier } from '../sql.ts';
import { type RowCounts, type Violation, violationLine } from '../violations.ts';
import type { Interval } from './interval.ts';
import { type Request, readRequest } from './request.ts';

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

/** Why there is nothing to read. */
export async function noRows(
  database: Database,
  request: Request,
  interval: Interval | null,
): Promise<Error> {
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
export async function reachedText(
  database: Database,
  { source, schema }: Request,
): Promise<readonly string[]> {
  const column = schema.columns.find(({ name }) => name === source.watermark);
  if (column === undefined || column.tags.includes('pii')) return [];
  const [row] = await database.rows(`SELECT max(${identifier(column.name)})::VARCHAR AS reached FROM raw`);
  return row!['reached'] === null ? [] : [`${column.name} has come to ${row!['reached']}`];
}

export function reportOf(
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

export function violationLines(request: Request, counts: RowCounts): string[] {
  return counts.violations.map(violation => violationLine(request.uri, violation, counts.read));
}

/** Why the source is not acceptable, if it is not. */
export function refusal(request: Request, counts: RowCounts): ReturnType<typeof fault> | null {
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

/** What a person is told of a source that was read. */
export function notesOf(request: Request, report: IngestReport, lines: readonly string[]): string[] {
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
