import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { promoteModel } from '../../../runtime/engine/promote.ts';
import { openDatabase } from '../../../runtime/store/driver.ts';
import { hashFolder } from '../../../runtime/store/folders.ts';
import { openStore, type Store } from '../../../runtime/store/store.ts';

let root: string;
let store: Store;
test.before.each(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'mlp-store-'));
  store = await openStore(root);
});
test.after.each(() => {
  store.close();
  rmSync(root, { recursive: true, force: true });
});

const newRun = () => store.runs.start({ goal: 'g', environment: 'local', plan: 'p', params: {}, notRun: [] });

/** Puts a folder with these files into the store, as a step's output would be. */
async function put(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = mkdtempSync(path.join(root, 'made-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const content = await store.artifacts.measure(folder);
  store.transaction(() => store.artifacts.adopt(folder, content, 'table'));
  return content.hash;
}

const record = (run: string, outputs: Readonly<Record<string, string>>) =>
  store.runs.saveStep({
    run,
    step: 's',
    kind: 'train',
    of: 'm',
    status: 'succeeded',
    started: 1,
    ended: 2,
    attempts: 1,
    key: 'k',
    parts: { code: 'c', declaration: 'd', params: 'p', inputs: {}, snapshots: {} },
    why: [],
    inputs: {},
    outputs,
    result: null,
  });

test('artifacts are named by their content, whatever the order and age of their files', async () => {
  const a = await put({ 'b.txt': '2', 'a/a.txt': '1' });
  const b = await put({ 'a/a.txt': '1', 'b.txt': '2' });
  const c = await put({ 'a/a.txt': '1', 'b.txt': '3' });
  assert.is(a, b);
  assert.is.not(a, c);
  assert.ok(store.artifacts.intact(a));
  assert.equal(
    readdirSync(root).filter(name => name.startsWith('made-')),
    [],
    'the second copy is dropped',
  );
  rmSync(path.join(store.artifacts.folder(a), 'b.txt'));
  assert.not.ok(store.artifacts.intact(a));
  await put({ 'a/a.txt': '1', 'b.txt': '2' });
  assert.ok(store.artifacts.intact(a), 'put again, it is whole again');
});

test('a folder with anything but plain files is refused', async () => {
  const folder = mkdtempSync(path.join(root, 'made-'));
  const { symlinkSync } = await import('node:fs');
  symlinkSync('/etc/hosts', path.join(folder, 'link'));
  try {
    await hashFolder(folder);
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, 'plain files only');
  }
});

test('file hashes are remembered until size, time or inode change', async () => {
  const file = path.join(root, 'x.csv');
  writeFileSync(file, 'one');
  utimesSync(file, 1_000, 1_000);
  const first = await store.files.hash(file);
  assert.equal(await store.files.hash(file), first);
  writeFileSync(file, 'two');
  assert.is.not((await store.files.hash(file)).hash, first.hash);
  // The change time of a file cannot be set back: same size and same modification time do not deceive.
  writeFileSync(file, 'six');
  utimesSync(file, 1_000, 1_000);
  assert.is.not((await store.files.hash(file)).hash, first.hash);
});

test('versions are counted, a model that is known keeps its version', () => {
  const register = (artifact: string, auc: number) =>
    store.transaction(() =>
      store.registry.register({
        environment: 'local',
        model: 'm',
        artifact,
        registration: 'r',
        metrics: { auc },
        lineage: { plan: 'p', files: [], snapshots: {}, parts: {}, parent: null },
        run: newRun(),
        who: 'me',
      }),
    );
  assert.equal(register('a', 0.6), { version: 1, isNew: true });
  assert.equal(register('b', 0.7), { version: 2, isNew: true });
  assert.equal(register('a', 0.65), { version: 1, isNew: false });
  const promote = (to: number) =>
    store.transaction(() =>
      store.registry.promote({
        environment: 'local',
        model: 'm',
        alias: 'champion',
        to,
        who: 'me',
        why: 'test',
        run: null,
      }),
    );
  assert.is(store.registry.rival('local', 'm', 'b'), undefined);
  promote(1);
  assert.is(store.registry.rival('local', 'm', 'b')!.version, 1);
  assert.is(store.registry.rival('local', 'm', 'a'), undefined, 'the champion is not compared with itself');
  promote(2);
  assert.is(store.registry.rival('local', 'm', 'b')!.version, 1, 'but with what it replaced');
  assert.is(promote(2), undefined);
  assert.equal(
    store.registry.promotions('local', 'm').map(p => [p.from, p.to, p.fromMetrics, p.toMetrics]),
    [
      [1, 2, { auc: 0.65 }, { auc: 0.7 }],
      [null, 1, null, { auc: 0.65 }],
    ],
  );
  assert.throws(() => promote(9), /no version 9/);
});

test('a person points an alias at a version that there is, with a reason', () => {
  store.transaction(() =>
    store.registry.register({
      environment: 'local',
      model: 'm',
      artifact: 'a',
      registration: 'r',
      metrics: { auc: 0.6 },
      lineage: { plan: 'p', files: [], snapshots: {}, parts: {}, parent: null },
      run: 'r',
      who: 'me',
    }),
  );
  const promote = (version: number) =>
    promoteModel(store, { environment: 'local', model: 'm', version, why: 'approved by ml-owners' });
  assert.throws(() => promote(2), /m has no version 2 in local/);
  assert.is(promote(1).why, 'approved by ml-owners');
  assert.is(store.registry.holder('local', 'm', 'champion')!.version, 1);
  assert.throws(() => promote(1), /is champion already/);
});

test('the promotion log cannot be changed', async () => {
  store.transaction(() => {
    const lineage = { plan: 'p', files: [], snapshots: {}, parts: {}, parent: null };
    const base = { environment: 'local', model: 'm', run: 'r', who: 'me' };
    store.registry.register({ ...base, artifact: 'a', registration: 'r', metrics: {}, lineage });
    store.registry.promote({ ...base, alias: 'champion', to: 1, why: 'x' });
  });
  const db = await openDatabase(path.join(root, '.mlp/store.db'));
  for (const sql of ['DELETE FROM promotions', "UPDATE promotions SET who = 'eve'"])
    assert.throws(() => db.exec(sql), /append-only/);
  db.close();
});

test('previous is the accepted snapshot before this one', () => {
  const accept = (rows: string) =>
    store.profiles.accept({
      environment: 'local',
      validation: 'v',
      rows,
      profile: `profile-${rows}`,
      run: 'r',
    });
  const previous = (rows: string) => store.profiles.previous('local', 'v', rows);
  assert.is(previous('x'), undefined);
  accept('x');
  assert.is(previous('x'), undefined, 'judged again, the first asks the same question');
  assert.is(previous('y'), 'profile-x');
  accept('y');
  assert.is(previous('y'), 'profile-x');
  accept('x');
  assert.is(previous('x'), 'profile-y');
});

test('clean-up keeps what runs, versions, profiles and living runs need', async () => {
  const [old, kept, registered, profile, working] = await Promise.all(
    ['old', 'kept', 'registered', 'profile', 'working'].map(text => put({ 'x.txt': text })),
  );
  const first = newRun();
  record(first, { model: old! });
  store.runs.finish(first, 'succeeded');
  store.cache.remember('key-old', 's', {
    outputs: { model: old! },
    result: { version: 'result/1', step: 's', status: 'succeeded', metrics: {}, notes: [], snapshots: {} },
    run: first,
    made: 1,
    took: 1,
  });
  const busy = newRun();
  record(busy, { model: working! });
  const second = newRun();
  record(second, { model: kept! });
  store.runs.finish(second, 'succeeded');
  store.transaction(() =>
    store.registry.register({
      environment: 'local',
      model: 'm',
      artifact: registered!,
      registration: registered!,
      metrics: {},
      lineage: { plan: 'p', files: [], snapshots: {}, parts: {}, parent: null },
      run: first,
      who: 'me',
    }),
  );
  store.profiles.accept({
    environment: 'local',
    validation: 'v',
    rows: 'gone',
    profile: profile!,
    run: first,
  });
  const report = await store.collectGarbage({ keepRuns: 1 });
  assert.is(report.artifacts, 1);
  assert.not.ok(existsSync(store.artifacts.folder(old!)));
  assert.is(store.cache.find('key-old'), undefined);
  for (const hash of [kept, registered, profile, working]) assert.ok(store.artifacts.intact(hash!));
});

test('a store that is damaged, or written by a newer program, is told in words', async () => {
  const other = mkdtempSync(path.join(tmpdir(), 'mlp-store-'));
  mkdirSync(path.join(other, '.mlp'));
  writeFileSync(
    path.join(other, '.mlp/store.db'),
    'this is no database, and long enough to be looked at as one. '.repeat(40),
  );
  const failure = async () => {
    try {
      (await openStore(other)).close();
    } catch (error) {
      return error as Error & { code: string };
    }
    throw new Error('it opened');
  };
  assert.is((await failure()).code, 'MLP8502');
  rmSync(path.join(other, '.mlp'), { recursive: true });
  (await openStore(other)).close();
  const db = await openDatabase(path.join(other, '.mlp/store.db'));
  db.exec('PRAGMA user_version=99');
  db.close();
  assert.is((await failure()).code, 'MLP8501');
  rmSync(other, { recursive: true });
});

test('several processes write at once and lose nothing', async () => {
  const script = path.join(root, 'write.mts');
  const module = path.resolve('runtime/store/store.ts');
  writeFileSync(
    script,
    `import { openStore } from ${JSON.stringify(module)};
     const store = await openStore(process.argv[2]);
     for (let i = 0; i < 25; i++) {
       const run = store.runs.start({ goal: process.argv[3], environment: 'local', plan: 'p', params: {}, notRun: [] });
       store.transaction(() => store.registry.register({ environment: 'local', model: 'm', artifact: process.argv[3] + i,
         registration: 'r', metrics: {}, lineage: { plan: '', files: [], snapshots: {}, parts: {}, parent: null }, run, who: 'me' }));
       store.runs.finish(run, 'succeeded');
     }
     store.close();`,
  );
  const codes = await Promise.all(
    ['a', 'b', 'c'].map(name =>
      done(spawn(process.execPath, ['--import', 'tsx', script, root, name], { stdio: 'inherit' })),
    ),
  );
  assert.equal(codes, [0, 0, 0]);
  assert.is(store.runs.list(1_000).length, 75);
  const versions = store.registry.versions('local', 'm').map(({ version }) => version);
  assert.equal(
    versions,
    Array.from({ length: 75 }, (_, i) => 75 - i),
  );
});

const done = (child: ChildProcess) => new Promise(resolve => child.once('exit', resolve));

test.run();
