// Follows docs/guide.md as a reader does: every command in order, every snippet put where the page says, and what is
// printed compared with what the page shows. The command line must be built (npm run build).
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { followPage, reads, stopLeft } from './guide-support.ts';

const root = path.join(import.meta.dirname, '../..');

/** A folder that looks like a clone, so that nothing is written into this one. */
function clone(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-guide-'));
  for (const name of ['cli', 'node_modules']) symlinkSync(path.join(root, name), path.join(folder, name));
  return folder;
}

test('the guide does what it says', async () => {
  assert.ok(existsSync(path.join(root, 'cli/dist/mlp.cjs')), 'run npm run build first');
  const folder = clone();
  const text = readFileSync(path.join(root, 'docs/guide.md'), 'utf8');
  let compared = 0;
  try {
    compared = await followPage('docs/guide.md', text, folder);
  } finally {
    stopLeft(path.join(folder, 'guide/service.pid'));
    rmSync(folder, { recursive: true, force: true });
  }
  assert.ok(compared >= 10, `only ${compared} outputs are compared`);
});

test('an output that differs is told', () => {
  assert.ok(reads('a … s\n…\nlast', 'a 1.2 s\nx\ny\nlast'));
  assert.ok(reads('a\n…', 'a\nb\nc'));
  assert.not(reads('a … s', 'a 1.2 s\nmore'));
  assert.not(reads('accuracy 0.9833', 'accuracy 0.9833 of 1'));
  assert.not(reads('a.c', 'abc'));
});

test.run();
