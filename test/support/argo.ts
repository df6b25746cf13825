import {
  dependsOn,
  evaluateDepends,
  evaluateRetry,
  evaluateWhen,
  type Phase,
  substitute,
} from './argo-expressions.ts';
import { type Cluster, type PodResult, runPod } from './argo-pod.ts';
import type { Task, Template, WorkflowTemplate } from './argo-types.ts';

export type { Cluster } from './argo-pod.ts';
export type * from './argo-types.ts';

export interface NodeResult {
  readonly phase: Phase;
  readonly exitCode: number;
  readonly message: string;
  readonly log: string;
  /** Keys in the object store by output artifact. */
  readonly artifacts: Readonly<Record<string, string>>;
  readonly attempts: number;
}
export interface WorkflowResult {
  readonly phase: 'Succeeded' | 'Failed' | 'Error';
  readonly nodes: Readonly<Record<string, NodeResult>>;
}

const omitted: NodeResult = {
  phase: 'Omitted',
  exitCode: -1,
  message: '',
  log: '',
  artifacts: {},
  attempts: 0,
};

/**
 * Walks an emitted WorkflowTemplate as Argo does: the DAG of its entrypoint by `depends` and `when`, artifacts and
 * parameters from task to task, each container in a pod of its own (`runPod`), tried again as its retry strategy says.
 */
export async function runWorkflow(
  template: WorkflowTemplate,
  cluster: Cluster,
  name: string,
): Promise<WorkflowResult> {
  const { spec } = template;
  const byName = new Map(spec.templates.map(t => [t.name, t]));
  const dag = byName.get(spec.entrypoint)?.dag;
  if (!dag) throw new Error(`the entrypoint ${spec.entrypoint} is not a DAG`);
  const workflowParameters = Object.fromEntries(
    (spec.arguments?.parameters ?? []).map(p => [p.name, p.value]),
  );
  const nodes: Record<string, NodeResult> = {};
  const tasks = new Map(dag.tasks.map(task => [task.name, task]));
  const running = new Map<string, Promise<NodeResult>>();

  const start = (task: Task): Promise<NodeResult> => {
    const known = running.get(task.name);
    if (known) return known;
    const promise = (async () => {
      const before = dependsOn(task.depends ?? '').map(id => tasks.get(id));
      if (before.includes(undefined)) throw new Error(`${task.name} depends on a task that does not exist`);
      for (const other of before) await start(other!);
      nodes[task.name] = await runTask(task);
      return nodes[task.name]!;
    })();
    running.set(task.name, promise);
    return promise;
  };

  const runTask = async (raw: Task): Promise<NodeResult> => {
    const phaseOf = (id: string): Phase => nodes[id]!.phase;
    if (raw.depends !== undefined && !evaluateDepends(raw.depends, phaseOf)) return omitted;
    const { inputs, task } = resolveTask(raw, nodes, workflowParameters);
    if (task.when !== undefined && !evaluateWhen(task.when)) return { ...omitted, phase: 'Skipped' };
    const found = byName.get(task.template);
    if (!found?.container)
      throw new Error(`${task.name} names the template ${task.template}, which has no container`);
    return attempt(withParameters(found, task), inputs);
  };

  const attempt = async (pod: Template, inputs: Readonly<Record<string, string>>): Promise<NodeResult> => {
    const limit = Number(pod.retryStrategy?.limit ?? 0);
    for (let attempts = 1; ; attempts++) {
      const key = `runs/${name}/${pod.name}-${attempts}`;
      const result: PodResult = await runPod(pod, spec.volumes ?? [], inputs, cluster, key);
      const { saved, ...rest } = result;
      const node = { ...rest, artifacts: saved, attempts };
      if (result.phase === 'Succeeded' || attempts > limit) return node;
      const expression = pod.retryStrategy?.expression;
      if (expression !== undefined && !evaluateRetry(expression, result.exitCode)) return node;
    }
  };

  await Promise.all(dag.tasks.map(start));
  const phases = Object.values(nodes).map(node => node.phase);
  const phase = phases.includes('Error') ? 'Error' : phases.includes('Failed') ? 'Failed' : 'Succeeded';
  return { phase, nodes };
}

/** Fills in what a task takes from others: artifacts by key, everything else as text. */
function resolveTask(
  raw: Task,
  nodes: Readonly<Record<string, NodeResult>>,
  parameters: Readonly<Record<string, string | undefined>>,
): { task: Task; inputs: Record<string, string> } {
  const inputs: Record<string, string> = {};
  for (const { name, from } of raw.arguments?.artifacts ?? []) {
    const match = /^\{\{tasks\.([A-Za-z0-9_-]+)\.outputs\.artifacts\.([A-Za-z0-9_-]+)\}\}$/.exec(from ?? '');
    const key = match && nodes[match[1]!]?.artifacts[match[2]!];
    if (!key) throw new Error(`${raw.name} takes ${from}, which no finished task has`);
    if (!(raw.depends ?? '').includes(match![1]!))
      throw new Error(`${raw.name} takes ${from} without depending on it`);
    inputs[name] = key;
  }
  const rest = { ...raw, arguments: { parameters: raw.arguments?.parameters ?? [] } };
  const value = (id: string): string | undefined =>
    id.startsWith('workflow.parameters.') ? parameters[id.slice('workflow.parameters.'.length)] : undefined;
  return { task: substitute(rest, value), inputs };
}

/** A template with the parameters that a task gives it. */
function withParameters(template: Template, task: Task): Template {
  const values: Record<string, string | undefined> = {};
  for (const parameter of template.inputs?.parameters ?? []) {
    const given = task.arguments?.parameters?.find(p => p.name === parameter.name)?.value;
    values[`inputs.parameters.${parameter.name}`] = given ?? parameter.value ?? parameter.default;
  }
  return substitute(template, id => values[id]);
}
