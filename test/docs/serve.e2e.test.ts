// Follows docs/serve.md as a reader does. The command line must be built (npm run build).
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { followPage, stopLeft } from './guide-support.ts';

const root = path.join(import.meta.dirname, '../..');

test('the page about serving does what it says', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-serve-'));
  for (const name of ['cli', 'node_modules', 'examples'])
    symlinkSync(path.join(root, name), path.join(folder, name));
  try {
    const text = readFileSync(path.join(root, 'docs/serve.md'), 'utf8');
    const compared = await followPage('docs/serve.md', text, folder);
    assert.ok(compared >= 2, `only ${compared} outputs are compared`);
  } finally {
    stopLeft(path.join(folder, 'service/service.pid'));
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
