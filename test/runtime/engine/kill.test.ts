import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunOutcome } from '../../../runtime/engine/events.ts';
import { openStore } from '../../../runtime/store/store.ts';
import { exited, isRunning, Project, processesOf, until } from './project.ts';

let project: Project;
test.before.each(() => {
  project = new Project();
});
test.after.each(() => project.close());

let log: string[] = [];
const sees = (line: string) => () => {
  log = [...log, ...project.log()];
  return log.includes(line);
};

test('a killed run leaves a readable store, no process, and the next run goes on where it stopped', async () => {
  log = [];
  project.write('train-late.json', { busy: 60_000 });
  const child = project.spawnRun();
  await until('training has begun', sees('start train-late'));
  const steps = processesOf(child.pid!);
  assert.ok(steps.length > 0);
  child.kill('SIGKILL');
  await exited(child);
  await until('its steps die too, though they are busy', () => !steps.some(isRunning));
  const store = await openStore(project.root);
  assert.is(store.runs.list()[0]!.status, 'interrupted');
  assert.is(
    store.runs.steps(store.runs.list()[0]!.id).find(step => step.step === 'train-late')!.status,
    'cancelled',
  );
  assert.equal(readdirSync(path.join(project.root, '.mlp', 'work')), []);
  store.close();
  project.remove('train-late.json');
  project.log();
  const next = await project.run();
  assert.is(next.status, 'succeeded');
  assert.equal(
    project.started().filter(step => step !== 'baseline-late'),
    ['evaluate-late', 'gate-late', 'register-late', 'train-late'],
  );
});

test('a process in the midst of native code dies with a killed run too', async () => {
  log = [];
  project.write('train-late.json', { native: 60_000 });
  const child = project.spawnRun();
  await until('training has begun', sees('start train-late'));
  const steps = processesOf(child.pid!);
  child.kill('SIGKILL');
  await exited(child);
  await until('its steps die too', () => !steps.some(isRunning));
});

test('Ctrl-C ends the run cleanly, recorded and resumable', async () => {
  log = [];
  project.write('train-late.json', { sleep: 60_000 });
  const child = project.spawnRun();
  let output = '';
  child.stdout!.on('data', chunk => {
    output += chunk;
  });
  await until('training has begun', sees('start train-late'));
  child.kill('SIGINT');
  assert.is(await exited(child), 130);
  const outcome = JSON.parse(output);
  assert.is(outcome.status, 'cancelled');
  assert.is(outcome.steps.find((step: { step: string }) => step.step === 'train-late').status, 'cancelled');
  assert.is(outcome.steps.find((step: { step: string }) => step.step === 'register-late').status, 'skipped');
  project.remove('train-late.json');
  assert.is((await project.run()).status, 'succeeded');
});

test('a second signal ends the run at once, a doubled one does not', async () => {
  log = [];
  project.write('train-late.json', { busy: 60_000 });
  const child = project.spawnRun();
  await until('training has begun', sees('start train-late'));
  const steps = processesOf(child.pid!);
  child.kill('SIGINT');
  child.kill('SIGINT');
  await new Promise(resolve => setTimeout(resolve, 500));
  assert.is(child.exitCode, null, 'npm doubles the signal: the run must still be recorded');
  child.kill('SIGTERM');
  assert.is(await exited(child), 130);
  await until('its steps die too', () => !steps.some(isRunning));
  const store = await openStore(project.root);
  assert.is(store.runs.list()[0]!.status, 'interrupted');
  assert.equal(readdirSync(path.join(project.root, '.mlp', 'work')), []);
  store.close();
});

test('a step whose process is killed fails alone; nothing half-written stays, and the next run goes on', async () => {
  log = [];
  project.write('train-late.json', { sleep: 60_000 });
  project.write('baseline-late.json', { sleep: 60_000 });
  const child = project.spawnRun();
  let output = '';
  child.stdout!.on('data', chunk => {
    output += chunk;
  });
  await until('both have begun', () => sees('start train-late')() && sees('start baseline-late')());
  project.remove('baseline-late.json');
  for (const pid of processesOf(child.pid!)) process.kill(pid, 'SIGKILL');
  assert.is(await exited(child), 1);
  const outcome = JSON.parse(output) as RunOutcome;
  const train = outcome.steps.find(step => step.step === 'train-late')!;
  assert.is(train.result!.error!.code, 'MLP8530');
  assert.match(train.result!.error!.message, 'was killed by SIGKILL');
  assert.equal(readdirSync(path.join(project.root, '.mlp', 'work')), []);
  const whole = readdirSync(path.join(project.root, '.mlp', 'artifacts'), {
    recursive: true,
    encoding: 'utf8',
  });
  assert.not.ok(whole.some(name => /partial|half-written/.test(name) && name.includes('partial')));
  project.remove('train-late.json');
  project.log();
  assert.is((await project.run()).status, 'succeeded');
  assert.equal(project.started(), [
    'baseline-late',
    'evaluate-late',
    'gate-late',
    'register-late',
    'train-late',
  ]);
});

test('two runs at once both succeed and agree', async () => {
  for (const step of ['ingest-left', 'split-late', 'train-late'])
    project.write(`${step}.json`, { sleep: 30 });
  const both = [project.spawnRun(), project.spawnRun()];
  assert.equal(await Promise.all(both.map(exited)), [0, 0]);
  const store = await openStore(project.root);
  const runs = store.runs.list();
  assert.equal(
    runs.map(run => run.status),
    ['succeeded', 'succeeded'],
  );
  assert.is(store.registry.versions('local').length, 1);
  assert.is(store.registry.promotions('local', 'late').length, 2);
  assert.is((await store.collectGarbage()).artifacts, 0);
  store.close();
  assert.is((await project.run()).nothingChanged, true);
});

test('kills at random moments never harm the store', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
  console.log(`seed ${seed}`);
  const rounds = process.env['FUZZ_LONG'] ? 60 : 2;
  for (let round = 0; round < rounds; round++) {
    const child = project.spawnRun();
    await new Promise(resolve => setTimeout(resolve, 350 + ((seed * (round + 1) * 7919) % 1_000)));
    child.kill('SIGKILL');
    await exited(child);
    const store = await openStore(project.root);
    for (const run of store.runs.list())
      for (const step of store.runs.steps(run.id))
        if (step.status === 'succeeded')
          for (const hash of Object.values(step.outputs))
            assert.ok(store.artifacts.intact(hash), `${step.step} is whole`);
    if (round % 2) await store.collectGarbage({ keepRuns: 1 });
    store.close();
  }
  assert.is((await project.run()).status, 'succeeded');
});

test.run();
