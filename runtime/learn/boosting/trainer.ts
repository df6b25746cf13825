/**
 * `gradient_boosting`: histogram gradient boosting of depth-limited trees.
 *
 * Friedman 2001, "Greedy function approximation"; second-order leaves and gains of Chen and Guestrin 2016
 * (XGBoost, eq. 5 to 7); histograms with the subtraction of siblings of Ke et al. 2017 (LightGBM).
 */

import { checkTraining } from '../check.ts';
import { LearnError } from '../errors.ts';
import { alignFrame, type Feature, featuresOf } from '../frame.ts';
import { type ParamSpec, resolveParams } from '../params.ts';
import { randomOf } from '../random.ts';
import type { FitContext, Frame, Model, Params, Target, Trainer } from '../types.ts';
import { binFrame, type FeatureBins, fitBins } from './binning.ts';
import { growTree, type LeafRange, slotsFor, type TreeRules } from './grow.ts';
import { type Loss, lossFor } from './loss.ts';
import { boostedModel } from './model.ts';
import { createScorer } from './scorer.ts';
import { TreesBuilder } from './trees.ts';
import { createWorkbench, type Workbench } from './workbench.ts';

export const boostingParams: readonly ParamSpec[] = [
  {
    name: 'rounds',
    kind: 'int',
    default: 200,
    low: 1,
    high: 10_000,
    doc: 'Trees (per class, for several classes) at most.',
  },
  { name: 'depth', kind: 'int', default: 6, low: 1, high: 16, doc: 'Greatest depth of a tree.' },
  {
    name: 'learning_rate',
    kind: 'float',
    default: 0.1,
    low: 0,
    exclusiveLow: true,
    high: 1,
    doc: 'Share of each step that is taken.',
  },
  { name: 'leaf', kind: 'int', default: 20, low: 1, high: 1_000_000, doc: 'Least training rows in a leaf.' },
  { name: 'l2', kind: 'float', default: 0, low: 0, high: 1e9, doc: 'Penalty on the square of leaf values.' },
  {
    name: 'bins',
    kind: 'int',
    default: 255,
    low: 2,
    high: 255,
    doc: 'Most bins of a feature, missing apart.',
  },
  {
    name: 'early_stopping',
    kind: 'int',
    default: 20,
    low: 0,
    high: 10_000,
    nullable: true,
    doc:
      'Ends after this many rounds without a lower loss on the validation part, and keeps the rounds up to the ' +
      'lowest. 0 or null: off. Without a validation part all rounds are kept.',
  },
];

/** Progress is reported every so many rounds, because the training loss is a pass over the rows. */
const REPORT_EVERY = 10;

/** A tree's node names its feature in 15 bits. */
const MOST_FEATURES = 32_767;

export const gradientBoosting: Trainer = {
  name: 'gradient_boosting',
  tasks: ['binary', 'multiclass', 'regression'],
  acceptsMissing: true,
  acceptsCategories: true,
  params: boostingParams,
  /** @throws LearnError for rows, labels or parameters that do not fit; the signal's reason when it is aborted */
  fit(frame, target, params, context) {
    const settings = settingsOf(params);
    checkTraining(gradientBoosting, frame, target);
    if (frame.columns.length > MOST_FEATURES)
      throw new LearnError(
        'bad-arguments',
        `${frame.columns.length} features are more than ${MOST_FEATURES}`,
        {
          trainer: 'gradient_boosting',
          count: frame.columns.length,
        },
      );
    return new Boosting(frame, target, settings, context).fit();
  },
};

interface Settings extends TreeRules {
  readonly rounds: number;
  readonly bins: number;
  readonly earlyStopping: number;
  readonly params: Params;
}

function settingsOf(given: Params): Settings {
  const params = resolveParams('gradient_boosting', boostingParams, given);
  return {
    rounds: params['rounds']!,
    depth: params['depth']!,
    learningRate: params['learning_rate']!,
    leaf: params['leaf']!,
    l2: params['l2']!,
    bins: params['bins']!,
    earlyStopping: params['early_stopping'] ?? 0,
    params,
  };
}

/** The bins of the training rows, and those of validation rows once they are asked for. */
interface Binned {
  readonly features: readonly FeatureBins[];
  readonly rows: Uint8Array;
  readonly others: WeakMap<Frame, Uint8Array>;
}

interface Validation {
  readonly target: Target;
  readonly bins: Uint8Array;
  readonly raw: Float64Array;
}

class Boosting {
  private readonly target: Target;
  private readonly settings: Settings;
  private readonly context: FitContext;
  private readonly columns: readonly Feature[];
  private readonly features: readonly FeatureBins[];
  private readonly categorical: readonly boolean[];
  private readonly loss: Loss;
  private readonly start: Float64Array;
  private readonly bench: Workbench;
  private readonly raw: Float64Array;
  private readonly validation: Validation | null;
  private readonly gains: Float64Array;
  private readonly builder: TreesBuilder;
  private readonly identity: Int32Array;
  private readonly leafOf: Uint16Array;

  constructor(frame: Frame, target: Target, settings: Settings, context: FitContext) {
    this.target = target;
    this.settings = settings;
    this.context = context;
    this.columns = featuresOf(frame);
    const binned = bin(frame, settings, context);
    this.features = binned.features;
    this.categorical = this.features.map(feature => feature.kind === 'category');
    this.loss = lossFor(target.task, target.classes.length);
    this.start = this.loss.start(target);
    this.bench = createWorkbench({
      rows: frame.rows,
      features: this.features.length,
      slots: slotsFor(settings.depth),
    });
    this.bench.bins.set(binned.rows);
    this.identity = Int32Array.from({ length: frame.rows }, (_, row) => row);
    this.leafOf = new Uint16Array(frame.rows);
    this.raw = this.startScores(frame.rows);
    this.validation = settings.earlyStopping > 0 ? this.validationPart(binned) : null;
    this.gains = new Float64Array(this.features.length);
    this.builder = new TreesBuilder(this.loss.outputs);
  }

  fit(): Model {
    const { rounds, earlyStopping } = this.settings;
    let best = { round: 0, loss: Number.POSITIVE_INFINITY, gains: this.gains };
    let done = 0;
    while (done < rounds) {
      this.context.signal?.throwIfAborted();
      this.round();
      done++;
      const validationLoss = this.validationLoss(done);
      this.report(done, validationLoss);
      if (validationLoss === undefined) continue;
      if (validationLoss < best.loss) best = { round: done, loss: validationLoss, gains: this.gains.slice() };
      else if (done - best.round >= earlyStopping) break;
    }
    const kept = this.validation === null || best.round === 0 ? done : best.round;
    return boostedModel({
      task: this.target.task,
      classes: this.target.classes,
      columns: this.columns,
      params: this.settings.params,
      bins: this.features,
      start: this.start,
      trees: this.builder.finish(kept * this.loss.outputs),
      gains: kept === done ? this.gains : best.gains,
      fitted: { rounds: kept, stopped: done < rounds ? 'no lower validation loss' : 'all rounds done' },
    });
  }

  private round(): void {
    const { bench, loss, target, raw } = this;
    loss.prepare(raw, target);
    for (let output = 0; output < loss.outputs; output++) {
      const units = loss.fill(output, raw, target, bench.pairs, bench.precision);
      bench.order.set(this.identity);
      const leaves = growTree(bench, this.features, this.settings, units, this.builder, this.gains);
      addLeaves(raw, bench.order, leaves, this.leafOf, loss.outputs, output);
    }
  }

  /** Scores the newest round's trees on the validation rows. */
  private validationLoss(done: number): number | undefined {
    if (this.validation === null) return undefined;
    const { outputs } = this.loss;
    const newest = this.builder.finish(done * outputs, (done - 1) * outputs);
    createScorer(newest, this.categorical).add(
      this.validation.bins,
      this.features.length,
      this.validation.raw,
    );
    return this.loss.value(this.validation.raw, this.validation.target);
  }

  private report(done: number, validationLoss: number | undefined): void {
    const { onProgress } = this.context;
    const total = this.settings.rounds;
    if (onProgress === undefined || (done % REPORT_EVERY !== 0 && done !== total)) return;
    const trainLoss = this.loss.value(this.raw, this.target);
    onProgress({ done, total, trainLoss, ...(validationLoss === undefined ? {} : { validationLoss }) });
  }

  private startScores(rows: number): Float64Array {
    const raw = new Float64Array(rows * this.start.length);
    for (let i = 0; i < raw.length; i++) raw[i] = this.start[i % this.start.length]!;
    return raw;
  }

  private validationPart(binned: Binned): Validation | null {
    const part = this.context.validation;
    if (part === undefined || part.frame.rows === 0) return null;
    let bins = binned.others.get(part.frame);
    if (bins === undefined) {
      bins = binFrame(alignFrame(part.frame, this.columns), this.features);
      binned.others.set(part.frame, bins);
    }
    return { target: part.target, bins, raw: this.startScores(part.frame.rows) };
  }
}

/**
 * Adds each row's leaf to its score. First the leaves' numbers are scattered, as two bytes a row, which stay in the
 * second-level cache where eight would not; then the scores are walked in order.
 */
function addLeaves(
  raw: Float64Array,
  order: Int32Array,
  leaves: readonly LeafRange[],
  leafOf: Uint16Array,
  outputs: number,
  output: number,
): void {
  const values = Float64Array.from(leaves, leaf => leaf.value);
  leaves.forEach(({ from, to }, leaf) => {
    for (let i = from; i < to; i++) leafOf[order[i]!] = leaf;
  });
  for (let row = 0, at = output; row < leafOf.length; row++, at += outputs) raw[at]! += values[leafOf[row]!]!;
}

function bin(frame: Frame, settings: Settings, context: FitContext): Binned {
  const make = (): Binned => {
    const features = fitBins(frame, settings.bins, randomOf(context.seed));
    return { features, rows: binFrame(frame, features), others: new WeakMap() };
  };
  const key = `gradient_boosting bins ${settings.bins} seed ${context.seed}`;
  return context.workspace === undefined ? make() : context.workspace.get(frame, key, make);
}
