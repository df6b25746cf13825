/** What a metric is: a number computed from scores and labels of some rows, with its range and direction. */

import type { Target, Task } from '../types.ts';

/** The reason stands in reports and gate results: a gate on an undefined metric fails. */
export type MetricValue = { readonly value: number } | { readonly undefined: string };

export interface MetricOptions {
  /** A row is predicted true when its score is at least this; only the metrics that decide use it. Default 0.5. */
  readonly threshold?: number;
}

export interface Metric {
  readonly name: string;
  readonly tasks: readonly Task[];
  /** Both inclusive. */
  readonly range: readonly [low: number, high: number];
  /** Which way is better. */
  readonly direction: 'higher' | 'lower';
  readonly doc: string;
  /** When there is no value, in words; no rows, and scores that are not finite, leave every metric undefined. */
  readonly undefinedWhen: string;
  /** Scores as `Model.predict` gives them; `rows` are the rows to use, all without it. */
  compute(scores: Float64Array, target: Target, rows?: Int32Array, options?: MetricOptions): MetricValue;
}

export interface Selection {
  readonly scores: Float64Array;
  readonly labels: Float64Array;
  readonly rows: Int32Array | undefined;
  readonly count: number;
  readonly classes: number;
  readonly threshold: number;
}

type Definition = Omit<Metric, 'compute'> & { readonly of: (selection: Selection) => number | string };

/** A metric from a function that gives its value or why it has none; the checks common to all are made here. */
export function defineMetric({ of, ...about }: Definition): Metric {
  return {
    ...about,
    compute(scores, target, rows, options = {}) {
      const count = rows === undefined ? target.values.length : rows.length;
      if (count === 0) return { undefined: 'there are no rows' };
      const classes = target.task === 'multiclass' ? target.classes.length : 1;
      const { threshold = 0.5 } = options;
      const selection = { scores, labels: target.values, rows, count, classes, threshold };
      const bad = firstNotFinite(selection);
      if (bad >= 0) return { undefined: `the score of row ${bad + 1} is not a finite number` };
      const result = of(selection);
      if (typeof result === 'string') return { undefined: result };
      return Number.isFinite(result) ? { value: result } : { undefined: 'the result is not a finite number' };
    },
  };
}

function firstNotFinite({ scores, rows, count, classes }: Selection): number {
  for (let i = 0; i < count; i++) {
    const row = rows === undefined ? i : rows[i]!;
    for (let k = row * classes; k < (row + 1) * classes; k++) if (!Number.isFinite(scores[k]!)) return row;
  }
  return -1;
}

/** The row of the i-th chosen row. */
export const rowAt = (selection: Selection, i: number): number =>
  selection.rows === undefined ? i : selection.rows[i]!;
