/** Metrics of a number against a number. */

import { defineMetric, rowAt, type Selection } from './metric.ts';

const tasks = ['regression'] as const;
const unbounded = [0, Number.POSITIVE_INFINITY] as const;

const label = (s: Selection, i: number): number => s.labels[rowAt(s, i)]!;
const error = (s: Selection, i: number): number => s.scores[rowAt(s, i)]! - label(s, i);

function mean(s: Selection, of: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < s.count; i++) sum += of(i);
  return sum / s.count;
}

export const mae = defineMetric({
  name: 'mae',
  tasks,
  range: unbounded,
  direction: 'lower',
  doc: 'Mean absolute error, in the unit of the label.',
  undefinedWhen: 'there are no rows',
  of: s => mean(s, i => Math.abs(error(s, i))),
});

export const rmse = defineMetric({
  name: 'rmse',
  tasks,
  range: unbounded,
  direction: 'lower',
  doc: 'Root of the mean squared error, in the unit of the label.',
  undefinedWhen: 'there are no rows',
  of: s => Math.sqrt(mean(s, i => error(s, i) ** 2)),
});

export const r2 = defineMetric({
  name: 'r2',
  tasks,
  range: [Number.NEGATIVE_INFINITY, 1],
  direction: 'higher',
  doc: 'Coefficient of determination: 1 - sum (y - prediction)^2 / sum (y - mean y)^2.',
  undefinedWhen: 'the label is the same in all rows',
  of(s) {
    const middle = mean(s, i => label(s, i));
    const spread = mean(s, i => (label(s, i) - middle) ** 2);
    // Rounding leaves the mean of equal labels a little off them.
    const least = (1e-15 * Math.abs(middle)) ** 2;
    return spread <= least
      ? 'the label is the same in all rows'
      : 1 - mean(s, i => error(s, i) ** 2) / spread;
  },
});

export const mape = defineMetric({
  name: 'mape',
  tasks,
  range: unbounded,
  direction: 'lower',
  doc: 'Mean absolute error relative to the label: mean of |prediction - y| / |y|; 0.1 is ten percent.',
  undefinedWhen: 'the label of a row is 0',
  of(s) {
    for (let i = 0; i < s.count; i++)
      if (label(s, i) === 0) return `the label of row ${rowAt(s, i) + 1} is 0`;
    return mean(s, i => Math.abs(error(s, i) / label(s, i)));
  },
});

export const medianAbsoluteError = defineMetric({
  name: 'median_absolute_error',
  tasks,
  range: unbounded,
  direction: 'lower',
  doc: 'Median of the absolute errors (of an even number of rows the mean of the middle two), in the unit of the label.',
  undefinedWhen: 'there are no rows',
  of(s) {
    const errors = Float64Array.from({ length: s.count }, (_, i) => Math.abs(error(s, i))).sort();
    const upper = s.count >> 1;
    return s.count % 2 === 1 ? errors[upper]! : (errors[upper - 1]! + errors[upper]!) / 2;
  },
});

export const regressionMetrics = [mae, rmse, r2, mape, medianAbsoluteError];
