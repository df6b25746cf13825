import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isInside, parseManifest, planWrite } from '../../../compiler/targets/manifest.ts';

const file = (path: string, text: string) => ({ path, text });
const reader = (files: Record<string, string>) => (path: string) => files[path];
const first = planWrite([file('a', '1'), file('b/c', '2')], parseManifest(undefined), () => undefined);

test('into an empty folder everything is written, and remembered', () => {
  assert.equal(
    first.write.map(f => f.path),
    ['a', 'b/c'],
  );
  assert.equal(first.foreign, []);
  assert.equal(Object.keys(parseManifest(first.manifest).files), ['a', 'b/c']);
});

test('unchanged files stay, changed ones are written, those no longer generated go', () => {
  const next = planWrite(
    [file('a', '1'), file('d', '4')],
    parseManifest(first.manifest),
    reader({ a: '1', 'b/c': '2' }),
  );
  assert.equal(
    [next.write.map(f => f.path), next.unchanged, next.remove, next.foreign],
    [['d'], ['a'], ['b/c'], []],
  );
});

test('a file that was there before, or was changed by hand, is foreign; force overwrites it but removes nothing of it', () => {
  const there = reader({ a: 'mine', 'b/c': 'changed', d: 'mine too' });
  const files = [file('a', 'new'), file('d', '4')];
  const next = planWrite(files, parseManifest(first.manifest), there);
  assert.equal([next.foreign, next.write, next.remove], [['a', 'd'], [], []]);
  const forced = planWrite(files, parseManifest(first.manifest), there, { force: true });
  assert.equal([forced.foreign, forced.write.length, forced.remove], [[], 2, []]);
});

test('a damaged manifest knows nothing; an edited one does not reach out of its folder', () => {
  for (const text of [
    '',
    '{',
    '[]',
    'null',
    '{"version":"manifest/2","files":{"a":"x"}}',
    '{"version":"manifest/1","files":null}',
  ])
    assert.equal(parseManifest(text).files, {}, text);
  const edited = parseManifest(
    '{"version":"manifest/1","files":{"../x":"h","/etc/x":"h","a/../../x":"h","ok":"h"}}',
  );
  assert.equal(edited.files, { ok: 'h' });
  for (const path of ['', '..', 'a/..', '/a', 'C:/a', 'a\\b', 'a\0']) assert.not.ok(isInside(path), path);
  assert.throws(
    () => planWrite([file('../x', '')], parseManifest(undefined), () => undefined),
    /leaves its folder/,
  );
});

test.run();
