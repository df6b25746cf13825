/** The public interface of `mlp-runtime`: what generated programs and the command line import. */
export type { Plan, Step } from '../compiler/plan/plan.ts';
export { type DataProfile, type Inferred, inferDbt, inferSchema, profileHtml } from './data/infer/index.ts';
export * from './engine/contract.ts';
export type {
  Evaluation,
  MetricsDocument,
  ParametersDocument,
  RegistrationDocument,
  Scores,
  SliceTable,
  VerdictDocument,
} from './engine/documents.ts';
export type { Observer, RegisteredModel, RunEvent, RunOutcome, StepOutcome } from './engine/events.ts';
export { RunRefusal } from './engine/preflight.ts';
export { type DefinedProgram, defineProgram, main } from './engine/program.ts';
export { type PromoteOptions, promoteModel } from './engine/promote.ts';
export { type RunOptions, runProgram } from './engine/run.ts';
export { runStep, type StepOptions, stepExitCode } from './engine/step.ts';
export * from './features/functions/index.ts';
export { type GetOptions, type Got, getFeatures } from './features/offline/get.ts';
export * from './features/online/contract.ts';
export { type Filled, type FillOptions, materializeFeatures } from './features/online/fill.ts';
export { openOnlineFeatures } from './features/online/open.ts';
export type { JoinRead, KeyRead, KnownRead, ViewReads, WindowRead } from './features/online/reads.ts';
export { renderHtml } from './report/html/page.ts';
export { renderModel, renderModels } from './report/models.ts';
export { liveRenderer, plainRenderer, rendererFor } from './report/progress.ts';
export { type RenderOptions, renderReport } from './report/report.ts';
export { loadRunReport, type RunReport, reportOf } from './report/run-report.ts';
export { renderRun, renderRuns } from './report/runs.ts';
export type { Prediction } from './serve/answer.ts';
export type { RunningService, ServeOptions } from './serve/serve.ts';
export { type FieldFault, Problem } from './serve/values/problem.ts';
export { read, type ValueReader } from './serve/values/readers.ts';
export {
  type ColumnReader,
  type ColumnReaders,
  type RowReader,
  type RowResult,
  rowReader,
} from './serve/values/rows.ts';
export type * from './store/records.ts';
export { hasStore, openStore, type Store } from './store/store.ts';
export {
  runTests,
  type TestEvent,
  type TestFault,
  type TestOptions,
  type TestOutcome,
} from './testing/run-tests.ts';
