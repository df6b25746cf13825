import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { example, mlp, type Outcome, project, write } from './support.ts';

const long = Boolean(process.env['FUZZ_LONG']);
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
console.log(`seed ${seed} (SEED)`);

/** A small generator with a seed (mulberry32), so that a failure can be had again. */
function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const check = (cwd: string, ...args: string[]): Promise<Outcome> =>
  mlp(['check', ...args], { cwd, timeout: 20 });
const checkSpec = (spec: string | Uint8Array): Promise<Outcome> => check(project({ 'x.mlp': spec }));

/** An error in words about the file, and exit code 1. */
function told({ code, out, err }: Outcome, what: RegExp): void {
  assert.is(code, 1, out + err);
  assert.match(out, what);
  assert.match(out, /^ *--> x\.mlp:\d+:\d+$/m);
}

test('not UTF-8', async () => {
  told(
    await checkSpec(Buffer.from([...Buffer.from('schema S { a: int }\n// '), 0xff, 0xfe, 0x0a])),
    /^error\[MLP1001\]/,
  );
  told(await checkSpec(Buffer.from(`\uFEFF${example('penguins')}`, 'utf16le')), /^error\[MLP1001\]/m);
});

test('an empty spec, one of blanks and one of a comment hold nothing, which is no fault', async () => {
  for (const spec of ['', '  \n\t\n', '// nothing yet', '\uFEFF']) {
    const { code, err } = await checkSpec(spec);
    assert.equal([code, err], [0, '']);
  }
});

test('5 MB is too large, at once', async () => {
  const start = performance.now();
  told(await checkSpec('schema S { a: int }\n'.repeat(262_144)), /^error\[MLP1002\]/);
  assert.ok(performance.now() - start < 15_000);
});

test('a spec of almost the largest size is read to its end', async () => {
  const unit = (i: number) => `let a${i} = ${i}\n`;
  let spec = '';
  for (let i = 0; spec.length < 300_000; i++) spec += unit(i);
  const { code, out } = await checkSpec(`${spec}let last = nonsense\n`);
  assert.is(code, 1);
  assert.match(out, /`nonsense`/);
});

test('cut off anywhere: told in words at a place, or complete', async () => {
  const random = randomFrom(seed);
  for (const name of ['flights', 'penguins'] as const) {
    const bytes = Buffer.from(example(name));
    for (let n = 0; n < (long ? 300 : 8); n++) {
      const length = Math.floor(random() * bytes.length);
      const { code, out, err } = await checkSpec(bytes.subarray(0, length));
      assert.ok(
        code === 0 || (code === 1 && /^error\[MLP[1-6]\d{3}\]/m.test(out)),
        `${name} cut at ${length}: ${out}${err}`,
      );
      assert.is(err, '');
    }
  }
});

test('random bytes, and random pieces of specs', async () => {
  const random = randomFrom(seed + 1);
  const pieces = example('flights').split(/(?<=[\s{}()])/);
  for (let n = 0; n < (long ? 300 : 6); n++) {
    const bytes = Buffer.from(Array.from({ length: 1 + Math.floor(random() * 4000) }, () => random() * 256));
    const raw = await checkSpec(bytes);
    assert.is(raw.code, 1, `random bytes ${n}: ${raw.out}${raw.err}`);
    const shuffled = Array.from({ length: 300 }, () => pieces[Math.floor(random() * pieces.length)]).join('');
    const mixed = await checkSpec(shuffled);
    assert.is(mixed.code, 1, `pieces ${n}: ${shuffled}`);
    assert.match(mixed.out, /^error\[MLP[1-6]\d{3}\]/m);
  }
});

test('10,000 brackets of each kind, alone and in an expression', async () => {
  for (const bracket of ['(', '[', '{', ')', '}'])
    told(await checkSpec(bracket.repeat(10_000)), /^error\[MLP1\d{3}\]/m);
  const deep = `let a = ${'('.repeat(10_000)}1${')'.repeat(10_000)}\n`;
  told(await checkSpec(deep), /^error\[MLP1116\]/m);
  told(
    await checkSpec(`let a = ${Array.from({ length: 10_000 }, () => '1').join(' + ')}\n`),
    /^error\[MLP1117\]/m,
  );
  told(await checkSpec(`let a = ${'not '.repeat(10_000)}true\n`), /^error\[MLP1\d{3}\]/m);
});

test('lines of a megabyte are shown in part', async () => {
  const { code, out } = await checkSpec(`let a = "${'x'.repeat(500_000)}" + nonsense\n`);
  assert.is(code, 1);
  assert.ok(out.length < 20_000, `${out.length} characters`);
});

test('control characters in a spec do not reach the terminal', async () => {
  const { code, out } = await checkSpec('let a = \u001b[2Jx\u0007 + \u0000y\n');
  assert.is(code, 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  assert.not.match(out, /[\u0000-\u0008\u000b-\u001f]/);
});

test('a folder called x.mlp is looked into, and is no spec', async () => {
  const folder = project({ 'x.mlp/inner.mlp': 'let a = nonsense\n' });
  const all = await check(folder);
  assert.equal([all.code, /x\.mlp\/inner\.mlp:1:9/.test(all.out)], [1, true]);
  const named = await check(folder, 'x.mlp');
  assert.equal([named.code, /x\.mlp\/inner\.mlp:1:9/.test(named.out)], [1, true]);
});

test('a spec that cannot be read is an error that names it', async () => {
  const folder = project({ 'good.mlp': example('penguins') });
  symlinkSync(path.join(folder, 'gone'), path.join(folder, 'dangling.mlp'));
  const { code, out } = await check(folder);
  assert.is(code, 1);
  assert.match(out, /^error\[MLP6008\].*dangling\.mlp/m);
  assert.not.match(out, / \|/, 'no frame around nothing');
});

test('a pipe called x.mlp is not waited for', async () => {
  if (process.platform === 'win32') return;
  const folder = project({ 'good.mlp': example('penguins') });
  execFileSync('mkfifo', [path.join(folder, 'pipe.mlp')]);
  assert.is((await check(folder)).code, 1);
});

test('a spec or a folder without the right to read it', async () => {
  if (process.platform === 'win32' || process.getuid?.() === 0) return;
  const folder = project({ 'x.mlp': example('penguins'), 'good.mlp': '' });
  chmodSync(path.join(folder, 'x.mlp'), 0);
  told(await check(folder), /^error\[MLP6008\]/m);
  mkdirSync(path.join(folder, 'closed'), { mode: 0 });
  const { code, out, err } = await check(folder);
  assert.equal([code, err], [1, '']);
  assert.match(out, /^error\[MLP6008\]: closed cannot be read: permission is denied$/m);
});

test('links that lead round in a circle are named, in the project and as an argument', async () => {
  const folder = project({ 'good.mlp': example('penguins') });
  symlinkSync('two.mlp', path.join(folder, 'one.mlp'));
  symlinkSync('one.mlp', path.join(folder, 'two.mlp'));
  for (const args of [[], ['one.mlp']]) {
    const { code, out, err } = await check(folder, ...args);
    assert.equal([code, err], [1, '']);
    assert.match(
      out,
      /^error\[MLP6008\]: one\.mlp cannot be read: its symbolic links lead round in a circle$/m,
    );
  }
});

test('a chain of 3,000 environments', async () => {
  const one = (i: number) => `environment e${i}${i > 0 ? ` extends e${i - 1}` : ''} { target local }\n`;
  const spec = Array.from({ length: 3_000 }, (_, i) => one(i)).join('');
  const { code, err } = await checkSpec(spec);
  assert.equal([code, err], [0, '']);
});

test('a folder that links to itself is not walked for ever', async () => {
  const folder = project({ 'a/x.mlp': 'let a = 1\n' });
  symlinkSync('..', path.join(folder, 'a', 'up'));
  assert.is((await check(folder)).code, 0);
});

test('mlp.json: broken, of another shape, unknown and wrong settings', async () => {
  const cases: [string, RegExp][] = [
    ['{ "name": ', /^error\[MLP6005\]/m],
    ['[]', /^error\[MLP6005\]/m],
    ['null', /^error\[MLP6005\]/m],
    ['', /^error\[MLP6005\]/m],
    ['{ "suppres": [] }', /^error\[MLP6006\][\s\S]*did you mean .*suppress/m],
    ['{ "suppress": 3 }', /^error\[MLP6007\]/m],
    ['{ "__proto__": 1 }', /^error\[MLP6006\]/m],
  ];
  const folder = project({ 'x.mlp': example('penguins') });
  for (const [text, what] of cases) {
    write(folder, 'mlp.json', text);
    const { code, out, err } = await check(folder);
    assert.is(code, 1, `${text}: ${out}`);
    assert.match(out, what, text);
    assert.is(err, '');
  }
  write(folder, 'mlp.json', Buffer.from([0x7b, 0xff, 0x7d]));
  assert.is((await check(folder)).code, 1);
});

test('commands that need a right spec say what is wrong with it, write nothing and end with 1', async () => {
  const folder = project({ 'x.mlp': 'let a = nonsense\n' });
  const commands = [
    ['run'],
    ['test'],
    ['graph'],
    ['build', '--target', 'typescript'],
    ['step', 'train-a', '--in', '.', '--out', 'out'],
    ['debug', 'plan'],
  ];
  for (const args of commands) {
    const { code, out, err } = await mlp(args, { cwd: folder, timeout: 20 });
    assert.is(code, 1, args.join(' '));
    assert.is(out, '');
    assert.match(err, /^error\[MLP2001\][\s\S]*the spec has errors; nothing was run or written/);
  }
  assert.equal(readdirSync(folder).sort(), ['node_modules', 'x.mlp']);
});

test('debug of what is no file', async () => {
  for (const args of [
    ['tokens', 'none.mlp'],
    ['tree', '.'],
  ]) {
    const { code, err } = await mlp(['debug', ...args], { timeout: 20 });
    assert.equal([code, /cannot read/.test(err)], [1, true]);
  }
});

test.run();
