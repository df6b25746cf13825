// Functions of the team's code in expressions: the same in batch, in a service, in tests and in the program that is built.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { post, serveProcess } from '../runtime/serve/trained.ts';
import { mlp, project, repository, write } from './support.ts';

const spec = `import std.sources { csv }
import std.sinks { csv_file }
import std.learn { logistic_regression }
import std.metrics { log_loss }

schema Row { id: int in 0..10_000 @key  day: datetime @event_time  text: string?  x: float  late: bool @known_after(1h) }
schema Score { id: int  day: datetime  text: string?  x: float  model_version: int  score: float }
source rows: Row = csv("rows.csv")
sink scores: Score = csv_file("scores.csv")

function clean(text: string) -> string { run typescript "steps/clean.ts:clean" }
function weight(x: float, id: int in 0..10_000, note: string?) -> float in 0..1_000_000 {
  run typescript "steps/clean.ts:weight"
}

features V from rows at day {
  cleaned = clean(text) ?? "none"
  weight = weight(x, id, text)
  alike = count(rows where (clean(text) ?? "") == "a" over 7d)
  label late = late
}
validation sound on rows { require share(clean(text) in {"a", "b"}) >= 50% }

model m {
  features V
  predict late
  where clean(text) is not null
  split by day { train 60%  test 40% }
  train logistic_regression()
  seed 1
  evaluate log_loss
  promote { require log_loss < 9.0 }
}
deployment api { serve m }
deployment out { serve m  score rows into scores }

test "by its own code" of V {
  given { id: 1, day: 2024-01-01T00:00, text: " A ", x: -2.0, late: true }
  expect cleaned == "a"
  expect weight == 2.5
}
test "itself" of twice { given { text: "B" }  expect twice == "bb" }
function twice(text: string) -> string = concat(clean(text), clean(text))
`;
const code = `import { lowered } from './words.ts';
export function clean(text: string): string {
  return lowered(text).trim();
}
export const weight = (x: number, id: number, note: string | null): number => Math.abs(x) + id / (note === null ? 1 : 2);
`;
const rows = Array.from({ length: 120 }, (_, i) => {
  const day = new Date(Date.UTC(2024, 0, 1) + i * 7 * 3_600_000).toISOString().slice(0, 19);
  return `${i},${day},${[' A ', 'b', '', 'C'][i % 4]},${((i * 37) % 100) / 7},${(i * 37) % 100 > 50}`;
});
const files = {
  'main.mlp': spec,
  'rows.csv': `id,day,text,x,late\n${rows.join('\n')}\n`,
  'steps/clean.ts': code,
  'steps/words.ts': 'export const lowered = (text: string): string => text.toLowerCase();\n',
};

test('run, scoring, service, tests and the built program', async () => {
  const root = project(files);
  const run = await mlp(['run', 'out'], { cwd: root, timeout: 120 });
  assert.is(run.code, 0, run.out + run.err);
  const tests = await mlp(['test', '--random', '0'], { cwd: root });
  assert.is(tests.code, 0, tests.out + tests.err);
  const filled = await mlp(['features', 'materialize', 'V', '--from', '2024-01-01'], { cwd: root });
  assert.is(filled.code, 0, filled.err);
  const service = await serveProcess(['api'], root);
  try {
    const lines = readFileSync(path.join(root, 'scores.csv'), 'utf8').trimEnd().split('\n').slice(1);
    const scored = lines.map(line => line.split(','));
    assert.is(scored.length, 90);
    const asked = scored.map(([id, day, text, x]) => ({
      id: Number(id),
      day,
      text: text!.replaceAll('"', ''),
      x: Number(x),
    }));
    const { status, body } = await post(`${service.url}/predict`, { rows: asked });
    assert.is(status, 200, JSON.stringify(body).slice(0, 500));
    assert.equal(
      (body as { predictions: { probability: number }[] }).predictions.map(({ probability }) => probability),
      scored.map(line => Number(line[5])),
    );
  } finally {
    await service.stop();
  }
  const built = await mlp(['build', '-t', 'typescript', '--out', 'program'], { cwd: root });
  assert.is(built.code, 0, built.err);
  const tsc = path.join(repository, 'node_modules/typescript/bin/tsc');
  const checked = await execa('node', [tsc, '-p', 'program', '--noEmit'], { cwd: root, reject: false });
  assert.is(checked.exitCode, 0, checked.stdout);

  // What the code gives now is computed anew; a service of before is not answered by code of now.
  write(
    root,
    'steps/words.ts',
    "export const lowered = (text: string): string => text.toLowerCase() + '!';\n",
  );
  const changed = await mlp(['run', 'V'], { cwd: root });
  assert.is(changed.code, 3, changed.out + changed.err);
  const other = await mlp(['serve', 'api', '--port', '0'], { cwd: root });
  assert.is(other.code, 1);
  assert.match(other.err, /`V` is computed another way/);
});

test('what is wrong with the code is said with its place', async () => {
  const root = project(files);
  const wrong = async (text: string, message: RegExp): Promise<void> => {
    write(root, 'steps/clean.ts', text);
    const { code: exit, out, err } = await mlp(['run', 'features-v'], { cwd: root });
    assert.is(exit, 1, out + err);
    assert.match(out.replace(/\s+/g, ' ') + err, message);
    assert.not.match(out + err, /\n\s+at /);
  };
  const at = (body: string): string => code.replace('return lowered(text).trim();', body);
  await wrong(
    at("if (text === 'b') throw new TypeError('no b'); return text;"),
    /(sound`?|clean).*row 2 of.* steps\/clean\.ts:clean failed: TypeError: no b/,
  );
  await wrong(at('return text.length as never;'), /steps\/clean\.ts:clean gave \S+, which is no string/);
  await wrong(
    code.replace('const weight', 'const height'),
    /main\.mlp:13:\d+: error MLP8831: .*exports no function/,
  );
  await wrong(
    `import './gone.ts';\n${code}`,
    /MLP8832: the team's functions in steps\/clean\.ts cannot be loaded: .*gone/,
  );
  const none = project({ ...files, 'steps/clean.ts': '' });
  write(none, 'main.mlp', spec.replaceAll('steps/clean.ts', 'steps/clear.ts'));
  const { code: exit, err } = await mlp(['run', 'V'], { cwd: none });
  assert.is(exit, 1);
  assert.match(err, /main\.mlp:11:\d+: error MLP8804: .*steps\/clear\.ts/);
});

test.run();
