import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import { durationText } from '../../compiler/plan/build/text.ts';
import type { At, Pipeline, Plan, Retry } from '../../compiler/plan/plan.ts';
import { fault } from '../data/faults.ts';
import type { Store } from '../store/store.ts';
import { MlpError } from './contract.ts';

/** What a pipeline says of a run of it as a whole; where a model or a step is the goal, nothing. */
export interface Limits {
  /** For steps that do not say how often they are tried themselves. */
  readonly retry: Retry | null;
  /** Milliseconds for the whole run. */
  readonly timeout: number | null;
  readonly budget: Pipeline['budget'];
  readonly concurrency: Pipeline['concurrency'] | null;
  /** What the pipeline says that a run by hand does not do. */
  readonly notes: readonly string[];
  readonly at: At | undefined;
}

const unlimited: Limits = {
  retry: null,
  timeout: null,
  budget: null,
  concurrency: null,
  notes: [],
  at: undefined,
};

export function limitsOf(plan: Plan, goal: string | undefined, narrowed: boolean): Limits {
  const pipeline = goal === undefined ? undefined : plan.pipelines[goal];
  if (!pipeline) return unlimited;
  const { retry, timeout, budget, concurrency, at, interval, notify } = pipeline;
  const notes: string[] = [];
  if (interval !== null && !narrowed)
    notes.push(
      `its interval of ${durationText(interval)} is for scheduled runs; this one takes all rows (--from and --to narrow it)`,
    );
  if (notify.length > 0) notes.push('this runtime sends no notifications');
  return { retry, timeout, budget, concurrency, notes, at };
}

/** The run was not begun, and that is no fault: another one of the pipeline is under way, or waiting was cancelled. */
export class NotBegun extends MlpError {
  readonly exitCode: 0 | 130;
  constructor(error: MlpError, exitCode: 0 | 130) {
    super(error.code, error.message, error.hint === undefined ? {} : { hint: error.hint });
    this.exitCode = exitCode;
  }
}

interface Turn {
  readonly goal: string;
  readonly environment: string;
  readonly concurrency: NonNullable<Limits['concurrency']>;
  readonly store: Store;
  readonly signal: AbortSignal;
  /** Records the run as running; called in the transaction that saw no other. */
  start(): string;
  /** Told once, with the run that is waited for. */
  waiting(run: string): void;
}

const pollMs = 200;

/**
 * Begins a run of a pipeline as its `concurrency` says when another one of it is under way in the same store: `queue`
 * waits for its end, `replace` ends it, `skip` throws `NotBegun`.
 */
export async function takeTurn(turn: Turn): Promise<string> {
  const { goal, environment, concurrency, store, signal } = turn;
  const asked = new Set<string>();
  for (let told = false; ; told = true) {
    const found = store.transaction(() => {
      const other = store.runs.running().find(run => run.goal === goal && run.environment === environment);
      return other ?? turn.start();
    });
    if (typeof found === 'string') return found;
    if (concurrency === 'skip')
      throw new NotBegun(fault(runMessages.skipped, { pipeline: goal, run: found.id }), 0);
    if (concurrency === 'replace' && found.process.host === hostname() && !asked.has(found.id)) {
      asked.add(found.id);
      end(found.process.pid);
    }
    if (!told) turn.waiting(found.id);
    await sleep(pollMs, undefined, { signal }).catch(() => {});
    if (signal.aborted)
      throw new NotBegun(fault(runMessages.stoppedWaiting, { pipeline: goal, run: found.id }), 130);
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}

/** Adds up the processor time of a run's steps, in milliseconds, as its processes report it. */
export class Spent {
  private readonly of = new Map<string, number>();

  /** `attempt` tells the tries of one step apart. */
  add(attempt: string, cpu: number): number {
    this.of.set(attempt, cpu);
    let total = 0;
    for (const one of this.of.values()) total += one;
    return total;
  }
}
