import { tasksMessages } from '../../diagnostics/messages/tasks.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { duration, int } from '../types.ts';
import { metricFits } from './check-model.ts';
import { checkResources, missing, only, resourceClauses, singles } from './clauses.ts';
import { checkConstruct } from './construct.ts';
import type { Checker, Env, Scope } from './context.ts';
import { oneOf } from './deployment.ts';
import { condition } from './expression/expect.ts';
import { columnOf } from './expression/names.ts';
import { type ModelInfo, modelInfo } from './model.ts';
import { resolveDeclaration } from './names.ts';
import { resolveTable } from './tables.ts';
import { constantEnv } from './type-expression.ts';
import { positive } from './values.ts';

/** What is watched on a deployment's live traffic. */
export function checkMonitor(c: Checker, declaration: ast.MonitorDeclaration): void {
  const env = constantEnv(c.home(declaration));
  const { items } = declaration;
  singles(c, env, items, { Every: 'every', LabelsFrom: 'labels from', ...resourceClauses });
  if (!only(items, 'Every'))
    missing(c, env, declaration.name, 'every', 'say how often it looks: `every 1d over 7d`');
  if (!items.some(item => item.kind === 'Condition')) {
    missing(c, env, declaration.name, 'a condition', 'write `warn …` or `alert …`');
  }
  const deployment = resolveDeclaration(c, env.module, declaration.on, ['Deployment']);
  const model = deployment && servedModel(c, deployment);
  const watched = watchEnv(c, env, declaration, model);
  for (const item of items) checkItem(c, env, watched, item);
  checkResources(c, env, items);
}

/** The model that a deployment serves. */
export function servedModel(c: Checker, deployment: ast.DeploymentDeclaration): ModelInfo | undefined {
  const serve = only(deployment.items, 'Serve');
  if (!serve || serve.model.text === '') return undefined;
  const module = c.home(deployment);
  const model = c.quietly(() => resolveDeclaration(c, module, serve.model, ['Model']));
  return model && modelInfo(c, model);
}

function watchEnv(
  c: Checker,
  env: Env,
  declaration: ast.MonitorDeclaration,
  model: ModelInfo | undefined,
): Env {
  const features = model?.features ?? new Map();
  const scope: Scope = { find: name => features.get(name), names: () => features.keys() };
  const labels = only(declaration.items, 'LabelsFrom');
  return {
    ...env,
    place: 'monitor',
    scopes: [scope],
    features: [...features.keys()],
    ...(model === undefined || model.broken ? { open: true } : {}),
    gate: {
      metrics: true,
      baseline: false,
      service: true,
      onMetric: (metric, name) => {
        if (metric.tasks.some(task => task.text === 'service')) return;
        if (model) metricFits(c, env, metric, name, model);
        if (labels) return;
        const facts = { metric: metric.name.text, monitor: declaration.name.text };
        c.error(env.module, tasksMessages.labelsWhere, facts, name.span);
      },
    },
  };
}

const events = ['alert', 'warning', 'recovery', 'failure'];

function checkItem(c: Checker, env: Env, watched: Env, item: ast.MonitorItem): void {
  switch (item.kind) {
    case 'Every':
      positive(c, env, item.every, duration, 'the time between two looks');
      if (item.over) positive(c, env, item.over, duration, 'the stretch that is looked at');
      return;
    case 'LabelsFrom': {
      const table = resolveTable(c, env.module, item.source);
      if (table) for (const name of item.on) columnOf(c, env, table, name);
      return;
    }
    case 'Condition':
      condition(c, watched, item.condition);
      if (item.times) positive(c, env, item.times, int, 'the number of times');
      return;
    case 'Notify':
      checkNotify(c, env, item, events);
      return;
  }
}

export function checkNotify(c: Checker, env: Env, item: ast.Notify, known: readonly string[]): void {
  checkConstruct(c, env, item.notifier, 'notifier');
  for (const event of item.events) oneOf(c, env, event, known, 'notify');
}
