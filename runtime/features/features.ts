import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataMessages } from '../../compiler/diagnostics/messages/data.ts';
import { fittingOf, isFinished } from '../../compiler/plan/fitted.ts';
import type { FeatureView } from '../../compiler/plan/plan.ts';
import { countText, shareText } from '../data/describe.ts';
import { type Database, withDatabase } from '../data/duckdb.ts';
import { fault } from '../data/faults.ts';
import { rowFault } from '../data/row-faults.ts';
import { identifier, literal } from '../data/sql.ts';
import { tableFile, writeTable } from '../data/write.ts';
import type { StepContext, StepRunner } from '../engine/contract.ts';
import { completeLabels } from './complete-labels.ts';
import { relationOf } from './relations.ts';

/** `features.json`, beside the rows: what was computed, for the run's report. */
export interface FeaturesReport {
  readonly version: 'features/1';
  readonly view: string;
  readonly rows: number;
  /** Share of rows without a value, by feature and label. */
  readonly missing: Readonly<Record<string, number>>;
  /** Rows whose label looks ahead beyond the end of the data: their label is null. */
  readonly incomplete: number;
}

/** Computes a view with the program's SQL over the step's inputs, in the order of the source's rows and moments. */
export const features: StepRunner = async context => {
  const name = context.step.of;
  const view = context.plan.views[name]!;
  const output = context.output('rows');
  const inputs = inputFolders(context);
  context.progress({ message: `computing ${name}` });
  return withDatabase(
    {
      threads: context.params.threads,
      memory: context.params.memory,
      scratch: join(output, '.scratch'),
      folders: [output, ...inputs.map(({ folder }) => folder)],
      signal: context.signal,
      functions: context.program.functions,
    },
    async database => {
      for (const { relation, folder } of inputs) {
        const scan = `read_parquet(${literal(join(folder, tableFile))})`;
        await database.execute(`CREATE TEMP VIEW ${identifier(relation)} AS SELECT * FROM ${scan}`);
      }
      const rows = await compute(context, database, view, output);
      if (rows === 0) {
        const of = await database.rows(
          `SELECT count(*) AS n FROM ${identifier(relationOf(context.plan, view.source))}`,
        );
        const facts = { view: name, source: view.source, rows: Number(of[0]!['n']) };
        throw fault(dataMessages.emptyView, facts, { at: view.at });
      }
      const report = await describe(database, name, view, output);
      await writeFile(join(output, 'features.json'), `${JSON.stringify(report, null, 2)}\n`);
      return { status: 'succeeded', metrics: { rows }, notes: notesOf(view, report), snapshots: {} };
    },
  );
};

function inputFolders(context: StepContext): { relation: string; folder: string }[] {
  return context.step.inputs.map(({ name }) => {
    const folder = context.input(name);
    if (folder === undefined) throw new Error(`step ${context.step.id} has no input ${name}`);
    return { relation: relationOf(context.plan, name), folder };
  });
}

async function compute(
  context: StepContext,
  database: Database,
  view: FeatureView,
  output: string,
): Promise<number> {
  const name = context.step.of;
  const program = context.program.views[name];
  if (program === undefined) throw new Error(`the program has no SQL for view ${name}`);
  try {
    const query = await completeLabels(database, context.plan, view, program.sql);
    return await writeTable(database, `SELECT * FROM (${query}) ORDER BY __row, __at`, output);
  } catch (error) {
    // The engine names the values that it stumbles over; of personal data, which only masked features read, it may not.
    const masked = view.features.some(feature => feature.tags.includes('masked'));
    throw await rowFault(database, error, {
      rows: program.sql,
      computed: ready(view).map(feature => ({
        what: `${feature.label ? 'label' : 'feature'} \`${feature.name}\` of ${name}`,
        sql: identifier(feature.name),
        at: feature.at,
        personal: masked,
      })),
      source: view.source,
      whole: { what: `the rows of ${name}`, sql: '', at: view.at, personal: masked },
    });
  }
}

async function describe(
  database: Database,
  name: string,
  view: FeatureView,
  output: string,
): Promise<FeaturesReport> {
  const features = ready(view);
  const missing = features.map(
    (feature, i) => `(count(*) - count(${identifier(feature.name)})) / count(*) AS m${i}`,
  );
  const scan = `read_parquet(${literal(join(output, tableFile))})`;
  const [row] = await database.rows(`SELECT count(*) AS rows, ${missing.join(', ')} FROM ${scan}`);
  const rows = Number(row!['rows']);
  const shares = features.map((feature, i) => [feature.name, Number(row![`m${i}`])] as const);
  const label = shares.find(([feature]) =>
    view.features.some(f => f.name === feature && f.label && !f.type.optional),
  );
  return {
    version: 'features/1',
    view: name,
    rows,
    missing: Object.fromEntries(shares),
    incomplete: label === undefined ? 0 : Math.round(label[1] * rows),
  };
}

/** Those that wait for no fitted values. */
const ready = (view: FeatureView) => view.features.filter(({ name }) => !isFinished(view, name));

function notesOf(view: FeatureView, report: FeaturesReport): string[] {
  const missing = Object.entries(report.missing).filter(([, share]) => share > 0);
  const computed = ready(view).filter(feature => !feature.label).length;
  const waiting = fittingOf(view).finished.size;
  return [
    `${countText(report.rows)} rows, ${computed} features`,
    ...(waiting === 0
      ? []
      : [`${waiting} more read${waiting === 1 ? 's' : ''} values that a model fits on its training rows`]),
    ...(report.incomplete === 0
      ? []
      : [`${countText(report.incomplete)} rows have no label yet: it looks beyond the end of the data`]),
    ...(missing.length === 0
      ? []
      : [`missing: ${missing.map(([name, share]) => `${name} ${shareText(share)}`).join(', ')}`]),
  ];
}
