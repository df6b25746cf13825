// Follows docs/data.md as a reader does, with a real database and a real dbt. The command line must be built.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noPostgres, Postgres } from '../support/postgres.ts';
import { applyToFile, blocksOf, reads, Shell } from './guide-support.ts';

const root = path.join(import.meta.dirname, '../..');
const page = 'docs/data.md';
const folders = [
  path.join(root, '.tools/bin'),
  path.join(root, '.tools/python/bin'),
  path.join(root, '.tools/dbt/bin'),
  ...(process.env['PATH'] ?? '').split(':'),
];
const missing = ['psql', 'dbt'].find(
  program => !folders.some(folder => existsSync(path.join(folder, program))),
);
const why = noPostgres ?? (missing === undefined ? undefined : `there is no ${missing} on this machine`);

test('the page on data does what it says, or it is said why it is not tried', async () => {
  if (why) return console.log(`${page} is not tried: ${why}`);
  assert.ok(existsSync(path.join(root, 'cli/dist/mlp.cjs')), 'run npm run build first');
  const server = await Postgres.start();
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-data-page-'));
  for (const name of ['cli', 'node_modules']) symlinkSync(path.join(root, name), path.join(folder, name));
  const shell = new Shell(folder, {
    PATH: folders.join(':'),
    HOME: process.env['HOME'],
    WAREHOUSE_URL: server.url,
    DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
    DO_NOT_TRACK: '1',
    NO_COLOR: '1',
    MLP_SNAPSHOT: 'off',
    LC_ALL: 'C.UTF-8',
  });
  const blocks = blocksOf(readFileSync(path.join(root, page), 'utf8'));
  let compared = 0;
  try {
    for (const [i, block] of blocks.entries()) {
      const place = `${page}:${block.line}`;
      if (block.language === 'text') continue;
      if (block.language !== 'sh') {
        const name = block.settings['file'] ?? block.settings['append'] ?? '';
        mkdirSync(path.dirname(path.join(shell.cwd, name)), { recursive: true });
        applyToFile(block, shell.cwd);
        continue;
      }
      const { output, exitCode } = await shell.run(block.text);
      assert.is(exitCode, Number(block.settings['exit'] ?? 0), `${place}: exit code ${exitCode}\n${output}`);
      const shown = blocks[i + 1];
      if (shown?.language !== 'text') continue;
      assert.ok(
        reads(shown.text, output),
        `${page}:${shown.line} shows\n${shown.text}\nbut it is\n${output}`,
      );
      compared++;
    }
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  assert.is(compared, blocks.filter(({ language }) => language === 'text').length, 'an output of no command');
});

test.run();
