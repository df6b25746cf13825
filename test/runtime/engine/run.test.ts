import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MlpError } from '../../../runtime/engine/contract.ts';
import { openStore } from '../../../runtime/store/store.ts';
import { makeProgram } from './program.ts';
import { Project } from './project.ts';

let project: Project;
test.before.each(() => {
  project = new Project();
});
test.after.each(() => project.close());

const statuses = (outcome: { steps: readonly { step: string; status: string }[] }) =>
  Object.fromEntries(outcome.steps.map(({ step, status }) => [step, status]));

test('independent steps run at the same time', async () => {
  project.write('ingest-left.json', { sleep: 400 });
  project.write('ingest-right.json', { sleep: 400 });
  await project.run(makeProgram(), { goal: 'features-view', jobs: 2 });
  const log = project.log();
  assert.equal(
    log.slice(0, 2).map(line => line.split(' ')[0]),
    ['start', 'start'],
  );
});

test('with one job they run one after another', async () => {
  project.write('ingest-left.json', { sleep: 50 });
  await project.run(makeProgram(), { goal: 'features-view', jobs: 1 });
  assert.equal(
    project
      .log()
      .slice(0, 2)
      .map(line => line.split(' ')[0]),
    ['start', 'end'],
  );
});

test('a failing step stops those that need it and no others; the next run goes on from there', async () => {
  project.write('tune-late.json', { failTimes: 1 });
  const outcome = await project.run();
  assert.is(outcome.status, 'failed');
  assert.is(outcome.exitCode, 1);
  const by = statuses(outcome);
  assert.is(by['tune-late'], 'failed');
  assert.is(by['baseline-late'], 'succeeded');
  assert.is(by['train-late'], 'skipped');
  const failed = outcome.steps.find(step => step.step === 'tune-late')!;
  assert.equal(failed.result!.error, { code: 'MLP8999', message: 'told to fail', hint: 'wait' });
  assert.equal(failed.outputs, {}, 'what it had half written is not kept');
  project.log();
  const next = await project.run();
  assert.is(next.status, 'succeeded');
  assert.equal(project.started(), ['evaluate-late', 'gate-late', 'register-late', 'train-late', 'tune-late']);
});

test('a step that a refused gate protects is not run, and a second run refuses again', async () => {
  project.write('refuse', '');
  const outcome = await project.run();
  assert.is(outcome.status, 'refused');
  assert.is(outcome.exitCode, 3);
  assert.is(statuses(outcome)['register-late'], 'skipped');
  assert.equal(Object.keys(outcome.steps.find(step => step.step === 'gate-late')!.outputs), ['verdict']);
  const again = await project.run();
  assert.is(again.exitCode, 3);
  assert.is(again.nothingChanged, true);
  const store = await openStore(project.root);
  assert.equal(store.registry.versions('local'), []);
  store.close();
});

test('what the goal needs and the runtime cannot do is refused before anything runs', async () => {
  const refused = async (run: () => Promise<unknown>) => {
    try {
      await run();
    } catch (error) {
      assert.is((error as Error).name, 'MlpError');
      return error as MlpError;
    }
    throw new Error('it ran');
  };
  const deploy = await refused(() => project.run(makeProgram(), { goal: 'api' }));
  assert.is(deploy.code, 'MLP6501');
  assert.match(deploy.hint!, 'mlp run late');
  assert.is(deploy.at, 0);
  const remote = makeProgram();
  (remote.plan.sources['left']!.from.args as Record<string, string>)['path'] = 'https://acme.com/x.csv';
  assert.match((await refused(() => project.run(remote))).message, 'https://acme.com/x.csv');
  const forecast = makeProgram({ model: { task: 'forecast' } });
  assert.match((await refused(() => project.run(forecast))).message, 'forecast');
  const gpu = makeProgram({
    steps: { 'train-late': { resources: { cpu: null, memory: null, gpu: 1, workers: null } } },
  });
  assert.is((await refused(() => project.run(gpu))).code, 'MLP8520');
  const unknown = await refused(() => project.run(makeProgram(), { goal: 'lte' }));
  assert.match(unknown.hint!, 'did you mean `late`');
  assert.not.ok(existsSync(path.join(project.root, '.mlp')), 'there is not even a store');
});

test('with an approval the version stays candidate', async () => {
  const program = makeProgram({ model: { gate: { rules: [], approvals: ['ml-owners'], at: 0 } } });
  const outcome = await project.run(program);
  assert.is(outcome.status, 'succeeded', JSON.stringify(outcome.steps));
  assert.equal(outcome.registered[0]!.version.aliases, ['candidate']);
  assert.match(outcome.registered[0]!.withheld!, 'ml-owners');
});

test('a champion that a person put back stays', async () => {
  await project.run();
  project.write('right.csv', 'b\n3\n');
  await project.run();
  const store = await openStore(project.root);
  store.transaction(() =>
    store.registry.promote({
      environment: 'local',
      model: 'late',
      alias: 'champion',
      to: 1,
      who: 'eve',
      why: 'worse online',
      run: null,
    }),
  );
  const outcome = await project.run();
  assert.match(outcome.registered[0]!.withheld!, 'by hand');
  assert.is(store.registry.holder('local', 'late', 'champion')!.version, 1);
  assert.equal(
    store.registry.promotions('local', 'late').map(p => [p.alias, p.from, p.to]),
    [
      ['champion', 2, 1],
      ['champion', 1, 2],
      ['candidate', 1, 2],
      ['champion', null, 1],
      ['candidate', null, 1],
    ],
  );
  store.close();
});

test.run();
