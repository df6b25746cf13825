// Follows the pages about tests and about the levels as a reader does. The command line must be built (npm run build).
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { followPage } from './guide-support.ts';

const root = path.join(import.meta.dirname, '../..');

/** In a folder that looks like a clone, so that nothing is written into this one. */
async function follow(page: string): Promise<number> {
  assert.ok(existsSync(path.join(root, 'cli/dist/mlp.cjs')), 'run npm run build first');
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-page-'));
  for (const name of ['cli', 'node_modules', 'examples'])
    symlinkSync(path.join(root, name), path.join(folder, name));
  try {
    return await followPage(page, readFileSync(path.join(root, page), 'utf8'), folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('the page about testing does what it says', async () => {
  assert.ok((await follow('docs/testing.md')) >= 4);
});

test('the levels do what their page says', async () => {
  assert.ok((await follow('examples/levels/README.md')) >= 4);
});

test.run();
