import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commands } from '../../cli/commands.mjs';
import { hooksRepository } from '../../scripts/hooks-repository.mjs';
import { npmTools } from '../support/npm-tools.ts';
import { read, repository, temporaryFolder, write } from './support.ts';

/**
 * The recipes of `docs/hooks.md`, as they stand there, with the real programs on scratch repositories: `pre-commit`, which
 * `.ci/run` installs into `.tools/`, and husky and lefthook from npm.
 */

const tools = temporaryFolder();
const env = {
  XDG_CACHE_HOME: path.join(tools, 'cache'),
  PRE_COMMIT_HOME: path.join(tools, 'pre-commit'),
  GIT_CONFIG_GLOBAL: path.join(tools, 'gitconfig'),
  GIT_CONFIG_NOSYSTEM: '1',
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
  // This test may itself run inside of a hook.
  GIT_DIR: undefined,
  GIT_INDEX_FILE: undefined,
};
write(tools, 'gitconfig', '[user]\nname = A\nemail = a@example.org\n[init]\ndefaultBranch = main\n');

interface Outcome {
  readonly code: number;
  readonly out: string;
}

async function run(cwd: string, command: string, ...args: string[]): Promise<Outcome> {
  const result = await execa(command, args, { cwd, env, reject: false, all: true, stdin: 'ignore' });
  return { code: result.exitCode ?? -1, out: result.all ?? String(result.message) };
}

async function done(cwd: string, command: string, ...args: string[]): Promise<string> {
  const { code, out } = await run(cwd, command, ...args);
  assert.is(code, 0, `${command} ${args.join(' ')}\n${out}`);
  return out;
}

/** A code block of the documentation. */
function recipe(name: string): string {
  const page = read(repository, 'docs/hooks.md');
  const start = page.indexOf(`<!-- recipe: ${name} -->`);
  assert.ok(start > 0, `docs/hooks.md has a recipe ${name}`);
  return /```\w+\n([\s\S]*?)```/.exec(page.slice(start))![1]!;
}

/** A package of the command line as it would be published. */
async function pack(): Promise<string> {
  const cli = path.join(repository, 'cli');
  const name = await done(cli, 'npm', 'pack', '--silent', '--pack-destination', tools);
  return path.join(tools, name.trim().split('\n').at(-1)!);
}
const tarball = await pack();

const GOOD = {
  'schemas.mlp': 'schema Trip {\n  at: datetime @event_time\n  miles: float\n}\n',
  'my views.mlp':
    'import std.sources { csv }\nimport "./schemas.mlp" { Trip }\n\nsource trips: Trip = csv("trips.csv")\n\nfeatures Trips from trips at at {\n  far = miles > 10.0\n}\n',
};
const BROKEN = GOOD['schemas.mlp'].replace('miles', 'mile');

async function scratch(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = temporaryFolder();
  await done(folder, 'git', 'init', '-q');
  for (const [name, text] of Object.entries(files)) write(folder, name, text);
  await done(folder, 'git', 'add', '-A');
  await done(folder, 'git', 'commit', '-qm', 'first', '--no-verify');
  return folder;
}

const commit = async (folder: string, ...add: string[]): Promise<Outcome> => {
  await done(folder, 'git', 'add', ...add);
  return run(folder, 'git', 'commit', '-m', 'next');
};

function size(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) bytes += statSync(path.join(entry.parentPath, entry.name)).size;
  return bytes / 2 ** 20;
}

// --- pre-commit ---

const preCommit = [path.join(repository, '.tools/python/bin/pre-commit'), 'pre-commit'].find(
  program => !program.includes('/') || existsSync(program),
)!;
const found = (await run(tools, preCommit, '--version')).code === 0;
if (!found) console.log('pre-commit is not to be had here: its hooks are not tested (.ci/run installs it)');

/** The repository that the hooks are installed from, as a release tags it. */
async function mirror(): Promise<string> {
  const folder = temporaryFolder();
  for (const [name, text] of hooksRepository()) write(folder, name, text);
  await done(folder, 'git', 'init', '-q');
  await done(folder, 'git', 'add', '-A');
  await done(folder, 'git', 'commit', '-qm', 'hooks');
  await done(folder, 'git', 'tag', 'hooks-v0.1.0');
  return folder;
}
const hooksFrom = found ? await mirror() : '';

/** The recipe, with what is published replaced by what is here. */
function config(name: string): string {
  return recipe(name)
    .replace('https://github.com/acme/mlp', hooksFrom)
    .replace(/^( +)- id: (mlp-\w+)$/gm, (line, indent) =>
      name.startsWith('local') ? line : `${line}\n${indent}  additional_dependencies: ['${tarball}']`,
    )
    .replace(/'mlp-lang@[^']+'/, `'${tarball}'`);
}

async function withPreCommit(
  files: Readonly<Record<string, string>>,
  text = config('.pre-commit-config.yaml'),
) {
  const folder = await scratch({ ...files, '.pre-commit-config.yaml': text });
  await done(folder, preCommit, 'install');
  return folder;
}

const preCommitTest = (name: string, body: () => Promise<void>): void => {
  if (found) test(`pre-commit: ${name}`, body);
};

preCommitTest('a cold install is mlp-lang alone, and a clean commit passes', async () => {
  const folder = await withPreCommit(GOOD);
  const start = performance.now();
  await done(folder, preCommit, 'install-hooks');
  const seconds = (performance.now() - start) / 1000;
  const installed = readdirSync(env.PRE_COMMIT_HOME).filter(name => name.startsWith('repo'));
  const packages = installed.flatMap(name => {
    const modules = path.join(env.PRE_COMMIT_HOME, name, 'node_env-system/lib/node_modules');
    return existsSync(modules) ? readdirSync(modules) : [];
  });
  assert.equal(
    packages.filter(name => name !== 'mlp-pre-commit' && name !== 'npm' && name !== 'corepack'),
    ['mlp-lang'],
  );
  const megabytes = size(env.PRE_COMMIT_HOME);
  console.log(`installed in ${seconds.toFixed(1)} s, ${megabytes.toFixed(1)} MB`);
  assert.ok(megabytes < 40, `${megabytes} MB`);

  write(folder, 'schemas.mlp', GOOD['schemas.mlp'].replace('miles', 'note: string?\n  miles'));
  const { code, out } = await commit(folder, '-A');
  assert.is(code, 0, out);
  assert.match(out, /mlp check\.+Passed/);
});

preCommitTest('a commit that breaks a file which it does not touch is refused', async () => {
  const folder = await withPreCommit(GOOD);
  write(folder, 'schemas.mlp', BROKEN);
  const { code, out } = await commit(folder, '-A');
  assert.is(code, 1, out);
  assert.match(out, /mlp check\.+Failed[\s\S]*error\[MLP2001\][\s\S]*--> my views\.mlp:7:9/);
});

preCommitTest('only what is staged counts', async () => {
  const folder = await withPreCommit(GOOD);
  write(folder, 'other.mlp', 'let a = 1\n');
  await done(folder, 'git', 'add', 'other.mlp');
  write(folder, 'other.mlp', 'let a =\n');
  write(folder, 'schemas.mlp', BROKEN);
  const { code, out } = await run(folder, 'git', 'commit', '-m', 'next');
  assert.is(code, 0, out);
  assert.is(read(folder, 'schemas.mlp'), BROKEN);
  assert.is(read(folder, 'other.mlp'), 'let a =\n');
});

preCommitTest('a commit that must be formatted is refused once, with the file rewritten', async () => {
  const folder = await withPreCommit(GOOD);
  write(folder, 'a b.mlp', 'let  a=1\n');
  const first = await commit(folder, '-A');
  assert.is(first.code, 1);
  assert.match(first.out, /mlp fmt\.+Failed[\s\S]*files were modified by this hook/);
  assert.is(read(folder, 'a b.mlp'), 'let a = 1\n');
  assert.is((await commit(folder, '-A')).code, 0);
});

preCommitTest(
  'several projects in one repository, each by its mlp.json; other files are nobody’s business',
  async () => {
    const folder = await withPreCommit({
      'one/mlp.json': '{}',
      'one/a.mlp': 'schema Same {\n  a: int\n}\n',
      'two/mlp.json': '{}',
      'two/a.mlp': 'schema Same {\n  a: int\n}\n',
      'notes.txt': '',
    });
    write(folder, 'one/a.mlp', 'schema Same {\n  b: int\n}\n');
    write(folder, 'two/a.mlp', 'schema Same {\n  b: nonsense\n}\n');
    const { code, out } = await commit(folder, '-A');
    assert.is(code, 1);
    assert.match(out, /--> two\/a\.mlp:2:6/);
    assert.match(out, /1 error in 1 file/);
    write(folder, 'two/a.mlp', 'schema Same {\n  b: int\n}\n');
    write(folder, 'two/mlp.json', '{ "supress": [] }');
    const setting = await commit(folder, '-A');
    assert.match(setting.out, /MLP6006[\s\S]*two\/mlp\.json:1:3/);
    write(folder, 'two/mlp.json', '{}');
    write(folder, 'notes.txt', 'hello');
    assert.match((await commit(folder, '-A')).out, /mlp check\.+Passed/);
  },
);

preCommitTest('a deleted file that others import is found where the hook always runs', async () => {
  const always = config('.pre-commit-config.yaml').replace(
    'id: mlp-check',
    'id: mlp-check\n        always_run: true',
  );
  const folder = await withPreCommit(GOOD, always);
  await done(folder, 'git', 'rm', '-q', 'schemas.mlp');
  const { code, out } = await run(folder, 'git', 'commit', '-m', 'next');
  assert.is(code, 1, out);
  assert.match(out, /MLP2004[\s\S]*my views\.mlp/);
});

preCommitTest('mlp-lint says what mlp-check says, and more', async () => {
  const linting = config('.pre-commit-config.yaml').replace('id: mlp-check', 'id: mlp-lint');
  const folder = await withPreCommit(GOOD, linting);
  write(folder, 'schemas.mlp', BROKEN);
  const { code, out } = await commit(folder, '-A');
  assert.is(code, 1, out);
  assert.match(out, /mlp lint\.+Failed[\s\S]*MLP2001[\s\S]*my views\.mlp/);
});

preCommitTest('the local form needs no repository', async () => {
  const folder = await withPreCommit(GOOD, config('local .pre-commit-config.yaml'));
  write(folder, 'schemas.mlp', BROKEN);
  const { code, out } = await commit(folder, '-A');
  assert.is(code, 1, out);
  assert.match(out, /mlp check\.+Failed[\s\S]*MLP2001/);
});

test('the hooks that the repository offers are commands of mlp, in the version of the package', () => {
  const text = hooksRepository().get('.pre-commit-hooks.yaml')!;
  const entries = [...text.matchAll(/entry: mlp (\w+)/g)].map(match => match[1]!);
  assert.equal(entries, ['check', 'lint', 'fmt']);
  for (const name of entries) assert.ok(commands.some(command => command.name === name));
});

// --- husky and lefthook ---

const programs = npmTools('hooks', ['husky@9.1.7', 'lefthook@2.2.2']);

/** A project with the programs and mlp in its `node_modules`, as npm would have put them there. */
async function npmProject(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await scratch({
    ...files,
    '.gitignore': 'node_modules\n',
    'package.json': '{ "private": true }',
  });
  mkdirSync(path.join(folder, 'node_modules/.bin'), { recursive: true });
  const link = (from: string, to: string) => done(folder, 'ln', '-s', from, path.join('node_modules', to));
  for (const name of readdirSync(programs!))
    if (!name.startsWith('.')) await link(path.join(programs!, name), name);
  for (const name of readdirSync(path.join(programs!, '.bin')))
    await link(path.join(programs!, '.bin', name), `.bin/${name}`);
  await link(path.join(repository, 'cli/bin/mlp'), '.bin/mlp');
  return folder;
}

if (programs) {
  test('husky: the recipe passes, fails, and sees deleted files', async () => {
    const folder = await npmProject(GOOD);
    await done(folder, 'npx', 'husky');
    write(folder, '.husky/pre-commit', recipe('.husky/pre-commit'));
    write(folder, 'with space.mlp', 'let a = 1\n');
    const good = await commit(folder, '-A');
    assert.is(good.code, 0, good.out);
    write(folder, 'schemas.mlp', BROKEN);
    const bad = await commit(folder, '-A');
    assert.is(bad.code, 1, bad.out);
    assert.match(bad.out, /MLP2001[\s\S]*my views\.mlp/);
    write(folder, 'schemas.mlp', GOOD['schemas.mlp']);
    write(folder, 'with space.mlp', 'let   a = 1\n');
    const untidy = await commit(folder, '-A');
    assert.is(untidy.code, 1, untidy.out);
    assert.match(untidy.out, /with space\.mlp/);
    await done(folder, 'git', 'checkout', '-q', 'HEAD', '--', '.');
    await done(folder, 'git', 'rm', '-q', 'schemas.mlp');
    const gone = await run(folder, 'git', 'commit', '-m', 'next');
    assert.is(gone.code, 1, gone.out);
    assert.match(gone.out, /MLP2004/);
  });
  test('lefthook: the recipe formats what is staged, and fails on what is broken', async () => {
    const folder = await npmProject({ ...GOOD, 'lefthook.yml': recipe('lefthook.yml') });
    await done(folder, 'npx', 'lefthook', 'install');
    write(folder, 'deep/with space.mlp', 'let   a = 1\n');
    const good = await commit(folder, '-A');
    assert.is(good.code, 0, good.out);
    assert.is(await done(folder, 'git', 'show', 'HEAD:deep/with space.mlp'), 'let a = 1');
    write(folder, 'schemas.mlp', BROKEN);
    const bad = await commit(folder, '-A');
    assert.is(bad.code, 1, bad.out);
    assert.match(bad.out, /MLP2001[\s\S]*my views\.mlp/);
  });
}

test.run();
