import { deploymentMessages } from '../../../diagnostics/messages/deployment.ts';
import { spanText } from '../../../plan/build/text.ts';
import type { At, Deployment, Expr, MetricExpr } from '../../../plan/plan.ts';
import { children } from '../../../plan/walk.ts';
import { lengthOf } from './canary.ts';
import type { Operations } from './facts.ts';

/** What a check or a rollback asks for can be measured there: on requests, while the rollout lasts. */
export function checkMeasurable(facts: Operations): void {
  for (const [name, deployment] of Object.entries(facts.draft.deployments)) {
    const { check, rollback } = deployment;
    for (const rule of check?.rules ?? [])
      for (const metric of metricsIn(rule.condition))
        tell(facts, name, deployment, 'check', metric, rule.policyAt ?? metric.at);
    if (!rollback) continue;
    for (const metric of metricsIn(rollback.condition))
      tell(facts, name, deployment, 'rollback', metric, metric.at);
  }
}

function* metricsIn(expr: Expr): Iterable<MetricExpr> {
  if (expr.op === 'metric') yield expr;
  for (const child of children(expr)) yield* metricsIn(child);
}

function tell(
  facts: Operations,
  name: string,
  deployment: Deployment,
  clause: 'check' | 'rollback',
  { metric, of }: MetricExpr,
  point: At,
): void {
  const { diagnostics } = facts.flow;
  if (of !== 'model') {
    const at = facts.flow.at(point, []);
    if (at) diagnostics.push(deploymentMessages.notServed({ of, metric }, at));
    return;
  }
  const labels = clause === 'check' ? undefined : labelsOf(facts, name, deployment);
  if (labels === 'in time') return;
  const late = labels && { after: spanText(labels.after), rollout: spanText(labels.rollout) };
  const cause = labels && facts.flow.label(labels.at, `known ${spanText(labels.after)} after the request`);
  const at = facts.flow.at(point, [cause]);
  if (at) diagnostics.push(deploymentMessages.needsLabels({ metric, deployment: name, clause, late }, at));
}

/** Whether a monitor has labels, and whether they are there before the rollout is over; undefined where none has. */
function labelsOf(
  { draft }: Operations,
  name: string,
  deployment: Deployment,
): 'in time' | { readonly after: number; readonly rollout: number; readonly at: At } | undefined {
  const watched = Object.values(draft.monitors).some(
    monitor => monitor.deployment === name && monitor.labels !== null,
  );
  if (!watched) return undefined;
  const label = draft.models[deployment.serves]?.label;
  const view = label && draft.views[label.view];
  const feature = view?.features.find(one => one.name === label?.name);
  if (!view || !feature) return 'in time';
  const moment = view.moment?.kind === 'column' ? view.moment : undefined;
  let after = 0;
  for (const { base, column, offset } of feature.known.latest) {
    // Of another column of the row nothing is known but that it is there some time.
    if (base === 'column' && column !== moment?.column) continue;
    if (base === 'event' && moment && moment.column !== view.eventTime) continue;
    after = Math.max(after, base === 'at' ? offset : offset - (moment?.offset ?? 0));
  }
  const rollout = lengthOf(deployment);
  return after < rollout || after === 0 ? 'in time' : { after, rollout, at: feature.at };
}
