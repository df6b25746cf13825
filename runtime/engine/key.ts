/** What a step's result depends on, hashed part by part: the cache key, and the answer to "why does it run again?". */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { teamFunctions } from '../../compiler/plan/foreign.ts';
import { canonicalJson, stepHash } from '../../compiler/plan/hash.ts';
import type { Step, StepKind } from '../../compiler/plan/plan.ts';
import { hashText } from '../store/folders.ts';
import type { KeyParts } from '../store/records.ts';
import type { Program, StepParams } from './contract.ts';

/** Raised whenever a released step kind begins to give other results for the same input. */
const kindVersions: Readonly<Partial<Record<StepKind, number>>> = {};

export function keyOf(parts: KeyParts): string {
  return hashText(canonicalJson(parts));
}

export function keyParts(
  program: Program,
  step: Step,
  params: StepParams,
  inputs: KeyParts['inputs'],
  snapshots: KeyParts['snapshots'],
): KeyParts {
  return {
    code: `${step.kind}/${kindVersions[step.kind] ?? 1}/${runtimeVersion()}`,
    declaration: hashText(`${stepHash(program.plan, step)} ${generatedCode(program, step)}`),
    params: hashText(canonicalJson(paramsOf(step, params))),
    inputs,
    snapshots,
  };
}

/** In the words of a report: which parts differ from the last time. */
export function whyRun(now: KeyParts, last: KeyParts | null | undefined): readonly string[] {
  if (!last) return [];
  const why: string[] = [];
  if (now.code !== last.code) why.push("the runtime's code changed");
  if (now.declaration !== last.declaration) why.push('its declaration changed');
  if (now.params !== last.params) why.push("the run's parameters changed");
  for (const name of namesOf(now.snapshots, last.snapshots))
    if (now.snapshots[name] !== last.snapshots[name]) why.push(`the files of ${name} changed`);
  for (const name of namesOf(now.inputs, last.inputs))
    if ((now.inputs[name] ?? null) !== (last.inputs[name] ?? null)) why.push(`${name} changed`);
  return why;
}

function namesOf(a: object, b: object): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}

/** What the compiler generated for the declaration that the step carries out. */
function generatedCode(program: Program, step: Step): string {
  const own: Partial<Record<StepKind, unknown>> = {
    ingest: program.sources[step.of],
    validate: program.validations[step.of]?.sql,
    features: program.views[step.of]?.sql,
    ...Object.fromEntries(['split', 'evaluate', 'score'].map(kind => [kind, fittingOf(program, step)])),
  };
  const team = teamCode(program, step);
  const code = own[step.kind] ?? null;
  return canonicalJson(team === undefined ? code : { code, team });
}

/** The state of the team's functions that the step calls. */
function teamCode({ plan, functions }: Program, { of, kind }: Step): string | undefined {
  if (functions === undefined) return undefined;
  const model = plan.models[plan.deployments[of]?.serves ?? of];
  const views = (model?.views ?? []).map(view => plan.views[view]);
  const parts: Partial<Record<StepKind, unknown>> = {
    validate: plan.validations[of],
    features: plan.views[of],
    split: [model?.where, views],
    evaluate: views,
    score: [model?.where, views],
  };
  const [called] = teamFunctions(parts[kind]).keys();
  return called === undefined ? undefined : functions[called]?.declared.code;
}

/** What the steps of a model compute features with that read fitted values. */
function fittingOf({ plan, views }: Program, { of }: Step): unknown {
  const model = plan.models[plan.deployments[of]?.serves ?? of];
  const stages = model?.views.flatMap(view => views[view]?.fitting ?? []) ?? [];
  return stages.length === 0 ? undefined : stages;
}

function paramsOf(step: Step, params: StepParams): unknown {
  const interval = ['ingest', 'validate', 'features', 'split'].includes(step.kind)
    ? [params.from, params.to]
    : [];
  const overrides = ['tune', 'train'].includes(step.kind) ? (params.overrides[step.of] ?? {}) : {};
  const sample = step.kind === 'ingest' && params.sample !== undefined ? { sample: params.sample } : {};
  const versions = step.kind === 'score' ? { versions: params.versions ?? {} } : {};
  return { interval, params: overrides, ...sample, ...versions };
}

declare const MLP_VERSION: string | undefined;
let version: string | undefined;

/** The release, or, run from its sources, the state of the files that steps are made of. */
function runtimeVersion(): string {
  version ??= typeof MLP_VERSION === 'string' ? MLP_VERSION : sourcesVersion();
  return version;
}

function sourcesVersion(): string {
  const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
  const states = ['data', 'features', 'foreign', 'learn'].flatMap(folder => {
    const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
    return files
      .filter(file => file.endsWith('.ts'))
      .sort()
      .map(file => {
        const stat = statSync(path.join(root, folder, file));
        return `${folder}/${file} ${stat.size} ${stat.mtimeMs}`;
      });
  });
  return `dev-${hashText(states.join('\n')).slice(0, 16)}`;
}
