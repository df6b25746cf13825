import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { constantTrainer } from '../../../runtime/learn/constant.ts';
import { decodeArray, encodeArray } from '../../../runtime/learn/encoding.ts';
import { frameOf } from '../../../runtime/learn/frame.ts';
import { randomOf } from '../../../runtime/learn/random.ts';
import { loadModel, trainerByName, trainers } from '../../../runtime/learn/trainers.ts';
import type { ModelFile } from '../../../runtime/learn/types.ts';
import {
  binary,
  forSeeds,
  learnError,
  multiclass,
  number,
  regression,
  throughText,
  times,
} from './helpers.ts';

const frame = frameOf([number('x', [1, 2, 3, 4])]);
const context = { seed: 1 };

test('trainers are found by name; an unknown one names the known', () => {
  for (const trainer of trainers) assert.is(trainerByName(trainer.name), trainer);
  assert.match(
    learnError('unknown-trainer', () => trainerByName('forest')).message,
    /'forest'.*gradient_boosting/,
  );
});

test('defaults lie in the ranges that they are declared with', () => {
  for (const { params } of trainers)
    for (const spec of params ?? [])
      assert.ok(spec.default === null || (spec.default >= spec.low && spec.default <= spec.high));
});

test('the constant is the share, the shares, or the mean', () => {
  const fit = (target: Parameters<typeof constantTrainer.fit>[1]) =>
    constantTrainer.fit(frame, target, {}, context);
  assert.equal([...fit(binary([1, 0, 0, 0])).predict(frame)], [0.25, 0.25, 0.25, 0.25]);
  assert.equal([...fit(multiclass([0, 1, 1, 1], ['a', 'b'])).predict(frame)].slice(0, 2), [0.25, 0.75]);
  assert.equal([...fit(regression([1, 2, 3, 6])).predict(frame)], [3, 3, 3, 3]);
  assert.equal(
    [...fit(binary([1, 1, 1, 1])).predict(frame)],
    [1, 1, 1, 1],
    'one class alone is no trap here',
  );
  const model = fit(binary([1, 0, 0, 0]));
  assert.equal([...loadModel(throughText(model)).predict(frame)], [...model.predict(frame)]);
  learnError('no-rows', () => constantTrainer.fit(frameOf([number('x', [])]), binary([]), {}, context));
});

test('arrays survive their encoding, whatever the bits', () => {
  forSeeds(10, random => {
    const values = Float64Array.from(
      times(random.integer(0, 50), () => (random.next() - 0.5) * 10 ** random.integer(-300, 300)),
    );
    const odd = Float64Array.of(...values, -0, Infinity, Number.NaN, Number.MIN_VALUE);
    assert.equal([...decodeArray(JSON.parse(JSON.stringify(encodeArray(odd))), 'f64', 'v')], [...odd]);
    const part = new Int16Array([1, -2, 3, -4]).subarray(1, 3);
    assert.equal([...decodeArray(encodeArray(part), 'i16', 'v')], [-2, 3]);
  });
});

test('a model file of another shape is refused, saying where', () => {
  const target = binary([0, 1, 0, 1]);
  for (const name of ['gradient_boosting', 'logistic_regression', 'constant']) {
    const good = throughText(trainerByName(name).fit(frame, target, {}, context));
    loadModel(good);
    const bad: unknown[] = [
      null,
      [],
      'model',
      {},
      { ...good, format: 'mlp-model/2' },
      { ...good, trainer: 'constructor' },
      { ...good, task: 'multiclass' },
      { ...good, features: [{ name: 'x', kind: 'category' }] },
      { ...good, body: {} },
      { ...good, body: null },
    ];
    for (const file of bad) learnError('bad-model-file', () => loadModel(file as ModelFile));
  }
  const error = learnError('bad-model-file', () => loadModel({ format: 'x' } as unknown as ModelFile));
  assert.match(error.message, /no model file of format mlp-model\/1/);
});

test('a model file cut anywhere or with a byte changed loads or is refused, and never crashes otherwise', () => {
  const target = binary([0, 1, 0, 1]);
  const text = JSON.stringify(
    trainerByName('gradient_boosting').fit(frame, target, { leaf: 1, rounds: 3 }, context),
  );
  forSeeds(100, random => {
    const at = random.integer(0, text.length - 1);
    const changed = text.slice(0, at) + String.fromCharCode(random.integer(48, 122)) + text.slice(at + 1);
    let file: ModelFile;
    try {
      file = JSON.parse(changed) as ModelFile;
    } catch {
      return;
    }
    try {
      loadModel(file).predict(frame);
    } catch (error) {
      assert.is((error as Error).name, 'LearnError', `${(error as Error).stack}`);
    }
  });
});

test('the random numbers are uniform enough and the same everywhere', () => {
  const random = randomOf(42);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) counts[Math.floor(random.next() * 10)]!++;
  assert.ok(
    counts.every(count => Math.abs(count - 10_000) < 500),
    counts.join(),
  );
  assert.not.equal(times(3, randomOf(1).next), times(3, randomOf(2).next));
  const drawn = new Set(times(200, () => random.integer(-1, 1)));
  assert.equal(
    [...drawn].sort((a, b) => a - b),
    [-1, 0, 1],
  );
});

test.run();
