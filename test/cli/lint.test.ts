import { readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingSeed } from '../../compiler/lint/rules/missing-seed.ts';
import { mlp, program, project, read, write } from './support.ts';

const { wrong, right } = missingSeed.message.definition.explanation;
const settings = (lint: unknown): string => JSON.stringify({ lint });

async function piped(args: readonly string[], input: string, cwd: string) {
  const { exitCode, stdout, stderr } = await execa(program, ['lint', '--stdin', ...args], {
    cwd,
    input,
    reject: false,
    stripFinalNewline: false,
    env: { XDG_CACHE_HOME: path.join(cwd, '.cache') },
  });
  return { code: exitCode, out: stdout, err: stderr };
}

test('nothing to say is exit code 0, and so are warnings', async () => {
  const fine = await mlp(['lint'], { cwd: project({ 'a.mlp': right }) });
  assert.equal(fine, { code: 0, out: '1 spec linted, nothing to say\n', err: '' });
  const { code, out } = await mlp(['lint'], { cwd: project({ 'a.mlp': wrong }) });
  assert.is(code, 0);
  assert.match(out, /^warning\[MLP7111\]/);
});

test('errors, and more warnings than are allowed, are exit code 1', async () => {
  const folder = project({ 'a.mlp': wrong });
  assert.is((await mlp(['lint', '--max-warnings', '1'], { cwd: folder })).code, 0);
  const { code, err } = await mlp(['lint', '--max-warnings', '0'], { cwd: folder });
  assert.is(code, 1);
  assert.match(err, /1 warning, and --max-warnings allows 0/);
  write(folder, 'mlp.json', settings({ rules: { 'missing-seed': 'error' } }));
  assert.is((await mlp(['lint'], { cwd: folder })).code, 1);
  write(folder, 'mlp.json', settings({ rules: { 'missing-sede': 'error' } }));
  const mistaken = await mlp(['lint'], { cwd: folder });
  assert.equal([mistaken.code, /MLP7006/.test(mistaken.out)], [1, true]);
});

test('wrong usage is exit code 2', async () => {
  const cwd = project({ 'a.mlp': right });
  for (const args of [
    ['--max-warnings', 'many'],
    ['--unsafe-fixes'],
    ['--stdin-filename', 'a.mlp'],
    ['--stdin', 'a.mlp'],
    ['--stdin', '--fix', '--json'],
    ['--nonsense'],
  ])
    assert.is((await mlp(['lint', ...args], { cwd })).code, 2, args.join(' '));
});

test('--fix repairs, says what, and leaves nothing; unsafe repairs are asked for', async () => {
  const folder = project({ 'a.mlp': `${wrong}\nfunction busy(x: int) -> bool = x > 3\n` });
  const first = await mlp(['lint', '--fix'], { cwd: folder });
  assert.match(first.out, /a\.mlp:27:7: write `seed 0` \(MLP7111\)/);
  assert.match(first.out, /MLP7101/);
  assert.match(read(folder, 'a.mlp'), /\n {2}seed 0\n/);
  await mlp(['lint', '--fix', '--unsafe-fixes'], { cwd: folder });
  assert.not.match(readFileSync(path.join(folder, 'a.mlp'), 'utf8'), /busy/);
  assert.is((await mlp(['lint'], { cwd: folder })).out, '1 spec linted, nothing to say\n');
});

test('standard input stands for itself, or for a file of the project', async () => {
  const folder = project({
    'a.mlp': right,
    'b.mlp': 'import "./c.mlp" { x }\nlet _y = x\n',
    'c.mlp': 'let x = 1\n',
  });
  const alone = await piped([], wrong, folder);
  assert.equal([alone.code, /stdin\.mlp:27:7/.test(alone.out)], [0, true]);
  const named = await piped(['--stdin-filename', 'a.mlp'], wrong, folder);
  assert.match(named.out, /a\.mlp:27:7/);
  const inside = await piped(
    ['--stdin-filename', 'b.mlp'],
    'import "./c.mlp" { x }\nlet _y = x + 1\n',
    folder,
  );
  assert.equal(inside, { code: 0, out: 'nothing to say\n', err: '' });
  const fixed = await piped(['--fix'], wrong, folder);
  assert.match(fixed.out, /\n {2}seed 0\n/);
  assert.is(fixed.err, '');
});

test('JSON, SARIF and GitHub have the suppressed ones with their reasons', async () => {
  const text = wrong.replace('model buyers {', '// mlp-allow MLP7111: it draws nothing\nmodel buyers {');
  const cwd = project({ 'a.mlp': text });
  const sarif = JSON.parse((await mlp(['lint', '--format', 'sarif'], { cwd })).out);
  const [result] = sarif.runs[0].results;
  assert.is(result.ruleId, 'MLP7111');
  assert.is(result.suppressions[0].justification, 'it draws nothing');
  const json = JSON.parse((await mlp(['lint', '--json'], { cwd })).out);
  assert.equal(json.diagnostics, []);
  const github = await mlp(['lint', '--format', 'github'], { cwd: project({ 'a.mlp': wrong }) });
  assert.match(github.out, /^::warning file=a\.mlp,line=27/);
});

test('only files that are named, and what depends on them, are told of', async () => {
  const cwd = project({ 'a.mlp': wrong, 'b.mlp': 'let _b = 1\n' });
  assert.match((await mlp(['lint', 'b.mlp'], { cwd })).out, /nothing to say/);
  assert.match((await mlp(['lint', 'a.mlp'], { cwd })).out, /MLP7111/);
  const missing = await mlp(['lint', 'nothing.mlp'], { cwd });
  assert.equal([missing.code, /MLP6008/.test(missing.out)], [1, true]);
});

test('what the mlp.json of a folder above locks holds below', async () => {
  const top = project({
    'mlp.json': settings({ locked: ['missing-seed'] }),
    'team/mlp.json': settings({ rules: { 'missing-seed': 'off' } }),
    'team/a.mlp': wrong.replace('model buyers {', '// mlp-allow MLP7111: please\nmodel buyers {'),
  });
  const { code, out } = await mlp(['lint'], { cwd: path.join(top, 'team') });
  assert.is(code, 1);
  for (const expected of ['MLP7004', 'MLP7005', 'MLP7111', '../mlp.json locks'])
    assert.ok(out.includes(expected), out);
});

test('--rules lists the rules with their levels here; explain knows them', async () => {
  const cwd = project({ 'a.mlp': right, 'mlp.json': settings({ extends: 'mlp:strict' }) });
  const { code, out } = await mlp(['lint', '--rules'], { cwd });
  assert.is(code, 0);
  assert.match(out, /^MLP7105 {2}warn {3}missing-docs/m);
  const rules = JSON.parse((await mlp(['lint', '--rules', '--json'], { cwd })).out);
  assert.ok(rules.length > 30 && rules.every((rule: { reference: { url: string } }) => rule.reference.url));
  const explained = await mlp(['explain', 'MLP7111']);
  assert.match(explained.out, /Training without a seed[\s\S]*Wrong[\s\S]*Right/);
});

test('two at once on one cache harm each other in nothing', async () => {
  const cwd = project({ 'a.mlp': wrong, 'b.mlp': 'let _b = 1\n' });
  const all = await Promise.all(Array.from({ length: 4 }, () => mlp(['lint'], { cwd })));
  for (const { code, out } of all) assert.equal([code, /MLP7111/.test(out)], [0, true]);
});

test.run();
