/** `constant`: the share of each class, or the mean: what a model has to beat. */

import { checkTraining } from './check.ts';
import { decodeArray, type EncodedArray, encodeArray } from './encoding.ts';
import { LearnError } from './errors.ts';
import { resolveParams } from './params.ts';
import type { Model, ModelFile, Task, Trainer } from './types.ts';

const NAME = 'constant';

export const constantTrainer: Trainer = {
  name: NAME,
  tasks: ['binary', 'multiclass', 'regression'],
  acceptsMissing: true,
  acceptsCategories: true,
  params: [],
  /** One class alone is no error here: the constant is then certain. */
  fit(frame, target, params) {
    resolveParams(NAME, [], params);
    checkTraining(constantTrainer, frame, target, { features: false, variety: false });
    const scores = new Float64Array(target.task === 'multiclass' ? target.classes.length : 1);
    if (target.task === 'multiclass') for (const label of target.values) scores[label]! += 1 / frame.rows;
    else
      target.values.forEach((label, row) => {
        scores[0]! += (label - scores[0]!) / (row + 1);
      });
    return constantModel(target.task, target.classes, scores);
  },
};

function constantModel(task: Task, classes: readonly string[], scores: Float64Array): Model {
  return {
    trainer: NAME,
    task,
    classes,
    predict(frame) {
      const out = new Float64Array(frame.rows * scores.length);
      for (let at = 0; at < out.length; at += scores.length) out.set(scores, at);
      return out;
    },
    toJSON: () => ({
      format: 'mlp-model/1',
      trainer: NAME,
      task,
      classes,
      features: [],
      params: {},
      body: { scores: encodeArray(scores) },
    }),
  };
}

export function loadConstant(file: ModelFile): Model {
  const scores = decodeArray((file.body as { scores: EncodedArray }).scores, 'f64', 'scores');
  if (scores.length !== (file.task === 'multiclass' ? file.classes.length : 1))
    throw new LearnError('bad-model-file', 'The scores of the model file do not fit its classes');
  return constantModel(file.task, file.classes, scores);
}
