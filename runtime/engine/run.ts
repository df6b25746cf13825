import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import type { Plan, Step } from '../../compiler/plan/plan.ts';
import { dependenciesOf } from '../../compiler/plan/steps.ts';
import { fault } from '../data/faults.ts';
import type { StepRecord } from '../store/records.ts';
import { openStore, type Store } from '../store/store.ts';
import type { Program, Snapshot, StepParams, StepResult } from './contract.ts';
import type { Observer, RegisteredModel, RunOutcome, StepOutcome } from './events.ts';
import { failure } from './execute.ts';
import { acceptProfile, type Fold, registerModel } from './fold.ts';
import { type Goal, resolveGoal } from './goals.ts';
import { keyOf } from './key.ts';
import { Cancelled, openPool, type Pool } from './pool.ts';
import { preflight, RunRefusal } from './preflight.ts';
import { type Resolved, resolveStep } from './resolve.ts';
import { defaultMemory, formatMemory } from './resources.ts';
import { runners } from './runners.ts';
import { openSlots, type Slots } from './slots.ts';

export interface RunOptions {
  /** The project's folder: source paths start there, and the store is its `.mlp/`. */
  readonly root: string;
  readonly goal?: string | undefined;
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

/** A step with less than this would be of no use. */
const leastMemory = 512 * 1024 ** 2;

/**
 * Carries out what a goal needs: what the store has is taken from it, the rest is run, in parallel where the graph and
 * memory allow. Throws `MlpError` (or `RunRefusal`) before anything has run; whatever happens later is in the outcome.
 */
export async function runProgram(program: Program, options: RunOptions): Promise<RunOutcome> {
  const goal = resolveGoal(program.plan, options.goal);
  checkOverrides(program.plan, options.overrides ?? {});
  const problems = preflight(program.plan, goal.steps, runners);
  if (problems.length > 0) throw new RunRefusal(problems);
  const store = await openStore(options.root);
  try {
    return await new Run(program, options, goal, store).carryOut();
  } finally {
    store.close();
  }
}

function checkOverrides(plan: Plan, overrides: StepParams['overrides']): void {
  for (const name of Object.keys(overrides))
    if (!plan.models[name])
      throw fault(runMessages.unknownModel, { model: name, models: Object.keys(plan.models) });
}

class Run {
  private readonly done = new Map<string, Promise<StepOutcome>>();
  private readonly hashes = new Map<string, Readonly<Record<string, string>>>();
  private readonly results = new Map<string, StepResult>();
  private readonly registered: RegisteredModel[] = [];
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
  private pool: Pool | undefined;
  private id = '';

  constructor(program: Program, options: RunOptions, goal: Goal, store: Store) {
    this.program = program;
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
    this.signal = options.signal ?? new AbortController().signal;
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
    this.id = store.runs.start({
      goal: goal.label,
      environment,
      plan: program.plan.hash,
      params,
      notRun: goal.notRun,
    });
    const steps = goal.steps.map(({ id, kind, of }) => ({ id, kind, of }));
    this.observe({
      kind: 'run-started',
      run: this.id,
      goal: goal.label,
      environment,
      at: started,
      steps,
      notRun: goal.notRun,
    });
    try {
      for (const step of goal.steps) this.done.set(step.id, this.finish(step));
      const outcomes = await Promise.all(this.done.values());
      return this.conclude(started, outcomes);
    } catch (error) {
      store.runs.finish(this.id, 'failed', {
        code: runMessages.broken.definition.code,
        message: String((error as Error).message),
      });
      throw error;
    } finally {
      await this.pool?.close();
      store.dropWork(this.id);
    }
  }

  private conclude(started: number, steps: readonly StepOutcome[]): RunOutcome {
    const any = (status: StepOutcome['status']) => steps.some(step => step.status === status);
    const status = any('cancelled')
      ? 'cancelled'
      : any('failed')
        ? 'failed'
        : any('refused')
          ? 'refused'
          : 'succeeded';
    const error = steps.find(step => step.status === 'failed')?.result?.error;
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
        steps.every(step => step.cached || step.status === 'skipped') && steps.some(step => step.cached),
      steps,
      notRun: this.goal.notRun,
      registered: this.registered,
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
      const resolved = await resolveStep({ ...this.surroundings(), step, made: this.hashes });
      outcome = this.fromStore(step, resolved) ?? (await this.carry(step, resolved));
      if (outcome.result) this.results.set(step.id, outcome.result);
      if (step.kind === 'register' && (outcome.status === 'succeeded' || outcome.status === 'cached'))
        this.registered.push(await this.register(step, resolved, outcome));
    }
    this.observe({ kind: 'step-finished', at: Date.now(), outcome });
    return outcome;
  }

  private surroundings() {
    const { store, program, environment, params } = this;
    return { store, program, environment, params, root: this.options.root };
  }

  /** The step's outcome if the store has it; recorded in the same transaction, so that no clean-up takes it away. */
  private fromStore(step: Step, resolved: Resolved): StepOutcome | undefined {
    const { parts } = resolved;
    if (!parts || this.options.force) return undefined;
    const key = keyOf(parts);
    return this.store.transaction(() => {
      const entry = this.store.cache.find(key);
      if (!entry || entry === 'vanished') return undefined;
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
      this.save(step, resolved, { status, ...record });
      if (status === 'cached') acceptProfile(this.fold(step, resolved, entry.outputs, true));
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
        outputs: this.foldersOf(entry.outputs),
      };
    });
  }

  private async carry(step: Step, resolved: Resolved): Promise<StepOutcome> {
    const memory = step.resources?.memory ?? this.memory;
    const release = await this.slots.acquire(memory);
    try {
      if (this.signal.aborted) return this.unfinished(step, 'cancelled', null);
      const began = Date.now();
      const times = step.retry?.times ?? 0;
      for (let attempt = 1; ; attempt++) {
        const result = await this.attempt(step, resolved, attempt, began, memory);
        if (result === 'cancelled') return this.stop(step, resolved, attempt, began);
        if (result.status !== 'failed' || attempt > times)
          return await this.keep(step, resolved, result, attempt, began);
        const wait = step.retry!.after;
        this.observe({
          kind: 'step-retried',
          step: step.id,
          at: Date.now(),
          error: result.error?.message ?? '',
          wait,
        });
        await sleep(wait, undefined, { signal: this.signal }).catch(() => {});
      }
    } finally {
      release();
    }
  }

  private async attempt(step: Step, resolved: Resolved, attempt: number, began: number, memory: number) {
    const { signal, options } = this;
    const why = attempt === 1 ? resolved.why : [];
    this.save(step, resolved, { status: 'running', started: began, attempts: attempt });
    this.observe({ kind: 'step-started', step: step.id, at: Date.now(), attempt, why });
    this.pool ??= openPool(this.program, options.runners ?? null);
    const declared = step.resources?.cpu;
    const threads = declared
      ? Math.max(1, Math.min(this.params.threads, Math.ceil(declared)))
      : this.params.threads;
    try {
      const result = await this.pool.run({
        step: step.id,
        params: { ...this.params, threads, memory: formatMemory(memory) },
        inputs: resolved.folders,
        out: this.outFolder(step, attempt),
        root: options.root,
        timeout: step.timeout,
        signal,
        progress: progress =>
          this.observe({ kind: 'step-progress', step: step.id, at: Date.now(), progress }),
      });
      return this.unchangedSources(step, resolved, result);
    } catch (error) {
      if (error instanceof Cancelled) return 'cancelled';
      return failure(step.id, error);
    }
  }

  /** What was read must be what the key was made of. */
  private unchangedSources(step: Step, { parts }: Resolved, result: StepResult): StepResult {
    const changed = Object.entries(parts?.snapshots ?? {}).find(([name, hash]) => {
      const read = result.snapshots[name];
      return read !== undefined && read.hash !== hash;
    });
    if (!changed || result.status === 'failed') return result;
    const error = fault(runMessages.changedSource, { source: changed[0] }, { at: step.at });
    return failure(step.id, error);
  }

  /** Takes the outputs into the store and records the step, all in one transaction. */
  private async keep(
    step: Step,
    resolved: Resolved,
    result: StepResult,
    attempts: number,
    began: number,
  ): Promise<StepOutcome> {
    const { store } = this;
    const out = this.outFolder(step, attempts);
    const made = result.status === 'failed' ? [] : step.outputs;
    const contents = await Promise.all(
      made.map(async output => ({
        ...output,
        content: await store.artifacts.measure(path.join(out, output.name)),
      })),
    );
    const outputs = Object.fromEntries(contents.map(({ name, content }) => [name, content.hash]));
    const ended = Date.now();
    const key = resolved.parts ? keyOf(resolved.parts) : null;
    store.transaction(() => {
      for (const { name, kind, content } of contents)
        store.artifacts.adopt(path.join(out, name), content, kind);
      this.save(step, resolved, {
        status: result.status,
        started: began,
        ended,
        attempts,
        key,
        outputs,
        result,
      });
      if (key && result.status !== 'failed')
        store.cache.remember(key, step.id, {
          outputs,
          result,
          run: this.id,
          made: ended,
          took: ended - began,
        });
      if (result.status === 'succeeded') acceptProfile(this.fold(step, resolved, outputs, false));
    });
    this.hashes.set(step.id, outputs);
    const { id, kind, of } = step;
    const about = { step: id, kind, of, cached: false, attempts, why: resolved.why, took: ended - began };
    return { ...about, status: result.status, result, outputs: this.foldersOf(outputs) };
  }

  private async register(step: Step, resolved: Resolved, outcome: StepOutcome): Promise<RegisteredModel> {
    const snapshots: Record<string, Snapshot> = {};
    for (const id of this.ancestors(step)) Object.assign(snapshots, this.results.get(id)?.snapshots);
    const fold = this.fold(step, resolved, this.hashes.get(step.id)!, outcome.cached);
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
    this.save(step, resolved, { status: 'cancelled', started: began, ended: Date.now(), attempts });
    return this.unfinished(step, 'cancelled', null);
  }

  private unfinished(step: Step, status: 'skipped' | 'cancelled', result: StepResult | null): StepOutcome {
    const { id, kind, of } = step;
    return { step: id, kind, of, status, cached: false, result, took: 0, attempts: 0, why: [], outputs: {} };
  }

  private save(
    step: Step,
    resolved: Resolved,
    record: Partial<StepRecord> & Pick<StepRecord, 'status'>,
  ): void {
    const inputs = Object.fromEntries(Object.entries(resolved.hashes).filter(([, hash]) => hash !== null));
    this.store.runs.saveStep({
      run: this.id,
      step: step.id,
      kind: step.kind,
      of: step.of,
      started: null,
      ended: null,
      attempts: 0,
      key: null,
      outputs: {},
      result: null,
      parts: resolved.parts,
      why: resolved.why,
      inputs: inputs as Record<string, string>,
      ...record,
    });
  }

  private fold(step: Step, resolved: Resolved, outputs: Fold['outputs'], cached: boolean): Fold {
    const { store, program, environment } = this;
    return {
      store,
      program,
      environment,
      run: this.id,
      step,
      inputs: resolved.hashes as Record<string, string>,
      outputs,
      cached,
    };
  }

  private outFolder(step: Step, attempt: number): string {
    return path.join(this.store.workFolder(this.id), `${step.id}-${attempt}`);
  }

  private foldersOf(outputs: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(outputs).map(([name, hash]) => [name, this.store.artifacts.folder(hash)]),
    );
  }
}
