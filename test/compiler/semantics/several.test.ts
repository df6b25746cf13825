import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileText } from '../../support/specs.ts';

/** A view over a row with lists, vectors and blobs. */
const spec = (features: string, columns = '') => `import std.sources { parquet }

schema Row {
  id: int @key
  at: timestamp @event_time
  tags: [string]
  more: [string]?
  place: vector(3)
  photo: blob
  thumb: blob?
  ${columns}
}

source rows: Row = parquet("rows.parquet")

features View from rows at at {
  one = id
  ${features}
}
`;
const said = (features: string, columns = ''): string[] => {
  const text = spec(features, columns);
  return compileText(text).diagnostics.map(
    ({ code, message, span }) => `${code} ${message} | ${text.slice(span.start, span.end)}`,
  );
};

test('lists, vectors and blobs are taken over, chosen between and asked for', () => {
  for (const feature of [
    'use tags, place',
    'use more  known = more ?? tags',
    'none = thumb is null',
    'either = if id > 3 then tags else more ?? ["a", "b"]',
    'words: [string?] = ["a", null]',
    'halves: [float] = [1, 0.5]',
    'ones: [float] = [1]',
  ])
    assert.equal(said(feature), [], feature);
});

test('they are not compared: each place that would says so', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['x = tags == tags', 'MLP3005 `==` does not work on [string] and [string] | =='],
    ['x = place != place', 'MLP3005 `!=` does not work on vector(3) and vector(3) | !='],
    ['x = photo == photo', 'MLP3005 `==` does not work on blob and blob | =='],
    ['x = tags < tags', 'MLP3005 `<` does not work on [string] and [string] | <'],
    ['x = tags in {tags}', 'MLP3005 `in` does not work on [string] and [string] | tags'],
    [
      'x = count(rows over 7d by tags)',
      'MLP3005 `by` does not work on [string] and [string] of `rows` | tags',
    ],
    ['x = count(tags over 7d)', 'MLP3009 `count` cannot take [string] | tags'],
    ['x = first(place over 7d)', 'MLP3001 `x` is vector(3), and a scalar is needed | place'],
    ['x = photo', 'MLP3001 `x` is blob, and a value is needed | photo'],
    ['join rows as r on r.tags == tags', 'MLP3005 `==` does not work on [string]? and [string] | =='],
  ];
  for (const [feature, error] of cases)
    assert.ok(said(feature).includes(error), `${feature}\n${said(feature)}`);
});

test('an int in a list becomes no float, and a list no key; a list holds no tables', () => {
  assert.match(said('x: [float] = counts', 'counts: [int]')[0]!, /^MLP3001 /);
  assert.match(said('', 'names: [string] @key')[0]!, /a column whose values can be compared/);
  assert.match(said('', 'others: [table Row]')[0]!, /the type of a single value is needed/);
});

test.run();
