import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const at = (...parts: string[]): string => path.join(root, ...parts);

const built = mkdtempSync(path.join(tmpdir(), 'mlp-fmt-program-'));
process.on('exit', () => rmSync(built, { recursive: true, force: true }));
/** The program with this one command, bundled as the build does it: started from source it takes seconds. */
await build({
  entryPoints: { mlp: at('cli/bin.ts'), 'command-fmt': at('cli/commands/fmt.ts') },
  outdir: built,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  logLevel: 'error',
  external: ['mlp-runtime'],
  define: { MLP_BUNDLED: 'true', MLP_LIBRARY: '{}', 'import.meta.dirname': '__dirname' },
});

async function fmt(cwd: string, args: readonly string[], input = '') {
  const program = path.join(built, 'mlp.cjs');
  const options = { cwd, input, reject: false, stripFinalNewline: false, env: { NO_COLOR: '1' } } as const;
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, 'fmt', ...args], options);
  return { code: exitCode, out: stdout, err: stderr };
}

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-fmt-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

const read = (folder: string, name: string): string => readFileSync(path.join(folder, name), 'utf8');

test('files are written when they change, and those with errors are left alone', async () => {
  const wrong = 'let  c = \n';
  const folder = folderOf({
    'a.mlp': '\ufefflet  a=1\r\n',
    'b.mlp': 'let b = 2\n',
    'c.mlp': wrong,
    'd.mlp': 'let  d=4',
  });
  chmodSync(path.join(folder, 'a.mlp'), 0o600);
  symlinkSync('d.mlp', path.join(folder, 'link.mlp'));
  const before = statSync(path.join(folder, 'b.mlp')).mtimeMs;
  const { code, out, err } = await fmt(folder, ['a.mlp', 'b.mlp', 'c.mlp', 'link.mlp', './a.mlp']);
  assert.is(out, '2 files formatted, 1 unchanged, 1 left alone because of errors\n');
  assert.match(err, /error\[MLP\d+\][\s\S]*c\.mlp:1:/);
  assert.is(code, 1);
  assert.is(read(folder, 'a.mlp'), 'let a = 1\n');
  assert.is(statSync(path.join(folder, 'a.mlp')).mode & 0o777, 0o600, 'rights stay');
  assert.is(statSync(path.join(folder, 'b.mlp')).mtimeMs, before, 'what is right is not written');
  assert.is(read(folder, 'c.mlp'), wrong);
  assert.is(read(folder, 'd.mlp'), 'let d = 4\n');
  assert.ok(lstatSync(path.join(folder, 'link.mlp')).isSymbolicLink(), 'a link stays one');
  assert.equal(
    readdirSync(folder).sort(),
    ['a.mlp', 'b.mlp', 'c.mlp', 'd.mlp', 'link.mlp'],
    'nothing is left over',
  );
});

test('--check writes nothing and tells by its exit code', async () => {
  const folder = folderOf({ 'a.mlp': 'let  a=1', 'b.mlp': 'let b = 2\n' });
  const first = await fmt(folder, ['--check']);
  assert.equal([first.code, first.out, first.err], [1, 'a.mlp\n', '1 file would change, 1 unchanged\n']);
  assert.is(read(folder, 'a.mlp'), 'let  a=1');
  const second = await fmt(folder, ['-p', folder, '--check', 'b.mlp']);
  assert.equal([second.code, second.out], [0, '']);
});

test('standard input goes to standard output, and nothing if it has errors', async () => {
  const folder = folderOf({});
  assert.equal(await fmt(folder, ['--stdin'], 'let  a=1'), { code: 0, out: 'let a = 1\n', err: '' });
  const wrong = await fmt(folder, ['--stdin', '--stdin-path', 'x.mlp'], 'let  a=');
  assert.equal([wrong.code, wrong.out], [1, '']);
  assert.match(wrong.err, /x\.mlp:1:8/);
  const range = await fmt(folder, ['--stdin', '--range', '2:2'], 'let  a=1\nlet  b=2\nlet  c=3');
  assert.is(range.out, 'let  a=1\nlet b = 2\nlet  c=3');
});

test('wrong usage is told in words', async () => {
  const folder = folderOf({ 'a.mlp': 'let a = 1\n', 'b.mlp': 'let b = 1\n' });
  const [range, both, missing] = await Promise.all([
    fmt(folder, ['--range', '3', 'a.mlp']),
    fmt(folder, ['--range', '1:2']),
    fmt(folder, ['nope.mlp', 'a.mlp', '--json']),
  ]);
  assert.is(range.code, 2);
  assert.match(range.err, /from:to/);
  assert.is(both.code, 2);
  assert.match(both.err, /of one file/);
  assert.is(missing.code, 1);
  const { unchanged, failed } = JSON.parse(missing.out);
  assert.equal([unchanged, failed], [['a.mlp'], [{ file: 'nope.mlp', reason: 'there is no such file' }]]);
});

test.run();
