import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { example, mlp, project, temporaryFolder, write } from './support.ts';

const spec = (...changes: readonly (readonly [string, string])[]): string => example('flights', ...changes);
const narrower = spec(['delay: int in -60..1800', 'delay: int in -60..900']);

async function git(folder: string, ...args: string[]): Promise<string> {
  const identity = [
    '-c',
    'user.name=a',
    '-c',
    'user.email=a@example.org',
    '-c',
    'protocol.file.allow=always',
  ];
  return (await execa('git', [...identity, ...args], { cwd: folder })).stdout;
}

/** A repository with a project in `ml/`, committed once on `main` and tagged `v1.2`. */
async function repository(files: Readonly<Record<string, string>> = { 'ml/flights.mlp': spec() }) {
  const folder = project(files);
  writeFileSync(path.join(folder, '.gitignore'), 'node_modules\n');
  await git(folder, 'init', '--quiet', '--initial-branch', 'main');
  await commit(folder, 'first');
  await git(folder, 'tag', 'v1.2');
  return { folder, ml: path.join(folder, 'ml') };
}
async function commit(folder: string, message: string): Promise<void> {
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--message', message);
}

test('revisions, folders, specs and plans are compared with each other', async () => {
  const { folder, ml } = await repository();
  write(folder, 'ml/flights.mlp', narrower);
  const plan = await mlp(['debug', 'plan'], { cwd: ml });
  write(folder, 'plan.json', plan.out);
  await commit(folder, 'narrower');
  const counted = async (cwd: string, ...operands: string[]): Promise<number> => {
    const { out, err, code } = await mlp(['diff', '--json', ...operands], { cwd });
    assert.is(code, 0, err);
    const { changes } = JSON.parse(out) as { changes: { class: string; path: string }[] };
    for (const { path: at } of changes) assert.is(at, 'schemas.Flight.columns.delay.type.max');
    return changes.length;
  };
  for (const [operands, changes] of [
    [[], 0],
    [['v1.2'], 1],
    [['HEAD~1', 'HEAD'], 1],
    [['HEAD', 'HEAD~1'], 1],
    [['main:ml', 'v1.2:ml/flights.mlp'], 1],
    [['v1.2:./flights.mlp', 'flights.mlp'], 1],
    [['HEAD:plan.json', '.'], 0],
    [['../plan.json', 'v1.2:ml'], 1],
    [['refs/tags/v1.2', '../ml'], 1],
  ] as const)
    assert.is(await counted(ml, ...operands), changes, operands.join(' '));
  assert.is(await counted(folder, 'v1.2:ml', 'ml'), 1);
  assert.is(await counted(folder, 'v1.2', '--project', 'ml'), 1);
  assert.is(await git(folder, 'status', '--porcelain'), '');
});

test('the exit code says what was found only when asked', async () => {
  const { folder, ml } = await repository();
  write(folder, 'ml/flights.mlp', spec(['depth: 6,', 'depth: 7,']));
  for (const [args, code] of [
    [[], 0],
    [['--fail-on', 'breaking'], 0],
    [['--fail-on', 'retrain'], 1],
    [['--fail-on', 'compatible'], 1],
    [['--fail-on', 'nonsense'], 2],
  ] as const)
    assert.is((await mlp(['diff', ...args], { cwd: ml })).code, code, args.join(' '));
});

test('what cannot be compared is told', async () => {
  const { folder, ml } = await repository();
  write(folder, 'ml/broken.json', '{"version":"plan/9"}');
  const said = async (args: string[], code: number, message: RegExp, cwd = ml): Promise<void> => {
    const result = await mlp(args, { cwd });
    assert.is(result.code, code, `${args.join(' ')}: ${result.err}`);
    assert.match(result.err, message);
    assert.is(result.out, '');
  };
  await said(['diff', 'mian'], 2, /no revision of the repository[\s\S]*did you mean main\?/);
  await said(['diff', 'v9'], 2, /branches and tags are main, v1\.2|did you mean v1\.2/);
  await said(['diff', 'HEAD:nothing'], 1, /there is no spec and no plan at nothing in HEAD/);
  await said(['diff', 'broken.json'], 1, /plan\/9.*reads plan\/1/);
  await said(['diff', '--', '--output=x'], 2, /is no file or folder/);
  await said(['check', '--against', 'mian'], 2, /did you mean main\?/);
  await said(['diff', 'HEAD'], 2, /in no git repository/, project({ 'flights.mlp': spec() }));
  await said(
    ['diff', 'HEAD', '..'],
    1,
    /there is no \.mlp file/,
    await (async () => (await repository({ 'a/x.txt': '' })).folder)().then(f => path.join(f, 'a')),
  );
});

test('a spec with errors in a revision is shown as of that revision', async () => {
  const { folder, ml } = await repository({ 'ml/flights.mlp': spec(['  use origin\n', '  use orgin\n']) });
  write(folder, 'ml/flights.mlp', spec());
  const { code, err } = await mlp(['diff', 'main'], { cwd: ml });
  assert.is(code, 1);
  assert.match(err, /MLP2011[\s\S]*--> flights\.mlp@main:45:7/);
  assert.match(err, /the spec of main has errors/);
});

test('check --against fails on what breaks somebody, at its place, with what it was', async () => {
  const { folder, ml } = await repository();
  const fine = await mlp(['check', '--against', 'v1.2'], { cwd: ml });
  assert.equal([fine.code, fine.out], [0, '1 spec checked, no problems\n']);
  write(folder, 'ml/flights.mlp', spec(['depth: 6,', 'depth: 7,']));
  const retrain = await mlp(['check', '--against', 'v1.2'], { cwd: ml });
  assert.is(retrain.code, 0);
  assert.match(retrain.out, /info\[MLP6603\]: needs retraining, against v1\.2: .*parameter depth 6 → 7/);
  write(folder, 'ml/flights.mlp', narrower);
  const broken = await mlp(['check', '--against', 'v1.2'], { cwd: ml });
  assert.is(broken.code, 1);
  assert.match(
    broken.out,
    /error\[MLP6602\].*column delay: upper bound 1800 → 900\n +--> flights\.mlp:15:3[\s\S]*::: flights\.mlp@v1\.2:15:3[\s\S]*what it was/,
  );
  const json = await mlp(['check', '--against', 'v1.2', '--json'], { cwd: ml });
  assert.equal(
    JSON.parse(json.out).diagnostics.map((one: { code: string }) => one.code),
    ['MLP6602'],
  );
  // Errors of the spec itself come first, and alone.
  write(folder, 'ml/flights.mlp', narrower.replace('  use origin\n', '  use orgin\n'));
  const wrong = await mlp(['check', '--against', 'v1.2'], { cwd: ml });
  assert.match(wrong.out, /MLP2011/);
  assert.not.match(wrong.out, /MLP66/);
});

test('what is gone is told where it was', async () => {
  const { folder, ml } = await repository();
  const text = spec();
  const from = text.indexOf('deployment lateness_api');
  const to = text.indexOf('test "an evening flight"');
  write(folder, 'ml/flights.mlp', text.slice(0, from) + text.slice(to));
  const { code, out } = await mlp(['check', '--against', 'main'], { cwd: ml });
  assert.is(code, 1, out);
  assert.match(
    out,
    /MLP6601.*deployment lateness_api: removed[\s\S]*::: flights\.mlp@main:\d+:12[\s\S]*it was here/,
  );
});

test('a project that the other branch does not have breaks nobody', async () => {
  const { folder } = await repository();
  write(folder, 'new/flights.mlp', spec());
  const { code, err } = await mlp(['check', '--against', 'main'], { cwd: path.join(folder, 'new') });
  assert.is(code, 0, err);
  assert.match(err, /main has no specs in this folder/);
});

test('a shallow clone says how to get what is missing; a merge with its parents is enough', async () => {
  const { folder } = await repository();
  await git(folder, 'checkout', '--quiet', '-b', 'change');
  write(folder, 'ml/flights.mlp', narrower);
  await commit(folder, 'narrower');
  await git(folder, 'checkout', '--quiet', 'main');
  await git(folder, 'merge', '--quiet', '--no-ff', '--message', 'merged', 'change');
  const clone = async (depth: number): Promise<string> => {
    const into = temporaryFolder();
    await git(into, 'clone', '--quiet', '--depth', String(depth), `file://${folder}`, '.');
    return path.join(into, 'ml');
  };
  const one = await mlp(['check', '--against', 'HEAD^1'], { cwd: await clone(1) });
  assert.is(one.code, 2);
  assert.match(one.err, /shallow[\s\S]*fetch-depth/);
  const two = await mlp(['check', '--against', 'HEAD^1'], { cwd: await clone(2) });
  assert.is(two.code, 1, two.err);
  assert.match(two.out, /MLP6602/);
});

test.run();
