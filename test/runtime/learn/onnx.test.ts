import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LearnError } from '../../../runtime/learn/errors.ts';
import { categoryColumn, frameOf } from '../../../runtime/learn/frame.ts';
import { onnxFile, onnxModel } from '../../../runtime/learn/onnx/model.ts';
import { openModel } from '../../../runtime/learn/open-model.ts';
import type { Frame, ModelFile } from '../../../runtime/learn/types.ts';
import { temporaryFolder } from '../../cli/folders.ts';
import { type Graph, logistic, onnxBytes } from '../../support/onnx.ts';

type Features = ModelFile['features'];
type About = Partial<Parameters<typeof onnxFile>[1]>;

const numbers = (...names: string[]): Features => names.map(name => ({ name, kind: 'number' }));
const column = (name: string, ...values: number[]) =>
  ({ kind: 'number', name, values: Float64Array.from(values) }) as const;

function modelOf(graph: Graph | Uint8Array, features: Features, about: About = {}) {
  const bytes = graph instanceof Uint8Array ? graph : onnxBytes(graph);
  const given = {
    task: 'binary' as const,
    classes: [],
    params: {},
    output: null,
    from: { path: 'vendor/x.onnx' },
  };
  return onnxModel(onnxFile(bytes, { ...given, features, ...about }), bytes);
}

async function refused(code: string, work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    assert.equal([(error as Error).name, (error as LearnError).code], ['LearnError', code], String(error));
    return (error as Error).message;
  }
  throw new Error(`nothing was thrown, not even ${code}`);
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const close = (found: ArrayLike<number>, wanted: readonly number[]) => {
  assert.is(found.length, wanted.length);
  for (const [i, value] of wanted.entries())
    assert.ok(Math.abs(found[i]! - value) < 1e-6, `${found[i]} is not ${value}`);
};

/** sigmoid(age + 2 spent), each an input of its own. */
const named: Graph = {
  inputs: [
    { name: 'spent', type: 'double', shape: [null, 1] },
    { name: 'age', type: 'int64', shape: [null] },
  ],
  outputs: [{ name: 'p', type: 'float', shape: [null] }],
  nodes: [
    { op: 'Cast', inputs: ['spent'], outputs: ['s'], attributes: { to: 1 } },
    { op: 'Cast', inputs: ['age'], outputs: ['a'], attributes: { to: 1 } },
    { op: 'Reshape', inputs: ['a', 'shape'], outputs: ['a1'] },
    { op: 'Concat', inputs: ['s', 'a1'], outputs: ['x'], attributes: { axis: 1 } },
    { op: 'MatMul', inputs: ['x', 'w'], outputs: ['z'] },
    { op: 'Sigmoid', inputs: ['z'], outputs: ['q'] },
    { op: 'Squeeze', inputs: ['q'], outputs: ['p'] },
    { op: 'Cast', inputs: ['shapes'], outputs: ['shape'], attributes: { to: 7 } },
  ].sort((a, b) => Number(a.op !== 'Cast') - Number(b.op !== 'Cast')),
  weights: { w: { shape: [2, 1], values: [2, 1] }, shapes: { shape: [2], values: [-1, 1] } },
};

test('a matrix: the features in their order, more rows than one batch, one row alone', async () => {
  const model = await modelOf(logistic([1, -2]), numbers('a', 'b'));
  const rows = 10_000;
  const a = Float64Array.from({ length: rows }, (_, i) => Math.sin(i));
  const b = Float64Array.from({ length: rows }, (_, i) => Math.cos(i));
  // Another order in the frame, and a column that the model does not know.
  const frame: Frame = frameOf([
    column('c', ...a),
    { kind: 'number', name: 'b', values: b },
    { kind: 'number', name: 'a', values: a },
  ]);
  const scores = await model.predict(frame);
  close(
    scores,
    Array.from(a, (x, i) => sigmoid(x - 2 * b[i]!)),
  );
  const one = await model.predict(frameOf([column('a', a[77]!), column('b', b[77]!)]));
  assert.is(one[0], scores[77]);
  const single = await modelOf(logistic([1, -2], 1), numbers('a', 'b'));
  close(await single.predict(frameOf([column('a', 1, 2), column('b', 0, 1)])), [sigmoid(1), sigmoid(0)]);
});

test('inputs by name, each of its own type', async () => {
  const model = await modelOf(named, numbers('age', 'spent'));
  close(await model.predict(frameOf([column('age', 1, 2), column('spent', 0.5, -1)])), [
    sigmoid(2),
    sigmoid(0),
  ]);
  const message = await refused('missing-values', () =>
    model.predict(frameOf([column('age', 1, Number.NaN), column('spent', 0.5, -1)])),
  );
  assert.match(message, /takes `age` as int64, and in row 2 it is missing/);
});

test('text: as it is of a model from elsewhere, as codes of the vocabulary of one of our own', async () => {
  const graph: Graph = {
    inputs: [{ name: 'plan', type: 'int64', shape: [null, 1] }],
    outputs: [{ name: 'y', type: 'float', shape: [null, 1] }],
    nodes: [{ op: 'Cast', inputs: ['plan'], outputs: ['y'], attributes: { to: 1 } }],
  };
  const features: Features = [{ name: 'plan', kind: 'category', vocabulary: ['free', 'team'] }];
  const about: About = { task: 'regression', from: { trainer: 'forest' } };
  const frame = frameOf([categoryColumn('plan', ['team', null, 'gold', 'free'])]);
  const own = await modelOf(graph, features, about);
  assert.equal([...(await own.predict(frame))], [1, -1, 2, 0]);
  assert.match(
    await refused('onnx-inputs', () => modelOf(graph, features, { task: 'regression' })),
    /its input `plan` is int64, and the feature `plan` is text/,
  );
  const equal: Graph = {
    inputs: [
      { name: 'plan', type: 'string', shape: [null, 1] },
      { name: 'kind', type: 'string', shape: [null, 1] },
    ],
    outputs: [{ name: 'y', type: 'float', shape: [null, 1] }],
    nodes: [
      { op: 'Equal', inputs: ['plan', 'kind'], outputs: ['e'] },
      { op: 'Cast', inputs: ['e'], outputs: ['y'], attributes: { to: 1 } },
    ],
  };
  // Equality of text is of a later operator set than these graphs are written in.
  assert.match(
    await refused('bad-onnx', () =>
      modelOf(equal, [...features, { name: 'kind', kind: 'category', vocabulary: [] }]),
    ),
    /vendor\/x\.onnx is no ONNX model that can be run/,
  );
});

test('what does not fit is said whole: names, counts, types', async () => {
  const all = await refused('onnx-inputs', () => modelOf(named, numbers('ages', 'plan')));
  assert.match(
    all,
    /vendor\/x\.onnx does not fit .*`spent` is no feature; its input `age` is no feature \(is it `ages`\?\); it has no input for the feature `ages`/,
  );
  assert.match(
    await refused('onnx-inputs', () => modelOf(logistic([1, 2, 3]), numbers('a', 'b'))),
    /takes 3 numbers a row, the model has 2 features: a, b/,
  );
  const text: Features = [{ name: 'plan', kind: 'category', vocabulary: [] }];
  assert.match(
    await refused('onnx-inputs', () => modelOf(logistic([1]), text)),
    /`plan` is text, and `x` takes numbers alone/,
  );
  assert.match(
    await refused('onnx-outputs', () =>
      modelOf(logistic([1]), numbers('a'), { task: 'multiclass', classes: ['x', 'y', 'z'] }),
    ),
    /gives 1 numbers a row, and a probability a class is 3/,
  );
  assert.match(
    await refused('onnx-outputs', () => modelOf(logistic([1]), numbers('a'), { output: 'chance' })),
    /has no output `chance`, it has probability/,
  );
});

test('scores that are no probabilities, a file that is no graph, a graph that was changed', async () => {
  const raw: Graph = {
    ...logistic([1]),
    nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['probability'] }],
  };
  const model = await modelOf(raw, numbers('a'));
  assert.match(
    await refused('onnx-outputs', () => model.predict(frameOf([column('a', 0.5, 7)]))),
    /gave 7 for row 2, which is not a probability of true.*sigmoid/,
  );
  assert.match(await refused('bad-onnx', () => modelOf(new Uint8Array(), numbers('a'))), /The file is empty/);
  await refused('bad-onnx', () => modelOf(new TextEncoder().encode('not a graph'), numbers('a')));
  const folder = temporaryFolder();
  const graph = onnxBytes(logistic([1]));
  const file = onnxFile(graph, {
    task: 'binary',
    classes: [],
    features: numbers('a'),
    params: {},
    output: null,
    from: { trainer: 'forest' },
  });
  writeFileSync(path.join(folder, 'model.json'), JSON.stringify(file));
  assert.match(await refused('bad-model-file', () => openModel(folder)), /no model\.onnx beside/);
  writeFileSync(path.join(folder, 'model.onnx'), graph);
  const opened = await openModel(folder);
  assert.is(opened.trainer, 'forest');
  close(await opened.predict(frameOf([column('a', 0)])), [0.5]);
  writeFileSync(path.join(folder, 'model.onnx'), onnxBytes(logistic([2])));
  assert.match(
    await refused('bad-model-file', () => openModel(folder)),
    /is not the file that model\.json names/,
  );
});

test.run();
