/** Trainers of the team: their code fits in a process of its own and gives an ONNX graph, which scores here. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { foreignMessages } from '../../compiler/diagnostics/messages/foreign.ts';
import type { TrainerUse } from '../../compiler/plan/plan.ts';
import { fault } from '../data/faults.ts';

import { checkTraining } from '../learn/check.ts';
import { alignFrame, featuresOf } from '../learn/frame.ts';
import { onnxFile, onnxModel } from '../learn/onnx/model.ts';
import type { AnyModel, AnyTrainer, FitContext, Frame, Params, Target } from '../learn/types.ts';
import type { JobModel } from './job.ts';
import { languageOf } from './languages.ts';
import { type Caller, type JobFacts, type Run, runJob, surroundingsOf, withScratch } from './run-job.ts';
import { type WrittenColumn, writeColumns } from './write-columns.ts';

/** The label's column in the files that a trainer is given. */
export const labelColumn = '__label';

/** Rows that a new model scores at once, to find out that it can. */
const triedRows = 1000;

/** The trainer of a spec's `trainer … { run … }`; `folder` is one of the step's own, for its files. */
export function foreignTrainer(context: Caller, use: TrainerUse, folder: string): AnyTrainer {
  return {
    name: use.trainer,
    acceptsMissing: use.acceptsMissing,
    acceptsCategories: use.acceptsCategories,
    fit: (frame, target, params, fit) =>
      withScratch(folder, scratch => fitForeign(context, use, scratch, { frame, target, params, fit })),
  };
}

interface Fit {
  readonly frame: Frame;
  readonly target: Target;
  readonly params: Params;
  readonly fit: FitContext;
}

async function fitForeign(context: Caller, use: TrainerUse, folder: string, given: Fit): Promise<AnyModel> {
  const { frame, target, params, fit } = given;
  checkTraining({ name: use.trainer, tasks: [target.task] }, frame, target);
  const at = use.run.at ?? use.at;
  const what = `trainer \`${use.trainer}\` (${use.run.target})`;
  const around = surroundingsOf(context);
  const run: Run = { around, run: use.run, what, wanted: 'a model in the ONNX format', at };
  const language = await languageOf(use.run, what, at);
  const features = featuresOf(frame);
  const { memory, threads } = context.params;
  const inputs: Record<string, string> = { train: path.join(folder, 'train.parquet') };
  context.progress({
    message: `writing ${frame.rows.toLocaleString('en-US')} training rows for ${use.trainer}`,
  });
  await writeColumns(columnsOf(frame, target), frame.rows, inputs['train']!, { threads, memory });
  if (fit.validation) {
    const aligned = alignFrame(fit.validation.frame, features);
    inputs['validation'] = path.join(folder, 'validation.parquet');
    await writeColumns(columnsOf(aligned, fit.validation.target), aligned.rows, inputs['validation'], {
      threads,
      memory,
    });
  }
  const model: JobModel = { task: target.task, label: labelColumn, classes: target.classes, features };
  const facts: JobFacts = {
    ...{ kind: 'trainer', name: use.trainer, inputs, args: params, columns: [], from: null, to: null },
    ...{ seed: fit.seed, model },
  };
  const graph = await runJob(run, facts, language, folder, async out => {
    const file = path.join(out, 'model.onnx');
    if (!existsSync(file))
      throw fault(foreignMessages.gaveNothing, { what, wanted: run.wanted, file: 'model.onnx' }, { at });
    return readFile(file);
  });
  const { task, classes } = target;
  const about = { task, classes, features, params, output: null, from: { trainer: use.trainer } };
  const fitted = await onnxModel(onnxFile(graph, about), graph);
  const tried = Math.min(triedRows, frame.rows);
  await fitted.predict({ rows: tried, columns: frame.columns.map(column => firstRows(column, tried)) });
  return fitted;
}

function firstRows(column: Frame['columns'][number], rows: number): Frame['columns'][number] {
  return column.kind === 'number'
    ? { ...column, values: column.values.subarray(0, rows) }
    : { ...column, codes: column.codes.subarray(0, rows) };
}

/** Numbers as they are, text as text; of classes the label is the index. */
function columnsOf(frame: Frame, target: Target): readonly WrittenColumn[] {
  const columns = frame.columns.map(
    (column): WrittenColumn =>
      column.kind === 'number'
        ? { name: column.name, numbers: column.values }
        : { name: column.name, codes: column.codes, vocabulary: column.vocabulary },
  );
  const whole = target.task === 'regression' ? {} : ({ as: 'BIGINT' } as const);
  return [...columns, { name: labelColumn, numbers: target.values, ...whole }];
}
