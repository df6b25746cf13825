import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { metricByName, metrics } from '../../../runtime/learn/metrics/index.ts';
import type { Target } from '../../../runtime/learn/types.ts';
import { binary, forSeeds, learnError, multiclass, regression, times } from './helpers.ts';

function value(name: string, scores: number[], target: Target, rows?: number[], threshold?: number): number {
  const result = metricByName(name, target.task).compute(
    Float64Array.from(scores),
    target,
    rows === undefined ? undefined : Int32Array.from(rows),
    threshold === undefined ? {} : { threshold },
  );
  if ('undefined' in result) throw new Error(`undefined: ${result.undefined}`);
  return result.value;
}

function reason(name: string, scores: number[], target: Target): string {
  const result = metricByName(name, target.task).compute(Float64Array.from(scores), target);
  return 'undefined' in result ? result.undefined : `value ${result.value}`;
}

function near(actual: number, expected: number): void {
  assert.ok(
    Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
}

/** The definition itself: all pairs, a tie counting half. */
function pairwiseAuc(scores: number[], labels: number[]): number {
  let wins = 0;
  let pairs = 0;
  scores.forEach((a, i) => {
    scores.forEach((b, j) => {
      if (labels[i] !== 1 || labels[j] !== 0) return;
      pairs++;
      wins += a > b ? 1 : a === b ? 0.5 : 0;
    });
  });
  return wins / pairs;
}

/** Precision at each distinct score, weighted by the recall that it adds. */
function naiveAveragePrecision(scores: number[], labels: number[]): number {
  const positives = labels.filter(y => y === 1).length;
  let before = 0;
  let sum = 0;
  for (const cut of [...new Set(scores)].sort((a, b) => b - a)) {
    const taken = labels.filter((_, i) => scores[i]! >= cut);
    const hits = taken.filter(y => y === 1).length;
    sum += ((hits - before) / positives) * (hits / taken.length);
    before = hits;
  }
  return sum;
}

test('auc and average precision by hand', () => {
  const labels = binary([0, 0, 1, 1]);
  near(value('auc', [0.1, 0.4, 0.35, 0.8], labels), 0.75);
  near(value('average_precision', [0.1, 0.4, 0.35, 0.8], labels), 1 / 2 + (2 / 3) * (1 / 2));
  near(value('auc', [0.5, 0.5, 0.5, 0.5], labels), 0.5);
  near(value('average_precision', [0.5, 0.5, 0.5, 0.5], labels), 0.5);
});

test('auc and average precision agree with their definitions on scores with ties', () => {
  forSeeds(60, random => {
    const count = random.integer(2, 40);
    const levels = random.integer(1, 12);
    const scores = times(count, () => random.integer(0, levels) / levels);
    const labels = times(count, i => (i < 2 ? i : random.integer(0, 1)));
    near(value('auc', scores, binary(labels)), pairwiseAuc(scores, labels));
    near(value('average_precision', scores, binary(labels)), naiveAveragePrecision(scores, labels));
  });
});

test('a subset of rows gives what those rows alone give, for every metric', () => {
  forSeeds(20, random => {
    const targets: Target[] = [
      binary(times(40, () => random.integer(0, 1))),
      multiclass(
        times(40, () => random.integer(0, 2)),
        ['a', 'b', 'c'],
      ),
      regression(times(40, () => random.next() + 0.5)),
    ];
    const rows = times(40, i => i).filter(() => random.next() < 0.5);
    for (const target of targets) {
      const width = target.task === 'multiclass' ? 3 : 1;
      const scores = Float64Array.from(times(40 * width, () => random.next()));
      const few = Float64Array.from(
        rows.flatMap(row => [...scores.subarray(row * width, (row + 1) * width)]),
      );
      const fewTarget = { ...target, values: Float64Array.from(rows, row => target.values[row]!) };
      for (const metric of metrics.filter(m => m.tasks.includes(target.task))) {
        const whole = metric.compute(scores, target, Int32Array.from(rows));
        const alone = metric.compute(few, fewTarget);
        if ('value' in alone) assert.equal(whole, alone, metric.name);
        else assert.ok('undefined' in whole, metric.name);
      }
    }
  });
});

test('values lie in the range that the metric declares', () => {
  forSeeds(20, random => {
    const scores = Float64Array.from(
      times(30, () => (random.next() < 0.1 ? random.integer(0, 1) : random.next())),
    );
    const target = binary(times(30, () => random.integer(0, 1)));
    for (const metric of metrics.filter(m => m.tasks.includes('binary'))) {
      const result = metric.compute(scores, target);
      if ('value' in result)
        assert.ok(
          result.value >= metric.range[0] && result.value <= metric.range[1],
          `${metric.name} ${result.value}`,
        );
    }
  });
});

test('log loss, brier and calibration error by hand', () => {
  const labels = binary([1, 0, 1]);
  near(value('log_loss', [0.8, 0.4, 0.5], labels), -(Math.log(0.8) + Math.log(0.6) + Math.log(0.5)) / 3);
  assert.ok(
    Number.isFinite(value('log_loss', [0, 1, 0], labels)),
    'a certain error costs much, but not infinity',
  );
  near(value('brier', [0.8, 0.4, 0.5], labels), (0.04 + 0.16 + 0.25) / 3);
  // Two rows in one bin: mean score 0.41, share 0.5; one row in the last: score 1, label 1.
  near(value('calibration_error', [0.41, 0.41, 1], binary([1, 0, 1])), (2 / 3) * 0.09);
  near(value('calibration_error', [0, 1], binary([0, 1])), 0);
});

test('decisions by hand; the threshold itself decides true', () => {
  const labels = binary([1, 1, 0, 0, 1]);
  const scores = [0.9, 0.5, 0.5, 0.1, 0.2];
  near(value('accuracy', scores, labels), 3 / 5);
  near(value('precision', scores, labels), 2 / 3);
  near(value('recall', scores, labels), 2 / 3);
  near(value('f1', scores, labels), 2 / 3);
  near(value('recall', scores, labels, undefined, 0.2), 1);
  near(value('precision', scores, labels, [0, 3]), 1);
});

test('several classes by hand', () => {
  const target = multiclass([0, 1, 2, 2], ['a', 'b', 'c']);
  const scores = [...[0.6, 0.3, 0.1], ...[0.5, 0.4, 0.1], ...[0.1, 0.2, 0.7], ...[0.4, 0.4, 0.2]];
  near(value('accuracy', scores, target), 0.5);
  near(
    value('log_loss', scores, target),
    -(Math.log(0.6) + Math.log(0.4) + Math.log(0.7) + Math.log(0.2)) / 4,
  );
  // a: TP 1, FP 2; b: FN 1; c: TP 1, FN 1.
  near(value('macro_f1', scores, target), (2 / 4 + 0 + 2 / 3) / 3);
  const one = (k: number): number =>
    pairwiseAuc(
      [0, 1, 2, 3].map(row => scores[row * 3 + k]!),
      [...target.values].map(y => Number(y === k)),
    );
  near(value('auc', scores, target), (one(0) + one(1) + one(2)) / 3);
});

test('regression by hand', () => {
  const target = regression([1, 2, 4, 5]);
  const scores = [2, 2, 3, 8];
  near(value('mae', scores, target), 5 / 4);
  near(value('rmse', scores, target), Math.sqrt(11 / 4));
  near(value('r2', scores, target), 1 - 11 / 10);
  near(value('mape', scores, target), (1 + 0 + 1 / 4 + 3 / 5) / 4);
  near(value('median_absolute_error', scores, target), 1);
  near(value('median_absolute_error', scores, target, [0, 1, 3]), 1);
});

test('a metric without a value says why', () => {
  assert.is(reason('auc', [0.1, 0.2], binary([0, 0])), 'no row is true');
  assert.is(reason('auc', [0.1, 0.2], binary([1, 1])), 'every row is true');
  assert.is(reason('average_precision', [0.1], binary([0])), 'no row is true');
  assert.is(reason('precision', [0.1], binary([1])), 'no score reaches the threshold 0.5');
  assert.is(reason('recall', [0.1], binary([0])), 'no row is true');
  assert.is(reason('f1', [0.1], binary([0])), 'no row is true and no score reaches the threshold');
  assert.is(
    reason('auc', [1, 0, 0, 1, 0, 0], multiclass([0, 1], ['a', 'b', 'c'])),
    'no row is of class 3 of 3',
  );
  assert.is(reason('mape', [1, 2], regression([1, 0])), 'the label of row 2 is 0');
  assert.is(reason('r2', [1, 2, 3], regression([0.1, 0.1, 0.1])), 'the label is the same in all rows');
  assert.is(reason('calibration_error', [1.5], binary([1])), 'the score of row 1 is not between 0 and 1');
  for (const metric of metrics) {
    const target = { task: metric.tasks[0]!, values: new Float64Array(0), classes: ['a', 'b'] };
    assert.equal(metric.compute(new Float64Array(0), target), { undefined: 'there are no rows' });
  }
});

test('scores that are no numbers never make a value', () => {
  for (const metric of metrics.filter(m => m.tasks.includes('binary')))
    assert.ok('undefined' in metric.compute(Float64Array.of(0.5, Number.NaN), binary([0, 1])), metric.name);
});

test('an unknown metric names the known ones of the task', () => {
  const error = learnError('unknown-metric', () => metricByName('rmse', 'binary'));
  assert.match(error.message, /no metric 'rmse' for binary.*auc/);
});

test.run();
