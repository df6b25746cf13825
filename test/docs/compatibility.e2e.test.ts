// Follows docs/compatibility.md as a reader does, in an empty folder. The command line must be built (npm run build).
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyToFile, blocksOf, reads, Shell } from './guide-support.ts';

const root = path.join(import.meta.dirname, '../..');
const PAGE = 'docs/compatibility.md';

test('the page about compatibility does what it says', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-compatibility-'));
  mkdirSync(path.join(folder, 'bin'));
  mkdirSync(path.join(folder, 'shop'));
  symlinkSync(path.join(root, 'cli/bin/mlp'), path.join(folder, 'bin/mlp'));
  const shell = new Shell(path.join(folder, 'shop'), {
    PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}`,
    HOME: folder,
    NO_COLOR: '1',
    MLP_SNAPSHOT: 'off',
    LC_ALL: 'C.UTF-8',
  });
  const blocks = blocksOf(readFileSync(path.join(root, PAGE), 'utf8'));
  let compared = 0;
  try {
    for (const [i, block] of blocks.entries()) {
      if (block.language === 'text') continue;
      if (block.language !== 'sh') {
        applyToFile(block, shell.cwd);
        continue;
      }
      const { output, exitCode } = await shell.run(block.text);
      assert.is(exitCode, Number(block.settings['exit'] ?? 0), `${PAGE}:${block.line}\n${output}`);
      const shown = blocks[i + 1];
      if (shown?.language !== 'text') continue;
      assert.ok(
        reads(shown.text, output),
        `${PAGE}:${shown.line} shows\n${shown.text}\nbut it is\n${output}`,
      );
      compared++;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  assert.is(compared, 3);
});

test.run();
