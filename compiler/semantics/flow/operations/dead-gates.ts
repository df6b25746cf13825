import { deadGatesMessages } from '../../../diagnostics/messages/operations.ts';
import { tablesOf } from '../../../plan/tables.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { itemOf, type Operations } from './facts.ts';
import { tablesRead } from './loops.ts';

/** Family 6: gates that only warn, that nothing waits for, or that stand behind what they protect. */
export function checkDeadGates(facts: Operations): void {
  const { draft } = facts;
  for (const [declaration, model] of facts.each('Model', draft.models)) {
    const { rules, approvals } = model.gate ?? { rules: [], approvals: [] };
    if (approvals.length === 0) onlyWarnings(facts, declaration, 'promote', rules);
  }
  for (const [declaration, { check, rollout, rollback }] of facts.each('Deployment', draft.deployments)) {
    if (check && check.loadWithin === null) onlyWarnings(facts, declaration, 'check', check.rules);
    if (rollout.strategy === 'canary' && rollback) tooLate(facts, declaration, rollout.steps[0]?.share);
  }
  if (facts.program.whole && facts.program.models) guardNothing(facts);
  besideTheGoals(facts);
}

const keyword = { promote: 'Promote', check: 'Check' } as const;

function onlyWarnings(
  facts: Operations,
  declaration: ast.ModelDeclaration | ast.DeploymentDeclaration,
  clause: 'promote' | 'check',
  rules: readonly { readonly severity: string; readonly at: number }[],
): void {
  if (rules.length === 0 || rules.some(({ severity }) => severity !== 'warn')) return;
  const items = declaration.items as readonly (ast.ModelItem | ast.DeploymentItem)[];
  const item = itemOf(items, keyword[clause]);
  if (!item) return;
  const span = { start: item.span.start, end: item.span.start + clause.length };
  const labels = rules.slice(0, 1).map(({ at }) => facts.flow.label(at, 'reports, and lets pass'));
  const args = { clause, name: declaration.name.text };
  facts.report(deadGatesMessages.onlyWarnings, args, facts.program.fileOf(declaration), span, { labels });
}

function tooLate(facts: Operations, declaration: ast.DeploymentDeclaration, share: number | undefined): void {
  const step = itemOf(declaration.items, 'Rollout')?.steps[0];
  const rollback = itemOf(declaration.items, 'Rollback');
  if (!step || !rollback || share === undefined || share < 1) return;
  const labels = [facts.label(declaration, rollback.span, 'looked at only then')];
  const args = { deployment: declaration.name.text, share: '100%' };
  const file = facts.program.fileOf(declaration);
  facts.report(deadGatesMessages.behindTheAct, args, file, step.share.span, { labels });
}

/** Validations of tables that nothing reads. Where there is no model yet, data may be looked at for its own sake. */
function guardNothing(facts: Operations): void {
  const { draft } = facts;
  const validations = Object.entries(draft.validations);
  if (validations.length === 0) return;
  const read = new Set<string>();
  for (const view of Object.values(draft.views)) for (const table of tablesOf(view)) read.add(table);
  for (const { inputs } of Object.values(draft.components))
    for (const table of Object.values(inputs)) read.add(table);
  for (const { views } of Object.values(draft.models)) for (const view of views) read.add(view);
  for (const { score } of Object.values(draft.deployments)) if (score) read.add(score.source);
  for (const { labels } of Object.values(draft.monitors)) if (labels) read.add(labels.from);
  const goals = new Set(Object.values(draft.pipelines).flatMap(pipeline => pipeline.goals));
  for (const [name, { on, at }] of validations) {
    if (read.has(on) || goals.has(name)) continue;
    const table = draft.sources[on] ?? draft.components[on] ?? draft.views[on];
    const place = facts.flow.at(at, [facts.flow.label(table?.at, 'read by nothing')]);
    // Where something is broken, what reads a table may be missing from the plan.
    if (!place || facts.program.isBroken(place.file)) continue;
    const args = { validation: name, table: on, pipeline: undefined };
    facts.flow.diagnostics.push(deadGatesMessages.guardsNothing(args, place));
  }
}

/** A pipeline that names a validation among goals that do not read what it validates. */
function besideTheGoals(facts: Operations): void {
  const { draft } = facts;
  for (const [declaration, { goals }] of facts.each('Pipeline', draft.pipelines)) {
    const named = goals.filter(goal => draft.validations[goal]);
    const others = goals.filter(goal => !draft.validations[goal]);
    if (named.length === 0 || others.length === 0) continue;
    const file = facts.program.fileOf(declaration);
    if (facts.program.isBroken(file)) continue;
    const read = tablesRead(draft, others);
    for (const validation of named) {
      const table = draft.validations[validation]!.on;
      if (read.has(table)) continue;
      const written = itemOf(declaration.items, 'RunGoals')?.goals.find(goal => goal.text === validation);
      const args = { validation, table, pipeline: declaration.name.text };
      const labels = [facts.flow.label(draft.validations[validation]!.at, `looks at \`${table}\``)];
      const { span } = written ?? declaration.name;
      facts.report(deadGatesMessages.guardsNothing, args, file, span, { labels });
    }
  }
}
