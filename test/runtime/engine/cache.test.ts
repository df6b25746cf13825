import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunEvent } from '../../../runtime/engine/events.ts';
import { makeProgram } from './program.ts';
import { Project } from './project.ts';

let project: Project;
test.before.each(() => {
  project = new Project();
});
test.after.each(() => project.close());

test('the first run carries everything out, the second finds everything and says so', async () => {
  const events: RunEvent[] = [];
  const first = await project.run(makeProgram(), { observer: event => events.push(event) });
  assert.is(first.status, 'succeeded');
  assert.is(first.exitCode, 0);
  assert.is(first.nothingChanged, false);
  assert.is(project.started().length, 11);
  assert.equal(
    first.notRun.map(({ step }) => step),
    ['deploy-api'],
  );
  assert.is(events[0]!.kind, 'run-started');
  assert.is(events.at(-1)!.kind, 'run-finished');
  assert.ok(events.some(event => event.kind === 'step-progress' && event.progress.message === 'half'));
  assert.is(first.registered[0]!.version.version, 1);
  assert.equal(first.registered[0]!.version.aliases, ['candidate', 'champion']);
  assert.is(first.registered[0]!.replaced, null);

  const second = await project.run();
  assert.is(second.nothingChanged, true);
  assert.equal(project.started(), []);
  assert.equal(new Set(second.steps.map(step => step.status)), new Set(['cached']));
  assert.is(second.registered[0]!.isNew, false);
  assert.is(second.registered[0]!.replaced, undefined);
  assert.equal(readdirSync(path.join(project.root, '.mlp', 'work')), [], 'nothing is left in work/');
});

test('a changed file reruns what depends on it, and each step says why', async () => {
  await project.run();
  project.log();
  project.write('right.csv', 'b\n3\n');
  const outcome = await project.run();
  const ran = project.started();
  assert.not.ok(ran.includes('ingest-left'));
  assert.not.ok(ran.includes('validate-sound'));
  assert.ok(ran.includes('ingest-right'));
  const why = Object.fromEntries(outcome.steps.map(step => [step.step, step.why]));
  assert.equal(why['ingest-right'], ['the files of right changed']);
  assert.equal(why['features-view'], ['right changed']);
  assert.equal(why['evaluate-late'], [
    'parts changed',
    'model changed',
    'baseline changed',
    'champion changed',
  ]);
  assert.is(outcome.registered[0]!.replaced, 1);
  // Judged again, it is compared with the same champion as before, not with itself.
  const again = await project.run();
  assert.is(again.nothingChanged, true);
});

test('what a file is touched with does not matter, what is in it does', async () => {
  await project.run();
  project.log();
  project.write('right.csv', 'b\n2\n');
  assert.is((await project.run()).nothingChanged, true);
});

test('a changed declaration reruns its steps, a changed comment none', async () => {
  await project.run();
  project.log();
  const documented = makeProgram({ model: { doc: 'other words', at: 7 } });
  assert.is((await project.run(documented)).nothingChanged, true);
  const seeded = await project.run(makeProgram({ model: { seed: 2 } }));
  const train = seeded.steps.find(step => step.step === 'train-late')!;
  assert.equal(train.why, ['its declaration changed']);
  assert.not.ok(project.started().some(step => /ingest|validate|features/.test(step)));
});

test('an output that comes out the same stops the rerun there', async () => {
  await project.run();
  project.log();
  // The fake split does not look at the seed, so what follows it has the same input as before.
  await project.run(makeProgram({ model: { slices: [{ columns: ['a'], exprs: [], minimum: 9 }] } }));
  assert.equal(project.started(), ['evaluate-late', 'split-late']);
});

test('a hit whose artifact has vanished is a miss', async () => {
  const first = await project.run();
  project.log();
  const folder = first.steps.find(step => step.step === 'train-late')!.outputs['model']!;
  rmSync(path.join(folder, 'out.txt'));
  const second = await project.run();
  assert.equal(project.started(), ['train-late']);
  assert.is(second.status, 'succeeded');
  assert.ok(existsSync(path.join(folder, 'out.txt')));
});

test('overrides and the interval are part of the key of the steps that read them', async () => {
  await project.run();
  project.log();
  await project.run(makeProgram(), { overrides: { late: { depth: 8 } } });
  assert.equal(project.started(), ['train-late', 'tune-late']);
  await project.run(makeProgram(), { from: '2001-01-01T00:00:00Z' });
  assert.ok(project.started().includes('ingest-left'));
});

test.run();
