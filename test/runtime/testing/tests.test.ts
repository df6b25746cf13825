import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { categoryColumn, frameOf } from '../../../runtime/learn/frame.ts';
import { trainerByName } from '../../../runtime/learn/trainers.ts';
import { modelFaults, take } from '../../../runtime/testing/model-tests.ts';
import { generatedRows, type Rows } from '../../../runtime/testing/rows.ts';
import { runTests, type TestOutcome } from '../../../runtime/testing/run-tests.ts';
import { compileText, root as repository } from '../../support/specs.ts';
import { withFolder } from '../data/support.ts';

const penguins = readFileSync(path.join(repository, 'examples/penguins/penguins.mlp'), 'utf8');
const TRAINER = 'gradient_boosting(rounds: 60, depth: 3)';
const asks = 'test "learns" of species {\n  converges on 200 rows\n  overfits 48 rows\n  stays finite\n}\n';

function planOf(trainer = TRAINER, more = asks, source = 'npm:vega-datasets/data/penguins.json'): Plan {
  const imports = [...new Set([trainer.split('(')[0]!, 'constant'])].join(', ');
  const text = penguins
    .replace('import std.learn { gradient_boosting, constant }', `import std.learn { ${imports} }`)
    .replace(TRAINER, trainer)
    .replace(trainer === 'constant()' ? '  baseline constant()\n' : '\0', '')
    .replace(trainer === 'constant()' ? '    require accuracy > baseline.accuracy\n' : '\0', '')
    .replace('npm:vega-datasets/data/penguins.json', source);
  const { plan, diagnostics } = compileText(`${text}\n${more}`);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  assert.equal(
    errors.map(({ message }) => message),
    [],
  );
  return plan!;
}

const only = async (plan: Plan, root = repository): Promise<TestOutcome> =>
  (await runTests(plan, { root, program: () => Promise.reject(new Error('no features are tested')) }))[0]!;
const messages = ({ faults }: TestOutcome): string[] => faults.map(({ message }) => message);

test('a model of the library on its own rows: it converges, learns by heart and stays finite', async () => {
  const outcome = await only(planOf());
  assert.equal(
    [outcome.status, messages(outcome), outcome.notes],
    ['passed', [], ['there are 242 training rows']],
  );
});

test('what learns nothing is told with numbers, each thing that does not hold', async () => {
  const outcome = await only(planOf('constant()'));
  assert.is(outcome.status, 'failed');
  const [converges, overfits, ...more] = messages(outcome);
  assert.match(
    converges!,
    /^`converges` does not hold: on 200 rows log_loss ends at \d\.\d+, which a constant reaches too/,
  );
  assert.match(
    overfits!,
    /^`overfits` does not hold: of 48 rows that it was trained on it predicts \d+\.\d% right$/,
  );
  assert.equal(more, [], 'a constant is finite');
});

test('what cannot learn a rare pattern by heart in one round of one split', async () => {
  const wavy = rowsOf(60, i => i % 2);
  const one = { rounds: 1, depth: 1 };
  assert.match(
    (await faultsOf('gradient_boosting', wavy, 'overfits 60 rows', one))[0]!,
    '`overfits` does not hold',
  );
});

test('without the data, rows made up by their types', async () => {
  const outcome = await only(planOf(TRAINER, asks, 'data/not-here.json'));
  assert.equal([outcome.status, messages(outcome)], ['passed', []]);
  assert.match(outcome.notes[0]!, /^on rows made up by their types, because .*not-here\.json/);
});

test('data that are there and wrong are a failure, not a reason to make rows up', () =>
  withFolder(async root => {
    await mkdir(path.join(root, 'data'));
    await writeFile(path.join(root, 'data/penguins.json'), '[{"Species": 7}]');
    const outcome = await only(planOf(TRAINER, asks, 'data/penguins.json'), root);
    assert.is(outcome.status, 'failed');
    assert.match(messages(outcome)[0]!, /penguins\.json/);
  }));

const pipeline =
  'pipeline daily {\n  run species\n  on request\n}\ntest "a small run" of daily { runs on 100 rows }\n';

test('a pipeline on a sample: rules about the whole data and the gate refuse nothing', async () => {
  const outcome = await only(planOf(TRAINER, pipeline));
  assert.equal([outcome.status, messages(outcome), outcome.notes], ['passed', [], []]);
});

test('a pipeline whose step fails names it; what cannot be carried out here is said', async () => {
  const failing = await only(planOf(TRAINER, pipeline, 'data/not-here.json'));
  assert.is(failing.status, 'failed');
  assert.match(messages(failing)[0]!, /^ingest-penguins: .*not-here\.json/);
  const served = `deployment api { serve species }\n${pipeline.replace('run species', 'run api')}`;
  const outcome = await only(planOf(TRAINER, served));
  assert.equal([outcome.status, outcome.notes], ['passed', ['not tried: deploy api']]);
});

/** Two numbers and a category by which the label goes; the last rows as given. */
function rowsOf(count: number, label: (i: number) => number, values = (i: number) => i): Rows {
  const index = Array.from({ length: count }, (_, i) => i);
  return {
    frame: frameOf([
      { kind: 'number', name: 'x', values: Float64Array.from(index, values) },
      categoryColumn(
        'c',
        index.map(i => (i % 3 === 0 ? 'a' : 'b')),
      ),
    ]),
    target: { task: 'binary', values: Float64Array.from(index, label), classes: [] },
    others: [],
    generated: null,
  };
}
const faultsOf = (trainer: string, rows: Rows, items: string, params = {}): Promise<string[]> => {
  const more = `test "t" of species {\n  ${items}\n}\n`;
  const plan = planOf(TRAINER, more);
  const use = {
    ...plan.models['species']!.trainer!,
    trainer,
    params,
    run: { language: 'builtin' as const, target: trainer, args: [], packages: [] },
  };
  const model = { ...plan.models['species']!, trainer: use };
  return modelFaults(plan.tests[0]!, model, rows, trainerByName(trainer));
};

test('rows that are alike and labelled differently set the bounds of learning by heart', async () => {
  const noisy = rowsOf(
    60,
    i => i % 2,
    () => 1,
  );
  assert.equal(await faultsOf('gradient_boosting', noisy, 'overfits 60 rows'), []);
  const wavy = rowsOf(60, i => i % 2);
  assert.match(
    (await faultsOf('logistic_regression', wavy, 'overfits 60 rows'))[0]!,
    '`overfits` does not hold',
  );
  assert.equal(await faultsOf('gradient_boosting', wavy, 'overfits 60 rows'), []);
});

test('a label of one class alone and infinite values are told as what they are', async () => {
  const single = await faultsOf(
    'gradient_boosting',
    rowsOf(50, () => 1),
    'converges on 50 rows',
  );
  assert.match(single[0]!, '`converges` could not be tried: All 50 training rows have the label true');
  const infinite = rowsOf(
    50,
    i => i % 2,
    i => (i === 7 ? Number.POSITIVE_INFINITY : i),
  );
  assert.is((await faultsOf('logistic_regression', infinite, 'stays finite')).length, 1);
});

test('a sample has rows of every class, as many of each as it can, and never a row twice', () => {
  const rare = rowsOf(1_000, i => (i === 500 ? 1 : 0));
  const { target, frame } = take(rare, 100);
  assert.is(target.values.filter(value => value === 1).length, 1);
  assert.is(frame.rows, 100);
  const x = frame.columns[0]!;
  assert.is(new Set(x.kind === 'number' ? x.values : []).size, 100);
  assert.is(take(rare, 5_000).frame.rows, 1_000);
});

test('rows made up keep to the declared ranges and members and are the same every time', () => {
  const plan = planOf();
  const [a, b] = [0, 1].map(() => generatedRows(plan, plan.models['species']!, 500, 'of a test'));
  assert.is(inspect(a, { depth: 6, maxArrayLength: null }), inspect(b, { depth: 6, maxArrayLength: null }));
  const flipper = a!.frame.columns.find(({ name }) => name === 'flipper')!;
  assert.is(flipper.kind, 'number');
  const present = [...(flipper as { values: Float64Array }).values].filter(value => !Number.isNaN(value));
  assert.ok(present.length < 500 && present.length > 400, 'some are missing');
  assert.ok(present.every(value => value >= 100 && value <= 300 && Number.isInteger(value)));
  assert.equal(a!.target.classes, ['Adelie', 'Chinstrap', 'Gentoo']);
});

test.run();
