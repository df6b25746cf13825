// Tests of a deployment and of a component, by the command line: real training, real Python.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { example, mlp, project } from '../../cli/support.ts';
import { sharePython, withoutPython } from '../foreign/support.ts';

const deployed = (expect: string): string => `${example('penguins')}
deployment species_api { serve species }
test "a stout beak" of species_api {
  given {
    Island: "Dream", Sex: "FEMALE", \`Beak Length (mm)\`: 48.0, \`Beak Depth (mm)\`: 16.0,
    \`Flipper Length (mm)\`: 190, \`Body Mass (g)\`: 3700
  }
  expect ${expect}
}
`;

test('a request is answered by a model trained on a sample, then by the champion', async () => {
  const folder = project({ 'penguins.mlp': deployed('species == "Chinstrap"') });
  const before = await mlp(['test', 'stout'], { cwd: folder });
  assert.is(before.code, 0, before.out);
  assert.match(
    before.out,
    /^✓ a stout beak \(species_api\)\n {4}answered by a model trained on a sample: no version/m,
  );
  assert.is((await mlp(['run', 'species'], { cwd: folder })).code, 0);
  const after = await mlp(['test', 'stout'], { cwd: folder });
  assert.match(after.out, /^✓ a stout beak \(species_api\)\n {4}answered by the champion, version 1$/m);
});

test('an answer that is not expected is told with its probabilities', async () => {
  const folder = project({ 'penguins.mlp': deployed('species == "Gentoo"') });
  const { code, out } = await mlp(['test', 'stout'], { cwd: folder });
  assert.is(code, 1, out);
  assert.match(
    out,
    /✗ a stout beak[\s\S]*`species == "Gentoo"` is false\n {6}species = "Chinstrap"\n {6}probability of Adelie = 0\.\d+/,
  );
});

const moods = (value: string, items: string): Record<string, string> => ({
  'main.mlp': `import std.sources { csv }
schema Order { order_id: int @key  note: string? }
schema Mood { order_id: int @key  mood: float in -1..1 }
source orders: Order = csv("orders.csv")
component moods(notes: table Order, scale: float in 0..1) -> table Mood {
  run python "moods.py:score"
  mood: float from (note)
}
let order_moods = moods(orders, 1.0)
test "two notes" of moods { ${items} }
`,
  'moods.py': `import pandas as pd
def score(notes, scale):
    return pd.DataFrame({"order_id": notes.order_id, "mood": ${value}})
`,
});
const two = 'given notes [{ order_id: 1, note: "good" }, { order_id: 2 }]';

async function moodTest(
  value: string,
  items: string,
): Promise<{ code: number; out: string; folder: string }> {
  const folder = project(moods(value, items));
  sharePython(folder);
  return { ...(await mlp(['test'], { cwd: folder, timeout: 240 })), folder };
}

if (withoutPython) console.log(`skipped: ${withoutPython}`);
else {
  test('a component yields what it declares and what the test expects, on the rows and values that it gives', async () => {
    const { code, out, folder } = await moodTest(
      'scale / 2',
      `${two} given { scale: 0.5 } expect count() == 2 expect all(mood == 0.25)`,
    );
    assert.is(code, 0, out);
    const passed = /^✓ two notes \(moods\)\n {4}order_moods: 2 rows of Mood, all as the schema says$/m;
    assert.match(out, passed);
    const again = await mlp(['test'], { cwd: folder });
    assert.match(again.out, /^✓ two notes \(moods\) unchanged$/m);
    writeFileSync(
      path.join(folder, 'moods.py'),
      `${readFileSync(path.join(folder, 'moods.py'), 'utf8')}\n# other\n`,
    );
    assert.match((await mlp(['test'], { cwd: folder })).out, passed, 'its code is part of what is tested');
  });

  test('what a component yields that breaks its schema, or that the test does not expect', async () => {
    const outside = await moodTest('7.0', two);
    assert.is(outside.code, 1, outside.out);
    assert.match(outside.out, /✗ two notes[\s\S]*component `moods`[\s\S]*mood[\s\S]*7/);
    const other = await moodTest('scale / 4', `${two} expect count() == 2 expect max(mood) > 0.25`);
    assert.is(other.code, 1, other.out);
    assert.match(
      other.out,
      `✗ two notes (moods)
    main.mlp:10:${moods('', `${two} expect count() == 2 expect `)['main.mlp']!.split('\n')[9]!.length - 1}: \`max(mood) > 0.25\` does not hold of the 2 rows of \`order_moods\`
      max(mood) = 0.25
      row 1 of order_moods = { order_id: 1, mood: 0.25 }
      row 2 of order_moods = { order_id: 2, mood: 0.25 }
`,
    );
  });

  test('without rows given and data to read, a component is tried on rows made up by the types', async () => {
    const { code, out } = await moodTest('scale / 2', 'expect count() > 10');
    assert.is(code, 0, out);
    assert.match(out, /order_moods: \d+ rows of Mood, .*made up by their types, because orders\.csv/);
  });
}

test.run();
