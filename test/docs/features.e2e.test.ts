// Follows docs/features.md as a reader does. The command line must be built (npm run build).
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../support/redis.ts';
import { followPage } from './guide-support.ts';

const root = path.join(import.meta.dirname, '../..');

test('the page about features does what it says', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-features-'));
  for (const name of ['cli', 'node_modules']) symlinkSync(path.join(root, name), path.join(folder, name));
  try {
    const text = readFileSync(path.join(root, 'docs/features.md'), 'utf8');
    const compared = await followPage(
      'docs/features.md',
      text.replaceAll('6389', String(await freePort())),
      folder,
    );
    assert.ok(compared >= 4, `only ${compared} outputs are compared`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
