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
import {
  type Fitted,
  finishing,
  finishSql,
  fit,
  fittedDocument,
  viewsFitted,
  writeFitted,
} from './fitted.ts';
import { joinViews } from './join-views.ts';
import { finishedSql, type PartColumns, partColumns, waitingColumns } from './part-columns.ts';
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
      functions: context.program.functions,
    },
    async database => {
      const columns = partColumns(context.plan, model);
      const rows = await defineRows(database, context, model, columns, folders);
      const waiting = waitingColumns(context.plan, model);
      const given = rows.identity.filter(name => name.startsWith('given.'));
      const ready = columns.all.map(({ name }) => name).filter(name => !waiting.has(name));
      const kept = [...ready, ...given, '__at', '__row', '__place'];
      const assignment = await assign(database, context.step.of, model, { kept, identity: rows.identity });
      const fitted = await fit(database, context.program, model.views, assignment.queries.train);
      const finished: Finished = { fitted, waiting, given };
      const report = await writeParts(database, context, model, columns, assignment, rows.counts, finished);
      await writeFile(join(output, 'split.json'), `${JSON.stringify(report, null, 2)}\n`);
      const document = fittedDocument(context.plan, fitted, report.parts.train?.rows ?? 0);
      if (document.values.length > 0) await writeFitted(output, document);
      const notes = [...notesOf(report), ...fittedNotes(document.values)];
      return { status: 'succeeded', metrics: metricsOf(report), notes, snapshots: {} };
    },
  );
};

/** What the parts hold beside what is ready before the rows are split. */
interface Finished {
  readonly fitted: Fitted;
  /** Columns of features that read fitted values, by the name under which `finishSql` gives them. */
  readonly waiting: ReadonlyMap<string, string>;
  /** What those features read of their rows: with it another model's values make its features. */
  readonly given: readonly string[];
}

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
  finished: Finished,
): Promise<SplitReport> {
  const output = context.output('parts');
  const parts: Partial<Record<PartName, PartReport>> = {};
  for (const part of partNames) {
    const query = assignment.queries[part];
    const finish = finishedRows(context, model, columns, finished, query);
    const written = await finishing(database, context.program, model.views, finish.rows, () =>
      writeTable(database, finish.query, output, `${part}.parquet`),
    );
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

/** The rows of a part with all its columns; without fitted values the query itself. */
function finishedRows(
  { program, plan }: StepContext,
  model: Model,
  columns: PartColumns,
  { fitted, waiting, given }: Finished,
  query: string,
): { readonly rows: string; readonly query: string } {
  if (viewsFitted(plan, model.views).length === 0) return { rows: query, query };
  const rows = finishSql(program, model.views, fitted, query);
  const named = columns.all.map(({ name }) => finishedSql(name, waiting));
  const rest = [...given, '__at', '__row', '__place'].map(identifier);
  return { rows, query: `SELECT ${[...named, ...rest].join(', ')} FROM (${rows})` };
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

/** The values themselves, but for many of them. */
function fittedNotes(values: readonly { readonly name: string; readonly value: unknown }[]): string[] {
  if (values.length === 0) return [];
  const shown = values.slice(0, shownValues).map(({ name, value }) => `${name} ${valueText(value)}`);
  const more = values.length > shownValues ? ` and ${values.length - shownValues} more` : '';
  return [`fitted on the training rows: ${shown.join(', ')}${more}`];
}

const shownValues = 6;

const valueText = (value: unknown): string =>
  typeof value === 'number' && !Number.isInteger(value) ? value.toPrecision(6) : String(value);

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
