import type { Plan } from '../../plan/plan.ts';
import type { OutputFile, Target, TargetOptions } from '../target.ts';
import { capabilities } from './check.ts';
import { imageFile } from './image.ts';
import { projectOf } from './project.ts';
import { readme } from './readme.ts';

/** Argo Workflows on Kubernetes: the training graph of each pipeline, and the image its steps run. */
export const kubernetes: Target = {
  name: 'kubernetes',
  summary: 'Argo Workflows for the training graph, and the image that its steps run',
  capabilities,
  async emit(plan, options) {
    return [...(await manifests(plan, options)), ...(await image(plan, options))];
  },
};

/** Everything but the image: what is applied to the cluster. */
export async function manifests(plan: Plan, options: TargetOptions): Promise<readonly OutputFile[]> {
  const { printYaml } = await import('../yaml.ts');
  const cluster = await import('./cluster.ts');
  const { workflowTemplate } = await import('./workflow.ts');
  const { cronWorkflows } = await import('./cron.ts');
  const { paramsConfigMap } = await import('./params.ts');
  const project = projectOf(plan, options);
  const resources = [
    ['00-namespace', cluster.namespace(project)],
    ['10-serviceaccount', cluster.serviceAccount(project)],
    ['11-role', cluster.role(project)],
    ['12-rolebinding', cluster.roleBinding(project)],
    ['13-networkpolicy', cluster.networkPolicy(project)],
    ['20-artifacts', cluster.artifactRepository(project)],
    ...project.workflows.flatMap(workflow => [
      [`21-params-${workflow.label}`, paramsConfigMap(project, workflow)] as const,
      [`30-workflowtemplate-${workflow.label}`, workflowTemplate(project, workflow)] as const,
      ...cronWorkflows(project, workflow).map(
        (cron, i) => [`31-cronworkflow-${workflow.label}${i === 0 ? '' : `-${i + 1}`}`, cron] as const,
      ),
    ]),
  ] as const;
  const sorted = [...resources].sort(([a], [b]) => (a < b ? -1 : 1));
  const names = sorted.map(([name]) => `${name}.yaml`);
  const notes = capabilities(plan, options).filter(note => note.severity !== 'error');
  return [
    { path: 'README.md', text: readme(project, notes) },
    { path: 'kustomization.yaml', text: printYaml(cluster.kustomization(project, names), project.head) },
    ...sorted.map(([name, value]) => ({ path: `${name}.yaml`, text: printYaml(value, project.head) })),
  ];
}

/** The program as it runs, and how to put it into an image. */
async function image(plan: Plan, options: TargetOptions): Promise<readonly OutputFile[]> {
  const { typescript } = await import('../typescript/index.ts');
  const { transpile } = await import('../typescript/transpile.ts');
  const program = await transpile(await typescript.emit(plan, options));
  return [
    { path: 'image/Dockerfile', text: await imageFile(plan) },
    ...program.map(file => ({ ...file, path: `image/app/${file.path}` })),
  ];
}
