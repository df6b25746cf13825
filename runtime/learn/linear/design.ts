/**
 * Features as the columns of a linear model.
 *
 * Numbers are standardised with mean and deviation of the training rows; a constant column gets weight 0. A category
 * has one 0/1 column for each value of the training vocabulary, and one for missing when training rows miss it. An
 * unseen value ("other") has 0 in all of them, which is the average over categories as the penalty sees it.
 *
 * A row has few columns that are not 0, so it is kept as one number and one index per feature, never as a wide matrix.
 */

import { LearnError } from '../errors.ts';
import { alignFrame, type Feature, featuresOf } from '../frame.ts';
import type { Frame } from '../types.ts';

export interface LinearFeature {
  readonly feature: Feature;
  /** The first of its columns. */
  readonly first: number;
  /** Numbers: (value - mean) / deviation; deviation 0 says constant. */
  readonly mean: number;
  readonly deviation: number;
  /** Categories: the column of missing, or -1. */
  readonly missing: number;
}

export interface Design {
  readonly features: readonly LinearFeature[];
  /** Columns with the intercept, which is the last. */
  readonly width: number;
}

/** Row r has `values[r * terms + t]` in column `columns[r * terms + t]`; a value of 0 says there is nothing. */
export interface Rows {
  readonly count: number;
  readonly terms: number;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** @throws LearnError `missing-values` for a number that is missing in any row */
export function fitDesign(trainer: string, frame: Frame): Design {
  requireNumbers(trainer, frame, 'training');
  let next = 0;
  const features = frame.columns.map((column, i): LinearFeature => {
    const feature = featuresOf({ rows: frame.rows, columns: [column] })[0]!;
    const first = next;
    if (column.kind === 'number') {
      next += 1;
      return { feature, first, ...moments(column.name, column.values), missing: -1 };
    }
    next += column.vocabulary.length;
    const missing = frame.columns[i]!.kind === 'category' && column.codes.includes(-1) ? next++ : -1;
    return { feature, first, mean: 0, deviation: 1, missing };
  });
  return { features, width: next + 1 };
}

function moments(name: string, values: Float64Array): { mean: number; deviation: number } {
  let mean = 0;
  let squares = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (!Number.isFinite(value))
      throw new LearnError('not-finite', `'${name}' is ${value} in row ${row + 1}`, {
        name,
        found: String(value),
        advice: 'A linear model needs finite numbers: clip the feature, or leave those rows out',
      });
    const off = value - mean;
    mean += off / (row + 1);
    squares += off * (value - mean);
  }
  const deviation = Math.sqrt(squares / values.length);
  // Rounding leaves a constant column a tiny deviation.
  return { mean, deviation: deviation > 1e-12 * Math.abs(mean) ? deviation : 0 };
}

/** Says which number is missing, how often, and what can be done. */
function requireNumbers(model: string, frame: Frame, part: string): void {
  for (const column of frame.columns) {
    if (column.kind !== 'number') continue;
    let count = 0;
    for (const value of column.values) if (Number.isNaN(value)) count++;
    if (count === 0) continue;
    throw new LearnError(
      'missing-values',
      `'${column.name}' is missing in ${count} of ${frame.rows} ${part} rows, and ${model} takes no missing numbers`,
      {
        name: column.name,
        trainer: model,
        count,
        rows: frame.rows,
        advice: `Give it a value ('${column.name} ?? 0.0'), leave those rows out, or train gradient_boosting, which takes them`,
      },
    );
  }
}

/** @throws LearnError `missing-values`, `columns-differ` */
export function designRows(trainer: string, frame: Frame, design: Design, part = 'training'): Rows {
  const aligned = alignFrame(
    frame,
    design.features.map(f => f.feature),
  );
  if (part !== 'training') requireNumbers(trainer, aligned, part);
  const terms = design.features.length + 1;
  const columns = new Int32Array(frame.rows * terms);
  const values = new Float64Array(frame.rows * terms);
  aligned.columns.forEach((column, t) => {
    const { first, mean, deviation, missing, feature } = design.features[t]!;
    const known = feature.vocabulary?.length ?? 0;
    for (let row = 0, at = t; row < frame.rows; row++, at += terms) {
      if (column.kind === 'number') {
        columns[at] = first;
        values[at] = deviation === 0 ? 0 : (column.values[row]! - mean) / deviation;
        continue;
      }
      const code = column.codes[row]!;
      const place = code < 0 ? missing : code < known ? first + code : -1;
      columns[at] = Math.max(place, 0);
      values[at] = place < 0 ? 0 : 1;
    }
  });
  for (let row = 0, at = terms - 1; row < frame.rows; row++, at += terms) {
    columns[at] = design.width - 1;
    values[at] = 1;
  }
  return { count: frame.rows, terms, columns, values };
}

/** The rows times one vector of weights. */
export function products(
  rows: Rows,
  weights: Float64Array,
  out = new Float64Array(rows.count),
): Float64Array {
  for (let row = 0, at = 0; row < rows.count; row++) {
    let sum = 0;
    for (let t = 0; t < rows.terms; t++, at++) sum += rows.values[at]! * weights[rows.columns[at]!]!;
    out[row] = sum;
  }
  return out;
}

/** Adds X' r to `out`. */
export function addTransposed(rows: Rows, r: Float64Array, out: Float64Array): void {
  for (let row = 0, at = 0; row < rows.count; row++) {
    const factor = r[row]!;
    for (let t = 0; t < rows.terms; t++, at++) out[rows.columns[at]!]! += rows.values[at]! * factor;
  }
}

/** The lower triangle of X' diag(w) X, row-major `width * width`. Without `w` all weights are 1. */
export function gram(rows: Rows, width: number, w?: Float64Array): Float64Array {
  const out = new Float64Array(width * width);
  for (let row = 0, start = 0; row < rows.count; row++, start += rows.terms) {
    const weight = w === undefined ? 1 : w[row]!;
    for (let a = start; a < start + rows.terms; a++) {
      const scaled = rows.values[a]! * weight;
      if (scaled === 0) continue;
      // Terms come in ascending order of columns, so that the earlier one is the column of the triangle.
      const base = rows.columns[a]! * width;
      for (let b = start; b <= a; b++) out[base + rows.columns[b]!]! += scaled * rows.values[b]!;
    }
  }
  return out;
}

/** The diagonal of X'X plus a penalty on all but the intercept; at least 1, so that it can be divided by. */
export function gramDiagonal(rows: Rows, width: number, penalty: number): Float64Array {
  const out = new Float64Array(width).fill(penalty);
  out[width - 1] = 0;
  for (let at = 0; at < rows.columns.length; at++) out[rows.columns[at]!]! += rows.values[at]! ** 2;
  return out.map(value => Math.max(value, 1));
}
