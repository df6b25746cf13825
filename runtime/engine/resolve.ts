import type { Step } from '../../compiler/plan/plan.ts';
import type { KeyParts } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Program, StepParams } from './contract.ts';
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
  readonly step: Step;
  /** Artifact hashes by output name, of the steps that are done. */
  readonly made: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Finds a step's inputs, which its needs have made by now, and all that its result depends on. */
export async function resolveStep(surroundings: Surroundings): Promise<Resolved> {
  const { store, program, environment, params, root, step } = surroundings;
  const hashes = inputHashes(surroundings);
  const folders = Object.fromEntries(
    Object.entries(hashes).flatMap(([name, hash]) =>
      hash === null ? [] : [[name, store.artifacts.folder(hash)]],
    ),
  );
  // What a sink holds is not known here, so writing is never left out: it looks for itself.
  if (step.kind === 'write') return { hashes, folders, parts: null, why: [] };
  const snapshots = await sourceSnapshots(program.plan, step, root, store.files);
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
