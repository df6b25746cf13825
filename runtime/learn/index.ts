/** What the rest of the runtime uses of this folder. */

export { LearnError, type LearnErrorCode, type LearnFacts } from './errors.ts';
export {
  type Evaluated,
  type EvaluatedSlice,
  type Evaluation,
  evaluate,
  type SliceBy,
  sliceBy,
} from './evaluate.ts';
export {
  alignFrame,
  categoryColumn,
  featuresOf,
  frameOf,
  recode,
  selectRows,
  selectTarget,
  vocabularyOf,
} from './frame.ts';
export { type Metric, type MetricOptions, type MetricValue, metricByName, metrics } from './metrics/index.ts';
export { openModel } from './open-model.ts';
export type { ParamSpec } from './params.ts';
export { loadModel, trainerByName, trainers } from './trainers.ts';
export {
  type Space,
  type SpaceEntry,
  type Trial,
  type Tuned,
  type TuneOptions,
  type TuneProgress,
  tune,
} from './tune.ts';
export type * from './types.ts';
export { createWorkspace } from './workspace.ts';
