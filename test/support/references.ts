import { dependsOn } from './argo-expressions.ts';
import type { Template, Volume, WorkflowTemplate } from './argo-types.ts';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** What lies outside the manifests: claims and secrets that the environment names. */
export interface Outside {
  readonly claims: readonly string[];
  readonly secrets: readonly string[];
}

/**
 * References between manifests that no JSON Schema can see: templates, artifacts, accounts, roles, config maps and their
 * keys, claims, volumes, the namespace, workflows that schedules start. Gives one line for each that leads nowhere.
 */
export function danglingReferences(manifests: readonly Manifest[], outside: Outside): readonly string[] {
  const wrong: string[] = [];
  const has = (kind: string, name: string | undefined): boolean =>
    manifests.some(m => m.kind === kind && m.metadata.name === name);
  const need = (kind: string, name: string | undefined, where: string): void => {
    if (!has(kind, name)) wrong.push(`${where} names the ${kind} ${name}, which is not there`);
  };
  const twice = new Set<string>();
  for (const m of manifests) {
    const id = `${m.kind} ${m.metadata.name}`;
    if (twice.has(id)) wrong.push(`${id} is there twice`);
    twice.add(id);
    if (m.metadata.namespace !== undefined) need('Namespace', m.metadata.namespace, id);
    if (m.kind === 'RoleBinding') bindings(m, need, id);
    if (m.kind === 'CronWorkflow') need('WorkflowTemplate', templateRef(m), id);
    if (m.kind === 'WorkflowTemplate') wrong.push(...workflow(m as never, manifests, outside));
  }
  return wrong;
}

type Need = (kind: string, name: string | undefined, where: string) => void;
function bindings(manifest: Manifest, need: Need, id: string): void {
  const { subjects, roleRef } = manifest as unknown as {
    subjects: { kind: string; name: string }[];
    roleRef: { kind: string; name: string };
  };
  for (const subject of subjects) need(subject.kind, subject.name, id);
  need(roleRef.kind, roleRef.name, id);
}

const templateRef = (manifest: Manifest): string | undefined =>
  (manifest as unknown as { spec: { workflowSpec: { workflowTemplateRef?: { name: string } } } }).spec
    .workflowSpec.workflowTemplateRef?.name;

type Spec = WorkflowTemplate['spec'] & {
  readonly serviceAccountName: string;
  readonly artifactRepositoryRef: { readonly configMap: string; readonly key: string };
};

function workflow(
  manifest: Manifest & { spec: Spec },
  manifests: readonly Manifest[],
  outside: Outside,
): string[] {
  const { spec } = manifest;
  const wrong: string[] = [];
  const templates = new Map(spec.templates.map(t => [t.name, t]));
  if (templates.size !== spec.templates.length) wrong.push('two templates have the same name');
  if (!templates.has(spec.entrypoint)) wrong.push(`the entrypoint ${spec.entrypoint} is no template`);
  if (!manifests.some(m => m.kind === 'ServiceAccount' && m.metadata.name === spec.serviceAccountName))
    wrong.push(`the service account ${spec.serviceAccountName} is not there`);
  const maps = new Map(manifests.filter(m => m.kind === 'ConfigMap').map(m => [m.metadata.name, dataOf(m)]));
  const repository = spec.artifactRepositoryRef;
  if (maps.get(repository.configMap)?.[repository.key] === undefined)
    wrong.push(`the artifact repository ${repository.configMap}/${repository.key} is not there`);
  const used = new Set<string>();
  for (const template of spec.templates) {
    wrong.push(
      ...(template.dag ? tasks(template, templates, used) : pod(template, spec.volumes ?? [], maps, outside)),
    );
  }
  for (const name of templates.keys())
    if (name !== spec.entrypoint && !used.has(name)) wrong.push(`nothing uses the template ${name}`);
  return wrong;
}

const dataOf = (manifest: Manifest): Readonly<Record<string, string>> =>
  (manifest as unknown as { data?: Record<string, string> }).data ?? {};

function tasks(template: Template, templates: ReadonlyMap<string, Template>, used: Set<string>): string[] {
  const wrong: string[] = [];
  const byName = new Map(template.dag!.tasks.map(t => [t.name, t]));
  if (byName.size !== template.dag!.tasks.length) wrong.push('two tasks have the same name');
  for (const task of template.dag!.tasks) {
    used.add(task.template);
    const called = templates.get(task.template);
    if (!called) wrong.push(`the task ${task.name} names the template ${task.template}, which is not there`);
    const before = dependsOn(task.depends ?? '');
    for (const name of before)
      if (!byName.has(name)) wrong.push(`the task ${task.name} waits for ${name}, which is not there`);
    const given = task.arguments?.artifacts ?? [];
    for (const { name, from } of given) {
      if (!called?.inputs?.artifacts?.some(a => a.name === name))
        wrong.push(`${task.name} gives ${name}, which nobody takes`);
      const [, source = '', output = ''] =
        /^\{\{tasks\.([\w-]+)\.outputs\.artifacts\.([\w-]+)\}\}$/.exec(from ?? '') ?? [];
      if (!before.includes(source)) wrong.push(`${task.name} reads from ${source} without waiting for it`);
      const maker = templates.get(byName.get(source)?.template ?? '');
      if (!maker?.outputs?.artifacts?.some(a => a.name === output && !a.optional))
        wrong.push(`${task.name} reads ${from}, which nobody makes`);
    }
    for (const input of called?.inputs?.artifacts ?? [])
      if (!input.s3 && !given.some(a => a.name === input.name))
        wrong.push(`${task.name} does not give ${input.name}`);
  }
  return wrong;
}

const artifactNames = /^[a-zA-Z0-9_-]+$/;
function pod(
  template: Template,
  volumes: readonly Volume[],
  maps: ReadonlyMap<string, Readonly<Record<string, string>>>,
  outside: Outside,
): string[] {
  const wrong: string[] = [];
  const all = [...volumes, ...(template.volumes ?? [])];
  for (const volume of all) {
    if (volume.configMap && !maps.has(volume.configMap.name))
      wrong.push(`no config map ${volume.configMap.name}`);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && !outside.claims.includes(claim)) wrong.push(`no claim ${claim}`);
  }
  const mounts = template.container?.volumeMounts ?? [];
  for (const mount of mounts)
    if (!all.some(v => v.name === mount.name))
      wrong.push(`${template.name} mounts ${mount.name}, which is no volume`);
  for (const artifact of [...(template.inputs?.artifacts ?? []), ...(template.outputs?.artifacts ?? [])]) {
    if (!artifactNames.test(artifact.name))
      wrong.push(`${template.name} has an artifact called ${artifact.name}`);
    if (!mounts.some(m => artifact.path?.startsWith(`${m.mountPath}/`) && m.readOnly !== true))
      wrong.push(`${template.name} keeps ${artifact.path} on no volume that can be written`);
  }
  for (const text of template.container?.args ?? []) {
    const mount = mounts.find(m => text.startsWith(`${m.mountPath}/`));
    const map = all.find(v => v.name === mount?.name)?.configMap;
    if (mount && map && maps.get(map.name)?.[text.slice(mount.mountPath.length + 1)] === undefined)
      wrong.push(`${template.name} reads ${text}, which is no key of ${map.name}`);
  }
  return wrong;
}
