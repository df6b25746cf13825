import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alignFrame, categoryColumn, frameOf, recode, selectRows } from '../../../runtime/learn/frame.ts';
import { forSeeds, learnError, number, times } from './helpers.ts';

test('the vocabulary is sorted, missing is -1, unseen is "other"', () => {
  const column = categoryColumn('c', ['b', null, 'a', undefined, 'b']);
  assert.equal([...column.vocabulary], ['a', 'b']);
  assert.equal([...column.codes], [1, -1, 0, -1, 1]);
  assert.equal([...categoryColumn('c', ['z', 'a', null], column.vocabulary).codes], [2, 0, -1]);
});

test('re-coding gives what coding the strings anew gives', () => {
  forSeeds(50, random => {
    const words = (): string[] =>
      times(random.integer(0, 6), () => String.fromCharCode(97 + random.integer(0, 8)));
    const values = times(20, () =>
      random.next() < 0.2 ? null : String.fromCharCode(97 + random.integer(0, 8)),
    );
    const to = [...new Set(words())].sort();
    assert.equal(
      [...recode(categoryColumn('c', values), to).codes],
      [...categoryColumn('c', values, to).codes],
    );
  });
});

test('a value that was unseen stays "other" in every vocabulary', () => {
  const column = categoryColumn('c', ['x', 'a'], ['a']);
  assert.equal([...recode(column, ['a', 'b', 'x']).codes], [3, 0]);
});

test('rows are selected by index, in its order', () => {
  const frame = frameOf([number('n', [1, 2, 3]), categoryColumn('c', ['x', null, 'y'])]);
  const chosen = selectRows(frame, Int32Array.of(2, 1, 2));
  assert.is(chosen.rows, 3);
  const [n, c] = chosen.columns;
  assert.ok(n?.kind === 'number' && c?.kind === 'category');
  assert.equal([...n.values], [3, 2, 3]);
  assert.equal([...c.codes], [1, -1, 1]);
});

test('aligning orders columns by name and refuses what is absent or of another kind', () => {
  const frame = frameOf([number('b', [1]), number('extra', [0]), categoryColumn('a', ['u'])]);
  const aligned = alignFrame(frame, [
    { name: 'a', kind: 'category', vocabulary: ['t', 'u'] },
    { name: 'b', kind: 'number' },
  ]);
  assert.equal(
    aligned.columns.map(column => column.name),
    ['a', 'b'],
  );
  const absent = learnError('columns-differ', () => alignFrame(frame, [{ name: 'miles', kind: 'number' }]));
  assert.match(absent.message, /needs the number 'miles', the data has no such column/);
  learnError('columns-differ', () => alignFrame(frame, [{ name: 'b', kind: 'category', vocabulary: [] }]));
});

test('frames of unequal lengths or of two columns of one name are refused', () => {
  learnError('bad-arguments', () => frameOf([number('a', [1]), number('b', [1, 2])]));
  learnError('bad-arguments', () => frameOf([number('a', [1]), number('a', [1])]));
});

test.run();
