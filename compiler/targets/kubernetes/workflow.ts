import type { Step } from '../../plan/plan.ts';
import { artifactName } from '../names.ts';
import { place } from '../target.ts';
import type { YamlValue } from '../yaml.ts';
import { artifactsName, repositoryKey } from './cluster.ts';
import { paramsName } from './params.ts';
import { labelsOf, metadata, type Project, type WorkflowPlan } from './project.ts';
import { podSecurity } from './security.ts';
import { type Publication, publications, publishTemplate, seconds, stepTemplate } from './step.ts';
import { defaults, versions } from './versions.ts';

/** The workflow of one pipeline: a DAG of its steps, each the program's container. */
export function workflowTemplate(project: Project, workflow: WorkflowPlan): YamlValue {
  const { pipeline, steps, label, goals } = workflow;
  const published = publications(project, workflow);
  const described = [
    `Goals: ${goals.join(', ')}.`,
    ...(pipeline?.doc ? [pipeline.doc] : []),
    ...(pipeline ? [`From ${place(project.plan, pipeline.at)}.`] : []),
  ];
  return {
    apiVersion: versions.argo,
    kind: 'WorkflowTemplate',
    metadata: metadata(project, label, {
      pipeline: label,
      annotations: {
        'mlp.dev/plan-hash': project.plan.hash,
        'workflows.argoproj.io/description': described.join('\n'),
      },
    }),
    spec: {
      entrypoint: 'main',
      serviceAccountName: project.settings.serviceAccount,
      artifactRepositoryRef: { configMap: artifactsName(project), key: repositoryKey },
      archiveLogs: true,
      ...(pipeline?.timeout == null ? {} : { activeDeadlineSeconds: seconds(pipeline.timeout) }),
      // Runs of one pipeline never overlap, however they were started: they share its champion and its profiles.
      synchronization: { mutexes: [{ name: label }] },
      securityContext: podSecurity,
      workflowMetadata: { labels: labelsOf(project, label) },
      podMetadata: { labels: labelsOf(project, label) },
      podGC: { strategy: 'OnPodSuccess' },
      ttlStrategy: {
        secondsAfterSuccess: defaults.secondsKeptAfterSuccess,
        secondsAfterFailure: defaults.secondsKeptAfterFailure,
      },
      volumes: [
        { name: 'work', emptyDir: {} },
        { name: 'temporary', emptyDir: {} },
        { name: 'params', configMap: { name: paramsName(workflow) } },
      ],
      templates: [
        {
          name: 'main',
          dag: { failFast: false, tasks: [...steps.map(task), ...published.map(publishTask)] },
        },
        ...steps.map(step => stepTemplate(project, workflow, step)),
        ...published.map(publication => publishTemplate(project, publication)),
      ],
    },
  };
}

/** A step runs when all it reads was made and all that guards it passed; a refused gate stops what stands behind it. */
function task(step: Step): YamlValue {
  const made = step.inputs.flatMap(input => ('from' in input ? [input] : []));
  const before = [...new Set([...made.map(input => input.from), ...step.after])];
  const artifacts = made.map(input => ({
    name: artifactName(input.name),
    from: reference(input),
  }));
  return {
    name: step.id,
    template: step.id,
    ...(before.length ? { depends: succeeded(before) } : {}),
    ...(artifacts.length ? { arguments: { artifacts } } : {}),
  };
}

function publishTask({ task: name, step, input }: Publication): YamlValue {
  const before = [...new Set([step.id, input.from])];
  const artifacts = [{ name: artifactName(input.output), from: reference(input) }];
  return { name, template: name, depends: succeeded(before), arguments: { artifacts } };
}

const succeeded = (steps: readonly string[]): string => steps.map(id => `${id}.Succeeded`).join(' && ');

/** Argo's own reference; both parts are made of letters, digits and dashes only. */
const reference = (input: { readonly from: string; readonly output: string }): string =>
  `{{tasks.${input.from}.outputs.artifacts.${artifactName(input.output)}}}`;
