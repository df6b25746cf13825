/** A fitted linear model: scoring, and its model file. */

import { softmaxRows } from '../boosting/loss.ts';
import { decodeArray, type EncodedArray, encodeArray } from '../encoding.ts';
import { LearnError } from '../errors.ts';
import type { Model, ModelFile, Params, Task } from '../types.ts';
import { type Design, designRows, type LinearFeature, products } from './design.ts';

export interface Linear {
  readonly trainer: 'logistic_regression' | 'linear_regression';
  readonly task: Task;
  readonly classes: readonly string[];
  readonly params: Params;
  readonly design: Design;
  /** One vector of `design.width` weights for each output, the intercept last. */
  readonly weights: readonly Float64Array[];
  readonly fitted: { readonly rounds: number; readonly stopped: string };
}

interface LinearFile {
  readonly columns: readonly Omit<LinearFeature, 'feature'>[];
  readonly width: number;
  readonly weights: readonly EncodedArray[];
  readonly fitted: { readonly rounds: number; readonly stopped: string };
}

export function linearModel(linear: Linear): Model {
  const { trainer, task, classes, design, weights } = linear;
  return {
    trainer,
    task,
    classes,
    fitted: linear.fitted,
    predict(frame) {
      const rows = designRows(trainer, frame, design, 'scored');
      if (weights.length === 1) {
        const raw = products(rows, weights[0]!);
        return task === 'regression' ? raw : raw.map(x => 1 / (1 + Math.exp(-x)));
      }
      const raw = new Float64Array(frame.rows * weights.length);
      weights.forEach((vector, output) => {
        const column = products(rows, vector);
        for (let row = 0; row < frame.rows; row++) raw[row * weights.length + output] = column[row]!;
      });
      return softmaxRows(raw, weights.length);
    },
    importance: () => importanceOf(linear),
    toJSON: () => fileOf(linear),
  };
}

/** By feature, the sum of its weights' absolute values; numbers are standardised, so that they compare. */
function importanceOf({ design, weights }: Linear): { name: string; share: number }[] {
  const sums = design.features.map((feature, f) => {
    const end = design.features[f + 1]?.first ?? design.width - 1;
    let sum = 0;
    for (const vector of weights) for (let i = feature.first; i < end; i++) sum += Math.abs(vector[i]!);
    // A category's weight is the mean over its values.
    return sum / Math.max(1, end - feature.first);
  });
  const total = sums.reduce((a, b) => a + b, 0);
  return design.features
    .map(({ feature }, f) => ({ name: feature.name, share: total > 0 ? sums[f]! / total : 0 }))
    .sort((a, b) => b.share - a.share);
}

function fileOf(linear: Linear): ModelFile {
  const body: LinearFile = {
    columns: linear.design.features.map(({ first, mean, deviation, missing }) => ({
      first,
      mean,
      deviation,
      missing,
    })),
    width: linear.design.width,
    weights: linear.weights.map(vector => encodeArray(vector)),
    fitted: linear.fitted,
  };
  return {
    format: 'mlp-model/1',
    trainer: linear.trainer,
    task: linear.task,
    classes: linear.classes,
    features: linear.design.features.map(({ feature }) => feature),
    params: linear.params,
    body,
  };
}

/** `file` has passed the schema of model files. Throws `bad-model-file` for parts that do not fit each other. */
export function loadLinear(file: ModelFile): Model {
  const body = file.body as LinearFile;
  const weights = body.weights.map((vector, i) => decodeArray(vector, 'f64', `weights ${i}`));
  const outputs = file.task === 'multiclass' ? file.classes.length : 1;
  const fits =
    body.columns.length === file.features.length &&
    weights.length === outputs &&
    weights.every(vector => vector.length === body.width) &&
    body.columns.every((column, f) => {
      const last = column.first + Math.max(1, file.features[f]!.vocabulary?.length ?? 1) - 1;
      return last < body.width && column.missing < body.width;
    });
  if (!fits) throw new LearnError('bad-model-file', 'The weights of the model file do not fit its features');
  return linearModel({
    trainer: file.trainer as Linear['trainer'],
    task: file.task,
    classes: file.classes,
    params: file.params,
    design: {
      features: body.columns.map((column, f) => ({ ...column, feature: file.features[f]! })),
      width: body.width,
    },
    weights,
    fitted: body.fitted,
  });
}
