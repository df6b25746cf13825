import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  binFrame,
  fitBins,
  MISSING,
  OTHER,
  quantileThresholds,
} from '../../../runtime/learn/boosting/binning.ts';
import { sigmoid } from '../../../runtime/learn/boosting/sigmoid.ts';
import { gradientBoosting } from '../../../runtime/learn/boosting/trainer.ts';
import { decodeTrees, type TreesFile } from '../../../runtime/learn/boosting/trees.ts';
import { categoryColumn, frameOf, selectRows } from '../../../runtime/learn/frame.ts';
import { metricByName } from '../../../runtime/learn/metrics/index.ts';
import { randomOf } from '../../../runtime/learn/random.ts';
import { loadModel } from '../../../runtime/learn/trainers.ts';
import type { Frame, Model, Params, Target } from '../../../runtime/learn/types.ts';
import * as helpers from './helpers.ts';
import { binary, forSeeds, learnError, number, penguins, regression, split, times } from './helpers.ts';

const fit = (frame: Frame, target: Target, params: Params = {}): Model =>
  gradientBoosting.fit(frame, target, params, { seed: 1 });

function measure(name: string, model: Model, part: { frame: Frame; target: Target }): number {
  const result = metricByName(name, part.target.task).compute(model.predict(part.frame), part.target);
  if ('undefined' in result) throw new Error(result.undefined);
  return result.value;
}

const flights = split(helpers.flights(), 4);
const birds = split(penguins(), 3);

test('a value lies in its bin, bins are about equally full, and few values get one each', () => {
  forSeeds(20, random => {
    const values = Float64Array.from(times(2000, () => helpers.normal(random) * 10)).sort();
    const limit = random.integer(2, 255);
    const thresholds = quantileThresholds(values, limit);
    assert.ok(thresholds.length < limit);
    assert.ok(thresholds.every((t, i) => i === 0 || t > thresholds[i - 1]!));
    const counts = new Array<number>(thresholds.length + 1).fill(0);
    for (const v of values) counts[thresholds.filter(t => v > t).length]!++;
    assert.ok(Math.max(...counts) <= 2 * Math.ceil(2000 / limit) + 1);
    assert.ok(Math.min(...counts) > 0);
  });
  assert.equal([...quantileThresholds(Float64Array.of(1, 1, 2, 4), 255)], [1.5, 3]);
  assert.equal([...quantileThresholds(Float64Array.of(-Infinity, 0, Infinity), 255)], [-Infinity, 0]);
});

test('the fast sigmoid is the sigmoid', () => {
  for (let x = -45; x <= 45; x += 0.00137) {
    const exact = 1 / (1 + Math.exp(-x));
    assert.ok(Math.abs(sigmoid(x) - exact) <= 1e-15, `${x}: ${sigmoid(x)} ${exact}`);
  }
  assert.ok(sigmoid(-Infinity) < 1e-17 && sigmoid(Infinity) === 1);
});

test('missing, unseen and rare categories have their bins', () => {
  const values = [...times(300, i => `v${String(i).padStart(3, '0')}`), 'v299', null];
  const frame = frameOf([
    categoryColumn('c', values),
    number(
      'x',
      times(302, i => (i === 301 ? Number.NaN : i)),
    ),
  ]);
  const bins = binFrame(frame, fitBins(frame, 255, randomOf(1)));
  assert.is(bins[299 * 2], 0, 'the most frequent value comes first');
  assert.is(bins[298 * 2], OTHER, 'there are more values than bins');
  assert.is(bins[301 * 2], MISSING);
  assert.is(bins[301 * 2 + 1], MISSING);
});

test('learns flights better than chance and its training rows better still', () => {
  const model = fit(flights.train.frame, flights.train.target, { rounds: 40 });
  assert.ok(measure('auc', model, flights.test) > 0.62);
  assert.ok(measure('auc', model, flights.train) > measure('auc', model, flights.test));
});

test('tells three species apart, with values missing', () => {
  const model = fit(birds.train.frame, birds.train.target, { rounds: 40, leaf: 5 });
  assert.ok(measure('accuracy', model, birds.test) > 0.94);
  const scores = model.predict(birds.test.frame);
  for (let at = 0; at < scores.length; at += 3)
    assert.ok(Math.abs(scores[at]! + scores[at + 1]! + scores[at + 2]! - 1) < 1e-12);
});

test('regression fits a smooth function and starts from the mean', () => {
  const random = randomOf(3);
  const x = times(3000, () => random.next() * 6);
  const frame = frameOf([number('x', x)]);
  const target = regression(x.map(v => 1000 + Math.sin(v) + 0.05 * helpers.normal(random)));
  assert.ok(measure('r2', fit(frame, target), { frame, target }) > 0.98);
  const constant = fit(frame, regression(x.map(() => 5)));
  assert.ok(constant.predict(frame).every(v => v === 5));
});

test('the model file gives the same scores, bit for bit, for every task', () => {
  const miles = flights.train.frame.columns[1]!;
  assert.ok(miles.kind === 'number');
  const cases: [Frame, Target][] = [
    [flights.train.frame, flights.train.target],
    [birds.train.frame, birds.train.target],
    [flights.train.frame, regression(miles.values)],
  ];
  for (const [frame, target] of cases) {
    const model = fit(frame, target, { rounds: 5 });
    const file = helpers.throughText(model);
    const again = loadModel(file);
    assert.equal([...again.predict(frame)], [...model.predict(frame)]);
    assert.equal(JSON.stringify(again), JSON.stringify(file));
  }
});

test('the same seed gives the same file; neither validation rows nor progress change the trees', () => {
  const { frame, target } = flights.train;
  const file = JSON.stringify(fit(frame, target, { rounds: 5, early_stopping: null }));
  assert.is(JSON.stringify(fit(frame, target, { rounds: 5, early_stopping: null })), file);
  const watched = gradientBoosting.fit(
    frame,
    target,
    { rounds: 5, early_stopping: null },
    {
      seed: 1,
      validation: flights.test,
      onProgress: () => {},
    },
  );
  assert.is(JSON.stringify(watched), file);
});

test('the order of the rows changes nothing, as sums are exact', () => {
  const { frame, target } = birds.train;
  const random = randomOf(5);
  const order = Int32Array.from(times(frame.rows, i => i));
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const shuffled = fit(selectRows(frame, order), {
    ...target,
    values: target.values.map((_, i) => target.values[order[i]!]!),
  });
  const straight = fit(frame, target);
  const [a, b] = [shuffled.predict(frame), straight.predict(frame)];
  assert.ok(a.every((score, i) => Math.abs(score - b[i]!) < 1e-9));
});

test('without WebAssembly the very same model comes out', () => {
  const holder = globalThis as { WebAssembly?: unknown };
  const kept = holder.WebAssembly;
  const { frame, target } = flights.train;
  const fast = JSON.stringify(fit(frame, target, { rounds: 8 }));
  try {
    holder.WebAssembly = undefined;
    assert.is(JSON.stringify(fit(frame, target, { rounds: 8 })), fast);
  } finally {
    holder.WebAssembly = kept;
  }
});

test('missing goes where the training rows send it, to either side', () => {
  for (const missingIs of [0, 1]) {
    const x = times(400, i => (i % 4 === 0 ? Number.NaN : i));
    const frame = frameOf([number('x', x)]);
    const target = binary(times(400, i => (i % 4 === 0 ? missingIs : Number(i >= 200))));
    assert.is(measure('auc', fit(frame, target, { rounds: 20 }), { frame, target }), 1);
  }
});

test('missing that training never saw goes with the majority', () => {
  const frame = frameOf([
    number(
      'x',
      times(400, i => i),
    ),
  ]);
  const model = fit(frame, binary(times(400, i => Number(i >= 300))), { rounds: 10 });
  const [low, missing] = model.predict(frameOf([number('x', [10, Number.NaN])]));
  assert.is(missing, low);
});

test('categories without order are split in one step, where an order of codes needs many', () => {
  const random = randomOf(11);
  const words = times(40, i => `w${i}`);
  const isGood = words.map(() => random.next() < 0.5);
  const drawn = times(8000, () => random.integer(0, 39));
  const target = binary(drawn.map(code => Number(random.next() < (isGood[code] ? 0.9 : 0.1))));
  const native = frameOf([
    categoryColumn(
      'w',
      drawn.map(code => words[code]!),
    ),
  ]);
  const ordinal = frameOf([number('w', drawn)]);
  const oneHot = frameOf(
    words.map((word, i) =>
      number(
        word,
        drawn.map(code => Number(code === i)),
      ),
    ),
  );
  const stump = { rounds: 1, depth: 1, learning_rate: 1 };
  const auc = (frame: Frame): number => measure('auc', fit(frame, target, stump), { frame, target });
  assert.ok(auc(native) > 0.88, `native ${auc(native)}`);
  assert.ok(auc(native) > auc(ordinal) + 0.1 && auc(native) > auc(oneHot) + 0.1);
});

test('unseen and missing categories are scored, whatever training saw', () => {
  const frame = frameOf([
    categoryColumn(
      'c',
      times(300, i => 'abc'[i % 3]!),
    ),
  ]);
  const model = fit(frame, binary(times(300, i => Number(i % 3 === 0))), { rounds: 10 });
  const scores = model.predict(frameOf([categoryColumn('c', ['zzz', null, 'a', 'b'])]));
  assert.ok(scores.every(score => score > 0 && score < 1));
  assert.ok(scores[2]! > scores[3]!);
});

test('no leaf has fewer rows than asked, whatever the split', () => {
  forSeeds(15, random => {
    const rows = random.integer(20, 400);
    const leaf = random.integer(1, 60);
    const frame = frameOf([
      number(
        'x',
        times(rows, () => (random.next() < 0.3 ? Number.NaN : random.integer(0, 20))),
      ),
      categoryColumn(
        'c',
        times(rows, () => (random.next() < 0.1 ? null : `k${random.integer(0, 12)}`)),
      ),
    ]);
    const target = regression(times(rows, () => helpers.normal(random)));
    const model = fit(frame, target, { rounds: 1, depth: 8, leaf, learning_rate: 1 });
    // With one round a score is the mean label of its leaf, so that equal scores are the leaf (or equal leaves).
    const counts = new Map<number, number>();
    for (const score of model.predict(frame)) counts.set(score, (counts.get(score) ?? 0) + 1);
    if (counts.size > 1)
      assert.ok(Math.min(...counts.values()) >= leaf, `${Math.min(...counts.values())} < ${leaf}`);
  });
});

test('overfits a few rows, when leaves may be small', () => {
  const { frame, target } = flights.train;
  const few = Int32Array.from(times(64, row => row * 7));
  const part = { frame: selectRows(frame, few), target: helpers.labelsOf(target, few) };
  assert.ok(measure('auc', fit(part.frame, part.target, { leaf: 1 }), part) === 1);
  assert.ok(measure('log_loss', fit(part.frame, part.target, { leaf: 1 }), part) < 0.01);
  // By the categories alone as well: rare ones have a say of their own where leaves may be as small.
  const places = { rows: 64, columns: part.frame.columns.slice(3) };
  assert.ok(measure('auc', fit(places, part.target, { leaf: 1 }), { ...part, frame: places }) > 0.99);
});

test('one round at full rate gives every leaf the mean of its labels', () => {
  const frame = frameOf([
    number(
      'x',
      times(100, i => Math.floor(i / 25)),
    ),
  ]);
  const labels = times(100, i => (i * 37) % 11);
  const scores = fit(frame, regression(labels), { rounds: 1, learning_rate: 1, leaf: 25 }).predict(frame);
  for (let group = 0; group < 4; group++) {
    const mean = labels.slice(group * 25, group * 25 + 25).reduce((a, b) => a + b, 0) / 25;
    assert.ok(Math.abs(scores[group * 25]! - mean) < 1e-6);
  }
});

test('early stopping keeps the rounds up to the lowest validation loss', () => {
  const losses: number[] = [];
  const params = { rounds: 300, learning_rate: 0.5, early_stopping: 10 };
  const model = gradientBoosting.fit(flights.train.frame, flights.train.target, params, {
    seed: 1,
    validation: flights.test,
    onProgress: p => losses.push(p.validationLoss ?? Number.NaN),
  });
  assert.ok(model.fitted!.rounds < 300);
  assert.is(model.fitted!.stopped, 'no lower validation loss');
  const kept = fit(flights.train.frame, flights.train.target, {
    ...params,
    rounds: model.fitted!.rounds,
    early_stopping: 0,
  });
  assert.equal([...kept.predict(flights.test.frame)], [...model.predict(flights.test.frame)]);
  assert.ok(losses.every(Number.isFinite));
});

test('importance names the features that matter and sums to 1', () => {
  const random = randomOf(2);
  const x = times(500, () => random.next());
  const frame = frameOf([
    number(
      'noise',
      times(500, () => random.next()),
    ),
    number('x', x),
  ]);
  const shares = fit(frame, binary(x.map(v => Number(v > 0.4)))).importance!();
  assert.is(shares[0]!.name, 'x');
  assert.ok(shares[0]!.share > 0.95);
  assert.ok(Math.abs(shares.reduce((sum, s) => sum + s.share, 0) - 1) < 1e-12);
});

test('an abort ends fitting with its reason', () => {
  const controller = new AbortController();
  const onProgress = (p: { done: number }): void => {
    if (p.done >= 20) controller.abort();
  };
  try {
    gradientBoosting.fit(
      birds.train.frame,
      birds.train.target,
      {},
      { seed: 1, signal: controller.signal, onProgress },
    );
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).name, 'AbortError');
  }
});

test('columns that are constant or all missing are harmless', () => {
  const frame = frameOf([
    number(
      'constant',
      times(100, () => 3),
    ),
    number(
      'absent',
      times(100, () => Number.NaN),
    ),
    categoryColumn(
      'blank',
      times(100, () => null),
    ),
    number(
      'x',
      times(100, i => i),
    ),
  ]);
  const target = binary(times(100, i => Number(i >= 50)));
  const model = fit(frame, target, { rounds: 20 });
  assert.is(measure('auc', model, { frame, target }), 1);
  const useless = { rows: 100, columns: frame.columns.slice(0, 3) };
  assert.ok(
    fit(useless, target)
      .predict(useless)
      .every(score => Math.abs(score - 0.5) < 1e-12),
  );
});

test('bad rows, labels and parameters are errors that say what to do', () => {
  const frame = frameOf([number('x', [1, 2, 3])]);
  const one = learnError('single-class', () => fit(frame, binary([1, 1, 1])));
  assert.match(one.message, /All 3 training rows have the label true.*label's definition/);
  learnError('no-rows', () => fit(frameOf([number('x', [])]), binary([])));
  learnError('no-features', () => fit({ rows: 2, columns: [] }, binary([0, 1])));
  learnError('bad-label', () => fit(frame, binary([0, 1, Number.NaN])));
  learnError('bad-arguments', () => fit(frame, binary([0, 1])));
  const depth = learnError('bad-parameter', () => fit(frame, binary([0, 1, 1]), { depth: 2.5 }));
  assert.match(depth.message, /'depth' of 'gradient_boosting' is 2.5, not a whole number from 1 to 16/);
  learnError('unknown-parameter', () => fit(frame, binary([0, 1, 1]), { detph: 3 }));
  learnError('bad-parameter', () => fit(frame, binary([0, 1, 1]), { learning_rate: 0 }));
});

test('damaged trees are refused, so that scoring cannot run away', () => {
  const model = fit(birds.train.frame, birds.train.target, { rounds: 3, leaf: 5 });
  const file = helpers.throughText(model);
  const trees = (file.body as { trees: TreesFile }).trees;
  const categorical = file.features.map(feature => feature.kind === 'category');
  const zero = Buffer.alloc(trees.right.length * 4).toString('base64');
  decodeTrees(trees, categorical);
  learnError('bad-model-file', () =>
    decodeTrees({ ...trees, right: { ...trees.right, data: zero } }, categorical),
  );
  learnError('bad-model-file', () =>
    decodeTrees({ ...trees, right: { ...trees.right, length: 3 } }, categorical),
  );
});

test.run();
