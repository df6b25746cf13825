import { chmodSync, lstatSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mlp, project, read, temporaryFolder, write } from './support.ts';

const SPEC = 'import std.sources { csv }\n\nschema S { n: int }\n\nsource s: S = csv("s.csv")\n';
const WRONG = `${SPEC}\nvalidation v on s { require max(nn) > 3 }\n`;
const LEAK = `import std.sources { csv }
schema Trip { at: datetime @event_time  late: bool @known_after(1d) }
source trips: Trip = csv("trips.csv")
features Trips from trips at at {
  soon = late
  label bad = late
}
`;

// --- Forms ---

test('--format sarif and github print the same findings, with paths as the repository has them', async () => {
  const folder = project({
    '.git/HEAD': 'ref: refs/heads/main\n',
    'deep/mlp.json': '{}',
    'deep/a b.mlp': LEAK,
  });
  const cwd = path.join(folder, 'deep');
  const text = await mlp(['check'], { cwd });
  assert.match(text.out, /--> a b\.mlp:5:10/);
  const sarif = await mlp(['check', '--format', 'sarif'], { cwd });
  assert.is(sarif.code, 1);
  const [run] = JSON.parse(sarif.out).runs;
  const [result] = run.results;
  assert.is(result.ruleId, 'MLP4001');
  assert.is(result.locations[0].physicalLocation.artifactLocation.uri, 'deep/a%20b.mlp');
  assert.ok(result.codeFlows[0].threadFlows[0].locations.length > 1);
  const github = await mlp(['check', '--format', 'github'], { cwd });
  assert.is(github.code, 1);
  assert.match(github.out, /^::error file=deep\/a b\.mlp,line=5,endLine=5,col=10,endColumn=14,title=MLP4001/);
  const json = await mlp(['check', '--format', 'json'], { cwd });
  assert.is(JSON.parse(json.out).diagnostics[0].place.file, 'a b.mlp');
  assert.equal(await mlp(['check', '--json'], { cwd }), json);
});

test('a clean project gives an empty log and no annotations', async () => {
  const folder = project({ 'a.mlp': SPEC });
  const sarif = await mlp(['check', '--format', 'sarif'], { cwd: folder });
  assert.is(sarif.code, 0);
  assert.equal(JSON.parse(sarif.out).runs[0].results, []);
  assert.equal(await mlp(['check', '--format', 'github'], { cwd: folder }), { code: 0, out: '', err: '' });
});

test('wrong forms are wrong usage', async () => {
  const folder = project({ 'a.mlp': SPEC });
  for (const [args, message] of [
    [['--format', 'xml'], /Allowed choices are text, json, sarif, github/],
    [['--json', '--format', 'sarif'], /two forms of one output/],
    [['--max-diagnostics', 'many'], /--max-diagnostics many is not a number/],
    [['--unsafe-fixes'], /write --fix --unsafe-fixes/],
  ] as const) {
    const { code, err } = await mlp(['check', ...args], { cwd: folder });
    assert.is(code, 2, err);
    assert.match(err, message);
  }
});

test('of a thousand errors fifty are shown and the rest is counted', async () => {
  const lines = Array.from({ length: 1000 }, (_, i) => `let a${i} = b${i}`);
  const folder = project({ 'a.mlp': `${lines.join('\n')}\n` });
  const { code, out } = await mlp(['check'], { cwd: folder });
  assert.is(code, 1);
  assert.is(out.match(/^error\[/gm)!.length, 50);
  assert.match(out, /\nand 950 more; --max-diagnostics 0 shows all\n1,000 errors in 1 file\n/);
  const some = await mlp(['check', '--max-diagnostics', '3'], { cwd: folder });
  assert.match(some.out, /\nand 997 more; /);
  const all = await mlp(['check', '--max-diagnostics', '0'], { cwd: folder });
  assert.is(all.out.match(/^error\[/gm)!.length, 1000);
  const json = await mlp(['check', '--json'], { cwd: folder });
  assert.is(JSON.parse(json.out).diagnostics.length, 1000);
});

// --- Files ---

test('a file is checked with what depends on it, in the project that it belongs to', async () => {
  const folder = project({
    'one/mlp.json': '{}',
    'one/a.mlp': 'schema S { n: int }\n',
    'one/b c.mlp':
      'import "./a.mlp" { S }\nimport std.sources { csv }\nsource s: S = csv("s.csv")\nvalidation v on s { require max(m) > 3 }\n',
    'one/d.mlp': 'let broken =\n',
    'two/mlp.json': '{}',
    'two/a.mlp': 'schema S { n: nonsense }\n',
  });
  const a = await mlp(['check', 'one/a.mlp'], { cwd: folder });
  assert.is(a.code, 1);
  assert.match(a.out, /MLP2001[\s\S]*--> one\/b c\.mlp:4:33/);
  assert.match(a.out, /1 error in 1 file/);
  const both = await mlp(['check', 'one/d.mlp', 'two/a.mlp'], { cwd: folder });
  assert.match(both.out, /one\/d\.mlp:1[\s\S]*two\/a\.mlp:1:15/);
  assert.match(both.out, /2 errors in 2 files/);
  const whole = await mlp(['check', 'one/mlp.json'], { cwd: folder });
  assert.match(whole.out, /2 errors in 2 files/);
  const below = await mlp(['check', 'one'], { cwd: folder });
  assert.is(below.out, whole.out);
  const elsewhere = await mlp(['check', path.join(folder, 'one/b c.mlp')], { cwd: temporaryFolder() });
  assert.is(elsewhere.code, 1);
  assert.match(elsewhere.out, /b c\.mlp:4:33/);
});

test('with --env and --set the same files are told of', async () => {
  const folder = project({
    'a.mlp': 'param n: int in 1..9 = 3\nenvironment e { target local }\n',
    'b.mlp': 'let broken = nothing\n',
  });
  const set = await mlp(['check', 'a.mlp', '--set', 'n=4', '--env', 'e'], { cwd: folder });
  assert.equal([set.code, set.out], [0, '1 spec checked, no problems\n']);
  const wrong = await mlp(['check', 'a.mlp', '--set', 'n=40'], { cwd: folder });
  assert.is(wrong.code, 1);
});

test('a check from the cache says the same, byte for byte', async () => {
  const folder = project({
    'a.mlp': WRONG,
    'b.mlp': LEAK,
    'c.mlp': SPEC.replaceAll(/\bs\b/g, 't').replaceAll('S', 'T'),
  });
  for (const args of [
    ['check'],
    ['check', 'b.mlp'],
    ['check', '--format', 'sarif'],
    ['check', 'a.mlp', '--json'],
  ]) {
    const fresh = await mlp(args, { cwd: folder, env: { MLP_CACHE: 'off' } });
    assert.equal(await mlp(args, { cwd: folder }), fresh);
    assert.equal(await mlp(args, { cwd: folder }), fresh);
  }
});

// --- Repairs ---

test('--fix repairs, says what it did, and tells what is left', async () => {
  const folder = project({ 'a.mlp': WRONG.replace('require max(nn)', 'require maxx(n)'), 'b.mlp': LEAK });
  const offered = await mlp(['check'], { cwd: folder });
  assert.match(offered.out, /1 can be repaired by mlp check --fix\n$/);
  const { code, out } = await mlp(['check', '--fix'], { cwd: folder });
  assert.is(code, 1);
  assert.match(out, /^a\.mlp:7:29: change it to `max` \(MLP2001\)\n1 problem repaired in 1 file\n/);
  assert.match(out, /error\[MLP4001\]/);
  assert.not.match(out, /mlp check --fix/);
  assert.is(read(folder, 'a.mlp'), WRONG.replace('nn', 'n'));
  assert.is(read(folder, 'b.mlp'), LEAK);
});

test('what only the author can decide needs --unsafe-fixes', async () => {
  const spec = LEAK.replace('late: bool', 'pages: int?  late: bool').replace(
    'soon = late',
    'big = if pages > 3 then 1 else 0',
  );
  const folder = project({ 'a.mlp': spec });
  const safe = await mlp(['check', '--fix'], { cwd: folder });
  assert.is(safe.code, 1);
  assert.match(
    safe.out,
    /^1 can be repaired, perhaps not as you mean it, by mlp check --fix --unsafe-fixes\n$/m,
  );
  assert.is(read(folder, 'a.mlp'), spec);
  const unsafe = await mlp(['check', '--fix', '--unsafe-fixes', '--json'], { cwd: folder });
  assert.is(unsafe.code, 0, unsafe.out);
  const { fixed, counts } = JSON.parse(unsafe.out);
  assert.equal([fixed.length, fixed[0].code, counts.error], [1, 'MLP3003', 0]);
  assert.match(read(folder, 'a.mlp'), 'if (pages > 3) ?? false then');
});

test('--fix of named files leaves the others alone', async () => {
  const wrong = WRONG.replace('require max(nn)', 'require maxx(n)');
  const folder = project({ 'a.mlp': wrong, 'b.mlp': wrong.replaceAll(/\b([sSv])\b/g, '$1$1') });
  const { code } = await mlp(['check', '--fix', 'a.mlp'], { cwd: folder });
  assert.is(code, 0);
  assert.match(read(folder, 'a.mlp'), 'max(n)');
  assert.match(read(folder, 'b.mlp'), 'maxx(n)');
});

test('--fix keeps line ends, a byte order mark, rights and links', async () => {
  const wrong = `\ufeff${WRONG.replace('max(nn)', 'maxx(n)').replaceAll('\n', '\r\n')}`;
  const folder = project({ 'real/a.mlp': wrong });
  chmodSync(path.join(folder, 'real/a.mlp'), 0o640);
  symlinkSync('real/a.mlp', path.join(folder, 'link.mlp'));
  const cwd = path.join(folder, 'real');
  assert.is((await mlp(['check', '--fix'], { cwd })).code, 0);
  assert.is(read(folder, 'real/a.mlp'), wrong.replace('maxx', 'max'));
  assert.is(statSync(path.join(folder, 'real/a.mlp')).mode & 0o777, 0o640);
  assert.ok(lstatSync(path.join(folder, 'link.mlp')).isSymbolicLink());
});

test('a file that is no text is not repaired', async () => {
  const bytes = Buffer.concat([
    Buffer.from(WRONG.replace('max(nn)', 'maxx(n)')),
    Buffer.from([0x2f, 0x2f, 0xff, 10]),
  ]);
  const folder = project({ 'a.mlp': bytes });
  const { code, err } = await mlp(['check', '--fix'], { cwd: folder });
  assert.is(code, 1);
  assert.match(err, /a\.mlp is not UTF-8 text, so --fix leaves it alone/);
  assert.ok(Buffer.from(read(folder, 'a.mlp')).length > 0);
  write(folder, 'a.mlp', SPEC);
});

test.run();
