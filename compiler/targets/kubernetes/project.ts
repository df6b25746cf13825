import type { Plan } from '../../plan/plan.ts';
import { dnsLabel, dnsLabels } from '../names.ts';
import { header, projectName, type TargetOptions } from '../target.ts';
import type { YamlValue } from '../yaml.ts';
import { imageOf } from './image.ts';
import { type Selection, select } from './select.ts';
import { readSettings, type Settings } from './settings.ts';

/** What every manifest of one build shares. */
export interface Project {
  readonly plan: Plan;
  readonly settings: Settings;
  /** DNS label of the project. */
  readonly name: string;
  readonly image: string;
  readonly workflows: readonly WorkflowPlan[];
  readonly head: readonly string[];
}
export interface WorkflowPlan extends Selection {
  /** DNS label of the workflow; short enough for the suffixes that Argo and we append. */
  readonly label: string;
}

export function projectOf(plan: Plan, options: TargetOptions): Project {
  const { settings, refusals } = readSettings(plan);
  if (!settings) throw new Error(`emit was called for a refused plan: ${refusals[0]?.message}`);
  const selections = select(plan, options);
  const labels = dnsLabels(
    selections.map(s => s.name),
    40,
  );
  return {
    plan,
    settings,
    name: dnsLabel(projectName(plan, options), 40),
    image: imageOf(plan, options, settings),
    workflows: selections.map(selection => ({ ...selection, label: labels.get(selection.name)! })),
    head: header(plan),
  };
}

/** Labels by which everything of a build is found. */
export const labelsOf = (project: Project, pipeline?: string): Record<string, YamlValue> => ({
  'app.kubernetes.io/name': pipeline ?? project.name,
  'app.kubernetes.io/part-of': project.name,
  'app.kubernetes.io/managed-by': 'mlp',
  'mlp.dev/plan': project.plan.hash.slice(0, 16),
  ...(pipeline === undefined ? {} : { 'mlp.dev/pipeline': pipeline }),
});

export function metadata(
  project: Project,
  name: string,
  more: { readonly pipeline?: string; readonly annotations?: Record<string, YamlValue> } = {},
): YamlValue {
  return {
    name,
    namespace: project.settings.namespace,
    labels: labelsOf(project, more.pipeline),
    ...(more.annotations && Object.keys(more.annotations).length ? { annotations: more.annotations } : {}),
  };
}

/** Artifacts that outlive a workflow lie under keys of their own: the champion of a model, the profile of a source. */
export const lastingKey = (project: Project, kind: 'champion' | 'previous', name: string): string =>
  [project.settings.artifacts.prefix, project.name, kind, `${name}.tgz`]
    .filter(part => part !== '')
    .join('/');
