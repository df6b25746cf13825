// Follows docs/guide.md as a reader does: every command in order, every snippet put where the page says, and what is
// printed compared with what the page shows. The command line must be built (npm run build).
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyToFile, blocksOf, reads, Shell } from './guide-support.ts';

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
  const { PATH, HOME } = process.env;
  const shell = new Shell(folder, { PATH, HOME, NO_COLOR: '1', MLP_SNAPSHOT: 'off', LC_ALL: 'C.UTF-8' });
  const blocks = blocksOf(readFileSync(path.join(root, 'docs/guide.md'), 'utf8'));
  let compared = 0;
  try {
    for (const [i, block] of blocks.entries()) {
      const place = `docs/guide.md:${block.line}`;
      if (block.language === 'text')
        assert.is(blocks[i - 1]?.language, 'sh', `${place}: output of no command`);
      else if (block.language !== 'sh') applyToFile(block, shell.cwd);
      else {
        const { output, exitCode } = await shell.run(block.text);
        const shown = blocks[i + 1];
        assert.is(
          exitCode,
          Number(block.settings['exit'] ?? 0),
          `${place}: exit code ${exitCode}\n${output}`,
        );
        if (shown?.language !== 'text') continue;
        assert.ok(
          reads(shown.text, output),
          `docs/guide.md:${shown.line} shows\n${shown.text}\nbut it is\n${output}`,
        );
        compared++;
      }
    }
  } finally {
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
