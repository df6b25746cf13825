import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { example, mlp, type Outcome, project, temporaryFolder, write } from './support.ts';

const blobs = (cache: string): string[] => {
  const folder = path.join(cache, 'mlp');
  return existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.blob')) : [];
};

async function made(cache: string): Promise<string> {
  const end = performance.now() + 30_000;
  while (blobs(cache).length === 0 && performance.now() < end) await sleep(50);
  assert.is(blobs(cache).length, 1, 'no snapshot was made');
  return path.join(cache, 'mlp', blobs(cache)[0]!);
}

// One snapshot for all of this file; the first test makes it.
const cache = temporaryFolder();
const check = (cwd: string, env: Record<string, string> = {}, ...args: string[]): Promise<Outcome> =>
  mlp(['check', ...args], { cwd, env: { XDG_CACHE_HOME: cache, ...env } });
const faulty = example('flights', ['  use origin\n', '  use orgin\n'], ['auc >= 0.65\n', 'auc >= 1.2\n']);

test('the first check works without a snapshot and has one made', async () => {
  const folder = project({ 'flights.mlp': example('flights') });
  assert.equal(await check(folder), { code: 0, out: '1 spec checked, no problems\n', err: '' });
  await made(cache);
});

test('with the snapshot all is said byte for byte as without', async () => {
  const folder = project({ 'flights.mlp': faulty, 'penguins.mlp': example('penguins') });
  const colour = { FORCE_COLOR: '1' };
  for (const [env, args] of [
    [{}, []],
    [{}, ['--json']],
    [colour, []],
    [{}, ['penguins.mlp']],
    [{}, ['--env', 'nowhere']],
    [{}, ['--nonsense']],
  ] as [Record<string, string>, string[]][]) {
    const bare = await check(folder, { ...env, MLP_SNAPSHOT: 'off' }, ...args);
    assert.equal(await check(folder, env, ...args), bare, args.join(' '));
    assert.is(bare.code, args.includes('--nonsense') ? 2 : args.includes('penguins.mlp') ? 0 : 1);
  }
  const fmt = (env: Record<string, string>) =>
    mlp(['fmt', '--check'], { cwd: folder, env: { XDG_CACHE_HOME: cache, ...env } });
  assert.equal(await fmt({}), await fmt({ MLP_SNAPSHOT: 'off' }));
  const lint = (env: Record<string, string>) =>
    mlp(['lint'], { cwd: folder, env: { XDG_CACHE_HOME: cache, MLP_CACHE: 'off', ...env } });
  assert.equal(await lint({}), await lint({ MLP_SNAPSHOT: 'off' }));
  const explain = (env: Record<string, string>) =>
    mlp(['explain', 'MLP4001'], { env: { XDG_CACHE_HOME: cache, ...env } });
  assert.equal(await explain({}), await explain({ MLP_SNAPSHOT: 'off' }));
  assert.is(blobs(cache).length, 1);
});

test('a changed spec and another folder are seen', async () => {
  const folder = project({ 'flights.mlp': example('flights') });
  assert.is((await check(folder)).code, 0);
  write(folder, 'flights.mlp', faulty);
  const { code, out } = await check(folder);
  assert.is(code, 1);
  assert.match(out, /MLP2011[\s\S]*MLP5101/);
  write(folder, 'flights.mlp', example('flights'));
  assert.is((await check(folder)).code, 0);
});

test('NODE_OPTIONS, which a snapshot may not fit, do no harm', async () => {
  const folder = project({ 'penguins.mlp': example('penguins') });
  const { code, err } = await check(folder, { NODE_OPTIONS: '--max-old-space-size=900' });
  assert.equal([code, err], [0, '']);
});

test('a damaged snapshot is thrown away and made anew', async () => {
  const folder = project({ 'flights.mlp': faulty });
  const bare = await check(folder, { MLP_SNAPSHOT: 'off' });
  const blob = await made(cache);
  writeFileSync(blob, 'damaged');
  const { code, out } = await check(folder);
  assert.equal([code, out], [bare.code, bare.out]);
  await made(cache);
  assert.equal(await check(folder), bare);
});

test('two first checks at once leave one snapshot and no pieces', async () => {
  const fresh = temporaryFolder();
  const folder = project({ 'penguins.mlp': example('penguins') });
  const both = await Promise.all([1, 2].map(() => check(folder, { XDG_CACHE_HOME: fresh })));
  for (const { code } of both) assert.is(code, 0);
  await made(fresh);
  const end = performance.now() + 20_000;
  // Beside the snapshots there is what is kept of projects.
  const inFolder = () => readdirSync(path.join(fresh, 'mlp')).filter(name => name !== 'projects');
  while (inFolder().length > 1 && performance.now() < end) await sleep(100);
  assert.equal(inFolder(), blobs(fresh));
  assert.is((await check(folder, { XDG_CACHE_HOME: fresh })).code, 0);
});

test('a cache folder that cannot be written to is harmless', async () => {
  const folder = project({ 'penguins.mlp': example('penguins'), file: '' });
  for (const place of [path.join(folder, 'file'), '/dev/null', '/proc', path.join(folder, 'file/below/it')]) {
    const outcome = await check(folder, { XDG_CACHE_HOME: place });
    assert.equal(outcome, { code: 0, out: '1 spec checked, no problems\n', err: '' });
  }
});

test('snapshots of earlier builds go when a new one is made; other files stay', async () => {
  const fresh = temporaryFolder();
  const folder = project({ 'penguins.mlp': example('penguins') });
  const before = new Date(Date.now() - 30 * 24 * 3_600_000);
  for (const name of ['old.blob', 'old.blob.7.partial', 'notes.txt']) {
    write(fresh, `mlp/${name}`, '');
    utimesSync(path.join(fresh, 'mlp', name), before, before);
  }
  assert.is((await check(folder, { XDG_CACHE_HOME: fresh })).code, 0);
  const left = readdirSync(path.join(fresh, 'mlp'));
  assert.equal(
    left.filter(name => name.startsWith('old')),
    [],
  );
  assert.ok(left.includes('notes.txt'));
  await made(fresh);
});

test('MLP_SNAPSHOT=off makes none', async () => {
  const fresh = temporaryFolder();
  const folder = project({ 'penguins.mlp': example('penguins') });
  await check(folder, { XDG_CACHE_HOME: fresh, MLP_SNAPSHOT: 'off', MLP_CACHE: 'off' });
  await sleep(1500);
  assert.equal(readdirSync(fresh), []);
});

test.run();
