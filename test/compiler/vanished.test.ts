import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/index.ts';
import type { Host } from '../../compiler/source/host.ts';
import { memoryHost } from '../support/specs.ts';

/** A host whose file is gone after it was listed, or after it was read so often. */
function vanishing(reads: number): Host {
  const host = memoryHost({
    'main.mlp': 'import "./gone.mlp" { a }\nlet b = a\n',
    'gone.mlp': 'let a = 1\n',
  });
  let read = 0;
  return {
    ...host,
    readFile: file => (file === 'gone.mlp' && read++ >= reads ? undefined : host.readFile(file)),
  };
}

test('a file that is gone when it is read is named, where it is imported and by itself', () => {
  const { diagnostics } = compile(vanishing(0));
  assert.ok(diagnostics.length > 0);
  assert.ok(
    diagnostics.every(({ severity, message }) => severity === 'error' && message.includes('gone.mlp')),
  );
  assert.ok(diagnostics.some(({ file }) => file.path === 'main.mlp'));
});

test('one that goes after it was read is checked as it was', () => {
  assert.equal(compile(vanishing(1)).diagnostics, []);
});

test.run();
