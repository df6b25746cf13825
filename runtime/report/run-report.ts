/** Everything that a run's report shows, gathered from the outcome and from the documents that its steps left. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plan, SourcePosition } from '../../compiler/plan/plan.ts';
import type { IngestReport } from '../data/ingest/report.ts';
import type { ValidationReport } from '../data/validate.ts';
import type { MetricsDocument, ParametersDocument, VerdictDocument } from '../engine/documents.ts';
import type { RegisteredModel, RunOutcome, StepOutcome } from '../engine/events.ts';
import type { FeaturesReport } from '../features/features.ts';
import type { SplitReport } from '../features/parts.ts';
import type { NotRun, RunRecord, StepRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

export interface RunReport {
  readonly run: string;
  readonly goal: string;
  readonly environment: string;
  readonly status: RunRecord['status'];
  readonly started: number;
  readonly ended: number | null;
  readonly nothingChanged: boolean;
  /** Why the run was stopped as a whole. */
  readonly error: RunOutcome['error'] | RunRecord['error'];
  readonly steps: readonly StepOutcome[];
  readonly notRun: readonly NotRun[];
  readonly registered: readonly RegisteredModel[];
  readonly sources: readonly IngestReport[];
  readonly validations: readonly ValidationReport[];
  readonly views: readonly FeaturesReport[];
  readonly models: readonly ModelReport[];
  /** Where an error's or a rule's `at` is in the spec; null for a run whose plan is not at hand. */
  readonly positions: readonly SourcePosition[] | null;
}

export interface ModelReport {
  readonly model: string;
  readonly split: SplitReport | null;
  readonly parameters: ParametersDocument | null;
  readonly metrics: MetricsDocument | null;
  readonly verdict: VerdictDocument | null;
  /** The first lines of its training and baseline steps. */
  readonly training: readonly string[];
}

type Outcome = Pick<
  RunReport,
  | 'run'
  | 'goal'
  | 'environment'
  | 'status'
  | 'started'
  | 'ended'
  | 'nothingChanged'
  | 'error'
  | 'steps'
  | 'notRun'
  | 'registered'
>;

/** The report of a run that has just ended. */
export async function reportOf(plan: Plan, outcome: Outcome): Promise<RunReport> {
  return gather(outcome, plan.positions);
}

/** The report of an earlier run out of the store, as far as its artifacts are still there. */
export async function loadRunReport(store: Store, run: RunRecord): Promise<RunReport> {
  const steps = store.runs.steps(run.id).map(step => outcomeOf(store, step));
  const registered = store.registry
    .versions(run.environment)
    .filter(version => version.run === run.id)
    .map(version => ({ model: version.model, version, isNew: true, replaced: undefined, withheld: null }));
  const nothingChanged = steps.length > 0 && steps.every(step => step.cached);
  return gather({ ...run, run: run.id, nothingChanged, steps, registered }, null);
}

function outcomeOf(store: Store, step: StepRecord): StepOutcome {
  const folders = Object.entries(step.outputs).map(([name, hash]) => [name, store.artifacts.folder(hash)]);
  return {
    step: step.step,
    kind: step.kind as StepOutcome['kind'],
    of: step.of,
    status: step.status,
    cached: step.attempts === 0 && step.result !== null,
    result: step.result,
    took: (step.ended ?? step.started ?? 0) - (step.started ?? 0),
    attempts: step.attempts,
    why: step.why,
    outputs: Object.fromEntries(folders),
  };
}

async function gather(outcome: Outcome, positions: RunReport['positions']): Promise<RunReport> {
  const of = (kind: StepOutcome['kind']) => outcome.steps.filter(step => step.kind === kind);
  const all = async <T>(kind: StepOutcome['kind'], output: string, file: string) =>
    (await Promise.all(of(kind).map(step => read<T>(step, output, file)))).filter(report => report !== null);
  const models = [
    ...new Set(
      of('split')
        .concat(of('evaluate'))
        .map(step => step.of),
    ),
  ];
  return {
    run: outcome.run,
    goal: outcome.goal,
    environment: outcome.environment,
    status: outcome.status,
    started: outcome.started,
    ended: outcome.ended,
    nothingChanged: outcome.nothingChanged,
    error: outcome.error,
    steps: outcome.steps,
    notRun: outcome.notRun,
    registered: outcome.registered,
    sources: await all<IngestReport>('ingest', 'report', 'report.json'),
    validations: await all<ValidationReport>('validate', 'report', 'report.json'),
    views: await all<FeaturesReport>('features', 'rows', 'features.json'),
    models: await Promise.all(models.map(model => modelReport(outcome.steps, model))),
    positions,
  };
}

async function modelReport(steps: readonly StepOutcome[], model: string): Promise<ModelReport> {
  const step = (kind: StepOutcome['kind']) =>
    steps.find(candidate => candidate.kind === kind && candidate.of === model);
  const document = <T>(kind: StepOutcome['kind'], output: string, file: string) =>
    read<T>(step(kind), output, file);
  return {
    model,
    split: await document<SplitReport>('split', 'parts', 'split.json'),
    parameters: await document<ParametersDocument>('tune', 'parameters', 'parameters.json'),
    metrics: await document<MetricsDocument>('evaluate', 'metrics', 'metrics.json'),
    verdict: await document<VerdictDocument>('gate', 'verdict', 'verdict.json'),
    training: [step('train'), step('baseline')].flatMap(one => one?.result?.notes ?? []),
  };
}

/** A document of a step; null where the step did not get so far or its artifact has been cleaned up. */
async function read<T>(step: StepOutcome | undefined, output: string, file: string): Promise<T | null> {
  const folder = step?.outputs[output];
  if (folder === undefined) return null;
  try {
    return JSON.parse(await readFile(path.join(folder, file), 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Who must agree before a model becomes champion: nobody where it is that already. */
export function approvalsDue({ registered }: RunReport, { model, verdict }: ModelReport): readonly string[] {
  const version = registered.find(one => one.model === model)?.version;
  return version?.aliases.includes('champion') ? [] : (verdict?.approvals ?? []);
}

/** What was scored and where it was written: the lines that the steps left, by deployment. */
export function scoresOf({ steps }: RunReport): ReadonlyMap<string, readonly string[]> {
  const scores = new Map<string, readonly string[]>();
  for (const { kind, of, result } of steps)
    if ((kind === 'score' || kind === 'write') && result?.status === 'succeeded')
      scores.set(of, [...(scores.get(of) ?? []), ...result.notes]);
  return scores;
}

export interface ErrorReport {
  /** The step that failed; null: the run as a whole. */
  readonly step: string | null;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly at?: number;
}

/** What went wrong, each thing once: the errors of steps, and that of the run where it is none of them. */
export function errorsOf(report: RunReport): readonly ErrorReport[] {
  // A refused gate or validation has a section of its own.
  const steps = report.steps.flatMap(({ step, kind, status, result }) =>
    (status === 'failed' || (status === 'refused' && kind === 'score')) && result?.error
      ? [{ step, ...result.error }]
      : [],
  );
  const { error } = report;
  const known = !error || steps.some(({ message }) => message === error.message);
  return known ? steps : [{ step: null, ...error }, ...steps];
}
