import { targetsMessages as messages } from '../../diagnostics/messages/targets.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import { isConnected } from '../../plan/connections.ts';
import { foreignCode } from '../../plan/foreign.ts';
import { isBelow, schemeOf } from '../../plan/paths.ts';
import type { At, Plan, Step } from '../../plan/plan.ts';
import { goals as allGoals, goalSteps } from '../../plan/steps.ts';
import { resolveEnvironment } from '../environment.ts';
import { sourcePath, unsupported } from '../local/capabilities.ts';
import { NOWHERE, type Refusal, refuse, type TargetOptions } from '../target.ts';
import { packageOf } from '../typescript/packages.ts';
import { imageOf } from './image.ts';
import { type Selection, select } from './select.ts';
import { readSettings, type Settings } from './settings.ts';

const target = 'kubernetes';

/** Everything the target refuses or leaves out, errors first. */
export function capabilities(plan: Plan, options: TargetOptions): readonly Refusal[] {
  const { settings, refusals } = readSettings(plan);
  const selections = select(plan, options);
  const found = [
    ...refusals,
    ...unknownGoals(plan, options),
    ...selections.flatMap(selection => ofSelection(plan, options, selection, settings)),
    ...leftOut(plan, selections),
    ...(settings ? ofImage(plan, options, settings) : []),
  ];
  const seen = new Set<string>();
  const distinct = found.filter(r => !seen.has(`${r.at} ${r.message}`) && seen.add(`${r.at} ${r.message}`));
  const rank = (r: Refusal) => (r.severity === 'error' ? 0 : 1);
  return distinct.sort((a, b) => rank(a) - rank(b));
}

function unknownGoals(plan: Plan, options: TargetOptions): readonly Refusal[] {
  const known = [...Object.keys(plan.pipelines), ...Object.keys(plan.models), ...Object.keys(plan.views)];
  return (options.goals ?? [])
    .filter(goal => !plan.pipelines[goal] && !goalSteps(plan, goal))
    .map(goal =>
      refuse(messages.unknownGoal, { goal, suggestion: suggest(goal, allGoals(plan)), known }, NOWHERE),
    );
}

function ofSelection(
  plan: Plan,
  options: TargetOptions,
  selection: Selection,
  settings?: Settings,
): readonly Refusal[] {
  const { pipeline, steps, name } = selection;
  const serving = steps.filter(step => isServing(step));
  const training = steps.filter(step => !isServing(step));
  const cannot = unsupported(plan, training).filter(r => r.code !== messages.sourceScheme.definition.code);
  return [
    ...serving.map(step => servingGoal(plan, step, pipeline?.at ?? step.at)),
    ...cannot,
    ...training.flatMap(step => (step.kind === 'ingest' ? ofSource(plan, options, step, settings) : [])),
    ...training.flatMap(step => ofNames(step)),
    ...training.flatMap(step => ofForeign(plan, step)),
    ...(pipeline?.triggers ?? []).flatMap(trigger =>
      trigger.kind === 'schedule' && trigger.missed === 'all'
        ? [refuse(messages.missedAll, { pipeline: name }, trigger.at)]
        : [],
    ),
    ...(pipeline?.interval != null ? [refuse(messages.interval, { pipeline: name }, pipeline.at)] : []),
  ];
}

/** What a step needs beside the program: the team's code and what it runs in, or a file of the project. */
function ofForeign(plan: Plan, step: Step): readonly Refusal[] {
  const model = plan.models[step.of];
  if (step.kind === 'load')
    return [
      refuse(
        messages.codeNotEmitted,
        { target, what: `the file that \`${step.of}\` loads` },
        model?.load?.at ?? step.at,
      ),
    ];
  return foreignCode(plan, step).map(({ name, what, run }) =>
    refuse(
      messages.codeNotEmitted,
      { target, what: `the ${what} \`${name}\`, which runs ${run.language}` },
      run.at ?? step.at,
    ),
  );
}

const isServing = (step: Step): boolean => ['deploy', 'score', 'write', 'monitor'].includes(step.kind);

function servingGoal(plan: Plan, step: Step, at: At): Refusal {
  const serves =
    plan.deployments[step.of]?.serves ?? plan.deployments[plan.monitors[step.of]?.deployment ?? '']?.serves;
  const what = step.kind === 'monitor' ? 'a monitor' : 'a deployment';
  const facts = { target, goal: step.of, what, instead: serves === undefined ? [] : [serves] };
  return refuse(messages.goalNotEmitted, facts, at);
}

/** A pod can read the packages of its image and the files of the volume it mounts, and nothing else. */
function ofSource(plan: Plan, options: TargetOptions, step: Step, settings?: Settings): readonly Refusal[] {
  const source = plan.sources[step.of];
  // Its secrets reach the pod as variables; their names can be both that and keys.
  if (source && isConnected(source)) return [];
  const path = source && sourcePath(source);
  if (!source || path === undefined || !settings) return [];
  const { at } = source.from;
  const prefix = schemeOf(path);
  if (prefix === 'npm') {
    const name = packageOf(path);
    if (name !== undefined && options.packageVersions?.[name] !== undefined) return [];
    return [refuse(messages.packageVersion, { source: step.of, package: name ?? path }, at)];
  }
  if (prefix !== undefined)
    return [refuse(messages.sourceScheme, { source: step.of, path, mount: settings.mount }, at)];
  if (settings.volume !== null && isBelow(path, settings.mount))
    return ofText(path, `the path of \`${step.of}\``, at);
  return [
    refuse(
      messages.localSource,
      { source: step.of, path, mount: settings.volume === null ? null : settings.mount },
      at,
    ),
  ];
}

/** What Argo (`{{`) or Kubernetes (`$(`) would replace. A single place decides it; a test draws hostile names. */
export const templateText = (text: string): string | undefined => /\{\{|\}\}|\$\(/.exec(text)?.[0];

function ofText(text: string, what: string, at: At): readonly Refusal[] {
  const found = templateText(text);
  return found === undefined ? [] : [refuse(messages.templateBraces, { what, text: found }, at)];
}

/** Inputs are folders named after declarations, which back-ticks let be called anything. */
function ofNames(step: Step): readonly Refusal[] {
  return step.inputs.flatMap(({ name }) => {
    const what = `an input of the step ${step.id}`;
    if (!isPathName(name)) return [refuse(messages.pathName, { name, what }, step.at)];
    return ofText(name, `the name \`${name}\``, step.at);
  });
}

/** No slash, no control character, not `.` or `..`, and short enough for a file system. */
const isPathName = (name: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  !/[/\\\u0000-\u001f\u007f]/.test(name) && name !== '' && name !== '.' && name !== '..' && name.length <= 80;

/** What the spec says and this version leaves out of a build that otherwise works. */
function leftOut(plan: Plan, selections: readonly Selection[]): readonly Refusal[] {
  const note = (what: string, at: At): Refusal => refuse(messages.notEmitted, { target, what }, at);
  const emitted = new Set(selections.flatMap(s => s.steps.map(step => step.of)));
  const notes: Refusal[] = [];
  for (const { name, pipeline } of selections) {
    if (!pipeline) continue;
    for (const trigger of pipeline.triggers) {
      if (trigger.kind === 'new_rows')
        notes.push(note(`the trigger \`new_rows(${trigger.source})\` of \`${name}\``, trigger.at));
      if (trigger.kind === 'alert')
        notes.push(note(`the trigger \`alert(${trigger.monitor})\` of \`${name}\``, trigger.at));
    }
    if (pipeline.budget) notes.push(note(`the budget of \`${name}\``, pipeline.at));
    if (pipeline.notify.length) notes.push(note(`the notifications of \`${name}\``, pipeline.at));
  }
  for (const [name, { at }] of Object.entries(plan.pipelines))
    if (!selections.some(s => s.name === name)) notes.push(note(`the pipeline \`${name}\``, at));
  for (const [name, { at }] of Object.entries(plan.deployments))
    if (!emitted.has(name)) notes.push(note(`the deployment \`${name}\``, at));
  for (const [name, { at }] of Object.entries(plan.monitors))
    if (!emitted.has(name)) notes.push(note(`the monitor \`${name}\``, at));
  for (const step of selections.flatMap(s => s.steps)) {
    const approvals = step.kind === 'gate' ? plan.models[step.of]?.gate?.approvals : undefined;
    if (approvals?.length)
      notes.push(
        note(
          `the approval of the model \`${step.of}\`, which therefore never becomes champion there,`,
          step.at,
        ),
      );
    if (step.resources?.workers != null) notes.push(note(`the workers of the step ${step.id}`, step.at));
  }
  const environment = plan.environment === null ? undefined : resolveEnvironment(plan, plan.environment);
  if (environment?.deploy)
    notes.push(
      note(`the releases of the environment \`${plan.environment}\` (\`deploy …\`)`, environment.at),
    );
  return notes;
}

function ofImage(plan: Plan, options: TargetOptions, settings: Settings): readonly Refusal[] {
  const image = imageOf(plan, options, settings);
  if (image.includes('@sha256:')) return [];
  return [refuse(messages.unpinnedImage, { image }, plan.environments[settings.environment]?.at ?? NOWHERE)];
}
