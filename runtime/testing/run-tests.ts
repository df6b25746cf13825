import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Plan, Test } from '../../compiler/plan/plan.ts';
import { goalSteps } from '../../compiler/plan/steps.ts';
import { unsupported } from '../../compiler/targets/local/capabilities.ts';
import { type Database, openDatabase } from '../data/duckdb.ts';
import { MlpError, type Program } from '../engine/contract.ts';
import { featuresFaults, functionFaults } from './example-tests.ts';
import { modelFaults } from './model-tests.ts';
import type { TestFault, TestOutcome } from './outcome.ts';
import { rowsOf } from './rows.ts';
import { possibleSteps, sampleRun } from './sample-run.ts';

export type { TestFault, TestOutcome };

export interface TestOptions {
  /** Which of the plan's tests; all without. */
  readonly tests?: readonly Test[];
  /** The project's folder, where source paths start. */
  readonly root: string;
  /** The generated program, whose functions are the online engine; asked for only where a test needs it. */
  readonly program: () => Promise<Program>;
  /** Told of each test as it begins and ends. */
  readonly observe?: (event: TestEvent) => void;
  readonly signal?: AbortSignal;
}

export type TestEvent =
  | {
      readonly kind: 'begun';
      readonly title: string;
      readonly of: string;
      readonly number: number;
      readonly total: number;
    }
  | {
      readonly kind: 'ended';
      readonly outcome: TestOutcome;
      readonly number: number;
      readonly total: number;
    };

/** What came of one test, before it is told how long it took. */
interface Tried {
  readonly faults: readonly TestFault[];
  readonly notes?: readonly string[];
  readonly unsupported?: boolean;
}

/** Runs the tests that a plan carries, in order; one fault ends no other test. */
export async function runTests(plan: Plan, options: TestOptions): Promise<TestOutcome[]> {
  const { tests = plan.tests, observe = () => {}, signal = new AbortController().signal } = options;
  const around = new Surroundings(plan, options, signal);
  const outcomes: TestOutcome[] = [];
  try {
    for (const [i, test] of tests.entries()) {
      signal.throwIfAborted();
      const number = i + 1;
      observe({ kind: 'begun', title: test.title, of: test.of, number, total: tests.length });
      const outcome = await timed(test, () => carryOut(test, around));
      outcomes.push(outcome);
      observe({ kind: 'ended', outcome, number, total: tests.length });
    }
  } finally {
    await around.close();
  }
  return outcomes;
}

/** What tests share; each part is made when the first needs it. */
class Surroundings {
  readonly plan: Plan;
  readonly root: string;
  readonly signal: AbortSignal;
  readonly #program: () => Promise<Program>;
  #made: Promise<Program> | undefined;
  #scratch: Promise<string> | undefined;
  #database: Promise<Database> | undefined;

  constructor(plan: Plan, { root, program }: TestOptions, signal: AbortSignal) {
    this.plan = plan;
    this.root = root;
    this.signal = signal;
    this.#program = program;
  }

  program(): Promise<Program> {
    // A plan that differs in nothing but positions has the same program; the places are those of the spec as it is.
    this.#made ??= this.#program().then(program => ({ ...program, plan: this.plan }));
    return this.#made;
  }
  /** A folder of the tests' own. */
  scratch(): Promise<string> {
    this.#scratch ??= mkdtemp(path.join(tmpdir(), 'mlp-test-'));
    return this.#scratch;
  }
  /** On one thread, so that rows keep the order in which they are given. */
  database(): Promise<Database> {
    this.#database ??= this.scratch().then(scratch =>
      openDatabase({
        threads: 1,
        memory: '512MiB',
        scratch: path.join(scratch, 'database'),
        folders: [],
        signal: this.signal,
      }),
    );
    return this.#database;
  }
  async close(): Promise<void> {
    await (await this.#database)?.close();
    if (this.#scratch) await rm(await this.#scratch, { recursive: true, force: true });
  }
}

async function timed(test: Test, run: () => Promise<Tried>): Promise<TestOutcome> {
  const start = performance.now();
  const { title, kind, of, at } = test;
  let tried: Tried;
  try {
    tried = await run();
  } catch (error) {
    if (!(error instanceof MlpError) && (error as Error).name !== 'RowError') throw error;
    const place = error instanceof MlpError ? (error.at ?? at) : at;
    tried = { faults: [{ kind: 'error', message: (error as Error).message, actual: [], at: place }] };
  }
  const { faults, notes = [] } = tried;
  const status = tried.unsupported ? 'unsupported' : faults.length ? 'failed' : 'passed';
  const seconds = (performance.now() - start) / 1000;
  return { title, kind, of, status, cached: false, seconds, faults, notes, at };
}

async function carryOut(test: Test, around: Surroundings): Promise<Tried> {
  switch (test.kind) {
    case 'features':
      return { faults: await featuresFaults(await around.database(), await around.program(), test) };
    case 'function':
      return { faults: await functionFaults(await around.database(), test) };
    case 'model':
      return modelTest(test, around);
    case 'pipeline':
      return pipelineTest(test, around);
    default:
      return notRun(test, `a test of a ${test.kind} cannot be tried yet`);
  }
}

const fault = (test: Test, message: string): TestFault => ({
  kind: 'error',
  message,
  actual: [],
  at: test.at,
});
const notRun = (test: Test, message: string): Tried => ({
  faults: [fault(test, message)],
  unsupported: true,
});

const finiteRows = 1_000;

async function modelTest(test: Test, around: Surroundings): Promise<Tried> {
  const { plan, root } = around;
  const model = plan.models[test.of]!;
  if (!model.trainer)
    return notRun(test, `${test.of} is loaded and not trained: there is no training to try`);
  const train = plan.steps.filter(step => step.kind === 'train' && step.of === test.of);
  const [refused] = unsupported(plan, train);
  if (refused) return notRun(test, refused.message);
  const wanted = Math.max(test.converges ?? 0, test.overfits ?? 0, test.finite ? finiteRows : 0);
  const folder = path.join(await around.scratch(), `model ${test.of} ${wanted}`);
  const rows = await rowsOf(plan, test.of, wanted, { root, folder });
  const few = rows.frame.rows < wanted && rows.generated === null;
  return {
    faults: modelFaults(test, model, rows).map(
      (message): TestFault => ({ ...fault(test, message), kind: 'expectation' }),
    ),
    notes: [
      ...(rows.generated === null ? [] : [`on rows made up by their types, because ${rows.generated}`]),
      ...(few ? [`there are ${rows.frame.rows} training rows`] : []),
    ],
  };
}

/** Everything of the pipeline that can be carried out here, on a sample; a gate may refuse what learnt from so little. */
async function pipelineTest(test: Test, around: Surroundings): Promise<Tried> {
  const { plan, root } = around;
  const goals = plan.pipelines[test.of]?.goals ?? [];
  const needed = new Set(goals.flatMap(goal => goalSteps(plan, goal)?.needed ?? []).map(step => step.id));
  const { can, cannot } = possibleSteps(
    plan,
    plan.steps.filter(step => needed.has(step.id)),
  );
  if (can.length === 0)
    return notRun(test, unsupported(plan, cannot)[0]?.message ?? 'there is nothing to run');
  const folder = path.join(await around.scratch(), `pipeline ${test.of}`);
  const { failed } = await sampleRun(plan, can, { root, folder, sample: test.rows ?? 1_000 });
  const notes =
    cannot.length > 0 ? [`not tried: ${cannot.map(({ kind, of }) => `${kind} ${of}`).join(', ')}`] : [];
  if (!failed) return { faults: [], notes };
  const { message, at } = failed.result.error!;
  return { faults: [{ ...fault(test, `${failed.step.id}: ${message}`), at: at ?? test.at }], notes };
}
