import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseArguments, parseBytes, parseOverrides } from '../../../runtime/engine/arguments.ts';
import { runStep, stepExitCode } from '../../../runtime/engine/step.ts';
import { runners } from './fake-runners.ts';
import { makeProgram } from './program.ts';

let root: string;
test.before.each(() => {
  root = mkdtempSync(path.join(tmpdir(), 'mlp-step-'));
  for (const [name, text] of [
    ['parts', 'p'],
    ['parameters', 'q'],
    ['metrics', 'm'],
  ] as const) {
    mkdirSync(path.join(root, 'in', name), { recursive: true });
    writeFileSync(path.join(root, 'in', name, 'out.txt'), text);
  }
});
test.after.each(() => rmSync(root, { recursive: true, force: true }));

const step = (id: string, more: { params?: string } = {}) =>
  runStep(makeProgram(), id, {
    in: path.join(root, 'in'),
    out: path.join(root, 'out'),
    root,
    runners,
    ...more,
  });
const result = () => JSON.parse(readFileSync(path.join(root, 'out/result.json'), 'utf8'));

test('a step reads its inputs, writes its outputs whole and says what came of it', async () => {
  const given = await step('train-late');
  assert.is(stepExitCode(given), 0);
  assert.equal(result(), JSON.parse(JSON.stringify(given)));
  assert.equal(readdirSync(path.join(root, 'out')).sort(), ['model', 'result.json']);
  assert.is(readFileSync(path.join(root, 'out/model/out.txt'), 'utf8'), 'train-late/model(p,q)');
  assert.not.ok(existsSync(path.join(root, '.mlp')), 'it needs no store');
});

test('a failed step leaves its result and nothing half written; done again it replaces what was there', async () => {
  writeFileSync(path.join(root, 'train-late.json'), JSON.stringify({ failTimes: 1 }));
  assert.is(stepExitCode(await step('train-late')), 1);
  assert.equal(readdirSync(path.join(root, 'out')), ['result.json']);
  assert.is(result().status, 'failed');
  assert.is(stepExitCode(await step('train-late')), 0);
  assert.is(result().status, 'succeeded');
});

test('a refusal writes its outputs all the same', async () => {
  writeFileSync(path.join(root, 'refuse'), '');
  assert.is(stepExitCode(await step('gate-late')), 3);
  assert.equal(readdirSync(path.join(root, 'out')).sort(), ['result.json', 'verdict']);
});

test('a missing input is a failed result, an external one may be absent', async () => {
  rmSync(path.join(root, 'in/parts'), { recursive: true });
  const { error } = await step('train-late');
  assert.is(error!.message, 'step train-late is not given its input parts');
  assert.match(error!.hint!, 'output parts of step split-late');
  mkdirSync(path.join(root, 'in/rows'));
  writeFileSync(path.join(root, 'in/rows/out.txt'), 'r');
  assert.is((await step('validate-sound')).status, 'succeeded');
  assert.match(readFileSync(path.join(root, 'out/report/out.txt'), 'utf8'), 'no previous');
});

test('parameters are checked, an unknown step is told', async () => {
  const file = path.join(root, 'params.json');
  const failure = async (work: Promise<unknown>) =>
    work.then(
      () => '',
      error => `${(error as { code: string }).code} ${(error as Error).message}`,
    );
  writeFileSync(file, '{"version": "params/1", "from": "yesterday"}');
  assert.match(
    await failure(step('train-late', { params: file })),
    /MLP8510 .*params\.json is not a params\/1 document/,
  );
  writeFileSync(file, '{');
  assert.match(await failure(step('train-late', { params: file })), 'is not JSON');
  assert.match(await failure(step('train-late', { params: `${file}x` })), 'cannot be read');
  assert.match(await failure(step('train')), 'there is no step train');
  const params = {
    version: 'params/1',
    from: null,
    to: '2001-01-01T00:00:00Z',
    overrides: { late: { depth: 8 } },
    threads: 1,
    memory: '512MiB',
  };
  writeFileSync(file, JSON.stringify(params));
  assert.is((await step('train-late', { params: file })).status, 'succeeded');
});

test('the command line of a program', () => {
  const run = parseArguments([
    'run',
    'late',
    '--try',
    'late.depth=8',
    '--try',
    'late.fast=true',
    '--from',
    '2001-03-01',
    '--jobs',
    '2',
    '--memory',
    '2GiB',
  ]);
  assert.ok('command' in run && run.command === 'run');
  assert.equal((run as { options: object }).options, {
    root: process.cwd(),
    goal: 'late',
    from: '2001-03-01T00:00:00.000Z',
    to: null,
    overrides: { late: { depth: 8, fast: true } },
    force: false,
    jobs: 2,
    memory: 2 * 1024 ** 3,
  });
  for (const wrong of [
    ['walk'],
    ['run', 'a', 'b'],
    ['run', '--jobs', '0'],
    ['run', '--from', 'noon'],
    ['run', '--try', 'depth=8'],
    ['run', '--fast'],
    ['step', 'x'],
    ['step', 'x', '--in', 'a'],
  ])
    assert.ok('wrong' in parseArguments(wrong), wrong.join(' '));
  assert.ok('help' in parseArguments([]));
  assert.is(parseBytes('1.5GB'), 1.5e9);
  assert.equal(parseOverrides(['m.a=1_000', 'm.b=x']), { m: { a: 1000, b: 'x' } });
});

test.run();
