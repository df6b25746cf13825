import type { TrainerUse, Value } from '../../../compiler/plan/plan.ts';
import type { StepContext, StepRunner } from '../../engine/contract.ts';
import type { ParametersDocument } from '../../engine/documents.ts';
import { readFitted, writeFitted } from '../../features/fitted.ts';
import { saveModel } from '../open-model.ts';
import type { AnyModel, Params } from '../types.ts';
import { folderOf, modelOf, partOf, placedAt, readDocument, trainerOf, trainerSnapshot } from './common.ts';
import { rowHashes, writeTrainingRows } from './identity.ts';

/** Fits the model on the training part; early stopping, where the trainer has it, watches the validation part. */
export const trainStep: StepRunner = async context => {
  const { trainer } = modelOf(context);
  if (!trainer) throw new Error(`model ${context.step.of} has no trainer`);
  const tuned = context.step.inputs.some(input => input.name === 'parameters')
    ? (await readDocument<ParametersDocument>(context, 'parameters', 'parameters/1', 'parameters.json')).best
    : {};
  return fit(context, trainer, { ...trainer.params, ...tuned, ...context.params.overrides[context.step.of] });
};

/** Fits the declared simple model on the same rows. */
export const baselineStep: StepRunner = async context => {
  const { baseline } = modelOf(context);
  if (!baseline) throw new Error(`model ${context.step.of} has no baseline`);
  return fit(context, baseline, baseline.params);
};

async function fit(context: StepContext, use: TrainerUse, params: Readonly<Record<string, Value>>) {
  const snapshots = await trainerSnapshot(context, use);
  const trainer = await trainerOf(context, use, 'model');
  const folder = context.output('model');
  context.progress({ message: 'reading the training rows' });
  const train = await partOf(context, 'train', 'model');
  if (!train) throw new Error('the split declares no training part');
  const validation = await partOf(context, 'validation', 'model');
  const seconds = stopwatch();
  const model = await placedAt(use.at, () =>
    trainer.fit(train.frame, train.target, params as Params, {
      seed: modelOf(context).seed,
      ...(validation ? { validation: { frame: validation.frame, target: validation.target } } : {}),
      signal: context.signal,
      onProgress: ({ done, total, trainLoss, validationLoss }) =>
        context.progress({ done, total, message: lossText(trainLoss, validationLoss) }),
    }),
  );
  const took = seconds();
  const json = model.toJSON();
  await saveModel(folder, model);
  await writeTrainingRows(folder, rowHashes(train, json.features));
  const fitted = await readFitted(folderOf(context, 'parts'));
  if (fitted) await writeFitted(folder, fitted);
  const { rows } = train.frame;
  const metrics = {
    rows,
    features: json.features.length,
    seconds: took,
    ...(model.fitted ? { rounds: model.fitted.rounds } : {}),
  };
  return {
    status: 'succeeded' as const,
    metrics,
    notes: notesOf(use.trainer, rows, model, took),
    snapshots,
  };
}

function notesOf(name: string, rows: number, model: AnyModel, took: number): string[] {
  const fitted = model.fitted ? `, ${roundsText(model.fitted.rounds)} (${model.fitted.stopped})` : '';
  return [`${name} on ${rows.toLocaleString('en-US')} rows in ${took.toFixed(1)} s${fitted}`];
}

function lossText(train: number | undefined, validation: number | undefined): string {
  const parts = [
    ...(train === undefined ? [] : [`loss ${train.toFixed(4)}`]),
    ...(validation === undefined ? [] : [`validation ${validation.toFixed(4)}`]),
  ];
  return parts.join(', ');
}

export function stopwatch(): () => number {
  const began = performance.now();
  return () => (performance.now() - began) / 1000;
}

const roundsText = (rounds: number): string => (rounds === 1 ? '1 round' : `${rounds} rounds`);
