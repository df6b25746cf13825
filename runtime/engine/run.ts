import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import { durationText } from '../../compiler/plan/build/text.ts';
import { runsForeign } from '../../compiler/plan/foreign.ts';
import type { Step } from '../../compiler/plan/plan.ts';
import { dependenciesOf } from '../../compiler/plan/steps.ts';
import { fault } from '../data/faults.ts';
import { ageFault } from '../data/sources/fresh.ts';
import { openStore, type Store, storeError } from '../store/store.ts';
import type { MlpError, Program, Snapshot, StepParams, StepProgress, StepResult } from './contract.ts';
import type { Observer, RegisteredModel, RunOutcome, StepOutcome } from './events.ts';
import { errorFacts, failure } from './execute.ts';
import { acceptProfile, registerModel } from './fold.ts';
import { type Goal, resolveGoal } from './goals.ts';
import { keyOf } from './key.ts';
import { overrideProblems } from './overrides.ts';
import { type Limits, limitsOf, Spent, takeTurn } from './pipeline.ts';
import { Cancelled, openPool, type Pool } from './pool.ts';
import { preflight, RunRefusal } from './preflight.ts';
import { Recorder } from './recorder.ts';
import { Registered } from './registered.ts';
import { asRead, type Resolved, resolveStep } from './resolve.ts';
import { defaultMemory, formatMemory } from './resources.ts';
import { openSlots, type Slots } from './slots.ts';

export interface RunOptions {
  /** The project's folder: source paths start there, and the store is its `.mlp/`. */
  readonly root: string;
  readonly goal?: string | undefined;
  /** Several goals at once, under the name of `goal`. */
  readonly goals?: readonly string[];
  /** Data interval [from, to), ISO instants. */
  readonly from?: string | null;
  readonly to?: string | null;
  /** `--try`: parameters by model. */
  readonly overrides?: StepParams['overrides'];
  /** Runs every step even where the store has its result. */
  readonly force?: boolean;
  /** Steps at once; by default as many as there are processors and as memory allows. */
  readonly jobs?: number;
  /** Bytes for all steps together. */
  readonly memory?: number;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
  /** URL of a module that exports `runners`, instead of the runtime's own. */
  readonly runners?: string;
}

/** The team's code is stopped by its own step, which can say what it printed; this much later the step is stopped too. */
const foreignGraceMs = 5_000;

/** A step with less than this would be of no use. */
const leastMemory = 512 * 1024 ** 2;

/**
 * Carries out what a goal needs: what the store has is taken from it, the rest is run, in parallel where the graph and
 * memory allow. Throws `MlpError` (or `RunRefusal`) before anything has run; whatever happens later is in the outcome.
 */
export async function runProgram(program: Program, options: RunOptions): Promise<RunOutcome> {
  const goal = resolveGoal(program.plan, options.goal, options.goals);
  const problems = [
    ...preflight(program.plan, goal.steps),
    ...(await overrideProblems(program.plan, goal.steps, options.overrides ?? {})),
  ];
  if (problems.length > 0) throw new RunRefusal(problems);
  const store = await openStore(options.root);
  try {
    return await new Run(program, options, goal, store).carryOut();
  } catch (error) {
    throw storeError(store.folder, error);
  } finally {
    store.close();
  }
}

class Run {
  private readonly done = new Map<string, Promise<StepOutcome>>();
  private readonly hashes = new Map<string, Readonly<Record<string, string>>>();
  private readonly results = new Map<string, StepResult>();
  private readonly registered: Registered;
  private readonly slots: Slots;
  private readonly params: StepParams;
  private readonly memory: number;
  private readonly environment: string;
  private readonly signal: AbortSignal;
  private readonly observe: Observer;
  private readonly program: Program;
  private readonly options: RunOptions;
  private readonly goal: Goal;
  private readonly store: Store;
  private readonly limits: Limits;
  private readonly stopper = new AbortController();
  private readonly spent = new Spent();
  /** Why the run as a whole was stopped. */
  private halted: MlpError | undefined;
  private pool: Pool | undefined;
  private id = '';
  /** From when the run has a name. */
  private recorder!: Recorder;

  constructor(program: Program, options: RunOptions, goal: Goal, store: Store) {
    this.program = program;
    this.registered = new Registered(program.plan);
    this.options = options;
    this.goal = goal;
    this.store = store;
    const budget = options.memory ?? defaultMemory();
    const jobs = Math.max(
      1,
      Math.min(options.jobs ?? availableParallelism(), Math.floor(budget / leastMemory)),
    );
    this.memory = budget / jobs;
    this.slots = openSlots(jobs, budget);
    this.environment = program.plan.environment ?? 'local';
    this.limits = limitsOf(program.plan, options.goal, Boolean(options.from ?? options.to));
    const { signal } = this.stopper;
    this.signal = options.signal ? AbortSignal.any([options.signal, signal]) : signal;
    this.observe = options.observer ?? (() => {});
    this.params = {
      version: 'params/1',
      from: options.from ?? null,
      to: options.to ?? null,
      overrides: options.overrides ?? {},
      threads: availableParallelism(),
      memory: formatMemory(this.memory),
    };
  }

  async carryOut(): Promise<RunOutcome> {
    const { goal, store, environment, program } = this;
    const started = Date.now();
    const { threads: _t, memory: _m, ...params } = this.params;
    const record = { goal: goal.label, environment, plan: program.plan.hash, params, notRun: goal.notRun };
    const start = () => store.runs.start(record);
    const { concurrency, notes } = this.limits;
    const waiting = (run: string) =>
      this.observe({ kind: 'run-waiting', goal: goal.label, run, at: Date.now() });
    this.id = concurrency
      ? await takeTurn({ ...record, concurrency, store, signal: this.signal, start, waiting })
      : start();
    this.recorder = new Recorder(store, program, environment, this.id);
    const steps = goal.steps.map(({ id, kind, of }) => ({ id, kind, of }));
    this.observe({
      kind: 'run-started',
      run: this.id,
      goal: goal.label,
      environment,
      at: started,
      steps,
      notRun: goal.notRun,
      notes,
    });
    const timer = this.startTimer();
    try {
      for (const step of goal.steps) this.done.set(step.id, this.finish(step));
      const outcomes = await Promise.all(this.done.values());
      return this.conclude(started, outcomes);
    } catch (error) {
      this.recorder.broken(error);
      throw error;
    } finally {
      clearTimeout(timer);
      await this.pool?.close();
      store.dropWork(this.id);
    }
  }

  private startTimer(): NodeJS.Timeout | undefined {
    const { timeout } = this.limits;
    if (timeout === null) return undefined;
    const facts = { pipeline: this.goal.label, seconds: timeout / 1000 };
    return setTimeout(() => this.halt(fault(runMessages.pipelineTimedOut, facts, this.place())), timeout);
  }

  private place(): { at?: number } {
    return this.limits.at === undefined ? {} : { at: this.limits.at };
  }

  /** Stops the run as a whole; the steps under way fail for this reason. */
  private halt(error: MlpError): void {
    if (this.halted || this.signal.aborted) return;
    this.halted = error;
    this.stopper.abort(error);
  }

  private spend(attempt: string, cpu: number): void {
    const { budget } = this.limits;
    const total = this.spent.add(attempt, cpu);
    // There are no GPUs here: a step that asks for one is refused before.
    if (budget?.of !== 'cpu' || total <= budget.amount) return;
    const text = (ms: number) => durationText(ms < 1000 ? Math.ceil(ms) : Math.round(ms / 1000) * 1000);
    const facts = { pipeline: this.goal.label, spent: text(total), budget: durationText(budget.amount) };
    this.halt(fault(runMessages.overBudget, facts, this.place()));
  }

  private conclude(started: number, steps: readonly StepOutcome[]): RunOutcome {
    const any = (status: StepOutcome['status']) => steps.some(step => step.status === status);
    const status = this.halted
      ? 'failed'
      : any('cancelled')
        ? 'cancelled'
        : any('failed')
          ? 'failed'
          : any('refused')
            ? 'refused'
            : 'succeeded';
    const error = this.halted ?? steps.find(step => step.status === 'failed')?.result?.error;
    this.store.runs.finish(this.id, status, error && { code: error.code, message: error.message });
    const outcome: RunOutcome = {
      run: this.id,
      goal: this.goal.label,
      environment: this.environment,
      status,
      exitCode: ({ succeeded: 0, failed: 1, refused: 3, cancelled: 130 } as const)[status],
      started,
      ended: Date.now(),
      nothingChanged:
        steps.every(step => step.cached || step.status === 'skipped' || wroteNothing(step)) &&
        steps.some(step => step.cached),
      error: this.halted ? errorFacts(this.halted) : null,
      steps,
      notRun: this.goal.notRun,
      registered: this.registered.models,
    };
    this.observe({ kind: 'run-finished', at: outcome.ended, outcome });
    return outcome;
  }

  /** One step from its turn to its outcome. */
  private async finish(step: Step): Promise<StepOutcome> {
    const needs = await Promise.all(dependenciesOf(step).map(id => this.done.get(id)));
    const missing = needs.some(need => need && need.status !== 'succeeded' && need.status !== 'cached');
    let outcome: StepOutcome;
    if (missing) outcome = this.unfinished(step, 'skipped', null);
    else if (this.signal.aborted) outcome = this.unfinished(step, 'cancelled', null);
    else {
      const resolved = await resolveStep({ ...this.surroundings(step), step, made: this.hashes });
      outcome =
        this.notToServe(step, resolved) ??
        this.fromStore(step, resolved) ??
        (await this.carry(step, resolved));
      if (outcome.result) this.results.set(step.id, outcome.result);
      if (step.kind === 'register' && (outcome.status === 'succeeded' || outcome.status === 'cached'))
        this.registered.models.push(await this.register(step, resolved, outcome));
      if (step.kind === 'write' && outcome.status === 'succeeded')
        this.registered.rollOut(step, () => this.recorder.fold(step, resolved, {}, false));
    }
    this.observe({ kind: 'step-finished', at: Date.now(), outcome });
    return outcome;
  }

  private surroundings(step: Step) {
    const { store, program, environment } = this;
    return {
      store,
      program,
      environment,
      params: this.registered.paramsOf(step, this.params),
      root: this.options.root,
      signal: this.signal,
    };
  }

  /** What a step of a version that is not to serve comes to. */
  private notToServe(step: Step, resolved: Resolved): StepOutcome | undefined {
    const result = this.registered.refusal(step);
    if (!result) return undefined;
    const now = Date.now();
    this.recorder.save(step, resolved, { status: 'refused', started: now, ended: now, result });
    return { ...this.unfinished(step, 'skipped', result), status: 'refused' };
  }

  /** The step's outcome if the store has it; recorded in the same transaction, so that no clean-up takes it away. */
  private fromStore(step: Step, resolved: Resolved): StepOutcome | undefined {
    const { parts } = resolved;
    if (!parts || this.options.force) return undefined;
    const key = keyOf(parts);
    return this.store.transaction(() => {
      const entry = this.store.cache.find(key);
      if (!entry || entry === 'vanished' || this.isStale(step, entry.result)) return undefined;
      const status = entry.result.status === 'refused' ? 'refused' : 'cached';
      this.hashes.set(step.id, entry.outputs);
      const now = Date.now();
      const record = {
        started: now,
        ended: now,
        attempts: 0,
        key,
        outputs: entry.outputs,
        result: entry.result,
      };
      this.recorder.save(step, resolved, { status, ...record });
      if (status === 'cached') acceptProfile(this.recorder.fold(step, resolved, entry.outputs, true));
      return {
        step: step.id,
        kind: step.kind,
        of: step.of,
        status,
        cached: true,
        result: entry.result,
        took: entry.took,
        attempts: 0,
        why: [],
        outputs: this.recorder.foldersOf(entry.outputs),
      };
    });
  }

  /** The rows are as they were, and meanwhile too old: the step says so. */
  private isStale(step: Step, result: StepResult): boolean {
    if (step.kind !== 'ingest') return false;
    const newest = result.metrics['newest'] ?? null;
    return ageFault(this.program.plan, step.of, newest, this.params) !== null;
  }

  private async carry(step: Step, first: Resolved): Promise<StepOutcome> {
    let resolved = first;
    const memory = step.resources?.memory ?? this.memory;
    const release = await this.slots.acquire(memory);
    try {
      if (this.signal.aborted) return this.unfinished(step, 'cancelled', null);
      const began = Date.now();
      const retry = step.retry ?? this.limits.retry;
      const times = retry?.times ?? 0;
      for (let attempt = 1; ; attempt++) {
        const result = await this.attempt(step, resolved, attempt, began, memory);
        if (result === 'cancelled') return this.stop(step, resolved, attempt, began);
        if (result.status !== 'failed' || attempt > times || this.halted) {
          const { outcome, hashes } = await this.recorder.keep(
            step,
            asRead(resolved, result),
            result,
            attempt,
            began,
          );
          this.hashes.set(step.id, hashes);
          return outcome;
        }
        const wait = retry!.after;
        this.observe({
          kind: 'step-retried',
          step: step.id,
          at: Date.now(),
          error: result.error?.message ?? '',
          wait,
        });
        await sleep(wait, undefined, { signal: this.signal }).catch(() => {});
        // A source that has changed meanwhile is read as it is now.
        resolved = await resolveStep({ ...this.surroundings(step), step, made: this.hashes });
      }
    } finally {
      release();
    }
  }

  private async attempt(step: Step, resolved: Resolved, attempt: number, began: number, memory: number) {
    const { signal, options } = this;
    const why = attempt === 1 ? resolved.why : [];
    this.recorder.save(step, resolved, { status: 'running', started: began, attempts: attempt });
    this.observe({ kind: 'step-started', step: step.id, at: Date.now(), attempt, why });
    this.pool ??= openPool(this.program, options.runners ?? null);
    const declared = step.resources?.cpu;
    const threads = declared
      ? Math.max(1, Math.min(this.params.threads, Math.ceil(declared)))
      : this.params.threads;
    const progress = (event: StepProgress) =>
      this.observe({ kind: 'step-progress', step: step.id, at: Date.now(), progress: event });
    try {
      if (runsForeign(this.program.plan, step)) await this.prepare(step, progress);
      const result = await this.pool.run({
        step: step.id,
        params: { ...this.registered.paramsOf(step, this.params), threads, memory: formatMemory(memory) },
        inputs: resolved.folders,
        out: this.recorder.outFolder(step, attempt),
        root: options.root,
        cache: path.join(this.store.folder, 'cache'),
        timeout:
          step.timeout === null
            ? null
            : step.timeout + (runsForeign(this.program.plan, step) ? foreignGraceMs : 0),
        signal,
        progress,
        spent: cpu => this.spend(`${step.id} ${attempt}`, cpu),
      });
      return this.unchangedSources(step, resolved, result);
    } catch (error) {
      if (error instanceof Cancelled) return this.halted ? failure(step.id, this.halted) : 'cancelled';
      return failure(step.id, error);
    }
  }

  /** Makes what the team's code runs in, once for all steps that need it: it takes nothing of a step's time. */
  private async prepare(step: Step, progress: (event: StepProgress) => void): Promise<void> {
    const { prepareSteps } = await import('../foreign/prepare.ts');
    const { signal, options } = this;
    await prepareSteps(this.program.plan, [step], {
      root: options.root,
      signal,
      progress: message => progress({ message }),
    }).catch(error => {
      throw signal.aborted ? new Cancelled() : error;
    });
  }

  /** What was read must be what the key was made of. */
  private unchangedSources(step: Step, { parts }: Resolved, result: StepResult): StepResult {
    const changed = Object.entries(parts?.snapshots ?? {}).find(([name, hash]) => {
      const read = result.snapshots[name];
      return read !== undefined && read.mark === undefined && read.hash !== hash;
    });
    if (!changed || result.status === 'failed') return result;
    const error = fault(runMessages.changedSource, { source: changed[0] }, { at: step.at });
    return failure(step.id, error);
  }

  private async register(step: Step, resolved: Resolved, outcome: StepOutcome): Promise<RegisteredModel> {
    const snapshots: Record<string, Snapshot> = {};
    for (const id of this.ancestors(step)) Object.assign(snapshots, this.results.get(id)?.snapshots);
    const fold = this.recorder.fold(step, resolved, this.hashes.get(step.id)!, outcome.cached);
    return registerModel(fold, { snapshots, isGoal: this.goal.models.has(step.of) });
  }

  private ancestors(step: Step, found = new Set<string>()): ReadonlySet<string> {
    for (const id of dependenciesOf(step)) {
      if (found.has(id)) continue;
      found.add(id);
      this.ancestors(this.goal.steps.find(other => other.id === id)!, found);
    }
    return found;
  }

  private stop(step: Step, resolved: Resolved, attempts: number, began: number): StepOutcome {
    this.recorder.save(step, resolved, { status: 'cancelled', started: began, ended: Date.now(), attempts });
    return { ...this.unfinished(step, 'cancelled', null), took: Date.now() - began };
  }

  private unfinished(step: Step, status: 'skipped' | 'cancelled', result: StepResult | null): StepOutcome {
    const { id, kind, of } = step;
    return { step: id, kind, of, status, cached: false, result, took: 0, attempts: 0, why: [], outputs: {} };
  }
}

/** Writing is carried out each time, as only the sink knows what is in it. */
const wroteNothing = ({ kind, status, result }: StepOutcome): boolean =>
  kind === 'write' && status === 'succeeded' && result?.metrics['written'] === 0;
