/** The trainers of the standard library by name, and their models out of model files. */

import { loadBoosted } from './boosting/model.ts';
import { gradientBoosting } from './boosting/trainer.ts';
import { constantTrainer, loadConstant } from './constant.ts';
import { LearnError } from './errors.ts';
import { logisticRegression } from './linear/logistic.ts';
import { loadLinear } from './linear/model.ts';
import { linearRegression } from './linear/ridge.ts';
import { checkModelFile } from './model-file.ts';
import type { Model, ModelFile, Trainer } from './types.ts';

export const trainers: readonly Trainer[] = [
  gradientBoosting,
  logisticRegression,
  linearRegression,
  constantTrainer,
];

const loaders: Readonly<Record<string, (file: ModelFile) => Model>> = {
  gradient_boosting: loadBoosted,
  logistic_regression: loadLinear,
  linear_regression: loadLinear,
  constant: loadConstant,
};

/** @throws LearnError `unknown-trainer` */
export function trainerByName(name: string): Trainer {
  const found = trainers.find(trainer => trainer.name === name);
  if (found !== undefined) return found;
  const known = trainers.map(trainer => trainer.name).join(', ');
  throw new LearnError('unknown-trainer', `There is no trainer '${name}'`, {
    name,
    expected: known,
    advice: `Known are ${known}`,
  });
}

/**
 * The model that `toJSON` wrote, score for score; `json` may come from a file and is checked whole.
 * @throws LearnError `bad-model-file`
 */
export function loadModel(json: ModelFile): Model {
  checkModelFile(json);
  if (json.trainer === 'onnx')
    throw new LearnError('bad-arguments', 'An ONNX model lies in a folder with its graph: use openModel');
  const load = Object.hasOwn(loaders, json.trainer) ? loaders[json.trainer] : undefined;
  if (load === undefined)
    throw new LearnError('unknown-trainer', `There is no trainer '${json.trainer}'`, { name: json.trainer });
  return load(json);
}
