/** What a test asks of a model: that training gets somewhere, can learn a few rows by heart, and stays finite. */
import type { Model as ModelPlan, Test } from '../../compiler/plan/plan.ts';
import { countText } from '../data/describe.ts';
import { constantTrainer } from '../learn/constant.ts';
import { LearnError } from '../learn/errors.ts';
import { selectRows, selectTarget } from '../learn/frame.ts';
import { metricByName } from '../learn/metrics/index.ts';
import type { AnyModel, AnyTrainer, Column, Frame, Params, Target } from '../learn/types.ts';
import type { Rows } from './rows.ts';

interface Tried {
  readonly trainer: AnyTrainer;
  /** One of the team's, whose parameters mean what its code makes of them. */
  readonly foreign: boolean;
  readonly params: Params;
  readonly seed: number;
  readonly acceptsMissing: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What does not hold, in words; empty: all does. `trainer` is that of the model, one of the team's among them. */
export async function modelFaults(
  test: Test,
  plan: ModelPlan,
  rows: Rows,
  trainer: AnyTrainer,
  signal?: AbortSignal,
): Promise<string[]> {
  const use = plan.trainer!;
  const tried: Tried = {
    trainer,
    foreign: use.run.language !== 'builtin',
    params: use.params as Params,
    seed: plan.seed ?? 1,
    acceptsMissing: use.acceptsMissing,
    signal,
  };
  const { converges, overfits, finite } = test;
  const faults: string[] = [];
  if (converges !== null)
    faults.push(...(await trying('converges', () => convergence(tried, take(rows, converges)))));
  if (overfits !== null)
    faults.push(...(await trying('overfits', () => overfitting(tried, take(rows, overfits)))));
  if (finite) faults.push(...(await trying('stays finite', () => finiteness(tried, rows))));
  return faults;
}

/** Rows that nothing can be learnt from are a fault of what was asked, told with it. */
async function trying(what: string, work: () => Promise<string | null>): Promise<string[]> {
  try {
    const fault = await work();
    return fault === null ? [] : [`\`${what}\` does not hold: ${fault}`];
  } catch (error) {
    if (error instanceof LearnError) return [`\`${what}\` could not be tried: ${error.message}`];
    throw error;
  }
}

interface Sample {
  readonly frame: Frame;
  readonly target: Target;
}

/** So many rows, spread over all; of a label with classes as many of each as there are, so that no sample has one alone. */
export function take({ frame, target }: Sample, count: number): Sample {
  const groups = new Map<number, number[]>();
  for (const [row, value] of target.values.entries()) {
    add(groups, target.task === 'regression' ? 0 : value, row);
  }
  const least = [...groups.values()].sort((a, b) => a.length - b.length);
  const chosen: number[] = [];
  for (const [i, group] of least.entries()) {
    const share = Math.min(group.length, Math.round((count - chosen.length) / (least.length - i)));
    for (let k = 0; k < share; k++) chosen.push(group[Math.floor((k * group.length) / share)]!);
  }
  const index = Int32Array.from(chosen.sort((a, b) => a - b));
  return { frame: selectRows(frame, index), target: selectTarget(target, index) };
}

function add<K>(groups: Map<K, number[]>, key: K, row: number): void {
  const group = groups.get(key);
  if (group) group.push(row);
  else groups.set(key, [row]);
}

async function fit(
  { trainer, params, seed, signal }: Tried,
  { frame, target }: Sample,
  changes: Params = {},
): Promise<{ model: AnyModel; losses: number[] }> {
  const losses: number[] = [];
  const context = {
    seed,
    ...(signal ? { signal } : {}),
    onProgress: ({ trainLoss }: { trainLoss?: number }) =>
      void (trainLoss === undefined || losses.push(trainLoss)),
  };
  return { model: await trainer.fit(frame, target, { ...params, ...changes }, context), losses };
}

/** Trained on these rows, it predicts them better than a constant does, and its solver came to an end. */
async function convergence(tried: Tried, sample: Sample): Promise<string | null> {
  const { model } = await fit(tried, sample);
  const constant = constantTrainer.fit(sample.frame, sample.target, {}, { seed: tried.seed });
  const [own, other] = [await lossOf(model, sample), await lossOf(constant, sample)];
  const on = `on ${countText(sample.frame.rows)} rows`;
  if (own.value === undefined || other.value === undefined)
    return `${on} ${own.name} has no value: ${own.why}`;
  // A constant that is right of every row leaves nothing to gain.
  if (own.value >= other.value && other.value > 1e-9)
    return `${on} ${own.name} ends at ${text(own.value)}, which a constant reaches too (${text(other.value)})`;
  const { fitted } = model;
  if (fitted?.stopped === 'all iterations done')
    return `${on} the solver was not done after ${fitted.rounds} iterations: give it more`;
  return null;
}

async function lossOf(
  model: AnyModel,
  { frame, target }: Sample,
): Promise<{ name: string; value?: number; why?: string }> {
  const name = target.task === 'regression' ? 'rmse' : 'log_loss';
  const result = metricByName(name, target.task).compute(await model.predict(frame), target);
  return 'value' in result ? { name, value: result.value } : { name, why: result.undefined };
}

/** What keeps a trainer from learning by heart; a test of whether it can takes it away. */
const restraints: Params = { leaf: 1, l2: 0, early_stopping: 0 };
const learntShare = 0.95;

/**
 * Trained on these few rows without restraint (a trainer of the team: with the model's parameters), it knows them: of the rows that differ in their features it predicts 95%
 * right, or explains 95% of the spread of their labels.
 */
async function overfitting(tried: Tried, sample: Sample): Promise<string | null> {
  const known = new Set(tried.foreign ? [] : tried.trainer.params?.map(({ name }) => name));
  const changes = Object.fromEntries(Object.entries(restraints).filter(([name]) => known.has(name)));
  const { model } = await fit(tried, sample, changes);
  const scores = await model.predict(sample.frame);
  const on = `of ${countText(sample.frame.rows)} rows that it was trained on`;
  const { right, best } =
    sample.target.task === 'regression' ? explained(scores, sample) : predicted(scores, sample);
  if (!Number.isFinite(right)) return `${on} it predicts what is not a finite number`;
  if (right >= learntShare * best) return null;
  const said =
    sample.target.task === 'regression'
      ? `it explains ${percent(right)} of the labels' spread`
      : `it predicts ${percent(right)} right`;
  const most = best < 1 ? `; their features allow ${percent(best)}` : '';
  const own = tried.foreign
    ? '; its parameters are those of the model, as only its own code knows which of them restrain it'
    : '';
  return `${on} ${said}${most}${own}`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** Rows whose features are alike, which no model can tell apart. */
function alike({ frame }: Sample): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < frame.rows; row++) {
    const key = frame.columns
      .map(column => (column.kind === 'number' ? column.values[row] : column.codes[row]))
      .join('|');
    add(groups, key, row);
  }
  return groups;
}

function predicted(scores: Float64Array, sample: Sample): { right: number; best: number } {
  const { values, classes, task } = sample.target;
  const width = task === 'multiclass' ? classes.length : 1;
  const choice = (row: number): number => {
    if (task !== 'multiclass') return scores[row]! >= 0.5 ? 1 : 0;
    const own = scores.subarray(row * width, (row + 1) * width);
    return own.indexOf(Math.max(...own));
  };
  if (scores.some(score => !Number.isFinite(score))) return { right: Number.NaN, best: 1 };
  let [right, best] = [0, 0];
  for (const [row, value] of values.entries()) if (choice(row) === value) right++;
  for (const rows of alike(sample).values()) {
    const counts = new Map<number, number>();
    for (const row of rows) counts.set(values[row]!, (counts.get(values[row]!) ?? 0) + 1);
    best += Math.max(...counts.values());
  }
  return { right: right / values.length, best: best / values.length };
}

function explained(scores: Float64Array, sample: Sample): { right: number; best: number } {
  const { values } = sample.target;
  const mean = (rows: readonly number[]) => rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;
  const all = [...values.keys()];
  const centre = mean(all);
  const spread = all.reduce((sum, row) => sum + (values[row]! - centre) ** 2, 0);
  if (spread === 0) return { right: 1, best: 1 };
  const left = all.reduce((sum, row) => sum + (values[row]! - scores[row]!) ** 2, 0);
  let unavoidable = 0;
  for (const rows of alike(sample).values()) {
    const own = mean(rows);
    for (const row of rows) unavoidable += (values[row]! - own) ** 2;
  }
  return { right: 1 - left / spread, best: 1 - unavoidable / spread };
}

const finiteRows = 1_000;

/** Losses and predictions are numbers: on its own rows, on others, with values missing and with categories unseen. */
async function finiteness(tried: Tried, rows: Rows): Promise<string | null> {
  const sample = take(rows, finiteRows);
  const { model, losses } = await fit(tried, sample);
  const bad = losses.findIndex(loss => !Number.isFinite(loss));
  if (bad >= 0) return `the loss of its training is ${losses[bad]}`;
  const frames: [string, Frame][] = [
    ['the rows that it was trained on', sample.frame],
    ...rows.others.map((frame): [string, Frame] => ['rows of another part', frame]),
    ['rows of categories that it has not seen', changed(sample.frame, unseen)],
    ...(tried.acceptsMissing
      ? ([['rows without any value', changed(sample.frame, missing)]] as [string, Frame][])
      : []),
  ];
  for (const [what, frame] of frames) {
    const scores = await model.predict(frame);
    const place = scores.findIndex(score => !Number.isFinite(score));
    if (place >= 0) return `of ${what} it predicts ${scores[place]}`;
  }
  return null;
}

const changed = (frame: Frame, change: (column: Column) => Column): Frame => ({
  ...frame,
  columns: frame.columns.map(change),
});
const missing = (column: Column): Column =>
  column.kind === 'number'
    ? { ...column, values: new Float64Array(column.values.length).fill(Number.NaN) }
    : { ...column, codes: new Int32Array(column.codes.length).fill(-1) };
const unseen = (column: Column): Column =>
  column.kind === 'number'
    ? column
    : { ...column, codes: new Int32Array(column.codes.length).fill(column.vocabulary.length) };

const text = (value: number): string => value.toPrecision(4);
