// Tests of a deployment and of a component, by the command line: real training, real Python.
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

const moods = (value: string): Record<string, string> => ({
  'main.mlp': `import std.sources { csv }
schema Order { order_id: int @key  note: string? }
schema Mood { order_id: int @key  mood: float in -1..1 }
source orders: Order = csv("orders.csv")
component moods(orders: table Order) -> table Mood {
  run python "moods.py:score"
  mood: float from (note)
}
let order_moods = moods(orders)
test "two notes" of moods { given orders [{ order_id: 1, note: "good" }, { order_id: 2 }] }
`,
  'moods.py': `import pandas as pd
def score(orders):
    return pd.DataFrame({"order_id": orders.order_id, "mood": ${value}})
`,
});

if (withoutPython) console.log(`skipped: ${withoutPython}`);
else
  test('a component yields what it declares, on the rows that the test gives', async () => {
    const good = project(moods('0.5'));
    sharePython(good);
    const { code, out } = await mlp(['test'], { cwd: good, timeout: 240 });
    assert.is(code, 0, out);
    assert.match(out, /^✓ two notes \(moods\)\n {4}order_moods: 2 rows of Mood, all as the schema says$/m);
    const bad = project(moods('7.0'));
    sharePython(bad);
    const wrong = await mlp(['test'], { cwd: bad, timeout: 240 });
    assert.is(wrong.code, 1, wrong.out);
    assert.match(wrong.out, /✗ two notes[\s\S]*mood/);
  });

test.run();
