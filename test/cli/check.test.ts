import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { example, matchesBaseline, mlp, program, project, repository, temporaryFolder } from './support.ts';

const CLEAN = '1 spec checked, no problems\n';
const design = (name: string) => path.join(repository, 'test/fixtures/syntax', name);

for (const folder of ['examples/flights', 'examples/penguins', 'test/fixtures/syntax/flights'])
  test(`${folder} is clean`, async () => {
    assert.equal(await mlp(['check', '--project', folder]), { code: 0, out: CLEAN, err: '' });
  });

test('the design’s churn spec has no error', async () => {
  const { code, out } = await mlp(['check', '--project', 'test/fixtures/syntax/churn']);
  assert.equal([code, /^error/m.test(out)], [0, false], out);
});

const mistakes = {
  'misspelt-column': ['  use origin\n', '  use orgin\n'],
  'label-as-feature': ['  use origin\n', '  use origin\n  late_now = delay > 0\n'],
  'empty-window': ['mean(delay over 7d by origin)', 'mean(delay over 2h by origin)'],
  'impossible-gate': ['require auc >= 0.65\n', 'require auc >= 1.2\n'],
} as const;

for (const [name, change] of Object.entries(mistakes))
  test(`one error, and all that it says: ${name}`, async () => {
    const folder = project({ 'flights.mlp': example('flights', change) });
    const { code, out, err } = await mlp(['check'], { cwd: folder });
    assert.is(code, 1);
    assert.is(err, '');
    assert.is(out.match(/^error\[/gm)?.length, 1);
    assert.not.match(out, folder);
    matchesBaseline(`check-${name}.txt`, out);
  });

const misspelt = () => project({ 'flights.mlp': example('flights', mistakes['misspelt-column']) });

test('--json gives the same as a document, with the fix', async () => {
  const folder = misspelt();
  const { code, out } = await mlp(['check', '--json'], { cwd: folder });
  assert.is(code, 1);
  const { diagnostics, counts } = JSON.parse(out);
  assert.equal(counts, { error: 1, warning: 0, info: 0 });
  const [{ place, fixes, code: id }] = diagnostics;
  assert.equal([id, place.file, place.line, place.column], ['MLP2011', 'flights.mlp', 45, 7]);
  assert.is(fixes[0].edits[0].text, 'origin');

  const clean = await mlp(['check', '--json', '--project', 'examples/penguins']);
  assert.is(clean.code, 0);
  assert.equal(JSON.parse(clean.out), {
    version: 'diagnostics/1',
    diagnostics: [],
    counts: { error: 0, warning: 0, info: 0 },
    suppressed: [],
    fixed: [],
  });
});

test('a warning alone is told and is no fault', async () => {
  const folder = project({
    'flights.mlp': example('flights', ['import std.drift { psi }', 'import std.drift { psi, ks }']),
  });
  const { code, out } = await mlp(['check'], { cwd: folder });
  assert.is(code, 0, out);
  assert.match(out, /^warning\[MLP2008\]/);
});

test('wrong usage is exit code 2, with what was meant', async () => {
  const cases: [string[], RegExp][] = [
    [['score'], /unknown command 'score'[\s\S]*hint: a deployment with `score SOURCE into SINK`.*mlp run/],
    [['chek'], /unknown command 'chek'[\s\S]*Did you mean check\?/],
    [['check', '--jsn'], /unknown option '--jsn'[\s\S]*Did you mean --json\?/],
    [['check', '--set', 'horizon'], /--set horizon is not of the form name=value/],
    [['check', '--project', 'examples/flights/flights.mlp'], /is a file; a project is a folder/],
    [['run', 'a', 'b'], /too many arguments/],
    [['build'], /required option '-t, --target <name>' not specified/],
    [['graph', '--svg', '--json', '-p', 'examples/penguins'], /two forms of the same graph/],
    [['debug', 'nonsense'], /there is no stage nonsense/],
  ];
  for (const [args, message] of cases) {
    const { code, out, err } = await mlp(args);
    assert.is(code, 2, `mlp ${args.join(' ')}: ${err}`);
    assert.is(out, '');
    assert.match(err, message);
  }
  const bare = await mlp([]);
  assert.is(bare.code, 2);
  assert.match(bare.out, /^Usage: mlp /);
});

test('help and version are exit code 0', async () => {
  for (const args of [['--help'], ['check', '--help'], ['help', 'run'], ['--version']]) {
    const { code, out, err } = await mlp(args);
    assert.equal([code, err], [0, ''], args.join(' '));
    assert.ok(out.length > 3);
  }
});

test('a setting for an unknown param or environment is at fault, not ignored', async () => {
  const set = await mlp(['check', '-p', 'examples/penguins', '--set', 'horizon=3d']);
  assert.equal([set.code, /MLP6003/.test(set.out)], [1, true]);
  const env = await mlp(['check', '-p', 'examples/flights', '--env', 'stagin']);
  assert.equal([env.code, /MLP6004/.test(env.out), /staging/.test(env.out)], [1, true, true]);
  const fits = await mlp(['check', '-p', design('churn'), '--set', 'horizon=14d']);
  assert.is(fits.code, 0, fits.out);
  const outside = await mlp(['check', '-p', design('churn'), '--set', 'horizon=100d']);
  assert.is(outside.code, 1, outside.out);
});

test('files by name: only those are told of, from any folder', async () => {
  const folder = project({
    'good.mlp': example('penguins'),
    'deep/bad.mlp': 'schema S { a: nonsense }\n',
    'node_modules.mlp': '',
    '.hidden/worse.mlp': 'schema',
  });
  assert.is((await mlp(['check'], { cwd: folder })).code, 1);
  assert.is((await mlp(['check', 'good.mlp'], { cwd: folder })).code, 0);
  const bad = await mlp(['check', '-p', '..', 'bad.mlp'], { cwd: path.join(folder, 'deep') });
  assert.is(bad.code, 1);
  // As seen from where one is.
  assert.match(bad.out, /--> bad\.mlp:1:15/);
  assert.not.match(bad.out, /worse/);
  const none = await mlp(['check', 'nothing.mlp'], { cwd: folder });
  assert.equal([none.code, /MLP6008.*nothing\.mlp/.test(none.out)], [1, true]);
});

test('the nearest mlp.json above makes the project', async () => {
  const folder = project({ 'mlp.json': '{}', 'penguins.mlp': example('penguins'), 'a/b/other.mlp': '' });
  const { code, out } = await mlp(['check'], { cwd: path.join(folder, 'a/b') });
  assert.equal([code, out], [0, '2 specs checked, no problems\n']);
});

test('an empty folder and a missing one are told apart', async () => {
  const empty = await mlp(['check'], { cwd: temporaryFolder() });
  assert.is(empty.code, 1);
  assert.match(empty.err, /there is no \.mlp file in [\s\S]*hint: /);
  const missing = await mlp(['check', '--project', 'no/such']);
  assert.is(missing.code, 1);
  assert.match(missing.err, /there is no folder no\/such/);
});

test('no colour in a pipe; NO_COLOR and FORCE_COLOR are honoured', async () => {
  const folder = misspelt();
  const colour = async (env: Record<string, string>) =>
    (await mlp(['check'], { cwd: folder, env })).out.includes('\u001b[');
  assert.is(await colour({}), false);
  assert.is(await colour({ FORCE_COLOR: '1' }), true);
  assert.is(await colour({ FORCE_COLOR: '0' }), false);
  assert.is(await colour({ FORCE_COLOR: '1', NO_COLOR: '1' }), false);
});

test('check needs nothing but its own package: no runtime, no native library, no node_modules', async () => {
  const alone = temporaryFolder();
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(path.join(repository, 'cli', part), path.join(alone, 'cli', part), { recursive: true });
  mkdirSync(path.join(alone, 'work'));
  cpSync(path.join(repository, 'examples/flights'), path.join(alone, 'work'), { recursive: true });
  const own = { program: path.join(alone, 'cli/bin/mlp'), cwd: path.join(alone, 'work') };
  assert.equal(await mlp(['check'], own), { code: 0, out: CLEAN, err: '' });
  assert.is((await mlp(['explain', 'MLP4001'], own)).code, 0);
  const run = await mlp(['run'], own);
  assert.is(run.code, 1);
  assert.match(run.err, /needs the package mlp-runtime, which is not installed/);
});

test('explain: every code that check gives, a list, and a hint for an unknown one', async () => {
  const list = await mlp(['explain']);
  assert.is(list.code, 0);
  for (const code of ['MLP2011', 'MLP4001', 'MLP4003', 'MLP5101']) {
    assert.match(list.out, code);
    const { code: exit, out } = await mlp(['explain', code]);
    assert.is(exit, 0);
    assert.match(out, new RegExp(`^error ${code}: `));
  }
  for (const spelt of ['4001', 'mlp4001', 'Mlp-4001']) {
    const { code, out } = await mlp(['explain', spelt]);
    assert.equal([code, out.startsWith('error MLP4001: ')], [0, true], spelt);
  }
  const word = await mlp(['explain', 'leakage']);
  assert.equal([word.code, /^error MLP4001/.test(word.out)], [0, true]);
  const unknown = await mlp(['explain', 'MLP4O01']);
  assert.is(unknown.code, 1);
  assert.match(unknown.err, /there is no code MLP4O01[\s\S]*did you mean MLP4001 \(/);
  assert.match((await mlp(['explain', 'MLP9999'])).err, /there is no code MLP9999/);
});

test('the program is found through a symbolic link', async () => {
  const link = path.join(temporaryFolder(), 'mlp');
  symlinkSync(program, link);
  assert.is((await mlp(['check', '-p', 'examples/penguins'], { program: link })).out, CLEAN);
});

test.run();
