import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { example, mlp, program, project, write } from './support.ts';

const penguins = project({ 'penguins.mlp': example('penguins') });
const STEPS = [
  'ingest',
  'validate',
  'features',
  'split',
  'train',
  'baseline',
  'evaluate',
  'gate',
  'register',
];

/** The penguins with nothing but a constant to predict with, which no such gate lets pass. */
const weak = example(
  'penguins',
  ['train gradient_boosting(rounds: 60, depth: 3)', 'train constant()'],
  ['import std.learn { gradient_boosting, constant }', 'import std.learn { constant }'],
  ['  baseline constant()\n', ''],
  ['accuracy >= 0.9\n', 'accuracy >= 0.999\n'],
  ['    require accuracy > baseline.accuracy\n', ''],
);

const leftOver = (root: string): string[] =>
  readdirSync(path.join(root, '.mlp'), { recursive: true, encoding: 'utf8' }).filter(name =>
    name.includes('.partial'),
  );

test('from nothing to a champion: every step, a table of metrics and the verdict, in plain lines', async () => {
  const { code, out, err } = await mlp(['run'], { cwd: penguins });
  assert.equal([code, err], [0, '']);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no colours, no cursor movements in a pipe
  assert.not.match(out, /[\u001b\r]/);
  for (const step of STEPS) assert.match(out, new RegExp(`^  ✓ ${step}  `, 'm'));
  assert.match(out, /343 of 344 rows kept, 1 quarantined/);
  assert.match(out, /^ {4}accuracy +0\.9\d+|^ {4}accuracy +1\.0000/m);
  assert.match(out, /by island/);
  assert.match(out, /^Gate species: passed/m);
  assert.match(out, /species version 1 is now champion/);
  assert.match(out, /9 steps run/);
  assert.equal(leftOver(penguins), []);
});

test('the second run does nothing and says so', async () => {
  const { code, out } = await mlp(['run'], { cwd: penguins });
  assert.is(code, 0);
  assert.match(out, /nothing changed: everything was there already/);
  assert.match(out, /9 from the cache/);
  assert.is(out.match(/ {2}cached$/gm)?.length, 9);
  assert.not.match(out, /^ {2}✓ (ingest|train)/m);
});

test('runs: a list, one of them by the start of its name, and as documents', async () => {
  const list = await mlp(['runs', '--json'], { cwd: penguins });
  const runs = JSON.parse(list.out) as { id: string; status: string; goal: string }[];
  assert.equal(
    runs.map(r => [r.goal, r.status]),
    Array(2).fill(['species', 'succeeded']),
  );
  const text = await mlp(['runs'], { cwd: penguins });
  for (const { id } of runs) assert.match(text.out, id);
  const first = runs[1]!.id;
  const one = await mlp(['runs', first], { cwd: penguins });
  assert.equal([one.code, /Gate species: passed/.test(one.out)], [0, true]);
  assert.is((await mlp(['runs', first.slice(0, -2)], { cwd: penguins })).out, one.out);
  assert.ok(JSON.parse((await mlp(['runs', first, '--json'], { cwd: penguins })).out));
  const none = await mlp(['runs', 'nosuch'], { cwd: penguins });
  assert.equal([none.code, /there is no run nosuch/.test(none.err)], [1, true]);
});

test('models: all, one with its promotions, and as documents', async () => {
  const all = await mlp(['models'], { cwd: penguins });
  assert.match(all.out, /species +1 +candidate, champion/);
  const one = await mlp(['models', 'species'], { cwd: penguins });
  assert.match(one.out, /Promotions[\s\S]*champion +version 1/);
  const { versions, promotions } = JSON.parse(
    (await mlp(['models', 'species', '--json'], { cwd: penguins })).out,
  );
  assert.equal(
    [versions.length, versions[0].version, versions[0].aliases],
    [1, 1, ['candidate', 'champion']],
  );
  assert.ok(versions[0].metrics.accuracy >= 0.9);
  assert.is(promotions.length, 2);
  const none = await mlp(['models', 'penguin'], { cwd: penguins });
  assert.equal([none.code, /no version of penguin/.test(none.err)], [1, true]);
  const nothing = await mlp(['models'], { cwd: project({ 'a.mlp': '' }) });
  assert.equal([nothing.code, /nothing was run in/.test(nothing.err)], [1, true]);
});

test('a goal in the middle: what lies beyond it is listed as not run', async () => {
  const { code, out } = await mlp(['run', 'Measured'], { cwd: penguins });
  assert.is(code, 0);
  assert.match(out, /Not run[\s\S]*train species[\s\S]*beyond the goal Measured/);
  assert.not.match(out, /Gate species/);
});

test('a validation of a view judges its features, and what must hold stops what reads them', async () => {
  const rules = (least: number): string =>
    `validation seen on Measured {\n  require count() >= ${least}\n  require share(mass is null) < 0.05\n  require count(island == "Biscoe") > 100\n  warn (psi(mass, against: previous) ?? 0.0) < 0.2\n}\n`;
  const spec = (least: number): string =>
    `import std.drift { psi }\n${example('penguins').replace('model species', `${rules(least)}\nmodel species`)}`;
  const root = project({ 'penguins.mlp': spec(300) });
  const { code, out } = await mlp(['run', 'species'], { cwd: root });
  assert.is(code, 0, out);
  assert.match(
    out,
    /Validation seen[\s\S]*✓ require share\(mass is null\) < 0\.05[\s\S]*nothing yet to compare with/,
  );
  write(root, 'penguins.mlp', spec(400));
  const refused = await mlp(['run', 'species'], { cwd: root });
  assert.is(refused.code, 3, refused.out);
  assert.match(refused.out, /✗ require count\(\) >= 400/);
});

test('wrong goals and options are told before anything runs', async () => {
  const cases: [string[], number, RegExp][] = [
    [['specie'], 1, /MLP8513: there is nothing called `specie`/],
    [['--jobs', 'x'], 2, /--jobs takes a whole number/],
    [['--from', 'yesterday'], 2, /yesterday is not a time/],
    [['--memory', 'much'], 2, /much/],
    [['--try', 'specie.depth=8'], 1, /MLP8514: there is no model `specie`/],
    [
      ['--try', 'species.dept=8'],
      1,
      /MLP8518: `gradient_boosting`.* has no parameter `dept`[\s\S]*did you mean `depth`/,
    ],
    [
      ['--try', 'species.depth=0'],
      1,
      /MLP8540: 'depth' of 'gradient_boosting' is 0, not a whole number from 1 to/,
    ],
    [['Measured', '--try', 'species.depth=8'], 1, /MLP8517: what the goal needs does not train `species`/],
    [['--try', 'species'], 2, /--try species: write it as MODEL\.PARAMETER=VALUE/],
  ];
  for (const [args, exit, message] of cases) {
    const { code, out, err } = await mlp(['run', ...args], { cwd: penguins });
    assert.equal([code, out], [exit, ''], args.join(' '));
    assert.match(err, message);
    assert.not.match(err, 'run [GOAL]');
  }
});

test('a goal that this runtime cannot carry out is refused at its place, before anything runs', async () => {
  const folder = project({ 'flights.mlp': example('flights') });
  for (const goal of ['lateness_api', 'nightly']) {
    const { code, out, err } = await mlp(['run', goal], { cwd: folder });
    assert.equal([code, out], [1, ''], goal);
    assert.match(err, /^flights\.mlp:\d+:\d+: error MLP6501: .*\n +hint: /);
  }
  assert.not.ok(
    existsSync(path.join(folder, '.mlp/artifacts')) &&
      readdirSync(path.join(folder, '.mlp/artifacts')).length,
  );
});

test('step by step on folders made by hand', async () => {
  const step = (name: string, from: string) =>
    mlp(['step', name, '--in', from, '--out', `hand/${name}`], { cwd: penguins });
  write(penguins, 'hand/none/.keep', '');
  const ingest = await step('ingest-penguins', 'hand/none');
  assert.is(ingest.code, 0, ingest.err);
  const folder = path.join(penguins, 'hand');
  const result = JSON.parse(readFileSync(path.join(folder, 'ingest-penguins/result.json'), 'utf8'));
  assert.equal([result.status, result.metrics.rows, result.metrics.read], ['succeeded', 343, 344]);

  const missing = await step('features-measured', 'hand/none');
  assert.is(missing.code, 1);
  assert.match(missing.err, /MLP8511: step features-measured is not given its input penguins/);
  const rows = readFileSync(path.join(folder, 'ingest-penguins/rows/data.parquet'));
  write(folder, 'in/penguins/data.parquet', rows);
  const features = await step('features-measured', 'hand/in');
  assert.is(features.code, 0, features.err);
  assert.ok(existsSync(path.join(folder, 'features-measured/rows/data.parquet')));
  const unknown = await step('train-penguins', 'hand/in');
  assert.equal([unknown.code, /MLP8512.*train-penguins/.test(unknown.err)], [1, true]);
});

test('a gate that refuses: exit code 3, which rule and by how much, and no version', async () => {
  const folder = project({ 'penguins.mlp': weak });
  const { code, out } = await mlp(['run'], { cwd: folder });
  assert.is(code, 3, out);
  assert.match(
    out,
    /^Gate species: refused[^\n]*\n {2}✗ require accuracy >= 0\.999 +accuracy 0\.\d+\n +penguins\.mlp:\d+:\d+/m,
  );
  assert.match(out, /Not run[^\n]*\n.*register species/);
  const { out: models } = await mlp(['models'], { cwd: folder });
  assert.match(models, /There are no models yet/);
  const again = await mlp(['run'], { cwd: folder });
  assert.is(again.code, 3, 'the refusal must not be forgotten by the cache');
});

test('faults of data files: exit code 1, the file, the column and the rows; nothing half-written stays', async () => {
  const spec = `import std.sources { csv }
schema Sale { id: int @key  amount: float in 0..100 }
source sales: Sale = csv("sales.csv")
`;
  const folder = project({ 'sales.mlp': spec });
  const cases: [string | undefined, RegExp][] = [
    [undefined, /MLP8001[\s\S]*sales\.csv/],
    ['', /MLP8003[\s\S]*sales\.csv/],
    ['id,amount\n1,5\n2,500\n3,7\n', /MLP80\d\d[\s\S]*sales\.csv[\s\S]*amount[\s\S]*row 2\b/],
    ['id,amount\n1,5\n2,6\n3,much\n', /MLP80\d\d[\s\S]*sales\.csv[\s\S]*amount[\s\S]*row 3\b/],
    ['id,price\n1,5\n', /MLP8008[\s\S]*sales\.csv[\s\S]*amount/],
  ];
  for (const [text, message] of cases) {
    if (text !== undefined) write(folder, 'sales.csv', text);
    const { code, out, err } = await mlp(['run', 'sales'], { cwd: folder });
    assert.is(code, 1, `${text}: ${out}`);
    assert.match(out + err, message);
    assert.equal(leftOver(folder), []);
  }
  write(folder, 'sales.csv', 'id,amount\n1,5\n2,50\n');
  assert.is((await mlp(['run', 'sales'], { cwd: folder })).code, 0);
});

test('killed in the middle, the next run goes on from what was done', async () => {
  const folder = project({ 'penguins.mlp': example('penguins') });
  const child = execa(program, ['run'], { cwd: folder, reject: false, stdin: 'ignore' });
  let seen = '';
  child.stdout.on('data', (text: Buffer) => {
    seen += String(text);
    if (/✓ features/.test(seen)) child.kill('SIGKILL');
  });
  const { signal } = await child;
  assert.is(signal, 'SIGKILL', seen);
  const { code, out } = await mlp(['run'], { cwd: folder });
  assert.is(code, 0, out);
  assert.match(out, /^ {2}= ingest .* cached$/m);
  assert.match(out, /Gate species: passed/);
  const runs = JSON.parse((await mlp(['runs', '--json'], { cwd: folder })).out) as { status: string }[];
  assert.is(runs[0]!.status, 'succeeded');
  assert.not.ok(['succeeded', 'running'].includes(runs[1]!.status), runs[1]!.status);
});

test('no room to write: told as that and not blamed on the data; nothing half-written stays, and room helps', async () => {
  const spec = `import std.sources { csv }
schema Sale { id: int @key  amount: float }
source sales: Sale = csv("sales.csv")
`;
  const folder = project({ 'sales.mlp': spec, 'sales.csv': 'id,amount\n1,5\n' });
  assert.is((await mlp(['run', 'sales'], { cwd: folder })).code, 0);
  const lines = Array.from({ length: 60_000 }, (_, i) => `${i},${Math.sin(i)}`);
  write(folder, 'sales.csv', `id,amount\n${lines.join('\n')}\n`);
  // The largest file in blocks of 512 bytes: some 150 kB, of which the rows would take four times as much.
  const script = 'ulimit -f 300; exec "$0" run sales';
  const full = await execa('sh', ['-c', script, program], { cwd: folder, reject: false, stdin: 'ignore' });
  assert.is(full.exitCode, 1, full.stdout + full.stderr);
  assert.match(full.stdout, /MLP8043[\s\S]*the store cannot be written: file too large/);
  assert.not.match(full.stdout, folder);
  assert.equal(leftOver(folder), []);
  assert.equal(readdirSync(path.join(folder, '.mlp/work')), []);
  const { code, out } = await mlp(['run', 'sales'], { cwd: folder });
  assert.equal([code, /60,000 rows/.test(out)], [0, true], out);
});

test('what a killed run began to write of its program goes with a later run', async () => {
  const folder = project({ 'penguins.mlp': example('penguins') });
  write(folder, '.mlp/program/dead.1.partial/main.js', '');
  mkdirSync(path.join(folder, '.mlp/program/young.2.partial'));
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(path.join(folder, '.mlp/program/dead.1.partial'), longAgo, longAgo);
  assert.is((await mlp(['run', 'penguins'], { cwd: folder })).code, 0);
  assert.equal(leftOver(folder), ['program/young.2.partial']);
});

test('two runs of one project at once both end well, with one champion', async () => {
  const folder = project({ 'penguins.mlp': example('penguins') });
  const both = await Promise.all([1, 2].map(() => mlp(['run'], { cwd: folder, timeout: 180 })));
  for (const { code, out, err } of both) assert.is(code, 0, out + err);
  const versions = JSON.parse((await mlp(['models', '--json'], { cwd: folder })).out) as {
    aliases: string[];
  }[];
  assert.is(versions.filter(v => v.aliases.includes('champion')).length, 1);
  assert.equal(leftOver(folder), []);
});

test('run --json is the outcome, --html the report as a page of its own', async () => {
  const { code, out } = await mlp(['run', '--json', '--html', 'report.html'], { cwd: penguins });
  assert.is(code, 0);
  assert.ok(JSON.parse(out));
  const page = readFileSync(path.join(penguins, 'report.html'), 'utf8');
  assert.match(page, /^<!doctype html>/i);
  assert.match(page, /species/);
});

test.run();
