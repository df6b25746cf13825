/** Metrics of class probabilities (row-major `rows * classes`) against a class. */

import { defineMetric, rowAt, type Selection } from './metric.ts';
import { areaUnderRoc, rank } from './ranking.ts';

const tasks = ['multiclass'] as const;
const EPSILON = 2.220446049250313e-16;

const label = (s: Selection, i: number): number => s.labels[rowAt(s, i)]!;

/** The class with the greatest probability; of equals the first. */
function decided(s: Selection, i: number): number {
  const at = rowAt(s, i) * s.classes;
  let best = 0;
  for (let k = 1; k < s.classes; k++) if (s.scores[at + k]! > s.scores[at + best]!) best = k;
  return best;
}

export const multiclassAccuracy = defineMetric({
  name: 'accuracy',
  tasks,
  range: [0, 1],
  direction: 'higher',
  doc: 'Share of rows whose most probable class is the label; of equally probable classes the first counts.',
  undefinedWhen: 'there are no rows',
  of(s) {
    let right = 0;
    for (let i = 0; i < s.count; i++) if (decided(s, i) === label(s, i)) right++;
    return right / s.count;
  },
});

export const multiclassLogLoss = defineMetric({
  name: 'log_loss',
  tasks,
  range: [0, -Math.log(EPSILON)],
  direction: 'lower',
  doc: 'Mean of -log of the probability given to the label, in nats; probabilities are kept 2.2e-16 off 0 and 1.',
  undefinedWhen: 'there are no rows',
  of(s) {
    let sum = 0;
    for (let i = 0; i < s.count; i++) {
      const p = s.scores[rowAt(s, i) * s.classes + label(s, i)]!;
      sum -= Math.log(Math.min(1 - EPSILON, Math.max(EPSILON, p)));
    }
    return sum / s.count;
  },
});

export const macroF1 = defineMetric({
  name: 'macro_f1',
  tasks,
  range: [0, 1],
  direction: 'higher',
  doc:
    'Mean over the classes, each of equal weight, of 2 TP / (2 TP + FP + FN); a class that is neither a label nor ' +
    'decided in these rows is left out (as scikit-learn does for the labels it sees).',
  undefinedWhen: 'there are no rows',
  of(s) {
    const hits = new Float64Array(s.classes);
    const both = new Float64Array(s.classes);
    for (let i = 0; i < s.count; i++) {
      const is = label(s, i);
      const said = decided(s, i);
      both[is]!++;
      both[said]!++;
      if (is === said) hits[is]!++;
    }
    let sum = 0;
    let seen = 0;
    for (let k = 0; k < s.classes; k++) {
      if (both[k] === 0) continue;
      sum += (2 * hits[k]!) / both[k]!;
      seen++;
    }
    return sum / seen;
  },
});

export const macroAuc = defineMetric({
  name: 'auc',
  tasks,
  range: [0, 1],
  direction: 'higher',
  doc: 'Mean over the classes, each of equal weight, of the area under the ROC curve of that class against the rest.',
  undefinedWhen: 'a class has no row, or has all of them',
  of(s) {
    let sum = 0;
    for (let k = 0; k < s.classes; k++) {
      const ranked = rank(
        s.count,
        i => s.scores[rowAt(s, i) * s.classes + k]!,
        i => label(s, i) === k,
      );
      if (ranked.positives.length === 0) return `no row is of class ${k + 1} of ${s.classes}`;
      if (ranked.negatives.length === 0) return `every row is of class ${k + 1} of ${s.classes}`;
      sum += areaUnderRoc(ranked);
    }
    return sum / s.classes;
  },
});

export const multiclassMetrics = [multiclassAccuracy, multiclassLogLoss, macroF1, macroAuc];
