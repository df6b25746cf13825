import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { categoryColumn, frameOf } from '../../../runtime/learn/frame.ts';
import { logisticRegression } from '../../../runtime/learn/linear/logistic.ts';
import { linearRegression } from '../../../runtime/learn/linear/ridge.ts';
import { minimise, solveCholesky, solveRidged } from '../../../runtime/learn/linear/solve.ts';
import { metricByName } from '../../../runtime/learn/metrics/index.ts';
import { loadModel } from '../../../runtime/learn/trainers.ts';
import type { Frame, Model, Target } from '../../../runtime/learn/types.ts';
import * as helpers from './helpers.ts';
import { binary, forSeeds, learnError, normal, number, regression, split, times } from './helpers.ts';

const context = { seed: 1 };

function measure(name: string, model: Model, part: { frame: Frame; target: Target }): number {
  const result = metricByName(name, part.target.task).compute(model.predict(part.frame), part.target);
  if ('undefined' in result) throw new Error(result.undefined);
  return result.value;
}

/** Penguins with all their measurements; linear models take no missing numbers. */
function wholePenguins() {
  const { frame, target } = helpers.penguins();
  const whole = Int32Array.from(times(frame.rows, row => row)).filter(row =>
    frame.columns.every(column => column.kind === 'category' || !Number.isNaN(column.values[row]!)),
  );
  return split({ frame: helpers.rowsOf(frame, whole), target: helpers.labelsOf(target, whole) }, 3);
}

test('Cholesky solves, and refuses what is not positive definite', () => {
  forSeeds(20, random => {
    const n = random.integer(1, 8);
    const root = times(n * n, () => normal(random));
    const a = Float64Array.from(
      times(n * n, at => {
        const [i, j] = [Math.floor(at / n), at % n];
        return times(n, k => root[i * n + k]! * root[j * n + k]!).reduce((x, y) => x + y, i === j ? 0.5 : 0);
      }),
    );
    const x = times(n, () => normal(random));
    const b = Float64Array.from(
      times(n, i => times(n, j => a[i * n + j]! * x[j]!).reduce((p, q) => p + q, 0)),
    );
    const solved = solveCholesky(a.slice(), b)!;
    assert.ok(solved.every((v, i) => Math.abs(v - x[i]!) < 1e-8));
  });
  assert.is(solveCholesky(Float64Array.of(1, 0, 1, 1), Float64Array.of(1, 1)), null);
  assert.ok(solveRidged(Float64Array.of(1, 0, 1, 1), Float64Array.of(1, 1)).every(Number.isFinite));
});

test('the minimiser finds the bottom of a narrow valley', () => {
  const rosenbrock = (x: Float64Array, g: Float64Array): number => {
    const [a, b] = [x[0]!, x[1]!];
    g[0] = -2 * (1 - a) - 400 * a * (b - a * a);
    g[1] = 200 * (b - a * a);
    return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
  };
  const { x, converged } = minimise(rosenbrock, Float64Array.of(-1.2, 1), {
    iterations: 200,
    tolerance: 1e-8,
  });
  assert.ok(converged && Math.abs(x[0]! - 1) < 1e-6 && Math.abs(x[1]! - 1) < 1e-6);
});

test('logistic regression leaves no gradient: it is the minimum', () => {
  const { train } = split(helpers.flights(), 4);
  const model = logisticRegression.fit(train.frame, train.target, {}, context);
  assert.is(model.fitted!.stopped, 'converged');
  // The intercept is free, so that the mean score is the share of true rows.
  const scores = model.predict(train.frame);
  const off = scores.reduce((sum, p, row) => sum + p - train.target.values[row]!, 0);
  assert.ok(Math.abs(off) < 1e-3, String(off));
  assert.ok(measure('auc', model, split(helpers.flights(), 4).test) > 0.6);
});

test('two classes as several give the scores of two classes', () => {
  const random = helpers.normal;
  forSeeds(5, draws => {
    const x = times(300, () => random(draws));
    const labels = x.map(v => Number(v + random(draws) > 0));
    const frame = frameOf([number('x', x)]);
    // A vector for each class halves the penalty's effect on their difference.
    const two = logisticRegression.fit(frame, binary(labels), { l2: 1 }, context).predict(frame);
    const many = logisticRegression
      .fit(frame, helpers.multiclass(labels, ['no', 'yes']), { l2: 2 }, context)
      .predict(frame);
    assert.ok(two.every((p, row) => Math.abs(p - many[2 * row + 1]!) < 1e-3));
  });
});

test('tells three species apart', () => {
  const { train, test: held } = wholePenguins();
  const model = logisticRegression.fit(train.frame, train.target, {}, context);
  assert.ok(measure('accuracy', model, held) > 0.95);
});

test('separable classes end in finite weights', () => {
  const frame = frameOf([
    number(
      'x',
      times(100, i => i),
    ),
  ]);
  const target = binary(times(100, i => Number(i >= 50)));
  for (const l2 of [1, 0]) {
    const model = logisticRegression.fit(frame, target, { l2 }, context);
    assert.ok(model.predict(frame).every(Number.isFinite));
    assert.is(measure('auc', model, { frame, target }), 1);
  }
});

test('linear regression finds the plane, in spite of scales and offsets', () => {
  forSeeds(10, random => {
    const a = times(200, () => 1e6 + normal(random));
    const b = times(200, () => 1e-3 * normal(random));
    const target = regression(times(200, i => 5e5 + 3 * (a[i]! - 1e6) - 2000 * b[i]!));
    const frame = frameOf([number('a', a), number('b', b)]);
    const model = linearRegression.fit(frame, target, { l2: 0 }, context);
    model.predict(frame).forEach((value, row) => {
      assert.ok(Math.abs(value - target.values[row]!) < 1e-4, `${value} ${target.values[row]}`);
    });
  });
});

test('ridge by hand: one standardised column shrinks by n / (n + l2)', () => {
  const x = [-1, 1, -1, 1];
  const frame = frameOf([number('x', x)]);
  const model = linearRegression.fit(frame, regression(x.map(v => 10 + 3 * v)), { l2: 4 }, context);
  assert.equal(
    [...model.predict(frame)].map(v => Number(v.toFixed(12))),
    [8.5, 11.5, 8.5, 11.5],
  );
});

test('many columns are solved by steps and agree with the direct solution', () => {
  const words = times(2600, i => `w${String(i).padStart(4, '0')}`);
  const values = times(5200, i => words[i % 2600]!);
  const frame = frameOf([categoryColumn('w', values)]);
  const target = regression(times(5200, i => (i % 2600) % 7));
  const model = linearRegression.fit(frame, target, {}, context);
  assert.is(model.fitted!.stopped, 'converged');
  // Each word has two rows: its mean, less the overall one, shrinks by 2 / (2 + l2).
  const mean = target.values.reduce((p, q) => p + q, 0) / 5200;
  assert.ok(
    model
      .predict(frame)
      .every((v, row) => Math.abs(v - mean - ((target.values[row]! - mean) * 2) / 3) < 1e-3),
  );
});

test('a missing number is refused by name, count and advice, in training and in scoring', () => {
  const frame = frameOf([number('ok', [1, 2, 3, 4]), number('miles', [1, Number.NaN, Number.NaN, 2])]);
  for (const [trainer, target] of [
    [logisticRegression, binary([0, 1, 0, 1])],
    [linearRegression, regression([0, 1, 2, 3])],
  ] as const) {
    const error = learnError('missing-values', () => trainer.fit(frame, target, {}, context));
    assert.equal([error.facts.name, error.facts.count, error.facts.rows], ['miles', 2, 4]);
    assert.match(
      error.message,
      /'miles' is missing in 2 of 4 training rows.*'miles \?\? 0\.0'.*gradient_boosting/,
    );
    const whole = frameOf([number('ok', [1, 2, 3, 4]), number('miles', [1, 2, 4, 2])]);
    const model = trainer.fit(whole, target, {}, context);
    const scoring = learnError('missing-values', () => model.predict(frame));
    assert.match(scoring.message, /2 of 4 scored rows/);
  }
});

test('infinite numbers are refused by name', () => {
  const frame = frameOf([number('ratio', [1, Infinity])]);
  const error = learnError('not-finite', () => logisticRegression.fit(frame, binary([0, 1]), {}, context));
  assert.match(error.message, /'ratio' is Infinity in row 2/);
});

test('missing categories are a value where training has them; unseen ones are the average', () => {
  const frame = frameOf([
    categoryColumn(
      'c',
      times(300, i => ['a', 'b', null][i % 3]!),
    ),
  ]);
  const target = binary(times(300, i => Number(i % 3 === 2 || i % 30 === 0)));
  const model = logisticRegression.fit(frame, target, {}, context);
  const [a, missing, unseen, b] = model.predict(frameOf([categoryColumn('c', ['a', null, 'zz', 'b'])]));
  assert.ok(missing! > 0.8 && a! > b!);
  assert.ok(unseen! > b! && unseen! < missing!);
});

test('constant columns and a category of one value are harmless', () => {
  const frame = frameOf([
    number(
      'constant',
      times(60, () => 0.1),
    ),
    categoryColumn(
      'one',
      times(60, () => 'x'),
    ),
    categoryColumn(
      'blank',
      times(60, () => null),
    ),
    number(
      'x',
      times(60, i => i),
    ),
  ]);
  const target = binary(times(60, i => Number(i % 2 === 0 || i > 40)));
  assert.ok(logisticRegression.fit(frame, target, {}, context).predict(frame).every(Number.isFinite));
  const values = linearRegression
    .fit(frame, regression(times(60, i => 2 * i)), { l2: 0 }, context)
    .predict(frame);
  for (const [i, v] of values.entries()) assert.ok(Math.abs(v - 2 * i) < 1e-6);
});

test('one class alone is an error', () => {
  const frame = frameOf([number('x', [1, 2])]);
  learnError('single-class', () => logisticRegression.fit(frame, binary([0, 0]), {}, context));
  learnError('wrong-task', () => logisticRegression.fit(frame, regression([1, 2]), {}, context));
});

test('the model file gives the same scores, bit for bit', () => {
  const birds = wholePenguins().train;
  const mass = birds.frame.columns[3]!;
  assert.ok(mass.kind === 'number');
  const cases: [Model, Frame][] = [
    [logisticRegression.fit(birds.frame, birds.target, {}, context), birds.frame],
    [linearRegression.fit(birds.frame, regression(mass.values), {}, context), birds.frame],
  ];
  for (const [model, frame] of cases) {
    const again = loadModel(helpers.throughText(model));
    assert.equal([...again.predict(frame)], [...model.predict(frame)]);
    assert.is(JSON.stringify(again), JSON.stringify(model));
  }
});

test('an abort ends fitting with its reason', () => {
  const birds = wholePenguins().train;
  const aborted = AbortSignal.abort();
  for (const run of [
    () => logisticRegression.fit(birds.frame, birds.target, {}, { seed: 1, signal: aborted }),
    () =>
      linearRegression.fit(birds.frame, regression(birds.target.values), {}, { seed: 1, signal: aborted }),
  ]) {
    try {
      run();
      assert.unreachable();
    } catch (error) {
      assert.is((error as Error).name, 'AbortError');
    }
  }
});

test.run();
