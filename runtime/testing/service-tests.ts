/** A request to a deployment, answered by the champion, or by a model that was trained on a sample. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Plan, Test } from '../../compiler/plan/plan.ts';
import { goalSteps } from '../../compiler/plan/steps.ts';
import type { Database } from '../data/duckdb.ts';
import { MlpError, type Program } from '../engine/contract.ts';
import { requireFitted } from '../features/fitted.ts';
import type { EvaluatedValue } from '../features/functions/evaluate.ts';
import { openModel } from '../learn/open-model.ts';
import { predictionsOf } from '../serve/answer.ts';
import { type Champion, loadChampion } from '../serve/champion.ts';
import { encoderOf, Misfit } from '../serve/encode.ts';
import { type Served, servedOf } from '../serve/served.ts';
import { computeGiven } from './example-tests.ts';
import { expectationFaults } from './expectations.ts';
import type { TestFault } from './outcome.ts';
import { possibleSteps, sampleRun } from './sample-run.ts';
import type { Row } from './values.ts';

/** Rows of each source that a model is trained on where there is no champion. */
const sample = 5_000;

export interface ServiceOutcome {
  readonly faults: readonly TestFault[];
  readonly notes: readonly string[];
}

/** Computes the features of the request by both engines, asks the model, and holds its answer to the test. */
export async function serviceFaults(
  database: Database,
  program: Program,
  test: Test,
  around: { readonly root: string; readonly folder: string },
): Promise<ServiceOutcome> {
  const served = servedOf(program.plan, test.of);
  const features: Record<string, unknown> = {};
  const faults: TestFault[] = [];
  const { champion, notes } = await modelFor(program, served, around);
  for (const view of served.model.views) {
    const request = requestOf(program.plan, test, view);
    const computed = await computeGiven(database, program, request, champion.fitted);
    faults.push(...computed.differences);
    for (const [name, value] of Object.entries(computed.online)) {
      features[`${view}.${name}`] = value;
      if (!(name in features)) features[name] = value;
    }
  }
  const frame = champion.encode([features as Record<string, EvaluatedValue>]);
  const scores = await champion.model.predict(frame);
  const [answer] = predictionsOf(served, champion, [{ row: {}, at: 0 }], scores);
  const { prediction, probability, probabilities } = answer!;
  const told = probability === undefined ? probabilities : { true: probability };
  const shown = Object.entries(told ?? {}).map(([name, value]) => ({
    name: `probability of ${name}`,
    value: value.toPrecision(4),
  }));
  const failed = expectationFaults(test, prediction as Row).map(fault => ({
    ...fault,
    actual: [...fault.actual, ...shown],
  }));
  return { faults: [...faults, ...failed], notes };
}

/** The test as one of a view: the request is the row, and its moment the row's own, if the view takes it from there. */
function requestOf(plan: Plan, test: Test, view: string): Test {
  const { moment } = plan.views[view]!;
  if (moment?.kind === 'each' || test.moment === null) return { ...test, kind: 'features', of: view };
  const row =
    moment?.kind === 'column' && test.row && (test.row[moment.column] ?? null) === null
      ? { ...test.row, [moment.column]: test.moment }
      : test.row;
  return { ...test, kind: 'features', of: view, row, moment: null };
}

/** The champion; without one, or with one of other features, what training on a sample gives. */
async function modelFor(
  program: Program,
  served: Served,
  { root, folder }: { readonly root: string; readonly folder: string },
): Promise<{ champion: Champion; notes: readonly string[] }> {
  try {
    const champion = await loadChampion(program, served, root);
    return { champion, notes: [`answered by the champion, version ${champion.version}`] };
  } catch (error) {
    if (!(error instanceof MlpError)) throw error;
    const champion = await trainedOnSample(program, served, { root, folder });
    return { champion, notes: [`answered by a model trained on a sample: ${error.message}`] };
  }
}

async function trainedOnSample(
  { plan, functions }: Program,
  { modelName, model }: Served,
  { root, folder }: { readonly root: string; readonly folder: string },
): Promise<Champion> {
  const last = plan.steps.find(({ kind, of }) => of === modelName && (kind === 'train' || kind === 'load'));
  if (!last) throw new Error(`the plan has no step that makes the model ${modelName}`);
  const needed = goalSteps(plan, last.id)!.needed.filter(step => step.kind !== 'validate');
  const { can, cannot } = possibleSteps(plan, needed);
  if (cannot.length > 0)
    throw new MlpError('MLP8520', `${cannot[0]!.id} cannot be carried out here`, { at: cannot[0]!.at });
  await mkdir(folder, { recursive: true });
  const { folders, failed } = await sampleRun(plan, can, { root, folder, sample, functions });
  if (failed) {
    const { code, message, at } = failed.result.error!;
    throw new MlpError(code, `${failed.step.id}: ${message}`, at === undefined ? {} : { at });
  }
  const made = path.join(folders.get(last.id)!, 'model');
  const opened = await openModel(made);
  const fitted = await requireFitted(plan, model.views, made, { model: modelName, at: last.at });
  const encode = encoderOf(plan, model, opened.toJSON().features);
  if (encode instanceof Misfit) throw new Error(encode.what);
  return { version: 0, made: 0, metrics: {}, model: opened, encode, fitted };
}
