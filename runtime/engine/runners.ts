import type { StepKind } from '../../compiler/plan/plan.ts';
import type { StepRunner } from './contract.ts';

/** Loads a step kind's runner; what it stands on (DuckDB, the trainers) comes with it and not before. */
export type Runners = Readonly<Partial<Record<StepKind, () => Promise<StepRunner>>>>;

/** The same kinds as in `compiler/targets/local/capabilities.ts`, by which a run is refused before it starts. */
export const runners: Runners = {
  ingest: async () => (await import('../data/ingest.ts')).ingest,
  validate: async () => (await import('../data/validate.ts')).validate,
  component: async () => (await import('../foreign/component.ts')).componentStep,
  features: async () => (await import('../features/features.ts')).features,
  split: async () => (await import('../features/split.ts')).split,
  tune: async () => (await import('../learn/steps/tune.ts')).tuneStep,
  train: async () => (await import('../learn/steps/train.ts')).trainStep,
  load: async () => (await import('../learn/steps/load.ts')).loadStep,
  baseline: async () => (await import('../learn/steps/train.ts')).baselineStep,
  evaluate: async () => (await import('../learn/steps/evaluate.ts')).evaluateStep,
  gate: async () => (await import('../learn/steps/gate.ts')).gateStep,
  register: async () => (await import('../learn/steps/register.ts')).registerStep,
  score: async () => (await import('../data/score/score.ts')).scoreStep,
  write: async () => (await import('../data/sinks/write.ts')).writeStep,
};
