import type { Step } from '../../compiler/plan/plan.ts';
import type { KeyParts } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Program, StepParams, StepResult } from './contract.ts';
import { keyParts, whyRun } from './key.ts';
import { sourceSnapshots } from './sources.ts';

/** What a step is about to read. */
export interface Resolved {
  /** Content hash by input name; null: an external input that is absent. */
  readonly hashes: Readonly<Record<string, string | null>>;
  readonly folders: Readonly<Record<string, string>>;
  /** Null where a source cannot be found: such a step has no key. */
  readonly parts: KeyParts | null;
  readonly why: readonly string[];
}

export interface Surroundings {
  readonly store: Store;
  readonly program: Program;
  readonly environment: string;
  readonly params: StepParams;
  readonly root: string;
  readonly signal: AbortSignal;
  readonly step: Step;
  /** Artifact hashes by output name, of the steps that are done. */
  readonly made: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Finds a step's inputs, which its needs have made by now, and all that its result depends on. */
export async function resolveStep(surroundings: Surroundings): Promise<Resolved> {
  const { store, program, environment, params, root, step, signal } = surroundings;
  const hashes = inputHashes(surroundings);
  const folders = Object.fromEntries(
    Object.entries(hashes).flatMap(([name, hash]) =>
      hash === null ? [] : [[name, store.artifacts.folder(hash)]],
    ),
  );
  // What a sink holds is not known here, so writing is never left out: it looks for itself.
  if (step.kind === 'write') return { hashes, folders, parts: null, why: [] };
  const { plan } = program;
  const snapshots = await sourceSnapshots({ plan, step, params, root, memory: store.files, signal });
  const parts = snapshots ? keyParts(program, step, params, hashes, snapshots) : null;
  const why = parts ? whyRun(parts, store.runs.lastOf(step.id, environment)?.parts) : [];
  return { hashes, folders, parts, why };
}

function inputHashes({ store, environment, step, made }: Surroundings): Record<string, string | null> {
  const hashes: Record<string, string | null> = {};
  for (const input of step.inputs)
    if ('from' in input) hashes[input.name] = made.get(input.from)?.[input.output] ?? null;
  for (const input of step.inputs) {
    if (!('external' in input)) continue;
    const found =
      input.external === 'champion'
        ? store.registry.rival(environment, input.of, hashes['model'] ?? '')?.artifact
        : store.profiles.previous(environment, step.of, hashes['rows'] ?? '');
    hashes[input.name] = found ?? null;
  }
  return hashes;
}

/**
 * The same, once the step has read: a source may have moved on after it was asked, and what was read is kept under what
 * the source said as it was read.
 */
export function asRead(resolved: Resolved, result: StepResult): Resolved {
  const marks = Object.entries(result.snapshots).flatMap(([name, { mark }]) =>
    mark === undefined ? [] : [[name, mark]],
  );
  if (resolved.parts === null || marks.length === 0) return resolved;
  return {
    ...resolved,
    parts: { ...resolved.parts, snapshots: { ...resolved.parts.snapshots, ...Object.fromEntries(marks) } },
  };
}
