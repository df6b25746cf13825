import { runMessages } from '../../../compiler/diagnostics/messages/run.ts';
import type { Dimension, Model as ModelPlan, Value } from '../../../compiler/plan/plan.ts';
import { fault } from '../../data/faults.ts';
import type { StepContext, StepRunner } from '../../engine/contract.ts';
import type { ParametersDocument } from '../../engine/documents.ts';
import { type Trial, type TuneOptions, tune } from '../tune.ts';
import type { Params } from '../types.ts';
import { modelOf, partOf, placedAt, trainerOf, trainerSnapshot, writeJson } from './common.ts';

/** Random search over the declared space, judged on the validation part; a parameter tried by hand is not searched. */
export const tuneStep: StepRunner = async context => {
  const model = modelOf(context);
  const { trainer: use, tune: plan } = model;
  if (!use || !plan) throw new Error(`model ${context.step.of} is not tuned`);
  const overrides = context.params.overrides[context.step.of] ?? {};
  const space = Object.fromEntries(Object.entries(plan.space).filter(([name]) => !(name in overrides)));
  context.progress({ message: 'reading the training rows' });
  const train = await partOf(context, 'train', 'parameters');
  const validation = await partOf(context, 'validation', 'parameters');
  if (!train) throw new Error('the split declares no training part');
  if (!validation) throw fault(runMessages.tunedBlind, { model: context.step.of }, { at: model.at });
  const names = Object.keys(plan.space);
  const options: TuneOptions = {
    trainer: await trainerOf(context, use, 'parameters'),
    train,
    validation,
    start: { ...startingParams(use.params, space), ...overrides } as Params,
    space,
    metric: plan.metric,
    ...foreignMeasure(context, model, plan.metric),
    goal: plan.direction,
    trials: Object.keys(space).length === 0 ? 1 : plan.trials,
    seed: model.seed,
    signal: context.signal,
    onProgress: ({ done, total, within, trial }) =>
      context.progress({
        done: done + within,
        total,
        ...(trial ? { message: trialText(trial, names, plan.metric) } : {}),
      }),
  };
  const tuned = await placedAt(use.at, () => tune(options));
  const score = scoreOf(tuned.best);
  const document: ParametersDocument = {
    version: 'parameters/1',
    model: context.step.of,
    metric: plan.metric,
    direction: plan.direction,
    best: pick(tuned.best.params, names),
    score: score ?? 0,
    trials: tuned.trials.map(trial => ({
      params: pick(trial.params, names),
      score: scoreOf(trial),
      undefined: 'undefined' in trial.result ? trial.result.undefined : null,
    })),
  };
  await writeJson(context, 'parameters', 'parameters.json', document);
  const notes = [
    `best of ${tuned.trials.length} trials: ${trialText(tuned.best, names, plan.metric)} (validation part)`,
  ];
  return {
    status: 'succeeded',
    metrics: { trials: tuned.trials.length, [plan.metric]: document.score },
    notes,
    snapshots: await trainerSnapshot(context, use),
  };
};

/** How a metric of the team measures a trial; nothing for one of the library. */
function foreignMeasure(context: StepContext, model: ModelPlan, name: string): Pick<TuneOptions, 'measure'> {
  const use = model.metrics.find(({ metric }) => metric === name);
  if (!use || use.run.language === 'builtin') return {};
  return {
    measure: async (scores, target) => {
      const { measureForeign } = await import('../../foreign/metric.ts');
      const measurements = [{ scores, rows: undefined }];
      const given = { target, threshold: model.threshold, measurements };
      return (await measureForeign(context, use, given, context.output('parameters')))[0]!;
    },
  };
}

const scoreOf = (trial: Trial): number | null => ('value' in trial.result ? trial.result.value : null);

/** The spec's own value where it says one, else the middle of the space: the first trial must lie inside. */
function startingParams(params: Readonly<Record<string, Value>>, space: Readonly<Record<string, Dimension>>) {
  const inside = Object.entries(space).map(([name, dimension]) => [
    name,
    nearest(params[name] ?? null, dimension),
  ]);
  return { ...params, ...Object.fromEntries(inside) };
}

function nearest(value: Value, dimension: Dimension): Value {
  if (dimension.kind === 'choice') return dimension.values.includes(value) ? value : dimension.values[0]!;
  const { low, high, log, kind } = dimension;
  if (typeof value === 'number') return Math.min(high, Math.max(low, value));
  const middle = log ? Math.sqrt(low * high) : (low + high) / 2;
  return kind === 'int' ? Math.round(middle) : middle;
}

function pick(params: Params, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(names.map(name => [name, params[name] ?? null]));
}

function trialText(trial: Trial, names: readonly string[], metric: string): string {
  const params = names.map(name => `${name} ${trial.params[name]}`).join(', ');
  const score = scoreOf(trial);
  return `${params}: ${metric} ${score === null ? 'undefined' : score.toFixed(4)}`;
}
