import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { example, mlp, project, read, temporaryFolder, write } from './support.ts';

const CLUSTER = `
environment cluster {
  target kubernetes {
    namespace: "ml"
    registry: "ghcr.io/acme/ml"
    artifacts: "s3://acme-ml"
  }
}
`;

/** What is in a folder, by path. */
function texts(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.filter(name => statSync(path.join(folder, name)).isFile()).map(name => [name, read(folder, name)]),
  );
}

const penguins = (text = example('penguins') + CLUSTER) => project({ 'penguins.mlp': text });

const targets: [string, string[], string[]][] = [
  ['typescript', [], ['main.ts', 'plan.json', 'features/measured.ts', 'package.json', 'tsconfig.json']],
  ['kubernetes', ['--env', 'cluster'], []],
  ['github-actions', [], ['.github/workflows/mlp-ci.yml']],
];

for (const [target, more, expected] of targets)
  test(`${target}: writes its files, and the second time nothing`, async () => {
    const folder = penguins();
    const build = () => mlp(['build', '--target', target, ...more], { cwd: folder });
    const first = await build();
    assert.is(first.code, 0, first.err);
    assert.match(first.out, new RegExp(`^dist/${target}: \\d+ files? written\\n$`));
    const out = path.join(folder, 'dist', target);
    const made = texts(out);
    for (const name of [...expected, '.mlp-manifest.json']) assert.ok(made[name], `${name} is not there`);
    assert.not.match(JSON.stringify(made), folder);
    const count = Object.keys(made).length - 1;
    assert.match(first.out, `: ${count} file`);
    const second = await build();
    assert.equal([second.code, second.out], [0, `dist/${target}: 0 files written, ${count} unchanged\n`]);
    assert.equal(texts(out), made);
  });

test('kubernetes: an Argo workflow template for the model', async () => {
  const folder = penguins();
  await mlp(['build', '-t', 'kubernetes', '-e', 'cluster', '-o', 'out'], { cwd: folder });
  const all = Object.values(texts(path.join(folder, 'out'))).join('\n');
  assert.match(all, /kind: WorkflowTemplate/);
  assert.match(all, /train-species/);
  assert.match(all, /namespace: ml$/m);
});

test('a file changed by hand is never overwritten, and nothing else is written either', async () => {
  const folder = penguins();
  const out = path.join(folder, 'out');
  const build = (...more: string[]) =>
    mlp(['build', '-t', 'typescript', '-o', 'out', ...more], { cwd: folder });
  await build();
  write(out, 'main.ts', '// by hand\n');
  write(folder, 'penguins.mlp', example('penguins', ['rounds: 60', 'rounds: 61']) + CLUSTER);
  const before = texts(out);
  const refused = await build();
  assert.is(refused.code, 1);
  assert.match(refused.err, /main\.ts[\s\S]*hint: .*--force/);
  assert.not.match(refused.err, /graph\.ts/);
  assert.equal(texts(out), before);

  const forced = await build('--force');
  assert.is(forced.code, 0, forced.err);
  assert.not.match(read(out, 'main.ts'), /by hand/);
  assert.match(read(out, 'plan.json'), /61/);
});

test('a file of someone else is not overwritten', async () => {
  const folder = penguins();
  write(folder, 'out/package.json', '{}');
  const { code, err } = await mlp(['build', '-t', 'typescript', '-o', 'out'], { cwd: folder });
  assert.is(code, 1);
  assert.match(err, /this file was not written by mlp.*out\/package\.json/);
  assert.equal(readdirSync(path.join(folder, 'out')), ['package.json']);
});

test('what is no longer generated goes away, unless it was changed', async () => {
  const folder = penguins();
  const out = path.join(folder, 'out');
  const build = () => mlp(['build', '-t', 'typescript', '-o', 'out'], { cwd: folder });
  await build();
  const guard = /validation penguins_sound[\s\S]*?\n}\n/;
  write(folder, 'out/notes.txt', 'mine');
  write(folder, 'penguins.mlp', example('penguins').replace(guard, ''));
  const { code, out: said } = await build();
  assert.is(code, 0);
  assert.match(said, /, 1 removed/);
  assert.not.ok(existsSync(path.join(out, 'validations/penguins-sound.ts')));
  assert.is(read(out, 'notes.txt'), 'mine');
});

test('a target that cannot express the spec says why, at its place, and writes nothing', async () => {
  const remote = example('flights').replaceAll('s3://acme-data', 'https://acme.com');
  const folder = project({ 'flights.mlp': remote });
  const build = ['build', '-t', 'kubernetes', '--env', 'staging'];
  const { code, out, err } = await mlp(build, { cwd: folder });
  assert.is(code, 1);
  assert.is(out, '');
  assert.match(err, /^error\[MLP6503\]: the source `flights` reads https:\/\//m);
  assert.match(err, /--> flights\.mlp:\d+:\d+/);
  assert.match(err, /cannot express this spec; nothing was written/);
  assert.equal(readdirSync(folder).sort(), ['flights.mlp', 'node_modules']);

  const none = await mlp(['build', '-t', 'kubernetes'], { cwd: penguins() });
  assert.equal([none.code, /MLP6510/.test(none.err)], [1, true]);
});

test('an unknown target or goal', async () => {
  const target = await mlp(['build', '--target', 'cobol', '-p', 'examples/penguins']);
  assert.is(target.code, 2);
  assert.match(target.err, /there is no target cobol[\s\S]*typescript, kubernetes, github-actions/);
  const folder = penguins();
  const goal = await mlp(['build', '-t', 'kubernetes', '-e', 'cluster', '--goal', 'specis'], { cwd: folder });
  assert.is(goal.code, 1, goal.out);
  assert.match(goal.err, /specis/);
  assert.not.ok(existsSync(path.join(folder, 'dist')));
});

test('a folder that cannot be written to is told in words', async () => {
  const folder = penguins();
  write(folder, 'file', '');
  const { code, err } = await mlp(['build', '-t', 'typescript', '-o', 'file/out'], { cwd: folder });
  assert.is(code, 1, err);
  assert.match(err, /file/);
});

test('two builds of the same spec in different folders are byte for byte the same', async () => {
  const [one, two] = [temporaryFolder(), path.join(temporaryFolder(), 'deeper')];
  mkdirSync(two);
  const made = [];
  for (const out of [one, two]) {
    const folder = penguins();
    await mlp(['build', '-t', 'typescript', '-o', out], { cwd: folder });
    made.push(texts(out));
    rmSync(folder, { recursive: true, force: true });
  }
  assert.equal(made[0], made[1]);
});

test.run();
