import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { example, mlp, project, write } from './support.ts';

const folder = project({ 'flights.mlp': example('flights') });

test('all 3,000,000 flights are read, those that violate the schema are put aside, and the rules hold', async () => {
  const { code, out, err } = await mlp(['run', 'flights_sound'], { cwd: folder, timeout: 300 });
  assert.is(code, 0, out + err);
  assert.match(out, /2,999,858 of 3,000,000 rows kept, 142 quarantined/);
  assert.match(out, /4 of 4 rules hold on 2,999,858 rows/);
  assert.match(out, /✓ require count\(\) >= 100_000 +2,999,858/);
  assert.match(out, /Not run[\s\S]*beyond the goal flights_sound/);
});

test('the features of all of them, joined and windowed', async () => {
  const { code, out, err } = await mlp(['run', 'Departure'], { cwd: folder, timeout: 300 });
  assert.is(code, 0, out + err);
  assert.match(out, /= ingest +flights .* cached/);
  assert.match(out, /✓ features +Departure +2,999,858 rows, 7 features/);
});

test('a changed rule that the data break refuses them, though their features were there already', async () => {
  write(folder, 'flights.mlp', example('flights', ['mean(delay) in 0..30', 'mean(delay) in 0..1']));
  const refused = await mlp(['run', 'Departure'], { cwd: folder, timeout: 300 });
  assert.is(refused.code, 3, refused.out + refused.err);
  assert.match(refused.out, /✗ require mean\(delay\) in 0\.\.1 +mean\(delay\) = 6\.67/);
  assert.match(refused.out, /Not run[\s\S]*features Departure \(a step before it did not succeed\)/);

  write(folder, 'flights.mlp', example('flights'));
  const { code, out, err } = await mlp(['run', 'Departure'], { cwd: folder, timeout: 300 });
  assert.is(code, 0, out + err);
  assert.match(out, /nothing changed/);
});

if (process.env['FUZZ_LONG'])
  test('from the flights to a champion, by an honest measure', async () => {
    const { code, out, err } = await mlp(['run', 'lateness', '--json'], { cwd: folder, timeout: 1200 });
    assert.is(code, 0, out + err);
    const { versions } = JSON.parse((await mlp(['models', 'lateness', '--json'], { cwd: folder })).out);
    const { auc } = versions[0].metrics;
    assert.ok(auc > 0.64 && auc < 0.7, `auc ${auc}`);
    assert.ok(versions[0].aliases.includes('champion'));
    const again = await mlp(['run', 'lateness'], { cwd: folder });
    assert.match(again.out, /Gate lateness: passed/);
    assert.match(again.out, /nothing changed/);
  });

test.run();
