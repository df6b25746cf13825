import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { targetsMessages } from '../../compiler/diagnostics/messages/targets.ts';
import { functionsOfPlan } from '../../compiler/plan/foreign.ts';
import { canonicalJson } from '../../compiler/plan/hash.ts';
import type { Plan, Step, Test } from '../../compiler/plan/plan.ts';
import { goalSteps } from '../../compiler/plan/steps.ts';
import { ofExpression, unsupported } from '../../compiler/targets/local/capabilities.ts';
import { type Database, openDatabase } from '../data/duckdb.ts';
import { MlpError, type Program } from '../engine/contract.ts';
import { defaultParams } from '../engine/step.ts';
import type { TeamFunctions } from '../features/functions/team.ts';
import { codeSnapshot } from '../foreign/code.ts';
import { trainerByName } from '../learn/trainers.ts';
import type { AnyTrainer } from '../learn/types.ts';
import { hashText } from '../store/folders.ts';
import { componentFaults } from './component-tests.ts';
import { featuresFaults, functionFaults } from './example-tests.ts';
import { modelFaults } from './model-tests.ts';
import type { TestFault, TestOutcome } from './outcome.ts';
import { argumentsPerDraw, functionExamples } from './random/function.ts';
import { viewExamples } from './random/view.ts';
import { PassedTests, testContent, viewContent } from './results.ts';
import { rowsOf } from './rows.ts';
import { possibleSteps, sampleRun } from './sample-run.ts';
import { serviceFaults } from './service-tests.ts';

export type { TestFault, TestOutcome };

export interface TestOptions {
  /** Which of the plan's tests; all without. */
  readonly tests?: readonly Test[];
  /** The project's folder, where source paths start. */
  readonly root: string;
  /** The generated program, whose functions are the online engine; asked for only where a test needs it. */
  readonly program: () => Promise<Program>;
  /** Which build of mlp this is: what passed under it need not run again if nothing has changed. Absent: all run. */
  readonly stamp?: string;
  /** Runs what need not run, too. */
  readonly force?: boolean;
  /** Random examples of what has tests; absent: none. */
  readonly random?: RandomOptions;
  /** Told of each test as it begins and ends. */
  readonly observe?: (event: TestEvent) => void;
  readonly signal?: AbortSignal;
}

export interface RandomOptions {
  /** How often tables are drawn for a view, or `argumentsPerDraw` arguments for a function. */
  readonly draws: number;
  /** Without, it follows from what is tested: the same spec draws the same. */
  readonly seed?: number;
  /** Views beside those that the tests are of. */
  readonly views: readonly string[];
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
  const work: readonly Work[] = [
    ...tests.map(
      (test): Work => ({
        ...test,
        content: async () =>
          test.kind === 'features' && refusalOf(plan, test.of) !== undefined
            ? null
            : testContent(plan, test, options.root),
        run: () => carryOut(test, around),
      }),
    ),
    ...(options.random ? randomWork(plan, tests, options.random, around) : []),
  ];
  const code = [...functionsOfPlan(plan).values()].map(({ run }) => codeSnapshot(run, options.root)?.hash);
  const stamp = code.length === 0 ? options.stamp : options.stamp && `${options.stamp} ${code.join(' ')}`;
  const memory = stamp === undefined ? undefined : new PassedTests(options.root, stamp);
  const outcomes: TestOutcome[] = [];
  try {
    for (const [i, one] of work.entries()) {
      signal.throwIfAborted();
      const number = i + 1;
      observe({ kind: 'begun', title: one.title, of: one.of, number, total: work.length });
      const outcome = await remembered(one, memory, options.force ?? false);
      outcomes.push(outcome);
      observe({ kind: 'ended', outcome, number, total: work.length });
    }
  } finally {
    memory?.save();
    await around.close();
  }
  return outcomes;
}

/** A test that passed, with all that it depends on as it is now, is told again and not run. */
async function remembered(work: Work, memory: PassedTests | undefined, force: boolean): Promise<TestOutcome> {
  const key = memory?.key(await work.content()) ?? null;
  if (!memory || key === null) return timed(work);
  const notes = force ? undefined : memory.notes(key);
  if (notes !== undefined) {
    const { title, kind, of, at } = work;
    return { title, kind, of, status: 'passed', cached: true, seconds: 0, faults: [], notes, at };
  }
  const outcome = await timed(work);
  if (outcome.status === 'passed') memory.remember(key, outcome.notes);
  else memory.forget(key);
  return outcome;
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
  /** What expressions call of the team's code; a program is made for it only where there is any. */
  async functions(): Promise<TeamFunctions | undefined> {
    return functionsOfPlan(this.plan).size === 0 ? undefined : (await this.program()).functions;
  }
  /** A folder of the tests' own. */
  scratch(): Promise<string> {
    this.#scratch ??= mkdtemp(path.join(tmpdir(), 'mlp-test-'));
    return this.#scratch;
  }
  /** On one thread, so that rows keep the order in which they are given. */
  database(): Promise<Database> {
    this.#database ??= Promise.all([this.scratch(), this.functions()]).then(([scratch, functions]) =>
      openDatabase({
        functions,
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

interface Work extends Pick<TestOutcome, 'title' | 'kind' | 'of' | 'at'> {
  /** All that it depends on; null: that cannot be told. */
  readonly content: () => Promise<unknown>;
  readonly run: () => Promise<Tried>;
}

/** Random examples of the views and functions that these tests are of. */
function randomWork(
  plan: Plan,
  tests: readonly Test[],
  { draws, seed, views: more }: RandomOptions,
  around: Surroundings,
): Work[] {
  const views = [...more];
  for (const { kind, of } of tests) if (kind === 'features' && !views.includes(of)) views.push(of);
  const functions = new Map(tests.flatMap(test => (test.function ? [[test.of, test] as const] : [])));
  const work = (of: string, at: number, declared: () => unknown, run: () => Promise<Tried>): Work => ({
    title: 'random examples',
    kind: 'random',
    of,
    at,
    content: async () => {
      const content = declared();
      return content === null ? null : { random: of, draws, seed: seed ?? null, content };
    },
    run,
  });
  return [
    ...views.map(view =>
      work(
        view,
        plan.views[view]!.at,
        () => (refusalOf(plan, view) === undefined ? viewContent(plan, view) : null),
        async () => {
          const refused = refusalOf(plan, view);
          if (refused !== undefined) return notRunAt(plan.views[view]!.at, refused);
          const examined = { database: await around.database(), program: await around.program(), view };
          const own = seed ?? seedOf(plan.views[view]);
          const { fault, rows } = await viewExamples(examined, draws, own, around.signal);
          return { faults: fault ? [fault] : [], notes: [`${rows} rows, seed ${own}`] };
        },
      ),
    ),
    ...[...functions].map(([name, test]) =>
      work(
        name,
        test.function!.body.at,
        () => (functionRefusal(test) === undefined ? test.function : null),
        async () => {
          const refused = functionRefusal(test);
          if (refused !== undefined) return notRunAt(test.function!.body.at, refused);
          const own = seed ?? seedOf(test.function);
          const fault = await functionExamples(await around.database(), test, draws, own);
          return {
            faults: fault ? [fault] : [],
            notes: [`${draws * argumentsPerDraw} calls, seed ${own}`],
          };
        },
      ),
    ),
  ];
}

/** What a view is drawn from by default: a seed that stays as long as what it says, so that no build fails by chance. */
const seedOf = (declaration: unknown): number =>
  Number.parseInt(hashText(canonicalJson(declaration)).slice(0, 8), 16) % 1_000_000;

/** Why a view cannot be computed here, if it cannot. */
const refusalOf = (plan: Plan, view: string): string | undefined => {
  const steps = plan.steps.filter(({ kind, of }) => kind === 'features' && of === view);
  return unsupported(plan, steps)[0]?.message;
};

/** Why a function cannot be computed here, if it cannot: it calls one of the team's. */
const functionRefusal = (test: Test): string | undefined => {
  // One without an expression is the team's code itself.
  if (!test.function) {
    const facts = { what: `the team's function \`${test.of}\`` };
    return targetsMessages.notCarriedOut.definition.message(facts);
  }
  const read = [test.function.body, ...test.expect.map(one => one.condition)];
  return read.flatMap(expr => ofExpression(expr, `the function \`${test.of}\``))[0]?.message;
};

async function timed({ run, title, kind, of, at }: Work): Promise<TestOutcome> {
  const start = performance.now();
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
    case 'features': {
      const refused = refusalOf(around.plan, test.of);
      if (refused !== undefined) return notRun(test, refused);
      return { faults: await featuresFaults(await around.database(), await around.program(), test) };
    }
    case 'function': {
      const refused = functionRefusal(test);
      if (refused !== undefined) return notRun(test, refused);
      return { faults: await functionFaults(await around.database(), test) };
    }
    case 'model':
      return modelTest(test, around);
    case 'pipeline':
      return pipelineTest(test, around);
    case 'deployment':
      return deploymentTest(test, around);
    case 'component':
      return componentTest(test, around);
  }
}

const fault = (test: Test, message: string): TestFault => ({
  kind: 'error',
  message,
  actual: [],
  at: test.at,
});
const notRun = (test: Test, message: string): Tried => notRunAt(test.at, message);
const notRunAt = (at: number, message: string): Tried => ({
  faults: [{ kind: 'error', message, actual: [], at }],
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
  const rows = await rowsOf(plan, test.of, wanted, { root, folder, functions: await around.functions() });
  const few = rows.frame.rows < wanted && rows.generated === null;
  const trainer = await trainerFor(plan, train[0]!, folder, around);
  const found = await modelFaults(test, model, rows, trainer, around.signal);
  return {
    faults: found.map((message): TestFault => ({ ...fault(test, message), kind: 'expectation' })),
    notes: [
      ...(rows.generated === null ? [] : [`on rows made up by their types, because ${rows.generated}`]),
      ...(few ? [`there are ${rows.frame.rows} training rows`] : []),
    ],
  };
}

/** The trainer that the train step has; one of the team's runs as it would there, with the step's time and memory. */
async function trainerFor(
  plan: Plan,
  step: Step,
  folder: string,
  { root, signal }: Surroundings,
): Promise<AnyTrainer> {
  const use = plan.models[step.of]!.trainer!;
  if (use.run.language === 'builtin') return trainerByName(use.run.target || use.trainer);
  const { foreignTrainer } = await import('../foreign/trainer.ts');
  await mkdir(folder, { recursive: true });
  const caller = { plan, step, root, params: defaultParams(), signal, progress: () => {} };
  return foreignTrainer(caller, use, folder);
}

async function deploymentTest(test: Test, around: Surroundings): Promise<Tried> {
  const { plan, root } = around;
  if (test.row === null) return notRun(test, 'the test gives no request: there is nothing to answer');
  const views = plan.models[plan.deployments[test.of]?.serves ?? '']?.views ?? [];
  const refused = views.flatMap(view => refusalOf(plan, view) ?? [])[0];
  if (refused !== undefined) return notRun(test, refused);
  const folder = path.join(await around.scratch(), `deployment ${test.of}`);
  return serviceFaults(await around.database(), await around.program(), test, { root, folder });
}

/** Runs the component: what it yields is held to its schema and to the test. */
async function componentTest(test: Test, around: Surroundings): Promise<Tried> {
  const { root } = around;
  const folder = path.join(await around.scratch(), `component ${test.of} ${test.at}`);
  return componentFaults(await around.program(), test, { root, folder, signal: around.signal });
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
  const { failed } = await sampleRun(plan, can, {
    root,
    folder,
    sample: test.rows ?? 1_000,
    functions: await around.functions(),
  });
  const notes =
    cannot.length > 0 ? [`not tried: ${cannot.map(({ kind, of }) => `${kind} ${of}`).join(', ')}`] : [];
  if (!failed) return { faults: [], notes };
  const { message, at } = failed.result.error!;
  return { faults: [{ ...fault(test, `${failed.step.id}: ${message}`), at: at ?? test.at }], notes };
}
