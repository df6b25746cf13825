/** The losses that boosting descends: gradients and hessians in fixed point, values, and scores from raw scores. */

import { LearnError } from '../errors.ts';
import type { Target, Task } from '../types.ts';
import type { Units } from './grow.ts';
import { sigmoid } from './sigmoid.ts';
import type { Precision } from './workbench.ts';

export interface Loss {
  /** Trees a round: 1, or one for each class. */
  readonly outputs: number;
  /** The constants that boosting starts from: those of the least loss. */
  start(target: Target): Float64Array;
  /** Once a round, before `fill`: what all outputs share. Raw scores are row-major `rows * outputs`. */
  prepare(raw: Float64Array, target: Target): void;
  /** Writes gradient and hessian of every row for one output; returns what one step of them is worth. */
  fill(output: number, raw: Float64Array, target: Target, pairs: Int32Array, precision: Precision): Units;
  /** Mean over the rows: log loss in nats, or half the squared error. */
  value(raw: Float64Array, target: Target): number;
  /** Probabilities or values; may overwrite `raw`. */
  scores(raw: Float64Array): Float64Array;
}

/** Keeps the start finite where a class has no training row. */
const LEAST_SHARE = 1e-9;

export function lossFor(task: Task, classes: number): Loss {
  if (task === 'binary') return logisticLoss();
  return task === 'multiclass' ? softmaxLoss(classes) : squaredLoss();
}

/** Binary: log(1 + e^-x) for true, log(1 + e^x) for false. */
function logisticLoss(): Loss {
  return {
    outputs: 1,
    start(target) {
      let positives = 0;
      for (const label of target.values) positives += label;
      return Float64Array.of(Math.log(positives / (target.values.length - positives)));
    },
    // One pass from score to pair, as memory is what it waits for.
    prepare() {},
    fill(_output, raw, target, pairs, precision) {
      const units = probabilityUnits(precision);
      const labels = target.values;
      const gradientScale = 1 / units.gradient;
      const hessianScale = 1 / units.hessian;
      for (let row = 0; row < raw.length; row++) {
        const p = sigmoid(raw[row]!);
        pairs[2 * row] = Math.floor((p - labels[row]!) * gradientScale + 0.5);
        pairs[2 * row + 1] = Math.floor(p * (1 - p) * hessianScale + 0.5);
      }
      return units;
    },
    value(raw, target) {
      let sum = 0;
      for (let row = 0; row < raw.length; row++) {
        const margin = target.values[row] === 1 ? raw[row]! : -raw[row]!;
        // log(1 + e^-m), without overflow for a large negative m.
        sum += Math.log1p(Math.exp(-Math.abs(margin))) + (margin < 0 ? -margin : 0);
      }
      return sum / raw.length;
    },
    scores(raw) {
      for (let row = 0; row < raw.length; row++) raw[row] = 1 / (1 + Math.exp(-raw[row]!));
      return raw;
    },
  };
}

/** Gradients of probabilities are within 1; their hessians p (1 - p) within a quarter. Both are powers of two. */
function probabilityUnits(precision: Precision): Units {
  return { gradient: 1 / precision.gradientMax, hessian: 0.25 / precision.hessianMax };
}

/** Multiclass: -log softmax(x)[label], with the diagonal of the hessian. */
function softmaxLoss(classes: number): Loss {
  let probability = new Float64Array(0);
  return {
    outputs: classes,
    start(target) {
      const share = new Float64Array(classes);
      for (const label of target.values) share[label]! += 1 / target.values.length;
      return share.map(p => Math.log(Math.max(p, LEAST_SHARE)));
    },
    prepare(raw) {
      if (probability.length !== raw.length) probability = new Float64Array(raw.length);
      probability.set(raw);
      softmaxRows(probability, classes);
    },
    fill(output, _raw, target, pairs, precision) {
      const units = probabilityUnits(precision);
      const labels = target.values;
      for (let row = 0, at = output; row < labels.length; row++, at += classes) {
        const p = probability[at]!;
        pairs[2 * row] = Math.floor((p - Number(labels[row] === output)) / units.gradient + 0.5);
        pairs[2 * row + 1] = Math.floor((p * (1 - p)) / units.hessian + 0.5);
      }
      return units;
    },
    value(raw, target) {
      let sum = 0;
      for (let row = 0; row < target.values.length; row++) {
        const at = row * classes;
        let greatest = Number.NEGATIVE_INFINITY;
        for (let k = 0; k < classes; k++) greatest = Math.max(greatest, raw[at + k]!);
        let total = 0;
        for (let k = 0; k < classes; k++) total += Math.exp(raw[at + k]! - greatest);
        sum += Math.log(total) + greatest - raw[at + target.values[row]!]!;
      }
      return sum / target.values.length;
    },
    scores: raw => softmaxRows(raw, classes),
  };
}

/** Softmax of each row in place; the greatest is subtracted first, so that nothing overflows. */
export function softmaxRows(raw: Float64Array, classes: number): Float64Array {
  for (let at = 0; at < raw.length; at += classes) {
    let greatest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) greatest = Math.max(greatest, raw[at + k]!);
    let total = 0;
    for (let k = 0; k < classes; k++) {
      raw[at + k] = Math.exp(raw[at + k]! - greatest);
      total += raw[at + k]!;
    }
    for (let k = 0; k < classes; k++) raw[at + k]! /= total;
  }
  return raw;
}

/** Regression: half the squared error; the hessian is 1. */
function squaredLoss(): Loss {
  let residual = new Float64Array(0);
  return {
    outputs: 1,
    start(target) {
      let mean = 0;
      for (let row = 0; row < target.values.length; row++) mean += (target.values[row]! - mean) / (row + 1);
      return Float64Array.of(mean);
    },
    prepare(raw, target) {
      if (residual.length !== raw.length) residual = new Float64Array(raw.length);
      for (let row = 0; row < raw.length; row++) residual[row] = raw[row]! - target.values[row]!;
    },
    fill(_output, _raw, target, pairs, precision) {
      let greatest = 0;
      for (const value of residual) greatest = Math.max(greatest, Math.abs(value));
      if (!Number.isFinite(greatest))
        throw new LearnError('not-finite', 'The residuals grew beyond all numbers', {
          advice: 'Lower learning_rate, or look for extreme values of the label',
        });
      const scale = greatest > 0 ? precision.gradientMax / greatest : 1;
      for (let row = 0; row < target.values.length; row++) {
        pairs[2 * row] = Math.floor(residual[row]! * scale + 0.5);
        pairs[2 * row + 1] = 1;
      }
      return { gradient: 1 / scale, hessian: 1 };
    },
    value(raw, target) {
      let sum = 0;
      for (let row = 0; row < raw.length; row++) sum += (raw[row]! - target.values[row]!) ** 2;
      return sum / (2 * raw.length);
    },
    scores: raw => raw,
  };
}
