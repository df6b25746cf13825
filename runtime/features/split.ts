import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataMessages } from '../../compiler/diagnostics/messages/data.ts';
import type { Model, Plan } from '../../compiler/plan/plan.ts';
import { countText, shareText } from '../data/describe.ts';
import { type Database, withDatabase } from '../data/duckdb.ts';
import { fault } from '../data/faults.ts';
import { rowFault } from '../data/row-faults.ts';
import { identifier, literal } from '../data/sql.ts';
import { writeTable } from '../data/write.ts';
import type { StepContext, StepRunner } from '../engine/contract.ts';
import { type Assignment, assign } from './assign.ts';
import { joinViews } from './join-views.ts';
import { type PartColumns, partColumns } from './part-columns.ts';
import { type PartName, type PartReport, partNames, type SplitReport } from './parts.ts';
import { rowHash } from './row-hash.ts';
import { whereSql } from './where.ts';

/** Joins a model's views, takes out what cannot be learnt from, and writes its parts. */
export const split: StepRunner = async context => {
  const model = context.plan.models[context.step.of]!;
  const output = context.output('parts');
  const folders = model.views.map(view => {
    const folder = context.input(view);
    if (folder === undefined) throw new Error(`step ${context.step.id} has no input ${view}`);
    return folder;
  });
  context.progress({ message: `splitting ${context.step.of}` });
  return withDatabase(
    {
      threads: context.params.threads,
      memory: context.params.memory,
      scratch: join(output, '.scratch'),
      folders: [output, ...folders],
      signal: context.signal,
    },
    async database => {
      const columns = partColumns(context.plan, model);
      const rows = await defineRows(database, context, model, columns, folders);
      const kept = [...columns.all.map(({ name }) => name), '__at', '__row', '__place'];
      const assignment = await assign(database, context.step.of, model, { kept, identity: rows.identity });
      const report = await writeParts(database, context, model, columns, assignment, rows.counts, output);
      await writeFile(join(output, 'split.json'), `${JSON.stringify(report, null, 2)}\n`);
      return { status: 'succeeded', metrics: metricsOf(report), notes: notesOf(report), snapshots: {} };
    },
  );
};

interface Rows {
  readonly counts: SplitReport['rows'];
  readonly identity: readonly string[];
}

/**
 * The view `rows`: usable rows with `__at`, `__label_known`, the parts' columns, and `__place`, the hash of the row or of
 * its group by which it is split (null by time). Returns what was taken out.
 */
async function defineRows(
  database: Database,
  context: StepContext,
  model: Model,
  columns: PartColumns,
  folders: readonly string[],
): Promise<Rows> {
  const { names, identity } = await joinViews(database, context, model, folders);
  const label = identifier(columns.label.name);
  const where = `coalesce(${whereSql(context.plan, model) ?? 'true'}, false)`;
  const group = model.split?.by === 'group' ? groupColumn(model, names) : null;
  const place =
    model.split?.by === 'time' ? 'NULL::DOUBLE' : group === null ? rowHash(identity) : rowHash([group]);
  const value = group === null ? '' : `, ${identifier(group)} AS __group`;
  await database.execute(
    `CREATE TEMP VIEW usable AS SELECT *, ${where} AS __where, ${place} AS __place${value} FROM joined`,
  );
  await database.execute(
    `CREATE TEMP VIEW rows AS SELECT * FROM usable WHERE __where AND ${label} IS NOT NULL`,
  );
  const [row] = await database
    .rows(
      `SELECT count(*) AS read, count(*) FILTER (NOT __where) AS outside,
        count(*) FILTER (__where AND ${label} IS NULL) AS unlabelled FROM usable`,
    )
    .catch(async error => {
      const what = `\`where\` of ${context.step.of}`;
      const one = {
        what,
        sql: where,
        at: model.where?.at ?? model.at,
        personal: masked(context.plan, model),
      };
      const source = context.plan.views[model.views[0]!]!.source;
      throw await rowFault(database, error, {
        rows: 'SELECT * FROM joined',
        computed: [one],
        source,
        whole: one,
      });
    });
  const [read, outside, unlabelled] = ['read', 'outside', 'unlabelled'].map(name => Number(row![name]));
  return { counts: { read: read!, where: outside!, unlabelled: unlabelled! }, identity };
}

/** Whether values that the model reads come from personal data. */
const masked = (plan: Plan, model: Model): boolean =>
  model.views.some(view => plan.views[view]!.features.some(feature => feature.tags.includes('masked')));

/** The column by which a group split goes: a feature, a key, or a column of the source. */
function groupColumn(model: Model, names: readonly string[]): string {
  const column = model.split!.column!;
  const found = [column, `source.${column}`].find(name => names.includes(name));
  if (found === undefined) throw new Error(`the rows have no column ${column} to split by`);
  return found;
}

async function writeParts(
  database: Database,
  context: StepContext,
  model: Model,
  columns: PartColumns,
  assignment: Assignment,
  rows: SplitReport['rows'],
  output: string,
): Promise<SplitReport> {
  const parts: Partial<Record<PartName, PartReport>> = {};
  for (const part of partNames) {
    const written = await writeTable(database, assignment.queries[part], output, `${part}.parquet`);
    const counts = assignment.counts[part];
    if (counts === undefined) continue;
    if (written === 0) {
      const reasons = emptyReasons(rows, counts, assignment, part);
      throw fault(
        dataMessages.emptyPart,
        { model: context.step.of, part, reasons },
        { at: model.split?.at ?? model.at },
      );
    }
    parts[part] = {
      rows: written,
      purged: counts.purged,
      ...(part === 'train' && model.sample !== null ? { sampledFrom: counts.rows - counts.purged } : {}),
      ...(await span(database, output, part)),
    };
  }
  return {
    version: 'split/1',
    model: context.step.of,
    by: model.split?.by ?? 'hash',
    column: model.split?.column ?? null,
    boundaries: assignment.boundaries,
    rows,
    parts,
    classes: await classesOf(database, model, columns, output),
  };
}

async function span(
  database: Database,
  output: string,
  part: PartName,
): Promise<{ from: string | null; to: string | null }> {
  const scan = `read_parquet(${literal(join(output, `${part}.parquet`))})`;
  const [row] = await database.rows(
    `SELECT strftime(min(__at)::TIMESTAMP, '%Y-%m-%dT%H:%M:%S') AS low, strftime(max(__at)::TIMESTAMP, '%Y-%m-%dT%H:%M:%S') AS high FROM ${scan}`,
  );
  return { from: row!['low'] as string | null, to: row!['high'] as string | null };
}

async function classesOf(
  database: Database,
  model: Model,
  columns: PartColumns,
  output: string,
): Promise<readonly string[] | null> {
  if (model.task !== 'multiclass') return null;
  if (model.classes !== null) return model.classes;
  const name = identifier(columns.label.name);
  const scan = `read_parquet(${literal(join(output, 'train.parquet'))})`;
  const found = await database.rows(`SELECT DISTINCT ${name}::VARCHAR AS label FROM ${scan}`);
  return found.map(row => String(row['label'])).sort();
}

function emptyReasons(
  rows: SplitReport['rows'],
  counts: { readonly rows: number; readonly purged: number },
  assignment: Assignment,
  part: PartName,
): string[] {
  const reasons = [`${countText(rows.read)} rows were read`];
  if (rows.where > 0) reasons.push(`${countText(rows.where)} are outside \`where\``);
  if (rows.unlabelled > 0) reasons.push(`${countText(rows.unlabelled)} have no label`);
  if (counts.purged > 0) {
    reasons.push(
      `${countText(counts.purged)} of its ${countText(counts.rows)} rows have a label known only after its end`,
    );
  } else if (counts.rows > 0) {
    reasons.push(`\`sample\` left none of ${countText(counts.rows)}`);
  }
  const boundary = assignment.boundaries[part];
  if (boundary !== undefined && counts.rows === 0) reasons.push(`none lies behind ${boundary}`);
  return reasons;
}

function metricsOf(report: SplitReport): Record<string, number> {
  const entries = partNames.flatMap(part => {
    const counts = report.parts[part];
    if (counts === undefined) return [];
    return [
      [part, counts.rows] as const,
      ...(counts.purged > 0 ? [[`${part}_purged`, counts.purged] as const] : []),
    ];
  });
  return { ...Object.fromEntries(entries), unlabelled: report.rows.unlabelled };
}

function notesOf(report: SplitReport): string[] {
  const parts = partNames.flatMap(part => {
    const counts = report.parts[part];
    if (counts === undefined) return [];
    const from = counts.sampledFrom === undefined ? '' : ` (sampled from ${countText(counts.sampledFrom)})`;
    return [`${part} ${countText(counts.rows)}${from}`];
  });
  const purged = partNames.flatMap(part => {
    const count = report.parts[part]?.purged ?? 0;
    return count === 0 ? [] : [`${countText(count)} of ${part}`];
  });
  const { where, unlabelled, read } = report.rows;
  return [
    parts.join(', '),
    ...(purged.length === 0 ? [] : [`purged, because their label became known later: ${purged.join(', ')}`]),
    ...(where === 0 ? [] : [`${countText(where)} rows (${shareText(where / read)}) outside \`where\``]),
    ...(unlabelled === 0
      ? []
      : [`${countText(unlabelled)} rows (${shareText(unlabelled / read)}) without a label`]),
  ];
}
