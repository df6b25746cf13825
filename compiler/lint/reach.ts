import type { Expr } from '../plan/plan.ts';
import type { Draft } from '../plan/steps.ts';
import { children } from '../plan/walk.ts';

/** All that something is made from, by name: a view, a component's rows, a model, a deployment, a validation, a monitor. */
export function reachedFrom(draft: Draft, names: Iterable<string>): ReadonlySet<string> {
  const seen = new Set(names);
  for (const name of seen) for (const other of readBy(draft, name)) seen.add(other);
  return seen;
}

/** The sources among them. */
export const sourcesOf = (draft: Draft, names: Iterable<string>): Set<string> =>
  new Set([...reachedFrom(draft, names)].filter(name => draft.sources[name] !== undefined));

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
