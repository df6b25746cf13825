import type { Expr } from '../plan/plan.ts';
import type { Draft } from '../plan/steps.ts';
import { children } from '../plan/walk.ts';

/** The sources that something is made from: a view, a component's rows, a model, a deployment, a validation, a source itself. */
export function sourcesOf(draft: Draft, names: Iterable<string>): Set<string> {
  const seen = new Set<string>();
  const queue = [...names];
  const sources = new Set<string>();
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (draft.sources[name]) sources.add(name);
    queue.push(...readBy(draft, name));
  }
  return sources;
}

function readBy(draft: Draft, name: string): string[] {
  const view = draft.views[name];
  const component = draft.components[name];
  const deployment = draft.deployments[name];
  return [
    ...(view
      ? [
          view.source,
          ...view.joins.map(join => join.table),
          ...view.features.flatMap(({ expr }) => tablesIn(expr)),
        ]
      : []),
    ...(component ? Object.values(component.inputs) : []),
    ...(draft.models[name]?.views ?? []),
    ...(deployment ? [deployment.serves, ...(deployment.score ? [deployment.score.source] : [])] : []),
    ...(draft.validations[name] ? [draft.validations[name].on] : []),
    ...(draft.monitors[name] ? [draft.monitors[name].deployment] : []),
  ];
}

function tablesIn(expr: Expr): string[] {
  return [...(expr.op === 'window' ? [expr.table] : []), ...children(expr).flatMap(tablesIn)];
}
