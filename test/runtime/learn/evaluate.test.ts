import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluate, sliceBy } from '../../../runtime/learn/evaluate.ts';
import { categoryColumn } from '../../../runtime/learn/frame.ts';
import { binary, forSeeds, learnError, number, times } from './helpers.ts';

test('overall and slices count rows and positives; missing is a slice of its own', () => {
  const target = binary([1, 0, 1, 0, 1]);
  const scores = Float64Array.of(0.9, 0.2, 0.6, 0.7, 0.4);
  const state = categoryColumn('state', ['IL', 'IL', 'CA', 'CA', null]);
  const { overall, slices } = evaluate(scores, target, ['accuracy', 'auc'], [sliceBy([state], 1)]);
  assert.is(overall.rows, 5);
  assert.is(overall.positives, 3);
  assert.equal(
    slices.map(({ by, value, rows, positives }) => [by, value, rows, positives]),
    [
      ['state', 'CA', 2, 1],
      ['state', 'IL', 2, 1],
      ['state', null, 1, 1],
    ],
  );
  assert.equal(slices[0]!.metrics, { accuracy: { value: 0.5 }, auc: { value: 0 } });
  assert.equal(slices[2]!.metrics['auc'], { undefined: 'every row is true' });
});

test('a slice under its minimum is listed as skipped, without metrics', () => {
  const column = categoryColumn('state', ['A', 'A', 'B']);
  const { slices } = evaluate(
    Float64Array.of(0.1, 0.9, 0.5),
    binary([0, 1, 1]),
    ['auc'],
    [sliceBy([column], 2)],
  );
  assert.is(slices[0]!.skipped, undefined);
  assert.is(slices[1]!.skipped, '1 of at least 2 rows');
  assert.equal(slices[1]!.metrics, {});
});

test('slices of one column are a partition: their accuracies average to the overall one', () => {
  forSeeds(20, random => {
    const count = random.integer(1, 200);
    const target = binary(times(count, () => random.integer(0, 1)));
    const scores = Float64Array.from(times(count, () => random.next()));
    const column = categoryColumn(
      'k',
      times(count, () => (random.next() < 0.1 ? null : `v${random.integer(0, 5)}`)),
    );
    const { overall, slices } = evaluate(scores, target, ['accuracy'], [sliceBy([column])]);
    let right = 0;
    let rows = 0;
    for (const slice of slices) {
      const accuracy = slice.metrics['accuracy']!;
      if ('value' in accuracy) right += accuracy.value * slice.rows;
      rows += slice.rows;
    }
    assert.is(rows, count);
    const whole = overall.metrics['accuracy']!;
    assert.ok('value' in whole && Math.abs(whole.value * count - right) < 1e-9);
  });
});

test('numbers, crosses and unseen values make slices', () => {
  const hour = number('hour', [9, 17, 9, Number.NaN]);
  const state = categoryColumn('state', ['IL', 'ZZ', 'CA', 'CA'], ['CA', 'IL']);
  const crossed = sliceBy([hour, state]);
  assert.is(crossed.name, 'hour & state');
  assert.equal([...crossed.values], ['9 & CA', '9 & IL', '17 & other']);
  assert.equal([...crossed.codes], [1, 2, 0, -1]);
});

test('what does not fit together is refused', () => {
  learnError('bad-arguments', () => evaluate(Float64Array.of(1), binary([0, 1]), ['auc']));
  learnError('bad-arguments', () =>
    evaluate(Float64Array.of(1), binary([1]), [], [{ name: 's', codes: Int32Array.of(0, 0), values: ['a'] }]),
  );
  learnError('bad-arguments', () =>
    evaluate(Float64Array.of(1), binary([1]), [], [{ name: 's', codes: Int32Array.of(3), values: ['a'] }]),
  );
  learnError('unknown-metric', () => evaluate(Float64Array.of(1), binary([1]), ['area']));
});

test.run();
