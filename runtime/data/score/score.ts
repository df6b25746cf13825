import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scoringMessages } from '../../../compiler/diagnostics/messages/scoring.ts';
import type { Deployment, Model as ModelPlan, Plan } from '../../../compiler/plan/plan.ts';
import { type Filling, sinkColumns } from '../../../compiler/plan/scoring.ts';
import { sqlType } from '../../../compiler/sql/types.ts';
import type { StepContext, StepRunner } from '../../engine/contract.ts';
import { parseDocument } from '../../engine/schemas.ts';
import { type Fitted, finishing, finishSql, requireFitted } from '../../features/fitted.ts';
import { joinViews } from '../../features/join-views.ts';
import { featureColumn, finishedSql, waitingColumns } from '../../features/part-columns.ts';
import { whereSql } from '../../features/where.ts';
import { featureFrames } from '../../learn/frames/read-part.ts';
import { openModel } from '../../learn/open-model.ts';
import { folderOf } from '../../learn/steps/common.ts';
import type { AnyModel } from '../../learn/types.ts';
import { countText } from '../describe.ts';
import { type Database, withDatabase } from '../duckdb.ts';
import { fault } from '../faults.ts';
import { identifier, literal, number } from '../sql.ts';
import { writeTable } from '../write.ts';
import { requireSinkRows } from './sink-rows.ts';

/** Rows that are scored at a time: some hundred features of so many rows fit into memory. */
const batch = 200_000;

/**
 * Scores the rows of a model's views, those that its `where` is for, and fills the columns of the sink: key, moment,
 * version, prediction and the row's own columns. The rows are checked against the sink's schema before they are given on.
 */
export const scoreStep: StepRunner = async context => {
  const { plan, step, params } = context;
  const deployment = plan.deployments[step.of]!;
  const model = plan.models[deployment.serves]!;
  const output = context.output('rows');
  const version = await versionOf(context, deployment);
  const fitted = await openModel(folderOf(context, 'model'));
  const folders = model.views.map(view => folderOf(context, view));
  const scratch = join(output, '.scratch');
  const { threads, memory } = params;
  return withDatabase(
    {
      threads,
      memory,
      scratch,
      folders: [output, ...folders],
      signal: context.signal,
      functions: context.program.functions,
    },
    async database => {
      const { names } = await joinViews(database, context, model, folders);
      const values = await requireFitted(plan, model.views, folderOf(context, 'model'), {
        model: deployment.serves,
        at: deployment.at,
      });
      const counts = await numberRows(database, context, model, scratch, values);
      if (counts.rows === 0)
        throw fault(
          scoringMessages.nothingToScore,
          { deployment: step.of, outside: counts.outside },
          { at: deployment.at },
        );
      const width = fitted.task === 'multiclass' ? fitted.classes.length : 1;
      await predict(context, database, model, fitted, width);
      const filled = sinkColumns(plan, deployment).map(({ column, filling }) => {
        const sql = fillingSql({ plan, model, fitted, version, names, at: deployment.at }, filling);
        return `CAST(${sql} AS ${sqlType(column.type)}) AS ${identifier(column.name)}`;
      });
      await database.execute(
        `CREATE TEMP VIEW filled AS SELECT __n, ${filled.join(', ')} FROM part JOIN scores USING (__n)`,
      );
      await requireSinkRows(database, plan, deployment);
      const columns = sinkColumns(plan, deployment).map(({ column }) => identifier(column.name));
      await writeTable(database, `SELECT ${columns.join(', ')} FROM filled ORDER BY __n`, output);
      return {
        status: 'succeeded',
        metrics: { rows: counts.rows, version },
        notes: notesOf(deployment, version, counts),
        snapshots: {},
      };
    },
  );
};

/** The number under which the registry has the model that is scored with. */
async function versionOf(context: StepContext, deployment: Deployment): Promise<number> {
  const version = context.params.versions?.[deployment.serves];
  if (version === undefined)
    throw fault(
      scoringMessages.versionUnknown,
      { step: context.step.id, model: deployment.serves },
      { at: deployment.at },
    );
  const file = join(folderOf(context, 'registration'), 'registration.json');
  await parseDocument('registration/1', await readFile(file, 'utf8'), file);
  return version;
}

/** The relation `part`: rows that the model is for, numbered in the order of their rows and moments. */
async function numberRows(
  database: Database,
  { plan, program }: StepContext,
  model: ModelPlan,
  scratch: string,
  fitted: Fitted,
) {
  const where = `coalesce(${whereSql(plan, model) ?? 'true'}, false)`;
  const file = join(scratch, 'rows.parquet');
  const finished = finishSql(program, model.views, fitted, `SELECT * FROM joined WHERE ${where}`);
  const waiting = waitingColumns(plan, model);
  const renamed = [...waiting.keys()].map(name => finishedSql(name, waiting));
  const columns = ['row_number() OVER (ORDER BY __row, __at) AS __n', '*', ...renamed].join(', ');
  const rows = await finishing(database, program, model.views, finished, () =>
    database.execute(
      `COPY (SELECT ${columns} FROM (${finished}) ORDER BY __n) TO ${literal(file)} (FORMAT parquet)`,
    ),
  );
  const [all] = await database.rows('SELECT count(*) AS n FROM joined');
  await database.execute(`CREATE TEMP VIEW part AS SELECT * FROM read_parquet(${literal(file)})`);
  return { rows, outside: Number(all!['n']) - rows };
}

/** The table `scores`: by row, what the model says; of several classes a column each. */
async function predict(
  context: StepContext,
  database: Database,
  plan: ModelPlan,
  model: AnyModel,
  width: number,
): Promise<void> {
  const columns = Array.from({ length: width }, (_, i) => `s${i} DOUBLE`);
  await database.execute(`CREATE TEMP TABLE scores (__n DOUBLE, ${columns.join(', ')})`);
  let done = 0;
  for await (const frame of featureFrames(database, context.plan, plan, batch)) {
    const scores = await model.predict(frame);
    const place = Float64Array.from({ length: frame.rows }, (_, row) => frame.first + row);
    const byClass = Array.from({ length: width }, (_, k) =>
      width === 1 ? scores : Float64Array.from({ length: frame.rows }, (__, row) => scores[row * width + k]!),
    );
    await database.appendNumbers('scores', [place, ...byClass]);
    done += frame.rows;
    context.progress({ message: `${countText(done)} rows scored` });
  }
}

interface Filled {
  readonly plan: Plan;
  readonly model: ModelPlan;
  readonly fitted: AnyModel;
  readonly version: number;
  /** Columns of the joined rows. */
  readonly names: readonly string[];
  readonly at: number;
}

function fillingSql(of: Filled, filling: Filling | null): string {
  const { plan, model, fitted, version, names } = of;
  switch (filling?.kind) {
    case 'version':
      return String(version);
    case 'moment':
      return '__at';
    case 'prediction':
      return predictionSql(filling.as, model, fitted);
    case 'class': {
      const index = fitted.classes.indexOf(filling.name);
      if (index >= 0) return `s${index}`;
      const facts = { class: filling.name, model: model.label.name, classes: fitted.classes };
      throw fault(scoringMessages.noSuchClass, facts, { at: of.at });
    }
    case 'column': {
      const found = [`source.${filling.name}`, filling.name].find(name => names.includes(name));
      if (found === undefined) throw new Error(`the rows have no column ${filling.name}`);
      return identifier(found);
    }
    case 'feature': {
      const { type } = plan.views[filling.view]!.features.find(({ name }) => name === filling.name)!;
      return identifier(featureColumn(plan, model, filling.name, type).name);
    }
    default:
      throw new Error('the checker lets no column of a sink go unfilled');
  }
}

function predictionSql(
  as: Extract<Filling, { kind: 'prediction' }>['as'],
  model: ModelPlan,
  { task, classes }: AnyModel,
): string {
  if (as === 'decision') return `s0 >= ${number(model.threshold)}`;
  if (task !== 'multiclass') return 's0';
  const scores = classes.map((_, i) => `s${i}`);
  const greatest = scores.length === 1 ? 's0' : `greatest(${scores.join(', ')})`;
  if (as === 'probability') return greatest;
  // Of equal probabilities the first class is taken, as the metrics do.
  return `CASE ${classes.map((name, i) => `WHEN s${i} = ${greatest} THEN ${literal(name)}`).join(' ')} END`;
}

function notesOf(
  { serves }: Deployment,
  version: number,
  { rows, outside }: { readonly rows: number; readonly outside: number },
): string[] {
  return [
    `${countText(rows)} rows scored with version ${version} of ${serves}`,
    ...(outside === 0
      ? []
      : [`${countText(outside)} rows are not scored: they lie outside the \`where\` of ${serves}`]),
  ];
}
