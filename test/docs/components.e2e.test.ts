// Follows docs/components.md with the Python of this machine. The command line must be built (npm run build).
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../cli/folders.ts';
import { sharePython, withoutPython } from '../runtime/foreign/support.ts';
import { followPage } from './guide-support.ts';

const root = path.join(import.meta.dirname, '../..');

if (withoutPython) console.log(`skipped: ${withoutPython}`);

test('the page on components does what it says', async () => {
  if (withoutPython) return;
  const folder = temporaryFolder();
  for (const name of ['cli', 'node_modules']) symlinkSync(path.join(root, name), path.join(folder, name));
  // The page makes this folder; environments of earlier tests are found in it.
  mkdirSync(path.join(folder, 'components'));
  sharePython(path.join(folder, 'components'));
  const text = readFileSync(path.join(root, 'docs/components.md'), 'utf8');
  assert.ok((await followPage('docs/components.md', text, folder)) >= 6);
});

test.run();
