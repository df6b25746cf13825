// What is checked and has no code yet: each command that needs it says so, at its place, and the rest goes on.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mlp, project } from './support.ts';

const spec = `import std.sources { csv }

schema Row { id: int @key  text: string  x: float }
source rows: Row = csv("rows.csv")

function clean(text: string) -> string { run python "steps/clean.py:clean" }
@suppress("MLP2009", "to see that it is not taken for the library's")
function exp(x: float) -> float { run python "steps/clean.py:exp" }

features Cleaned from rows { cleaned = clean(text) }
features Hidden from rows { e = exp(x) }
features Plain from rows { use text }
validation sound on rows { require share(clean(text) == "x") >= 50% }
validation fine on rows { require count() >= 1 }

test "by its own code" of clean { given { text: "a" }  expect clean == "a" }
test "of a view" of Cleaned { given { id: 1, text: "a", x: 1.0 }  expect cleaned == "a" }
`;
const files = { 'main.mlp': spec, 'rows.csv': 'id,text,x\n1,a,2.5\n' };

test('a goal that needs it is refused with its place; no stack trace', async () => {
  const cwd = project(files);
  for (const [goal, message] of [
    [
      'Cleaned',
      /main\.mlp:10:40: error MLP6501: .*the team's function `clean`, which runs python, in the feature `cleaned` of `Cleaned`/,
    ],
    ['Hidden', /main\.mlp:11:33: error MLP6501: .*the team's function `exp`/],
    ['sound', /main\.mlp:13:42: error MLP6501: .*`clean`, which runs python, in the validation `sound`/],
  ] as const) {
    const { code, err } = await mlp(['run', goal], { cwd });
    assert.is(code, 1, goal);
    assert.match(err, message);
    assert.not.match(err, /internal error|\n\s+at /);
  }
});

test('a goal that does not need it runs', async () => {
  const plain = spec.replace(/^validation sound.*\n/m, '');
  const { code, out, err } = await mlp(['run', 'Plain'], { cwd: project({ ...files, 'main.mlp': plain }) });
  assert.is(code, 0, out + err);
});

test('a build is refused before anything is written', async () => {
  const cwd = project(files);
  const { code, err } = await mlp(['build', '-t', 'typescript', '--out', 'out'], { cwd });
  assert.is(code, 1);
  for (const name of ['Cleaned', 'Hidden', 'sound']) assert.match(err, name);
  assert.not.ok(existsSync(path.join(cwd, 'out')));
});

test('tests of it are told as not run, and the online store is not filled with it', async () => {
  const cwd = project(files);
  const tests = await mlp(['test'], { cwd });
  assert.match(tests.out, /0 failed, \d+ not run|\d+ not run/);
  assert.not.match(tests.out, /✗/);
  const filled = await mlp(['features', 'materialize', 'Cleaned'], { cwd });
  assert.is(filled.code, 1);
  assert.match(filled.err, /main\.mlp:10:40: error MLP6501/);
});

test.run();
