import { secretsOf } from '../../plan/connections.ts';
import { schemeOf } from '../../plan/paths.ts';
import type { Step } from '../../plan/plan.ts';
import { sha256 } from '../../plan/sha256.ts';
import { sourcePath } from '../local/capabilities.ts';
import { artifactName } from '../names.ts';
import type { YamlValue } from '../yaml.ts';
import { paramsKey, resources } from './params.ts';
import { lastingKey, type Project, type WorkflowPlan } from './project.ts';
import { containerSecurity } from './security.ts';
import { finalExitCodes, paths } from './versions.ts';

/** A lasting artifact that a step publishes once it has succeeded: which task does it, of what, under which key. */
export interface Publication {
  readonly task: string;
  readonly step: Step;
  readonly input: { readonly from: string; readonly output: string };
  readonly key: string;
}

/**
 * The template of one step: the program's container, its inputs unpacked under `/mlp/in`, its outputs taken from
 * `/mlp/out`. An input from outside the graph is optional: before the first publication there is nothing under its key,
 * and as `/mlp` is one empty volume, the step then finds no folder of that name.
 */
export function stepTemplate(project: Project, workflow: WorkflowPlan, step: Step): YamlValue {
  const inputs = step.inputs.map(input => ({
    name: artifactName(input.name),
    path: `${paths.inputs}/${input.name}`,
    ...('external' in input ? { optional: true, s3: { key: externalKey(project, step, input) } } : {}),
  }));
  const outputs = step.outputs.map(({ name }) => ({
    name: artifactName(name),
    path: `${paths.outputs}/${name}`,
  }));
  const result = {
    name: 'result',
    path: `${paths.outputs}/result.json`,
    optional: true,
    archive: { none: {} },
  };
  const mounted = mountedSource(project, step);
  const { volume, mount } = project.settings;
  const claim = mounted && volume !== null ? { claimName: volume, readOnly: true } : undefined;
  return {
    name: step.id,
    ...(inputs.length ? { inputs: { artifacts: inputs } } : {}),
    outputs: { artifacts: [...outputs, result] },
    ...(step.timeout === null ? {} : { activeDeadlineSeconds: seconds(step.timeout) }),
    ...retry(workflow, step),
    ...(claim ? { volumes: [{ name: 'data', persistentVolumeClaim: claim }] } : {}),
    container: {
      name: 'main',
      image: project.image,
      imagePullPolicy: 'IfNotPresent',
      command: ['node', `${paths.app}/main.js`],
      args: [
        ...['step', step.id, '--in', paths.inputs, '--out', paths.outputs],
        ...['--params', `${paths.params}/${paramsKey(workflow, step)}`, '--root', paths.app],
      ],
      env: [{ name: 'HOME', value: paths.temporary }, ...secretVariables(project, step)],
      resources: resources(step),
      securityContext: containerSecurity,
      volumeMounts: [
        { name: 'work', mountPath: paths.work },
        { name: 'temporary', mountPath: paths.temporary },
        { name: 'params', mountPath: paths.params, readOnly: true },
        ...(claim ? [{ name: 'data', mountPath: mount, readOnly: true }] : []),
      ],
    },
  };
}

/** Copies an artifact to a lasting key: it is taken as input and saved again from the same folder. */
export function publishTemplate(project: Project, publication: Publication): YamlValue {
  const name = artifactName(publication.input.output);
  const path = `${paths.inputs}/${publication.input.output}`;
  return {
    name: publication.task,
    inputs: { artifacts: [{ name, path }] },
    outputs: { artifacts: [{ name: 'published', path, s3: { key: publication.key } }] },
    container: {
      name: 'main',
      image: project.image,
      imagePullPolicy: 'IfNotPresent',
      command: ['node', '--version'],
      resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '64Mi' } },
      securityContext: containerSecurity,
      volumeMounts: [
        { name: 'work', mountPath: paths.work },
        { name: 'temporary', mountPath: paths.temporary },
      ],
    },
  };
}

/**
 * What outlives a workflow: the model that its gate let pass becomes the champion, and the profile of a source that passed
 * its validation becomes `previous`. Outputs of a container are saved even if it fails, so each has a task of its own
 * that runs only after success.
 */
export function publications(project: Project, workflow: WorkflowPlan): readonly Publication[] {
  const publish = (step: Step, key: string, input: Publication['input']): Publication => ({
    task: publishTask(step.id),
    step,
    input,
    key,
  });
  return workflow.steps.flatMap(step => {
    if (step.kind === 'validate' && step.inputs.some(input => 'external' in input))
      return [publish(step, previousKey(project, step), { from: step.id, output: 'profile' })];
    const model = step.inputs.find(input => input.name === 'model');
    if (step.kind === 'register' && model && 'from' in model && becomesChampion(project, step.of))
      return [publish(step, championKey(project, step.of), { from: model.from, output: model.output })];
    return [];
  });
}

/** A DNS label, as step ids are; a long one is cut and told apart by its hash. */
function publishTask(id: string): string {
  const name = `publish-${id}`;
  return name.length <= 63 ? name : `${name.slice(0, 56)}-${sha256(id).slice(0, 6)}`;
}

/** A gate that waits for somebody's approval makes no champion: nobody could give it here yet. */
function becomesChampion(project: Project, model: string): boolean {
  const gate = project.plan.models[model]?.gate;
  return gate != null && gate.approvals.length === 0;
}

const championKey = (project: Project, model: string): string =>
  lastingKey(project, 'champion', artifactName(model));
const previousKey = (project: Project, step: Step): string => lastingKey(project, 'previous', step.id);

function externalKey(
  project: Project,
  step: Step,
  input: { readonly external: 'champion' | 'previous'; readonly of: string },
): string {
  return input.external === 'champion' ? championKey(project, input.of) : previousKey(project, step);
}

/** The secrets of the connection that a step reads over, by the keys of their names. */
function secretVariables({ plan, settings }: Project, step: Step): YamlValue[] {
  const source = step.kind === 'ingest' ? plan.sources[step.of] : undefined;
  const names = source === undefined ? [] : secretsOf(plan, source.from);
  return names.map(name => ({ name, valueFrom: { secretKeyRef: { name: settings.secrets, key: name } } }));
}

/** Whether a step reads a file of the mounted volume. */
function mountedSource(project: Project, step: Step): boolean {
  const source = step.kind === 'ingest' ? project.plan.sources[step.of] : undefined;
  const path = source && sourcePath(source);
  return path !== undefined && schemeOf(path) === undefined;
}

/** The step's own retries, or the pipeline's. What another try cannot change is not tried again. */
function retry(workflow: WorkflowPlan, step: Step): Readonly<Record<string, YamlValue>> {
  const { times, after } = step.retry ?? workflow.pipeline?.retry ?? { times: 0, after: 0 };
  if (times === 0) return {};
  return {
    retryStrategy: {
      limit: String(times),
      retryPolicy: 'Always',
      expression: `asInt(lastRetry.exitCode) not in [${finalExitCodes.join(', ')}]`,
      ...(after > 0 ? { backoff: { duration: `${seconds(after)}s` } } : {}),
    },
  };
}

/** Whole seconds, never 0: Argo takes 0 for "no limit". */
export const seconds = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 1000));
