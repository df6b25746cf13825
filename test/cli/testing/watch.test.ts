import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mlp, program, project } from '../support.ts';

const spec = `
function twice(x: float) -> float = x * 2.0
function half(x: float) -> float = x / 2.0
test "doubling" of twice { expect twice(2.0) == 4.0 }
test "halving" of half { expect half(2.0) == 1.0 }
`;
const edit = (folder: string, change: (text: string) => string): void => {
  const file = path.join(folder, 'x.mlp');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
};
const marks = (out: string): string[] => out.split('\n').filter(line => /^[✓✗–]/.test(line));

test('what passed is not run again until something that it depends on changes', async () => {
  const folder = project({ 'x.mlp': spec });
  const run = async (...more: string[]) => marks((await mlp(['test', ...more], { cwd: folder })).out);
  assert.equal(await run(), [
    '✓ doubling (twice)',
    '✓ halving (half)',
    '✓ random examples (twice)',
    '✓ random examples (half)',
  ]);
  const again = await run();
  assert.ok(again.length === 4 && again.every(line => line.endsWith(' unchanged')), again.join('\n'));
  assert.ok((await run('--force')).every(line => !line.endsWith(' unchanged')));
  // Another seed is another question; a comment and another line none.
  assert.not.match((await run('--seed', '3'))[2]!, 'unchanged');
  edit(folder, text => `// moved\n${text}`);
  assert.ok((await run()).every(line => line.endsWith(' unchanged')));
  edit(folder, text => text.replace('x * 2.0', 'x + x'));
  assert.equal(await run(), [
    '✓ doubling (twice)',
    '✓ halving (half) unchanged',
    '✓ random examples (twice)',
    '✓ random examples (half) unchanged',
  ]);
  // What fails is run every time, and passing once does not outlive it.
  edit(folder, text => text.replace('x + x', 'x + 1.0'));
  assert.match((await run())[0]!, '✗ doubling');
  assert.match((await run())[0]!, '✗ doubling');
  edit(folder, text => text.replace('x + 1.0', 'x + x'));
  assert.is((await run())[0], '✓ doubling (twice) unchanged', 'this very content has passed');
  writeFileSync(path.join(folder, '.mlp/tests.json'), '{"version":"tests/1","passed":{"a":3}}');
  assert.is((await run())[0], '✓ doubling (twice)', 'a damaged memory is forgotten');
});

test('--watch runs what a change touches, waits out a mistake, and ends with Ctrl-C', async () => {
  const folder = project({ 'x.mlp': spec });
  const child = execa(program, ['test', '--watch', '--random', '0'], {
    cwd: folder,
    all: true,
    reject: false,
  });
  let out = '';
  child.all!.on('data', chunk => {
    out += String(chunk);
  });
  /** What was printed until something is said that was not said before. */
  const until = async (text: string): Promise<string> => {
    const deadline = Date.now() + 60_000;
    while (!out.includes(text)) {
      assert.ok(Date.now() < deadline && child.exitCode === null, `no ${text} in\n${out}`);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    const said = out;
    out = '';
    return said;
  };
  try {
    assert.match(
      await until('waiting for a change'),
      /✓ doubling[\s\S]*✓ halving[\s\S]*2 tests passed, 0 failed/,
    );
    edit(folder, text => text.replace('x * 2.0', 'x * 3.0'));
    const failed = await until('waiting for a change');
    assert.match(failed, /changed: x\.mlp\n✗ doubling/);
    assert.not.match(failed, 'halving');
    edit(folder, text => text.replace('x * 3.0', 'x * y'));
    assert.match(await until('waiting for a change'), /error.*MLP2001[\s\S]*the spec has errors/);
    edit(folder, text => text.replace('x * y', 'x * 2.0'));
    assert.match(await until('waiting for a change'), /2 tests passed, 0 failed; 2 of them unchanged/);
    child.kill('SIGINT');
    const ended = await child;
    assert.is(ended.exitCode, 0, ended.all);
  } finally {
    child.kill('SIGKILL');
  }
});

test.run();
