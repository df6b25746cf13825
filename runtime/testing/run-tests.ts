import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Expr, Plan, Test } from '../../compiler/plan/plan.ts';
import { goalSteps } from '../../compiler/plan/steps.ts';
import { unsupported } from '../../compiler/targets/local/capabilities.ts';
import { type Database, withDatabase } from '../data/duckdb.ts';
import { MlpError } from '../engine/contract.ts';
import { type EvaluatedValue, evaluate } from '../features/functions/evaluate.ts';
import { givenView, type Values } from './given-view.ts';
import { modelFaults } from './model-tests.ts';
import { rowsOf } from './rows.ts';
import { possibleSteps, sampleRun } from './sample-run.ts';

export interface TestOutcome {
  readonly title: string;
  readonly of: string;
  /** `unsupported`: the runtime cannot carry this test out yet; it was not run, and is told so. */
  readonly status: 'passed' | 'failed' | 'unsupported';
  readonly seconds: number;
  /** One a failed expectation, or the reason why nothing could be tried. */
  readonly faults: readonly TestFault[];
  /** What one should know of how it was tried, such as rows that were made up. */
  readonly notes: readonly string[];
  readonly at: number;
}

export interface TestFault {
  readonly message: string;
  /** What the expectation read, by name, as text of the language. */
  readonly actual: readonly { readonly name: string; readonly value: string }[];
  readonly at: number;
}

interface Surroundings {
  readonly plan: Plan;
  /** The project's folder, where source paths start. */
  readonly root: string;
  /** Of the tests' own, removed afterwards. */
  readonly scratch: string;
  readonly database: Database;
}

/** What came of one test, before it is told how long it took. */
interface Tried {
  readonly faults: readonly TestFault[];
  readonly notes?: readonly string[];
  readonly unsupported?: boolean;
}

/** Runs the tests that a plan carries, in order; one fault ends no other test. */
export async function runTests(
  plan: Plan,
  tests: readonly Test[] = plan.tests,
  root: string = process.cwd(),
): Promise<TestOutcome[]> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'mlp-test-'));
  const options = {
    threads: 1,
    memory: '512MiB',
    scratch: path.join(scratch, 'database'),
    folders: [],
    signal: new AbortController().signal,
  };
  const outcomes: TestOutcome[] = [];
  try {
    const all = async (database: Database) => {
      const around = { plan, root, scratch, database };
      for (const test of tests) outcomes.push(await timed(test, () => carryOut(test, around)));
    };
    if (tests.some(test => test.kind === 'features')) await withDatabase(options, all);
    else await all(null as unknown as Database);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return outcomes;
}

async function timed(test: Test, run: () => Promise<Tried>): Promise<TestOutcome> {
  const start = performance.now();
  const { title, of, at } = test;
  let tried: Tried;
  try {
    tried = await run();
  } catch (error) {
    if (!(error instanceof MlpError) && (error as Error).name !== 'RowError') throw error;
    tried = { faults: [{ message: (error as Error).message, actual: [], at }] };
  }
  const { faults, notes = [] } = tried;
  const status = tried.unsupported ? 'unsupported' : faults.length ? 'failed' : 'passed';
  return { title, of, status, seconds: (performance.now() - start) / 1000, faults, notes, at };
}

async function carryOut(test: Test, around: Surroundings): Promise<Tried> {
  switch (test.kind) {
    case 'features':
      return { faults: viewFaults(test, await givenView(around.database, around.plan, test)) };
    case 'function':
      return { faults: viewFaults(test, {}) };
    case 'model':
      return modelTest(test, around);
    case 'pipeline':
      return pipelineTest(test, around);
    default:
      return notRun(test, `a test of a ${test.kind} cannot be tried yet`);
  }
}

const fault = (test: Test, message: string): TestFault => ({ message, actual: [], at: test.at });
const notRun = (test: Test, message: string): Tried => ({
  faults: [fault(test, message)],
  unsupported: true,
});

const finiteRows = 1_000;

async function modelTest(test: Test, { plan, root, scratch }: Surroundings): Promise<Tried> {
  const model = plan.models[test.of]!;
  if (!model.trainer)
    return notRun(test, `${test.of} is loaded and not trained: there is no training to try`);
  const train = plan.steps.filter(step => step.kind === 'train' && step.of === test.of);
  const [refused] = unsupported(plan, train);
  if (refused) return notRun(test, refused.message);
  const wanted = Math.max(test.converges ?? 0, test.overfits ?? 0, test.finite ? finiteRows : 0);
  const folder = path.join(scratch, `model ${test.of} ${wanted}`);
  const rows = await rowsOf(plan, test.of, wanted, { root, folder });
  const few = rows.frame.rows < wanted && rows.generated === null;
  return {
    faults: modelFaults(test, model, rows).map(message => fault(test, message)),
    notes: [
      ...(rows.generated === null ? [] : [`on rows made up by their types, because ${rows.generated}`]),
      ...(few ? [`there are ${rows.frame.rows} training rows`] : []),
    ],
  };
}

/** Everything of the pipeline that can be carried out here, on a sample; a gate may refuse what learnt from so little. */
async function pipelineTest(test: Test, { plan, root, scratch }: Surroundings): Promise<Tried> {
  const goals = plan.pipelines[test.of]?.goals ?? [];
  const needed = new Set(goals.flatMap(goal => goalSteps(plan, goal)?.needed ?? []).map(step => step.id));
  const { can, cannot } = possibleSteps(
    plan,
    plan.steps.filter(step => needed.has(step.id)),
  );
  if (can.length === 0)
    return notRun(test, unsupported(plan, cannot)[0]?.message ?? 'there is nothing to run');
  const folder = path.join(scratch, `pipeline ${test.of}`);
  const { failed } = await sampleRun(plan, can, { root, folder, sample: test.rows ?? 1_000 });
  const notes =
    cannot.length > 0 ? [`not tried: ${cannot.map(({ kind, of }) => `${kind} ${of}`).join(', ')}`] : [];
  if (!failed) return { faults: [], notes };
  const { message, at } = failed.result.error!;
  return { faults: [{ message: `${failed.step.id}: ${message}`, actual: [], at: at ?? test.at }], notes };
}

function viewFaults(test: Test, values: Values): TestFault[] {
  return test.expect.flatMap(({ condition, text, at }) => {
    const holds = evaluate(condition, expr => {
      if (expr.op === 'feature' && expr.name in values) return values[expr.name]!.value;
      throw new MlpError('MLP8599', `an expectation reads ${expr.op}, which has no value here`, { at });
    });
    if (holds === true) return [];
    const read = [...new Set(featuresIn(condition))];
    const actual = read.map(name => ({ name, value: values[name]!.text }));
    const outcome = holds === null ? 'is null' : 'is false';
    return [{ message: `\`${text}\` ${outcome}`, actual, at }];
  });
}

function featuresIn(expr: Expr): string[] {
  if (expr.op === 'feature') return [expr.name];
  return expr.op === 'call' ? expr.args.flatMap(featuresIn) : [];
}

export type { EvaluatedValue };
