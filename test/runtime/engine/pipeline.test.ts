import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Pipeline } from '../../../compiler/plan/plan.ts';
import { openStore } from '../../../runtime/store/store.ts';
import { makeProgram, type Shape } from './program.ts';
import { exited, Project, until } from './project.ts';

let project: Project;
test.before.each(() => {
  project = new Project();
});
test.after.each(() => project.close());

const pipeline = (more: Partial<Pipeline>): Shape => ({
  goal: 'nightly',
  plan: {
    pipelines: {
      nightly: {
        goals: ['late'],
        triggers: [],
        cooldown: null,
        timeout: null,
        retry: null,
        interval: null,
        concurrency: 'queue',
        budget: null,
        notify: [],
        at: 0,
        ...more,
      },
    },
  },
});
const run = (more: Partial<Pipeline>) => project.run(makeProgram(pipeline(more)), { goal: 'nightly' });

test('steps that do not say how often they are tried are tried as often as their pipeline says', async () => {
  project.write('split-late.json', { failTimes: 2 });
  const outcome = await run({ retry: { times: 2, after: 5 } });
  assert.is(outcome.status, 'succeeded');
  assert.is(outcome.steps.find(step => step.step === 'split-late')!.attempts, 3);
});

test('a run past the time-out of its pipeline fails, keeps what is done, and goes on from there', async () => {
  project.write('train-late.json', { sleep: 60_000 });
  const outcome = await run({ timeout: 4_000, retry: { times: 5, after: 1 } });
  assert.is(outcome.status, 'failed');
  assert.is(outcome.exitCode, 1);
  assert.is(outcome.error!.code, 'MLP8533');
  assert.match(outcome.error!.message, 'nightly was not done within its time-out of 4 s');
  const train = outcome.steps.find(step => step.step === 'train-late')!;
  assert.equal([train.status, train.result!.error], ['failed', outcome.error]);
  project.remove('train-late.json');
  const next = await run({});
  assert.is(next.status, 'succeeded');
  assert.ok(next.steps.find(step => step.step === 'split-late')!.cached);
});

test('a run that takes more processor time than its budget is stopped, while the step is at work', async () => {
  project.write('train-late.json', { spin: 60_000 });
  const began = Date.now();
  const outcome = await run({ budget: { amount: 1_000, of: 'cpu' } });
  assert.is(outcome.status, 'failed');
  const { error } = outcome.steps.find(step => step.step === 'train-late')!.result!;
  assert.is(error!.code, 'MLP8534');
  assert.match(error!.message, /has taken \d+(ms|s) of processor time, more than its budget of 1s/);
  assert.ok(Date.now() - began < 20_000);
  project.remove('train-late.json');
  assert.is((await run({ budget: { amount: 3_600_000, of: 'cpu' } })).status, 'succeeded');
});

/** Begins a run of the pipeline that stays in its training; gives the child and what it prints. */
async function underWay(more: Partial<Pipeline>) {
  project.write('train-late.json', { sleep: 60_000 });
  const child = project.spawnRun(pipeline(more));
  let log: string[] = [];
  await until('training has begun', () => {
    log = [...log, ...project.log()];
    return log.includes('start train-late');
  });
  project.remove('train-late.json');
  return child;
}

function spoken(child: ReturnType<Project['spawnRun']>): { text: string } {
  const output = { text: '' };
  child.stdout!.on('data', chunk => {
    output.text += chunk;
  });
  return output;
}

test('skip: a second run does nothing and says so', async () => {
  const first = await underWay({ concurrency: 'skip' });
  const second = project.spawnRun(pipeline({ concurrency: 'skip' }));
  const said = spoken(second);
  assert.is(await exited(second), 0);
  assert.match(said.text, 'nothing was run: nightly is running already');
  first.kill('SIGTERM');
  assert.is(await exited(first), 130);
});

test('replace: the second run ends the first', async () => {
  const first = await underWay({ concurrency: 'replace' });
  const second = project.spawnRun(pipeline({ concurrency: 'replace' }));
  assert.is(await exited(first), 130);
  assert.is(await exited(second), 0);
});

test('queue: the second run waits for the first, and waiting can be cancelled', async () => {
  const first = await underWay({});
  const [second, third] = [project.spawnRun(pipeline({})), project.spawnRun(pipeline({}))];
  const [said, other] = [spoken(second), spoken(third)];
  await until('both wait', () => said.text.includes('waiting') && other.text.includes('waiting'));
  third.kill('SIGINT');
  assert.is(await exited(third), 130);
  assert.match(other.text, 'cancelled while nightly waited');
  first.kill('SIGKILL');
  assert.is(await exited(second), 0);
  const store = await openStore(project.root);
  assert.equal(
    store.runs.list().map(record => record.status),
    ['succeeded', 'interrupted'],
  );
  store.close();
});

test.run();
