/** What of a step's success is remembered beyond the step: accepted snapshots, registered models, promotions. */
import path from 'node:path';
import type { Step } from '../../compiler/plan/plan.ts';
import { whoAmI } from '../store/processes.ts';
import type { ModelVersion } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Program, Snapshot } from './contract.ts';
import type { RegistrationDocument } from './documents.ts';
import type { RegisteredModel } from './events.ts';
import { readText } from './execute.ts';
import { parseDocument } from './schemas.ts';

export interface Fold {
  readonly store: Store;
  readonly program: Program;
  readonly environment: string;
  readonly run: string;
  readonly step: Step;
  /** Artifact hashes by name. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly cached: boolean;
}

/** Inside the transaction in which the step is recorded. */
export function acceptProfile({ store, environment, run, step, inputs, outputs }: Fold): void {
  const rows = inputs['rows'];
  const profile = outputs['profile'];
  if (step.kind === 'validate' && rows && profile)
    store.profiles.accept({ environment, validation: step.of, rows, profile, run });
}

export interface RegisterOptions {
  /** Snapshots of the sources that the run has read. */
  readonly snapshots: Readonly<Record<string, Snapshot>>;
  /** The model is the run's goal: nothing that comes later decides about it. */
  readonly isGoal: boolean;
}

/** Takes a model that passed its gate into the registry, makes it candidate and, where nothing stands between, champion. */
export async function registerModel(fold: Fold, options: RegisterOptions): Promise<RegisteredModel> {
  const { store, program, environment, run, step, inputs, outputs } = fold;
  const model = step.of;
  const artifact = inputs['model'];
  const registration = outputs['registration'];
  if (!artifact || !registration) throw new Error(`step ${step.id} does not name its model and registration`);
  const file = path.join(store.artifacts.folder(registration), 'registration.json');
  const document = await parseDocument<RegistrationDocument>('registration/1', readText(file), file);
  return store.transaction(() => {
    const rival = store.registry.rival(environment, model, artifact);
    const { version, isNew } = store.registry.register({
      environment,
      model,
      artifact,
      registration,
      run,
      metrics: document.metrics,
      lineage: {
        plan: document.plan,
        files: program.plan.files,
        snapshots: options.snapshots,
        parts: document.parts,
        parent: rival?.version ?? null,
      },
      who: whoAmI(),
    });
    const promotion = { environment, model, to: version, who: whoAmI(), run };
    const log = store.registry.promotions(environment, model);
    const was = (alias: string) => log.some(entry => entry.alias === alias && entry.to === version);
    // What a person took back is not undone by a run that finds everything in the store.
    if (!(fold.cached && was('candidate')))
      store.registry.promote({ ...promotion, alias: 'candidate', why: gateText(model, document.passed) });
    const withheld = whyWithheld(fold, options, document, version, was('champion'));
    const taken =
      withheld === null
        ? store.registry.promote({
            ...promotion,
            alias: 'champion',
            why: `${gateText(model, document.passed)}, goal of the run`,
          })
        : undefined;
    const now = store.registry.version(environment, model, version) as ModelVersion;
    return { model, version: now, isNew, replaced: taken?.from, withheld };
  });
}

/** Nothing stands in a version's way but the deployment that comes next. */
export const untilRolledOut = 'becomes champion when its roll-out reaches 100%';

/** A batch deployment reaches all of its rows at once: what it has scored with is champion. */
export function rolledOut(fold: Fold, registered: RegisteredModel): RegisteredModel {
  const { store, environment, run, step } = fold;
  const { model, version, withheld } = registered;
  if (withheld !== untilRolledOut) return registered;
  return store.transaction(() => {
    const why = `${step.of} has scored with it`;
    const promotion = { environment, model, to: version.version, who: whoAmI(), run, alias: 'champion', why };
    const taken = store.registry.promote(promotion);
    const now = store.registry.version(environment, model, version.version) as ModelVersion;
    return { ...registered, version: now, replaced: taken?.from, withheld: null };
  });
}

function gateText(model: string, passed: boolean): string {
  return passed ? `passed the gate of ${model}` : `${model} has no gate`;
}

function whyWithheld(
  fold: Fold,
  options: RegisterOptions,
  document: RegistrationDocument,
  version: number,
  wasChampion: boolean,
): string | null {
  const champion = fold.store.registry.holder(fold.environment, document.model, 'champion');
  if (champion?.version === version) return null;
  if (document.approvals.length > 0)
    return `waits for the approval of ${document.approvals.join(' and ')}: mlp models ${document.model} --promote ${version}`;
  if (!options.isGoal) return untilRolledOut;
  if (fold.cached && wasChampion)
    return `was champion before and was replaced by version ${champion?.version ?? 'none'} by hand: mlp models ${document.model} --promote ${version}`;
  return null;
}
