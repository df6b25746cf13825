/** Runners without data: they write down what they did. Behaviour is steered by files in the project folder. */
import { pbkdf2 } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StepContext, StepRunner } from '../../../runtime/engine/contract.ts';
import { MlpError } from '../../../runtime/engine/contract.ts';
import type { Runners } from '../../../runtime/engine/runners.ts';
import { hashFile } from '../../../runtime/store/folders.ts';

const log = (context: StepContext, text: string) =>
  appendFileSync(path.join(context.root, 'log.txt'), `${text} ${context.step.id}\n`);

function busyFor(ms: number): void {
  for (const end = Date.now() + ms; Date.now() < end; );
}

async function misbehave(context: StepContext): Promise<void> {
  const file = path.join(context.root, `${context.step.id}.json`);
  if (!existsSync(file)) return;
  const orders = JSON.parse(readFileSync(file, 'utf8'));
  if (orders.busy) busyFor(orders.busy);
  // Native code in a thread of its own, as a query is; an orderly exit waits for it.
  if (orders.native)
    await new Promise(resolve => pbkdf2('a', 'b', orders.native * 1_000, 64, 'sha512', resolve));
  // Takes processor time, and lets the process speak in between.
  for (const end = Date.now() + (orders.spin ?? 0); Date.now() < end && !context.signal.aborted; ) {
    busyFor(50);
    await new Promise(resolve => setImmediate(resolve));
  }
  if (orders.spin) context.signal.throwIfAborted();
  if (orders.sleep)
    await new Promise((resolve, reject) => {
      setTimeout(resolve, orders.sleep);
      context.signal.addEventListener('abort', () => reject(context.signal.reason));
    });
  if (orders.crash) process.abort();
  if (orders.bug) throw new TypeError('x is not a function');
  if (orders.failTimes) {
    writeFileSync(file, JSON.stringify({ failTimes: orders.failTimes - 1 }));
    throw new MlpError('MLP8999', 'told to fail', { hint: 'wait' });
  }
}

/** Each output holds the inputs' texts and the step's name: it changes when any of them does. */
const plain: StepRunner = async context => {
  log(context, 'start');
  context.progress({ done: 1, total: 2, message: 'half' });
  for (const { name } of context.step.outputs)
    writeFileSync(path.join(context.output(name), 'half-written.txt'), 'half');
  await misbehave(context);
  const read = context.step.inputs.map(input => {
    const folder = context.input(input.name);
    return folder ? readFileSync(path.join(folder, 'out.txt'), 'utf8') : `no ${input.name}`;
  });
  for (const { name } of context.step.outputs)
    writeFileSync(
      path.join(context.output(name), 'out.txt'),
      `${context.step.id}/${name}(${read.join(',')})`,
    );
  log(context, 'end');
  return { status: 'succeeded', metrics: { rows: 3 }, notes: ['fine'], snapshots: {} };
};

const ingest: StepRunner = async context => {
  const done = await plain(context);
  const uri = String(context.plan.sources[context.step.of]!.from.args['path']);
  const file = path.join(context.root, uri);
  const text = readFileSync(file, 'utf8');
  writeFileSync(path.join(context.output('rows'), 'out.txt'), text);
  const hash = `sha256:${await hashFile(file)}`;
  return { ...done, snapshots: { [context.step.of]: { uri, bytes: text.length, hash } } };
};

const gate: StepRunner = async context => {
  await plain(context);
  const refused = existsSync(path.join(context.root, 'refuse'));
  return { status: refused ? 'refused' : 'succeeded', metrics: {}, notes: [], snapshots: {} };
};

const register: StepRunner = async context => {
  const done = await plain(context);
  const document = {
    version: 'registration/1',
    model: context.step.of,
    task: 'binary',
    label: 'late',
    classes: [],
    features: [],
    trainer: 'fake',
    plan: context.plan.hash,
    files: [],
    parts: { train: 2, test: 1 },
    metrics: { auc: 0.75 },
    passed: true,
    approvals: context.plan.models[context.step.of]?.gate?.approvals ?? [],
  };
  writeFileSync(path.join(context.output('registration'), 'registration.json'), JSON.stringify(document));
  return done;
};

const of = (runner: StepRunner) => async () => runner;
export const runners: Runners = {
  ingest: of(ingest),
  validate: of(plain),
  features: of(plain),
  split: of(plain),
  tune: of(plain),
  train: of(plain),
  baseline: of(plain),
  evaluate: of(plain),
  gate: of(gate),
  register: of(register),
};
