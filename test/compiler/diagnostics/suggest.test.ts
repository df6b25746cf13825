import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { suggest, suggestions } from '../../../compiler/diagnostics/suggest.ts';

const words = ['source', 'sink', 'schema', 'score', 'origin', 'delay', 'destination', 'ab'];

test('what was meant is found', () => {
  assert.is(suggest('sorce', words), 'source');
  assert.is(suggest('soucre', words), 'source');
  assert.is(suggest('Source', words), 'source');
  assert.is(suggest('ORIGIN', words), 'origin');
  assert.is(suggest('dely', words), 'delay');
  assert.is(suggest('destinatoin', words), 'destination');
});

test('what is too far is not', () => {
  assert.is(suggest('frobnicate', words), undefined);
  assert.is(suggest('x', words), undefined);
  assert.is(suggest('cd', words), undefined);
  assert.is(suggest('', words), undefined);
  assert.is(suggest('source', words), undefined);
});

test('the nearest comes first', () => {
  assert.equal(suggestions('scor', ['source', 'score']).slice(0, 1), ['score']);
  assert.equal(suggestions('delya', ['delay', 'dela']), ['delay', 'dela']);
});

test.run();
