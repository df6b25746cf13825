import type { Step } from '../../plan/plan.ts';
import { sha256 } from '../../plan/sha256.ts';
import type { YamlValue } from '../yaml.ts';
import { metadata, type Project, type WorkflowPlan } from './project.ts';
import { defaults } from './versions.ts';

/** Memory in whole MiB and processors in thousandths, as Kubernetes writes them. */
export interface Size {
  readonly cpu: number;
  readonly memory: number;
  readonly gpu: number | null;
}
export const sizeOf = (step: Step): Size => ({
  cpu: step.resources?.cpu ?? defaults.cpu,
  memory: step.resources?.memory ?? defaults.memory,
  gpu: step.resources?.gpu ?? null,
});
const mebibytes = (bytes: number): number => Math.max(1, Math.round(bytes / 1024 ** 2));

/** Requests and limits: memory is limited to what is asked for, processors are not. */
export function resources(step: Step): YamlValue {
  const { cpu, memory, gpu } = sizeOf(step);
  const size = `${mebibytes(memory)}Mi`;
  const gpus = gpu === null ? {} : { 'nvidia.com/gpu': gpu };
  return {
    requests: {
      cpu: Number.isInteger(cpu) ? String(cpu) : `${Math.round(cpu * 1000)}m`,
      memory: size,
      ...gpus,
    },
    limits: { memory: size, ...gpus },
  };
}

/** The parameters document of a step (`params/1`), fitted to its resources. */
export function paramsText(step: Step): string {
  const { cpu, memory } = sizeOf(step);
  const document = {
    version: 'params/1',
    from: null,
    to: null,
    overrides: {},
    threads: Math.max(1, Math.floor(cpu)),
    memory: `${mebibytes(memory * defaults.dataShare)}MiB`,
  };
  return `${JSON.stringify(document)}\n`;
}

/** The key of a step's document: one for all steps that need the same. */
export function paramsKey(workflow: WorkflowPlan, step: Step): string {
  const text = paramsText(step);
  const first = workflow.steps.find(s => paramsText(s) === text) ?? step;
  return first === workflow.steps[0] ? 'default.json' : `${first.id}.json`;
}

function data(workflow: WorkflowPlan): Readonly<Record<string, string>> {
  return Object.fromEntries(workflow.steps.map(step => [paramsKey(workflow, step), paramsText(step)]));
}

/** Named by its content, so that a running workflow keeps the parameters it began with. */
export const paramsName = (workflow: WorkflowPlan): string =>
  `${workflow.label}-params-${sha256(JSON.stringify(data(workflow))).slice(0, 8)}`;

export const paramsConfigMap = (project: Project, workflow: WorkflowPlan): YamlValue => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: metadata(project, paramsName(workflow), { pipeline: workflow.label }),
  immutable: true,
  data: data(workflow),
});
