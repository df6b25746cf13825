// Batch scoring from rows to a file: what is in it is what the evaluation measured, and it is written once or not at all.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { csvOf } from '../runtime/engine/chain.ts';
import { mlp, project } from './support.ts';

const spec = `import std.sources { csv }
import std.sinks { csv_file }
import std.learn { gradient_boosting }
import std.metrics { auc, log_loss }

schema Ride { day: datetime @event_time  x: float  z: float  city: string  late: bool @known_after(1h) }
schema Score {
  day: datetime
  at: datetime
  city: string
  slow: float in 0..1
  late: bool
  twice: float
  model_version: string
}

source rides: Ride = csv("rides.csv")
sink scores: Score = csv_file("out/scores.csv", delimiter: ";")

features Before from rides at day {
  use x, city
  twice = x * 2.0
  label late = late
}

model slow {
  features Before
  predict late
  where z >= 0.1
  split by time { train 70%  validation 15%  test 15% }
  train gradient_boosting(rounds: 20, depth: 3)
  seed 1
  threshold 0.4
  evaluate log_loss
  promote { require auc >= 0.6 }
}

deployment nightly { serve slow  score rides into scores }
`;
const rides = csvOf(1_000);
const files = { 'main.mlp': spec, 'rides.csv': rides };
const scores = (root: string): string => path.join(root, 'out/scores.csv');

interface Ride {
  readonly day: string;
  readonly z: number;
  readonly late: boolean;
}
const written: readonly Ride[] = rides
  .trim()
  .split('\n')
  .slice(1)
  .map(line => line.split(','))
  .map(([day, , z, , late]) => ({ day: day!, z: Number(z), late: late === 'true' }));

function rowsOf(root: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(scores(root), 'utf8').trim().split('\n');
  const names = header!.split(';');
  return lines.map(line => Object.fromEntries(line.split(';').map((value, i) => [names[i]!, value])));
}

const root = project(files);

test('every row that the model is for, with its moment, version and own columns; a champion from then on', async () => {
  const { code, out } = await mlp(['run', 'nightly'], { cwd: root });
  assert.is(code, 0, out);
  const outside = written.filter(({ z }) => z < 0.1).length;
  assert.ok(outside > 50);
  assert.match(out, new RegExp(`${1_000 - outside} rows scored with version 1 of slow`));
  assert.match(out, new RegExp(`${outside} rows are not scored: they lie outside`));
  assert.match(out, /slow version 1 is now champion, the first one/);
  const rows = rowsOf(root);
  assert.is(readFileSync(scores(root), 'utf8').split('\n')[0], 'day;at;city;slow;late;twice;model_version');
  assert.equal(
    rows.map(({ day }) => day),
    written.filter(({ z }) => z >= 0.1).map(({ day }) => day),
  );
  for (const row of rows) {
    assert.is(row['at'], row['day']);
    assert.is(row['model_version'], '1');
    assert.is(row['late'], String(Number(row['slow']) >= 0.4));
  }
  assert.equal(readdirSync(path.join(root, 'out')), ['scores.csv']);
});

test('the scores are those that the evaluation measured', async () => {
  const { out } = await mlp(['run', 'nightly', '--json'], { cwd: root });
  const run = JSON.parse(out) as {
    steps: { kind: string; outputs: Record<string, string>; result: { metrics: Record<string, number> } }[];
  };
  const step = (kind: string) => run.steps.find(one => one.kind === kind)!;
  const split = JSON.parse(readFileSync(path.join(step('split').outputs['parts']!, 'split.json'), 'utf8'));
  const from: string = split.parts.test.from;
  const truth = new Map(written.map(({ day, late }) => [day, late]));
  const tested = rowsOf(root).filter(row => row['day']! >= from);
  assert.is(tested.length, split.parts.test.rows);
  const losses = tested.map(row => {
    const p = Number(row['slow']);
    return -Math.log(truth.get(row['day']!) ? p : 1 - p);
  });
  const loss = losses.reduce((sum, one) => sum + one, 0) / losses.length;
  assert.ok(Math.abs(loss - step('evaluate').result.metrics['log_loss']!) < 1e-12, `${loss}`);
});

test('the same rows are not written again; a file that was changed or lost is put right', async () => {
  const before = statSync(scores(root));
  const { out } = await mlp(['run', 'nightly'], { cwd: root });
  assert.match(out, /nothing changed: everything was there already/);
  assert.equal([statSync(scores(root)).ino, statSync(scores(root)).mtimeMs], [before.ino, before.mtimeMs]);
  const text = readFileSync(scores(root), 'utf8');
  writeFileSync(scores(root), 'somebody was here\n');
  const { out: again } = await mlp(['run', 'nightly'], { cwd: root });
  assert.match(again, /rows written to out\/scores\.csv/);
  assert.is(readFileSync(scores(root), 'utf8'), text);
});

test('a version that waits for an approval scores nothing, and does once it is promoted', async () => {
  const folder = project({
    ...files,
    'main.mlp': spec.replace('auc >= 0.6 }', 'auc >= 0.6  approval("owners") }'),
  });
  const { code, out } = await mlp(['run', 'nightly'], { cwd: folder });
  assert.is(code, 3, out);
  assert.match(out, /MLP8551/);
  assert.match(out, /does not score with version 1 of slow: it waits for the approval of owners/);
  assert.not.ok(existsSync(scores(folder)));
  assert.is((await mlp(['models', 'slow', '--promote', '1'], { cwd: folder })).code, 0);
  assert.is((await mlp(['run', 'nightly'], { cwd: folder })).code, 0);
  assert.ok(rowsOf(folder).length > 500);
});

const refusals: readonly (readonly [string, readonly [string, string][], RegExp])[] = [
  [
    'rows that break the schema of the sink',
    [['slow: float in 0..1', 'slow: float in 0..0.2']],
    /MLP8063.*slow: \d+ of \d+ are outside 0\.\.0\.2/s,
  ],
  [
    'a sink in the place of a source',
    [['out/scores.csv', './rides.csv']],
    /MLP8065.*the source rides is read from/s,
  ],
  [
    'a part of the path that is a file',
    [['out/scores.csv', 'rides.csv/scores.csv']],
    /MLP8064.*rides\.csv\/scores\.csv cannot be written: a part of the path is a file/s,
  ],
];
for (const [what, changes, message] of refusals)
  test(`${what}: said at its place, and nothing is written`, async () => {
    const text = changes.reduce((all, [from, to]) => all.replace(from, to), spec);
    const folder = project({ ...files, 'main.mlp': text });
    const { code, out } = await mlp(['run', 'nightly'], { cwd: folder });
    assert.is(code, 1, out);
    assert.match(out, message);
    assert.match(out, /main\.mlp:\d+/);
    assert.is(readFileSync(path.join(folder, 'rides.csv'), 'utf8'), rides);
    assert.equal(
      readdirSync(folder).filter(
        name => !['.mlp', 'main.mlp', 'rides.csv', 'node_modules', 'out'].includes(name),
      ),
      [],
    );
    assert.not.ok(existsSync(scores(folder)));
  });

test('a source grows old although nothing changes', async () => {
  const folder = project({
    'main.mlp': `import std.sources { csv }
schema Beat { at: timestamp @event_time }
source beats: Beat = csv("beats.csv") { fresh within 10s }`,
    'beats.csv': `at\n${new Date().toISOString()}\n`,
  });
  const written = Date.now();
  assert.is((await mlp(['run'], { cwd: folder })).code, 0);
  await new Promise(resolve => setTimeout(resolve, Math.max(0, written + 10_500 - Date.now())));
  const { code, out } = await mlp(['run'], { cwd: folder });
  assert.is(code, 1, out);
  assert.match(out, /MLP8110 · main\.mlp:3:8/);
});

test.run();
