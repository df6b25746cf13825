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

test('a step is tried again as often as it says', async () => {
  project.write('train-late.json', { failTimes: 2 });
  const events: RunEvent[] = [];
  const program = makeProgram({ steps: { 'train-late': { retry: { times: 2, after: 10 } } } });
  const outcome = await project.run(program, { observer: event => events.push(event) });
  assert.is(outcome.status, 'succeeded');
  assert.is(outcome.steps.find(step => step.step === 'train-late')!.attempts, 3);
  assert.is(events.filter(event => event.kind === 'step-retried').length, 2);
});

test('a step past its time-out is killed, even when it never looks up', async () => {
  project.write('train-late.json', { busy: 60_000 });
  const began = Date.now();
  const outcome = await project.run(makeProgram({ steps: { 'train-late': { timeout: 700 } } }));
  assert.ok(Date.now() - began < 8_000);
  const failed = outcome.steps.find(step => step.step === 'train-late')!;
  assert.is(failed.result!.error!.code, 'MLP8531');
  assert.match(failed.result!.error!.message, '0.7 s');
});

test('a step whose process crashes is a failed step', async () => {
  project.write('train-late.json', { crash: true });
  const outcome = await project.run();
  const error = outcome.steps.find(step => step.step === 'train-late')!.result!.error!;
  assert.is(error.code, 'MLP8530');
  assert.match(error.message, 'SIGABRT');
});

test('a bug in a step is told without a stack trace', async () => {
  project.write('train-late.json', { bug: true });
  const error = (await project.run()).steps.find(step => step.step === 'train-late')!.result!.error!;
  assert.is(error.code, 'MLP8599');
  assert.is(error.message, 'the step broke: x is not a function');
});

test('a source that changes while it is read fails the step and is not remembered', async () => {
  project.write('ingest-left.json', { sleep: 100 });
  const outcome = await project.run(makeProgram(), {
    goal: 'ingest-left',
    observer: event => {
      if (event.kind === 'step-started') project.write('left.csv', 'a\n1\n2\n');
    },
  });
  assert.is(outcome.steps[0]!.result!.error?.code, 'MLP8532');
  assert.is((await project.run(makeProgram(), { goal: 'ingest-left' })).steps[0]!.status, 'succeeded');
});

test.run();
