import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { Monitor, Notification } from '../plan.ts';
import type { Draft } from '../steps.ts';
import { constructOf } from './constructs.ts';
import { type BuildContext, docOf } from './context.ts';
import { buildRules, plain } from './rules.ts';
import { rootScope, tableNamed } from './scope.ts';

export function buildMonitor(
  declaration: ast.MonitorDeclaration,
  draft: Draft,
  context: BuildContext,
): Monitor | undefined {
  const file = context.program.fileOf(declaration);
  const deployed = context.declared(declaration.on, 'Deployment');
  const deployment = deployed && context.nameOf(deployed);
  const model =
    deployment === undefined ? undefined : draft.models[draft.deployments[deployment]?.serves ?? ''];
  if (deployment === undefined || !model) return undefined;
  const scope = { ...rootScope(context, file, draft), features: model.features.map(f => f.name) };
  const every = declaration.items.find((item): item is ast.Every => item.kind === 'Every');
  const labels = declaration.items.find((item): item is ast.LabelsFrom => item.kind === 'LabelsFrom');
  const rules = declaration.items.filter((item): item is ast.ConditionRule => item.kind === 'Condition');
  const interval = context.number(every?.every) ?? 0;
  const from = labels && tableNamed(labels.source, scope);
  return {
    deployment,
    every: interval,
    over: context.number(every?.over) ?? interval,
    labels: labels && from !== undefined ? labelsOf(labels, from, file, context) : null,
    rules: buildRules(rules, scope).map(plain),
    notify: notificationsOf(declaration.items, file, context),
    ...docOf(declaration),
    at: context.at(file, declaration.name.span),
  };
}

function labelsOf(
  labels: ast.LabelsFrom,
  from: string,
  file: SourceFile,
  context: BuildContext,
): Monitor['labels'] {
  const [first, last] = [labels.on[0], labels.on.at(-1)];
  const onAt =
    first && last ? { onAt: context.at(file, { start: first.span.start, end: last.span.end }) } : {};
  return { from, on: labels.on.map(name => name.text), ...onAt };
}

export function notificationsOf(
  items: readonly { readonly kind: string }[],
  file: SourceFile,
  context: BuildContext,
): Notification[] {
  return items
    .filter((item): item is ast.Notify => item.kind === 'Notify')
    .map(item => ({
      by: constructOf(item.notifier, file, context),
      events: item.events.map(name => name.text),
    }));
}
