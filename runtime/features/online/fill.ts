import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Program } from '../../engine/contract.ts';
import type { Observer } from '../../engine/events.ts';
import { preflight, RunRefusal } from '../../engine/preflight.ts';
import { defaultMemory, formatMemory } from '../../engine/resources.ts';
import { makeTables, viewsNamed } from '../tables.ts';
import { collectStates } from './collect.ts';
import { asOnlyWriter, type Moved, moveStates } from './materialize.ts';
import { openStoreFor } from './place.ts';
import { onlineView, statesOf } from './states.ts';

export interface FillOptions {
  readonly root: string;
  /** Views, models or deployments; none: all views. */
  readonly names?: readonly string[];
  readonly environment?: string;
  readonly store?: string;
  /** Moments of prediction from here on can be answered, microseconds. */
  readonly from?: number | null;
  /** Only rows with an event before, microseconds. */
  readonly to?: number | null;
  /** States that no materialisation has renewed for so many milliseconds are removed. */
  readonly keep?: number;
  readonly signal?: AbortSignal;
  readonly observer?: Observer;
  readonly progress?: (table: string, rows: number) => void;
}

export interface Filled {
  readonly views: readonly string[];
  readonly place: string;
  readonly states: readonly Moved[];
  /** Tables of old versions that were removed. */
  readonly collected: readonly string[];
  readonly milliseconds: number;
}

/** How long a state of an old version stays for the services that read it: a week. */
export const keptFor = 7 * 86_400_000;

/** `mlp features materialize`: moves what is new of all that the views read into the online store. */
export async function materializeFeatures(program: Program, options: FillOptions): Promise<Filled> {
  const started = performance.now();
  const views = viewsNamed(program.plan, options.names ?? []);
  const steps = program.plan.steps.filter(({ kind, of }) => kind === 'features' && views.includes(of));
  const problems = preflight(program.plan, steps);
  if (problems.length > 0) throw new RunRefusal(problems);
  const states = statesOf(views.map(name => onlineView(program, name)));
  const tables = [...new Set(states.map(({ table }) => table))];
  // Rows that come while the run reads are not in it: its beginning is what the store is as of.
  const asOf = Date.now() * 1000;
  // First the store: rows are not made for one that is not there.
  const store = (await openStoreFor(program.plan, options, { readOnly: false }))!;
  try {
    const until = options.to == null ? null : new Date(options.to / 1000).toISOString();
    const run = { ...options, label: 'features materialize', until };
    const folders = await makeTables(program, tables, run);
    return await asOnlyWriter(store, async () => {
      const moved = await moveStates(store, states, {
        folders,
        from: options.from ?? null,
        to: options.to ?? null,
        asOf,
        threads: availableParallelism(),
        memory: formatMemory(defaultMemory()),
        scratch: path.join(options.root, '.mlp'),
        signal: options.signal ?? new AbortController().signal,
        progress: (state, rows) => options.progress?.(state.table, rows),
      });
      const current = new Set(states.map(({ id }) => id));
      const collected = await collectStates(store, current, asOf - (options.keep ?? keptFor) * 1000);
      const milliseconds = performance.now() - started;
      return { views, place: store.place, states: moved, collected, milliseconds };
    });
  } finally {
    await store.close();
  }
}
