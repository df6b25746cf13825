import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseArguments } from '../../../runtime/engine/arguments.ts';
import { momentOf } from '../../../runtime/engine/moments.ts';

process.env['TZ'] = 'America/Chicago';

test('a time without a zone is UTC wherever the machine stands; one with a zone is that instant', () => {
  assert.is.not(new Date(2001, 2, 1).getTimezoneOffset(), 0, 'the test stands somewhere');
  const cases: [string, string][] = [
    ['2001-03-01', '2001-03-01T00:00:00.000Z'],
    ['2001-03-01T18:15', '2001-03-01T18:15:00.000Z'],
    ['2001-03-01T18:15:00Z', '2001-03-01T18:15:00.000Z'],
    ['2001-03-01T18:15:00+01:00', '2001-03-01T17:15:00.000Z'],
  ];
  for (const [text, instant] of cases) assert.is(new Date(momentOf(text)).toISOString(), instant, text);
  for (const text of ['yesterday', '2001-13-01', '18:15', ''])
    assert.throws(() => momentOf(text), /is not a time/);
});

test('runs and the feature store read a moment alike', () => {
  const time = '2001-03-01T18:15';
  const run = parseArguments(['run', '--from', time]) as { options: { from: string } };
  const features = parseArguments(['features', 'materialize', '--from', time]) as {
    options: { from: number };
  };
  assert.is(Date.parse(run.options.from) * 1000, features.options.from);
});

test.run();
