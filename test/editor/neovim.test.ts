import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support/specs.ts';

const spec = `import std.sources { csv }

/// One visit.
schema Visit {
  day: datetime @event_time
  pages: int in 0..1000 @unit("pages")
  bought: bool @known_after(1d)
}

source visits: Visit = csv("visits.csv")

features Daily from visits at day {
    many   = pagse > 10
  label   buys = bought
}
`;

const there = await execa('nvim', ['--version'], { reject: false }).then(found => found.exitCode === 0);
if (!there) console.log('neovim is not installed: its test is left out');

test('Neovim as the client: diagnostics, hover, completion, rename, format', async () => {
  if (!there) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-neovim-'));
  try {
    const file = path.join(folder, 'visits.mlp');
    const out = path.join(folder, 'out.json');
    writeFileSync(file, spec);
    const server = [process.execPath, '--import', 'tsx', path.join(root, 'cli/bin.ts'), 'lsp', '--stdio'];
    await execa(
      'nvim',
      ['--headless', '--clean', '-c', `luafile ${path.join(root, 'test/editor/neovim.lua')}`],
      {
        cwd: root,
        timeout: 60_000,
        env: { SPEC: file, OUT: out, SERVER: JSON.stringify(server), HOME: folder, XDG_STATE_HOME: folder },
      },
    );
    assert.ok(existsSync(out), 'the script ran to its end');
    const found = JSON.parse(readFileSync(out, 'utf8'));
    assert.is(found.error, undefined);
    assert.is(found.diagnostics.length, 1);
    assert.match(found.diagnostics[0].message, 'pagse');
    assert.equal([found.diagnostics[0].line, found.diagnostics[0].column], [12, 13]);
    assert.is(found.mended, true);
    assert.match(found.hover, 'pages: int in 0..1000 @unit("pages")');
    assert.ok(found.completion.includes('pages'));
    assert.match(found.text, '  clicks: int in 0..1000 @unit("pages")');
    assert.match(found.text, '\n  many = clicks > 10\n  label buys = bought\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
