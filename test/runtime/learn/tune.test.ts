import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LearnError } from '../../../runtime/learn/errors.ts';
import { trainerByName } from '../../../runtime/learn/trainers.ts';
import { type Trial, type TuneOptions, tune } from '../../../runtime/learn/tune.ts';
import { binary, penguins, split } from './helpers.ts';

const { train, test: validation } = split(penguins(), 3);
const base: TuneOptions = {
  trainer: trainerByName('gradient_boosting'),
  train,
  validation,
  start: { rounds: 5, leaf: 10 },
  space: {
    depth: { kind: 'int', low: 1, high: 4 },
    learning_rate: { kind: 'float', low: 0.01, high: 0.5, log: true },
    bins: { kind: 'choice', values: [16, 255] },
  },
  metric: 'log_loss',
  goal: 'minimize',
  trials: 5,
  seed: 7,
};
const withoutTime = (trials: readonly Trial[]) =>
  trials.map(({ trial, params, result }) => ({ trial, params, result }));

test('the first trial starts where the spec says; the others stay in the space', async () => {
  const { trials, best, model } = await tune(base);
  assert.is(trials.length, 5);
  assert.equal(trials[0]!.params, base.start);
  for (const { params } of trials.slice(1)) {
    assert.is(params['rounds'], 5);
    const depth = params['depth'] as number;
    assert.ok(Number.isInteger(depth) && depth >= 1 && depth <= 4);
    assert.ok((params['learning_rate'] as number) >= 0.01 && (params['learning_rate'] as number) <= 0.5);
    assert.ok([16, 255].includes(params['bins'] as number));
  }
  const values = trials.map(({ result }) => ('value' in result ? result.value : Number.NaN));
  assert.ok('value' in best.result);
  assert.is(best.result.value, Math.min(...values));
  assert.is(model.trainer, 'gradient_boosting');
});

test('a seed repeats itself, and another seed does not', async () => {
  const first = withoutTime((await tune(base)).trials);
  assert.equal(withoutTime((await tune(base)).trials), first);
  assert.not.equal(withoutTime((await tune({ ...base, seed: 8 })).trials), first);
});

test('the order of the space changes nothing', async () => {
  const space = Object.fromEntries(Object.entries(base.space).reverse());
  assert.equal(withoutTime((await tune({ ...base, space })).trials), withoutTime((await tune(base)).trials));
});

test('shared bins change no score: the best model is what fitting alone gives', async () => {
  const { best, model } = await tune(base);
  const alone = await base.trainer.fit(train.frame, train.target, best.params, { seed: 7, validation });
  assert.equal([...(await model.predict(validation.frame))], [...(await alone.predict(validation.frame))]);
});

test('an abort between trials ends it with the reason', async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const running = tune({
    ...base,
    signal: controller.signal,
    onProgress: ({ trial }) => {
      if (trial === undefined) return;
      seen.push(trial.trial);
      if (trial.trial === 2) controller.abort();
    },
  });
  const error = await running.then(
    () => undefined,
    reason => reason,
  );
  assert.is(error?.name, 'AbortError');
  assert.equal(seen, [1, 2]);
});

test('a metric without a value in any trial is an error that says why', async () => {
  const frame = {
    rows: 4,
    columns: [{ kind: 'number' as const, name: 'x', values: Float64Array.of(1, 2, 3, 4) }],
  };
  const error = await tune({
    ...base,
    start: { rounds: 2 },
    space: {},
    metric: 'auc',
    train: { frame, target: binary([0, 1, 0, 1]) },
    validation: { frame, target: binary([0, 0, 0, 0]) },
    trials: 2,
  }).catch(reason => reason);
  assert.instance(error, LearnError);
  assert.is(error.code, 'no-result');
  assert.match(error.message, /no value in any of 2 trials: no row is true/);
});

test('empty spaces are refused', async () => {
  for (const entry of [
    { kind: 'int', low: 3, high: 2 },
    { kind: 'choice', values: [] },
    { kind: 'float', low: 0, high: 1, log: true },
  ] as const) {
    const error = await tune({ ...base, space: { depth: entry } }).catch(reason => reason);
    assert.is(error.code, 'bad-arguments');
  }
});

test.run();
