import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rowsFor, standardError } from '../../../compiler/lint/noise.ts';
import { Random } from '../../support/random.ts';
import { codesOf, lintText } from './support.ts';

const { seed } = new Random();
console.log(`seed ${seed}`);

/** AUC by counting pairs; ties do not occur. */
function areaOf(positive: readonly number[], negative: readonly number[]): number {
  const sorted = [...negative].sort((a, b) => a - b);
  const below = (x: number): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < x) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return positive.reduce((sum, x) => sum + below(x), 0) / (positive.length * negative.length);
}

const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
};

test('the standard error of auc is what repeated samples show', () => {
  const random = new Random(seed);
  // Exponential scores, for which Hanley and McNeil's formula is exact: the area is r/(1+r) for rates 1 and r.
  const draw = (rate: number): number => -Math.log(1 - random.next()) / rate;
  for (const area of [0.5, 0.7, 0.9]) {
    const rate = area / (1 - area);
    const rows = 200;
    const areas = Array.from({ length: 1500 }, () => {
      const positive = Array.from({ length: rows / 2 }, () => draw(1));
      const negative = Array.from({ length: rows / 2 }, () => draw(rate));
      return areaOf(positive, negative);
    });
    const ratio = deviation(areas) / standardError('auc', area, rows)!;
    assert.ok(ratio > 0.9 && ratio < 1.1, `at ${area}: ${ratio}`);
  }
});

test('the standard error of a share is what repeated samples show', () => {
  const random = new Random(seed);
  for (const share of [0.5, 0.9]) {
    const rows = 100;
    const shares = Array.from(
      { length: 4000 },
      () => Array.from({ length: rows }, () => random.next() < share).filter(Boolean).length / rows,
    );
    const ratio = deviation(shares) / standardError('accuracy', share, rows)!;
    assert.ok(ratio > 0.93 && ratio < 1.07, `at ${share}: ${ratio}`);
  }
});

test('the rows that are asked for bring the error down to what is wanted', () => {
  for (const metric of ['auc', 'accuracy'])
    for (const error of [0.01, 0.003]) {
      const rows = rowsFor(metric, 0.7, error)!;
      assert.ok(Math.abs(standardError(metric, 0.7, rows)! / error - 1) < 0.01);
    }
  assert.is(standardError('rmse', 3, 100), undefined);
});

const spec = (gate: string, rows: string, more = ''): string => `import std.sources { csv }
import std.learn { gradient_boosting, logistic_regression }
import std.metrics { auc, accuracy, log_loss }
schema V { day: datetime @event_time  n: int in 0..9  ok: bool @known_after(1d) }
source vs: V = csv("v.csv")
validation sound on vs { ${rows} }
features F from vs at day { use n  label good = ok }
${more}
model m {
  features F
  predict good
  split by day { train 70%  validation 15%  test 15% }
  train gradient_boosting()
  baseline logistic_regression()
  seed 1
  evaluate auc, accuracy, log_loss by n
  promote { ${gate}  require auc > baseline.auc }
}`;
const noisy = (gate: string, rows = 'require count() >= 1_000', more = ''): boolean =>
  codesOf(lintText(spec(gate, rows, more))).includes('MLP7144');

test('what is noise and what is not', () => {
  // 150 test rows: the standard error of auc at 0.7 is 0.043, of accuracy at 0.9 0.024.
  assert.ok(noisy('require auc >= (champion.auc ?? 0.7) - 0.02'));
  assert.not.ok(noisy('require auc >= (champion.auc ?? 0.7) - 0.05'));
  assert.ok(noisy('require auc - 0.01 >= baseline.auc'));
  assert.ok(noisy('require (champion.auc ?? 0.7) - 0.01 <= auc'));
  assert.ok(noisy('require accuracy >= (champion.accuracy ?? 0.9) - 0.02'));
  assert.not.ok(noisy('require accuracy >= (champion.accuracy ?? 0.9) - 0.03'));
  assert.ok(noisy('require auc >= 0.55'), 'a coin');
  assert.not.ok(noisy('require auc >= 0.65'));
});

test('without a margin, without rows, of other metrics: nothing', () => {
  assert.not.ok(noisy('require auc >= (champion.auc ?? 0.7)'));
  assert.not.ok(noisy('require auc > baseline.auc'));
  assert.not.ok(noisy('require auc >= (champion.auc ?? 0.7) - 0.02', 'require mean(n) > 1.0'));
  assert.not.ok(noisy('require log_loss <= (champion.log_loss ?? 0.5) + 0.001'));
  assert.not.ok(noisy('warn auc >= (champion.auc ?? 0.7) - 0.001'));
});

test('rows through constants, conjunctions and ranges; conditions through policies', () => {
  const gate = 'require auc >= (champion.auc ?? 0.7) - 0.02';
  assert.ok(noisy(gate, 'require count() >= enough', 'let enough = 1_000'));
  assert.ok(noisy(gate, 'require mean(n) > 1.0 and count() > 1_000'));
  assert.ok(noisy(gate, 'require 1_000 <= count()'));
  assert.ok(noisy(gate, 'require count() in 1_000..9_000'));
  assert.not.ok(noisy(gate, 'require count() <= 1_000'));
  assert.not.ok(noisy(gate, 'require count() >= 1_000_000'));
  const policy = 'policy near(m: metric, slack: float) {\n require m >= (champion(m) ?? 0.7) - slack\n}';
  assert.ok(noisy('policy near(auc, slack: 0.02)', 'require count() >= 1_000', policy));
  assert.ok(
    noisy('require auc >= 0.6 for each n with at least 100 rows', 'require mean(n) > 1.0'),
    'a slice',
  );
});

test.run();
