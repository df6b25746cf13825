import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MetricsDocument } from '../../../runtime/engine/documents.ts';
import { runTests } from '../../../runtime/testing/run-tests.ts';
import { type Graph, logistic, onnxBytes } from '../../support/onnx.ts';
import { ForeignProject, withoutPython } from './support.ts';

const spec = (
  more: { model?: string; trainer?: string; metric?: string; load?: boolean; asks?: string } = {},
): string => `
import std.sources { csv }
import std.metrics { auc }

schema Visit { day: date @event_time  pages: float  spent: float  kind: enum { a, b }  bought: bool @known_after(1d) }
source visits: Visit = csv("visits.csv")

features Interest from visits at day {
  use pages, spent
  label buys = bought
}

trainer team(depth: int in 1..9 = 3) for binary {
  run python "${more.trainer ?? 'train/team.py:fit'}"
}
metric hits for binary in 0..1 higher is better { run python "${more.metric ?? 'train/team.py:hits'}" }

model buyers {
  features Interest
  predict buys
  ${more.load ? 'load onnx("vendor/buyers.onnx")' : 'split by time { train 60%  validation 20%  test 20% }\n  train team(depth: 4)'}
  ${more.model ?? 'evaluate auc, hits by kind\n  promote { require hits >= 0.1 }'}
}
${more.asks ? `test "it learns" of buyers { ${more.asks} }` : ''}
`;
const days = Array.from({ length: 50 }, (_, i) =>
  new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10),
);
const visits = `day,pages,spent,kind,bought\n${days.map((day, i) => `${day},${i % 7},${i % 2},${i % 2 ? 'b' : 'a'},${i % 7 > 3}`).join('\n')}\n`;
const graph = onnxBytes(logistic([1, 0]));
/** Whoever looks at more than three pages buys, which is so. */
const buyer: Graph = {
  ...logistic([20, 0]),
  nodes: [
    { op: 'MatMul', inputs: ['x', 'w'], outputs: ['wx'] },
    { op: 'Add', inputs: ['wx', 'b'], outputs: ['z'] },
    { op: 'Sigmoid', inputs: ['z'], outputs: ['probability'] },
  ],
  weights: { w: { shape: [2, 1], values: [20, 0] }, b: { shape: [1], values: [-70] } },
};

const hits = `
def hits(labels, scores, threshold):
    print("measuring", len(labels), threshold)
    return float(((scores >= threshold) == (labels == 1)).mean())
`;
const fit = (body: string): string => `def fit(x, y, validation, features, depth, seed):\n${body}\n${hits}`;
const right =
  fit(`    assert list(x.columns) == ["pages", "spent"] and len(x) == len(y) == 29, (x.columns, len(x))
    assert set(y.unique()) == {0, 1} and depth == 4 and len(validation[0]) == len(validation[1]) > 5
    assert [f["name"] for f in features] == ["pages", "spent"]
    return "graph.onnx"`);
const projectOf = (code: string, more?: Parameters<typeof spec>[0]) =>
  new ForeignProject(spec(more), {
    'visits.csv': visits,
    'train/team.py': code,
    'graph.onnx': graph,
    'vendor/buyers.onnx': graph,
  });

const evaluation = (folder: string): MetricsDocument =>
  JSON.parse(readFileSync(path.join(folder, 'metrics/metrics.json'), 'utf8')) as MetricsDocument;

if (withoutPython) {
  console.log(`skipped: ${withoutPython}`);
  test('Python is tested where it is', () => {});
} else {
  test('a trainer and a metric of the team go through train, evaluate, gate and register', async () => {
    const project = projectOf(right);
    const trained = await project.step('train-buyers');
    assert.is(trained.status, 'succeeded', trained.error?.message);
    assert.equal(readdirSync(path.join(trained.folder, 'model')).sort(), [
      'model.json',
      'model.onnx',
      'training-rows.bin',
    ]);
    assert.equal(Object.keys(trained.snapshots), ['team']);
    const evaluated = await project.step('evaluate-buyers');
    assert.is(evaluated.status, 'succeeded', evaluated.error?.message);
    const { overall, slices, trainer } = evaluation(evaluated.folder);
    // sigmoid(pages) is at least a half for all of them: what is measured is the share of those who bought.
    const bought = days.map((_, i) => i % 7 > 3).slice(39);
    const share = (rows: boolean[]) => rows.filter(Boolean).length / rows.length;
    assert.equal([trainer, overall.rows, overall.model['hits']], ['team', 11, share(bought)]);
    for (const group of slices[0]!.groups) {
      const own = bought.filter((_, i) => ((39 + i) % 2 ? 'b' : 'a') === group.values[0]);
      assert.is(group.evaluation.model['hits'], share(own));
    }
    assert.is((await project.step('gate-buyers')).status, 'succeeded');
    assert.is((await project.step('register-buyers')).status, 'succeeded');
  });

  test('a trainer of the team is tuned, by a metric of the team', async () => {
    const code = `def fit(x, y, depth):\n    return "graph.onnx"\n\ndef hits(labels, scores):\n    return 0.5\n`;
    const model = 'tune { depth: 2..6 } maximize hits with 3 trials\n  evaluate auc';
    const tuned = await projectOf(code, { model }).step('tune-buyers');
    assert.is(tuned.status, 'succeeded', tuned.error?.message);
    assert.equal(tuned.metrics, { trials: 3, hits: 0.5 });
  });

  test('`mlp test` asks a trainer of the team, in its own process, what it asks of those of the library', async () => {
    const asked = { model: 'evaluate auc', asks: 'converges on 30 rows  overfits 20 rows  stays finite' };
    const outcome = async (code: string) => {
      const { program, root } = projectOf(code, asked);
      return (await runTests(program.plan, { root, program: async () => program }))[0]!;
    };
    const same = `def fit(x, y, depth):\n    return "graph.onnx"\n`;
    // It takes whoever looks at a page for a buyer.
    const poor = await outcome(same);
    assert.is(poor.status, 'failed');
    assert.match(poor.faults[0]!.message, /`converges` does not hold: on 29 rows log_loss ends at \d/);
    assert.match(
      poor.faults[1]!.message,
      /`overfits` does not hold: of 20 rows .*its parameters are those of the model/,
    );
    const code = `def fit(x, y, depth):\n    return "good.onnx"\n`;
    const project = projectOf(code, asked);
    project.write('good.onnx', onnxBytes(buyer));
    const good = (
      await runTests(project.program.plan, { root: project.root, program: async () => project.program })
    )[0]!;
    assert.equal([good.status, good.faults.map(({ message }) => message)], ['passed', []]);
    const broken = await outcome('def fit(x, y, depth):\n    raise ValueError("no luck")\n');
    assert.match(
      broken.faults[0]!.message,
      /trainer `team` \(train\/team.py:fit\) failed at train\/team.py:2: ValueError: no luck/,
    );
  });

  test('what a trainer gives that is no model, or none of these features', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [
        '    return None',
        /main\.mlp:\d+:14: MLP8814: trainer `team` \(train\/team\.py:fit\) gave nothing, and a model in the ONNX format/,
      ],
      [
        '    class Forest:\n        def predict(self): pass\n    return Forest()',
        /MLP8815: .* it is a Forest; convert it, for example with to_onnx/,
      ],
      ['    return "nowhere.onnx"', /MLP8815: .*'nowhere\.onnx' cannot be read: No such file/],
      ['    return b"\\x08\\x08nonsense"', /MLP8540: .*the graph of `team` is no ONNX model/],
      [
        '    return open("wide.onnx", "rb").read()',
        /MLP8540: .*takes 3 numbers a row, the model has 2 features: pages, spent/,
      ],
      ['    return open("raw.onnx", "rb").read()', /MLP8540: .*which is not a probability of true/],
      ['    raise RuntimeError("no luck")', /MLP8810: .* failed at train\/team\.py:2: RuntimeError: no luck/],
    ];
    for (const [body, wanted] of cases) {
      const project = projectOf(fit(body));
      project.write('wide.onnx', onnxBytes(logistic([1, 2, 3])));
      const raw = {
        ...logistic([1, 0]),
        nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['probability'] }],
      };
      project.write('raw.onnx', onnxBytes(raw));
      assert.match(await project.failure('train-buyers'), wanted, body);
    }
  });

  test('what a metric gives: nothing is undefined, and what is no number within its range a fault', async () => {
    const measured = (body: string) => {
      const code = `def fit(x, y, depth):\n    return "graph.onnx"\n\ndef hits(labels, scores):\n${body}\n`;
      return projectOf(code);
    };
    const none = await measured('    return None if len(labels) < 10 else 0.25').step('evaluate-buyers');
    const { overall, slices } = evaluation(none.folder);
    assert.equal(
      [overall.model['hits'], slices[0]!.groups.map(g => g.evaluation.model['hits'])],
      [0.25, [null, null]],
    );
    assert.match(
      await measured('    return 7.0').failure('evaluate-buyers'),
      /MLP8815: metric `hits` \(train\/team\.py:hits\) gave what is not a number for each slice: it gave 7, and its declared range is 0\.\.1/,
    );
    assert.match(
      await measured('    return "much"').failure('evaluate-buyers'),
      /MLP8815: .* it is a str, not a number/,
    );
    assert.match(
      await measured('    return 1 / 0').failure('evaluate-buyers'),
      /MLP8810: .* failed at train\/team\.py:5: ZeroDivisionError/,
    );
  });
}

test('a model that is loaded is judged on all rows, and warned of', async () => {
  const loaded = { load: true, model: 'evaluate auc by kind\n  promote { require auc >= 0.5 }' };
  const project = projectOf('', loaded);
  const model = await project.step('load-buyers');
  assert.is(model.status, 'succeeded', model.error?.message);
  assert.match(
    model.notes.join('\n'),
    /vendor\/buyers\.onnx, 1 KiB, sha256 [0-9a-f]{12}…\nwarning: it comes from elsewhere/,
  );
  assert.ok(existsSync(path.join(model.folder, 'model/model.onnx')));
  const evaluated = await project.step('evaluate-buyers');
  const { overall, trainer } = evaluation(evaluated.folder);
  assert.equal([overall.rows, trainer, overall.model['auc']], [50, 'onnx', 1]);
  assert.is((await project.step('register-buyers')).status, 'succeeded');
});

test('a model that cannot be loaded: not there, no graph, other inputs', async () => {
  const loaded = { load: true, model: 'evaluate auc' };
  const project = projectOf('', loaded);
  project.write('vendor/buyers.onnx', 'no graph');
  assert.match(
    await project.failure('load-buyers'),
    /^main\.mlp:\d+:\d+: MLP8830: vendor\/buyers\.onnx: it is no ONNX model/,
  );
  project.write('vendor/buyers.onnx', onnxBytes(logistic([1, 2, 3])));
  assert.match(await project.failure('load-buyers'), /MLP8830: .*takes 3 numbers a row/);
  const nowhere = new ForeignProject(spec(loaded), { 'visits.csv': visits });
  assert.match(await nowhere.failure('load-buyers'), /MLP8830: vendor\/buyers\.onnx: there is no such file/);
});

test.run();
