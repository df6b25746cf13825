/** A fitted ensemble of trees: scoring, and its model file. */

import { decodeArray, type EncodedArray, encodeArray } from '../encoding.ts';
import { LearnError } from '../errors.ts';
import { alignFrame, type Feature } from '../frame.ts';
import type { Model, ModelFile, Params, Task } from '../types.ts';
import { binFrame, type FeatureBins } from './binning.ts';
import { lossFor } from './loss.ts';
import { createScorer } from './scorer.ts';
import { decodeTrees, encodeTrees, type Trees, type TreesFile } from './trees.ts';

export interface Boosted {
  readonly task: Task;
  readonly classes: readonly string[];
  readonly columns: readonly Feature[];
  readonly params: Params;
  readonly bins: readonly FeatureBins[];
  /** The raw score before the first tree, one for each output. */
  readonly start: Float64Array;
  readonly trees: Trees;
  /** Reduction of the training loss by feature. */
  readonly gains: Float64Array;
  readonly fitted: { readonly rounds: number; readonly stopped: string };
}

interface BoostedFile {
  /** By feature: the thresholds of a number, or the bin of each code of a category. */
  readonly bins: readonly EncodedArray[];
  readonly start: EncodedArray;
  readonly gains: EncodedArray;
  readonly trees: TreesFile;
  readonly fitted: { readonly rounds: number; readonly stopped: string };
}

export function boostedModel(boosted: Boosted): Model {
  const { task, classes, columns, bins, start, gains } = boosted;
  const loss = lossFor(task, classes.length);
  const categorical = bins.map(feature => feature.kind === 'category');
  const scorer = createScorer(boosted.trees, categorical);
  return {
    trainer: 'gradient_boosting',
    task,
    classes,
    fitted: boosted.fitted,
    predict(frame) {
      const rows = binFrame(alignFrame(frame, columns), bins);
      const raw = new Float64Array(frame.rows * start.length);
      for (let i = 0; i < raw.length; i++) raw[i] = start[i % start.length]!;
      scorer.add(rows, bins.length, raw);
      return loss.scores(raw);
    },
    importance() {
      let total = 0;
      for (const gain of gains) total += gain;
      const shares = columns.map(({ name }, f) => ({ name, share: total > 0 ? gains[f]! / total : 0 }));
      return shares.sort((a, b) => b.share - a.share);
    },
    toJSON: () => fileOf(boosted),
  };
}

function fileOf(boosted: Boosted): ModelFile {
  const body: BoostedFile = {
    bins: boosted.bins.map(feature =>
      encodeArray(feature.kind === 'number' ? feature.thresholds : feature.binOf),
    ),
    start: encodeArray(boosted.start),
    gains: encodeArray(boosted.gains),
    trees: encodeTrees(boosted.trees),
    fitted: boosted.fitted,
  };
  return {
    format: 'mlp-model/1',
    trainer: 'gradient_boosting',
    task: boosted.task,
    classes: boosted.classes,
    features: boosted.columns,
    params: boosted.params,
    body,
  };
}

/** `file` has passed the schema of model files. Throws `bad-model-file` for damaged arrays. */
export function loadBoosted(file: ModelFile): Model {
  const body = file.body as BoostedFile;
  if (body.bins.length !== file.features.length) throw damaged('bins');
  const bins = file.features.map((feature, f): FeatureBins => {
    const encoded = body.bins[f]!;
    if (feature.kind === 'number')
      return { kind: 'number', thresholds: decodeArray(encoded, 'f64', `bins of ${feature.name}`) };
    const binOf = decodeArray(encoded, 'u8', `bins of ${feature.name}`);
    if (binOf.length !== (feature.vocabulary?.length ?? 0) + 1) throw damaged(`bins of ${feature.name}`);
    return { kind: 'category', binOf };
  });
  const start = decodeArray(body.start, 'f64', 'start');
  const outputs = lossFor(file.task, file.classes.length).outputs;
  if (start.length !== outputs || body.trees.outputs !== outputs) throw damaged('start');
  return boostedModel({
    task: file.task,
    classes: file.classes,
    columns: file.features,
    params: file.params,
    bins,
    start,
    trees: decodeTrees(
      body.trees,
      bins.map(feature => feature.kind === 'category'),
    ),
    gains: decodeArray(body.gains, 'f64', 'gains'),
    fitted: body.fitted,
  });
}

const damaged = (what: string): LearnError =>
  new LearnError('bad-model-file', `'${what}' of the model file does not fit its features`, { name: what });
