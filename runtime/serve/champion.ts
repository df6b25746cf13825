import { existsSync } from 'node:fs';
import path from 'node:path';
import { serveMessages } from '../../compiler/diagnostics/messages/serve.ts';
import { fault } from '../data/faults.ts';
import type { Program, StepParams } from '../engine/contract.ts';
import { keyParts } from '../engine/key.ts';
import { type Fitted, requireFitted } from '../features/fitted.ts';
import { openModel } from '../learn/open-model.ts';
import type { AnyModel } from '../learn/types.ts';
import { openDatabase } from '../store/driver.ts';
import type { ModelVersion } from '../store/records.ts';
import { openRegistry } from '../store/registry.ts';
import { openRuns } from '../store/runs.ts';
import { hasStore, openStore } from '../store/store.ts';
import { type Encoder, encoderOf, Misfit } from './encode.ts';
import { environmentOption, type Served } from './served.ts';

/** A version of the model, ready to answer. */
export interface Champion {
  readonly version: number;
  /** When it was registered, milliseconds since 1970. */
  readonly made: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly model: AnyModel;
  readonly encode: Encoder;
  /** What was fitted on its training rows. */
  readonly fitted: Fitted;
}

/** What one look into the registry gives. */
interface Held {
  readonly holder: ModelVersion | undefined;
  readonly versions: readonly number[];
  /** What the champion's run remembers of how each view was computed. */
  readonly trained: ReadonlyMap<string, { readonly code: string; readonly declaration: string }>;
}

/** Reads the registry without waiting for writers: what is locked now is free at the next look. */
async function look(root: string, served: Served): Promise<Held> {
  const { environment, modelName, model } = served;
  const db = await openDatabase(path.join(root, '.mlp', 'store.db'), { reader: true });
  try {
    const registry = openRegistry(db);
    const holder = registry.holder(environment, modelName, 'champion');
    const steps = holder ? openRuns(db).steps(holder.run) : [];
    const trained = steps.flatMap(({ kind, of, parts }) =>
      kind === 'features' && parts && model.views.includes(of) ? [[of, parts] as const] : [],
    );
    return {
      holder,
      versions: holder ? [] : registry.versions(environment, modelName).map(({ version }) => version),
      trained: new Map(trained),
    };
  } finally {
    db.close();
  }
}

/**
 * The champion of the served model in its environment.
 * @throws MlpError where there is none, where it was trained on other features, and where its file is damaged
 */
export async function loadChampion(program: Program, served: Served, root: string): Promise<Champion> {
  // Opening the store the ordinary way brings it to this version's form.
  if (hasStore(root)) (await openStore(root)).close();
  const held = hasStore(root) ? await look(root, served) : undefined;
  if (!held?.holder) throw noChampion(served, held?.versions ?? []);
  return load(program, served, root, held.holder, held.trained);
}

/** The version that is champion now; undefined where there is none. Cheap enough to be asked every second. */
export async function championVersion(root: string, served: Served): Promise<number | undefined> {
  return existsSync(path.join(root, '.mlp', 'store.db'))
    ? (await look(root, served)).holder?.version
    : undefined;
}

function noChampion(served: Served, versions: readonly number[]) {
  const { modelName: model, environment, plan, deployment } = served;
  const facts = { model, environment, versions, named: environmentOption(plan) };
  return fault(serveMessages.noChampion, facts, { at: deployment.at });
}

async function load(
  program: Program,
  served: Served,
  root: string,
  { version, artifact, made, metrics, lineage }: ModelVersion,
  trained: Held['trained'],
): Promise<Champion> {
  const { plan, model: declared, modelName: model, deployment } = served;
  const named = environmentOption(plan);
  const misfit = (what: string) =>
    fault(serveMessages.otherFeatures, { model, version, what, named }, { at: deployment.at });
  const changed =
    lineage.plan === plan.hash && program.functions === undefined
      ? undefined
      : changedView(program, served, trained);
  if (changed !== undefined) throw misfit(`\`${changed}\` is computed another way since it was trained`);
  const folder = path.join(root, '.mlp', 'artifacts', artifact.slice(0, 2), artifact);
  let loaded: AnyModel;
  try {
    loaded = await openModel(folder);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? `${folder} has no model.json` : message;
    const facts = { model, version, reason, named };
    throw fault(serveMessages.badModel, facts, { at: deployment.at, cause });
  }
  if (loaded.task !== declared.task)
    throw misfit(`it is a ${loaded.task} model, and the spec's is ${declared.task}`);
  const encode = encoderOf(plan, declared, loaded.toJSON().features);
  if (encode instanceof Misfit) throw misfit(encode.what);
  const about = { model: `version ${version} of ${model}`, at: deployment.at };
  const fitted = await requireFitted(plan, declared.views, folder, about);
  return { version, made, metrics, model: loaded, encode, fitted };
}

const noParams: StepParams = {
  version: 'params/1',
  from: null,
  to: null,
  overrides: {},
  threads: 1,
  memory: '1GiB',
};

/** The first view that this spec computes otherwise than the run that trained, by the same runtime. */
function changedView(
  program: Program,
  { plan, model }: Served,
  trained: Held['trained'],
): string | undefined {
  return model.views.find(view => {
    const then = trained.get(view);
    const step = plan.steps.find(({ kind, of }) => kind === 'features' && of === view);
    if (!then || !step) return false;
    const now = keyParts(program, step, noParams, {}, {});
    return now.code === then.code && now.declaration !== then.declaration;
  });
}
