/** Metrics of a probability against true or false. */

import { defineMetric, rowAt, type Selection } from './metric.ts';
import { areaUnderRoc, averagePrecision, rank } from './ranking.ts';

const tasks = ['binary'] as const;
/** As scikit-learn's `log_loss` for doubles: the machine epsilon. */
const EPSILON = 2.220446049250313e-16;
/** Bins of `calibration_error`. */
export const CALIBRATION_BINS = 15;

const label = (s: Selection, i: number): number => s.labels[rowAt(s, i)]!;
const score = (s: Selection, i: number): number => s.scores[rowAt(s, i)]!;
const ranked = (s: Selection) =>
  rank(
    s.count,
    i => score(s, i),
    i => label(s, i) === 1,
  );

function mean(s: Selection, of: (score: number, label: number) => number): number {
  let sum = 0;
  for (let i = 0; i < s.count; i++) sum += of(score(s, i), label(s, i));
  return sum / s.count;
}

interface Confusion {
  readonly truePositives: number;
  readonly predicted: number;
  readonly positives: number;
}

function confusion(s: Selection): Confusion {
  let truePositives = 0;
  let predicted = 0;
  let positives = 0;
  for (let i = 0; i < s.count; i++) {
    const yes = score(s, i) >= s.threshold;
    const is = label(s, i) === 1;
    if (yes) predicted++;
    if (is) positives++;
    if (yes && is) truePositives++;
  }
  return { truePositives, predicted, positives };
}

export const auc = defineMetric({
  name: 'auc',
  tasks,
  range: [0, 1],
  direction: 'higher',
  doc: 'Area under the ROC curve: P(score of a true row > score of a false row), ties counting half (Mann-Whitney).',
  undefinedWhen: 'all rows have the same label',
  of(s) {
    const classes = ranked(s);
    if (classes.positives.length === 0) return 'no row is true';
    return classes.negatives.length === 0 ? 'every row is true' : areaUnderRoc(classes);
  },
});

export const averagePrecisionMetric = defineMetric({
  name: 'average_precision',
  tasks,
  range: [0, 1],
  direction: 'higher',
  doc: 'Area under precision over recall: sum of (R_n - R_(n-1)) P_n over the distinct scores.',
  undefinedWhen: 'no row is true',
  of(s) {
    const classes = ranked(s);
    return classes.positives.length === 0 ? 'no row is true' : averagePrecision(classes);
  },
});

export const logLoss = defineMetric({
  name: 'log_loss',
  tasks,
  range: [0, -Math.log(EPSILON)],
  direction: 'lower',
  doc: 'Mean of -log of the probability given to the label, in nats; probabilities are kept 2.2e-16 off 0 and 1.',
  undefinedWhen: 'there are no rows',
  of: s => mean(s, (p, y) => -Math.log(Math.min(1 - EPSILON, Math.max(EPSILON, y === 1 ? p : 1 - p)))),
});

export const brier = defineMetric({
  name: 'brier',
  tasks,
  range: [0, 1],
  direction: 'lower',
  doc: 'Mean of (p - y)^2 (Brier 1950, for two classes halved as is usual).',
  undefinedWhen: 'there are no rows',
  of: s => mean(s, (p, y) => (p - y) ** 2),
});

export const accuracy = defineMetric({
  name: 'accuracy',
  tasks,
  range: [0, 1],
  direction: 'higher',
  doc: 'Share of rows whose decision (score >= threshold) is the label.',
  undefinedWhen: 'there are no rows',
  of: s => mean(s, (p, y) => Number(p >= s.threshold === (y === 1))),
});

export const precision = defineMetric({
  name: 'precision',
  tasks,
  range: [0, 1],
  direction: 'higher',
  doc: 'Share of true rows among those with score >= threshold: TP / (TP + FP).',
  undefinedWhen: 'no score reaches the threshold',
  of(s) {
    const c = confusion(s);
    return c.predicted === 0
      ? `no score reaches the threshold ${s.threshold}`
      : c.truePositives / c.predicted;
  },
});

export const recall = defineMetric({
  name: 'recall',
  tasks,
  range: [0, 1],
  direction: 'higher',
  doc: 'Share of the true rows with score >= threshold: TP / (TP + FN).',
  undefinedWhen: 'no row is true',
  of(s) {
    const c = confusion(s);
    return c.positives === 0 ? 'no row is true' : c.truePositives / c.positives;
  },
});

export const f1 = defineMetric({
  name: 'f1',
  tasks,
  range: [0, 1],
  direction: 'higher',
  doc: 'Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN) (van Rijsbergen 1979).',
  undefinedWhen: 'no row is true and no score reaches the threshold',
  of(s) {
    const c = confusion(s);
    const both = c.predicted + c.positives;
    return both === 0 ? 'no row is true and no score reaches the threshold' : (2 * c.truePositives) / both;
  },
});

export const calibrationError = defineMetric({
  name: 'calibration_error',
  tasks,
  range: [0, 1],
  direction: 'lower',
  doc:
    `Expected calibration error: sum over ${CALIBRATION_BINS} bins of equal width in score of ` +
    '(rows in bin / rows) |mean score - share of true rows| (Naeini et al. 2015; Guo et al. 2017, 15 bins).',
  undefinedWhen: 'a score is no probability',
  of(s) {
    const gaps = new Float64Array(CALIBRATION_BINS);
    for (let i = 0; i < s.count; i++) {
      const p = score(s, i);
      if (p < 0 || p > 1) return `the score of row ${rowAt(s, i) + 1} is not between 0 and 1`;
      gaps[Math.min(CALIBRATION_BINS - 1, Math.floor(p * CALIBRATION_BINS))]! += p - label(s, i);
    }
    let sum = 0;
    for (const gap of gaps) sum += Math.abs(gap);
    return sum / s.count;
  },
});

export const binaryMetrics = [
  ...[auc, averagePrecisionMetric, logLoss, brier, calibrationError],
  ...[accuracy, precision, recall, f1],
];
