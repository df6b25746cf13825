/**
 * Random search over a trainer's parameters (Bergstra and Bengio 2012): each trial draws every parameter anew, the
 * first takes the starting parameters. Trials share what depends on the rows alone, such as bins.
 */

import { setImmediate } from 'node:timers/promises';
import { LearnError } from './errors.ts';
import { type MetricValue, metricByName } from './metrics/index.ts';
import { type Random, randomOf } from './random.ts';
import type { AnyModel, AnyTrainer, Frame, Params, Target } from './types.ts';
import { createWorkspace } from './workspace.ts';

export type SpaceEntry =
  /** Both inclusive; `log` draws the logarithm uniformly, for parameters whose ratio matters. */
  | { readonly kind: 'int' | 'float'; readonly low: number; readonly high: number; readonly log?: boolean }
  | { readonly kind: 'choice'; readonly values: readonly (number | string | boolean | null)[] };

export type Space = Readonly<Record<string, SpaceEntry>>;

export interface TuneOptions {
  readonly trainer: AnyTrainer;
  readonly train: { readonly frame: Frame; readonly target: Target };
  /** Where the metric is measured; early stopping sees it too. */
  readonly validation: { readonly frame: Frame; readonly target: Target };
  /** Parameters of the first trial; those outside of the space hold for all trials. */
  readonly start: Params;
  readonly space: Space;
  readonly metric: string;
  /** Measures instead of the library's metric of that name. */
  readonly measure?: (scores: Float64Array, target: Target) => Promise<MetricValue>;
  readonly goal: 'maximize' | 'minimize';
  readonly trials: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  /** After each trial, and now and then within one (then without `trial`). */
  readonly onProgress?: (p: TuneProgress) => void;
}

export interface TuneProgress {
  readonly done: number;
  readonly total: number;
  /** Share of the running trial that is done, 0 to 1. */
  readonly within: number;
  readonly trial?: Trial;
}

export interface Trial {
  /** From 1. */
  readonly trial: number;
  readonly params: Params;
  readonly result: MetricValue;
  /** Wall clock of fit and scoring; the only thing here that differs from run to run. */
  readonly seconds: number;
}

export interface Tuned {
  readonly best: Trial;
  /** The model of the best trial; of equal ones the earliest. */
  readonly model: AnyModel;
  readonly trials: readonly Trial[];
}

/**
 * @throws LearnError `no-result` when the metric is undefined in every trial, `bad-arguments` for a space without
 * values, what the trainer throws, and the signal's reason when it is aborted
 */
export async function tune(options: TuneOptions): Promise<Tuned> {
  const { trainer, train, validation, goal, signal } = options;
  checkSpace(options);
  const compute = metricOf(options);
  const workspace = createWorkspace();
  const random = randomOf(options.seed);
  const trials: Trial[] = [];
  let best: { trial: Trial; model: AnyModel; value: number } | undefined;
  for (let number = 1; number <= options.trials; number++) {
    const params = number === 1 ? options.start : { ...options.start, ...draw(options.space, random) };
    // Lets an abort, a timer or a printed line through between trials.
    await setImmediate();
    signal?.throwIfAborted();
    const began = performance.now();
    const model = await trainer.fit(train.frame, train.target, params, {
      seed: options.seed,
      validation,
      workspace,
      ...(signal === undefined ? {} : { signal }),
      onProgress: ({ done, total }) =>
        options.onProgress?.({ done: number - 1, total: options.trials, within: done / total }),
    });
    const result = await compute(await model.predict(validation.frame), validation.target);
    const trial: Trial = { trial: number, params, result, seconds: (performance.now() - began) / 1000 };
    trials.push(trial);
    if ('value' in result) {
      const value = goal === 'maximize' ? result.value : -result.value;
      if (best === undefined || value > best.value) best = { trial, model, value };
    }
    options.onProgress?.({ done: number, total: options.trials, within: 0, trial });
  }
  if (best === undefined) {
    const reasons = trials.map(({ result }) => ('undefined' in result ? result.undefined : ''));
    throw new LearnError(
      'no-result',
      `'${options.metric}' has no value in any of ${trials.length} trials: ${reasons[0]}`,
      {
        name: options.metric,
        count: trials.length,
        advice: "Look at the validation part: the split's shares and the label's definition",
      },
    );
  }
  return { best: best.trial, model: best.model, trials };
}

function metricOf({ metric: name, measure, train }: TuneOptions) {
  if (measure) return measure;
  const metric = metricByName(name, train.target.task);
  return (scores: Float64Array, target: Target): MetricValue => metric.compute(scores, target);
}

function checkSpace({ space, trials }: TuneOptions): void {
  const refuse = (name: string, why: string): never => {
    throw new LearnError('bad-arguments', `The space of '${name}' ${why}`, { name });
  };
  if (!Number.isInteger(trials) || trials < 1)
    throw new LearnError('bad-arguments', `${trials} is no number of trials`);
  for (const [name, entry] of Object.entries(space)) {
    if (entry.kind === 'choice') {
      if (entry.values.length === 0) refuse(name, 'has no values');
    } else if (!(entry.low <= entry.high)) refuse(name, `is empty: ${entry.low} to ${entry.high}`);
    else if (entry.log === true && entry.low <= 0)
      refuse(name, `begins at ${entry.low}, which has no logarithm`);
  }
}

/** In the order of the names, so that the order of lines in a spec changes nothing. */
function draw(space: Space, random: Random): Params {
  const params: Record<string, number | string | boolean | null> = {};
  for (const name of Object.keys(space).sort()) params[name] = drawOne(space[name]!, random);
  return params;
}

function drawOne(entry: SpaceEntry, random: Random): number | string | boolean | null {
  if (entry.kind === 'choice') return entry.values[random.integer(0, entry.values.length - 1)]!;
  const { low, high, log } = entry;
  if (entry.kind === 'int' && !log) return random.integer(low, high);
  const u = random.next();
  // Whole numbers get equal stretches around them, so that both ends are drawn like the rest.
  const [from, to] = entry.kind === 'int' ? [low - 0.5, high + 0.5] : [low, high];
  const value = log ? from * (to / from) ** u : from + u * (to - from);
  const within = Math.min(high, Math.max(low, entry.kind === 'int' ? Math.round(value) : value));
  return entry.kind === 'int' ? within : Number(within.toPrecision(4));
}
