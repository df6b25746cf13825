import { deploymentMessages } from '../../../diagnostics/messages/deployment.ts';
import type { Type } from '../../../plan/plan.ts';
import { tableOf } from '../../../plan/reads.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { describe } from '../../types.ts';
import { itemOf, type Operations } from './facts.ts';

/** The labels of a monitor are those of the model, and are matched by what a request has. */
export function checkLabels(facts: Operations): void {
  const { draft } = facts;
  for (const [declaration, monitor] of facts.each('Monitor', draft.monitors)) {
    const written = itemOf(declaration.items, 'LabelsFrom');
    const model = draft.models[draft.deployments[monitor.deployment]?.serves ?? ''];
    const view = model && draft.views[model.label.view];
    if (!written || !monitor.labels || !model || !view) continue;
    const { from } = monitor.labels;
    if (from !== model.label.view && from !== view.source) {
      const label = columnOf(facts, from, model.label.name);
      if (label?.kind !== model.label.type.kind) {
        tellTable(facts, declaration, written, from);
        continue;
      }
    }
    for (const name of written.on) checkColumn(facts, declaration, name, from, view.source);
  }
}

/** The type of a column or feature of a table. */
function columnOf({ draft }: Operations, table: string, column: string): Type | undefined {
  const feature = draft.views[table]?.features.find(one => one.name === column);
  if (feature) return feature.type;
  const own = draft.views[table]?.source ?? table;
  const schema = (draft.sources[own] ?? draft.components[own])?.schema;
  return draft.schemas[schema ?? '']?.columns.find(one => one.name === column)?.type;
}

function tellTable(
  facts: Operations,
  declaration: ast.MonitorDeclaration,
  written: ast.LabelsFrom,
  table: string,
): void {
  const { draft } = facts;
  const monitor = draft.monitors[declaration.name.text]!;
  const { label } = draft.models[draft.deployments[monitor.deployment]!.serves]!;
  const view = draft.views[label.view]!;
  const declared = view.features.find(one => one.name === label.name);
  const args = { table, label: label.name, view: label.view, source: view.source };
  const cause = facts.flow.label(declared?.at, 'the label');
  const file = facts.program.fileOf(declaration);
  facts.report(deploymentMessages.noLabelThere, args, file, written.source.span, { labels: [cause] });
}

function checkColumn(
  facts: Operations,
  declaration: ast.MonitorDeclaration,
  name: ast.Name,
  from: string,
  source: string,
): void {
  const { draft, program } = facts;
  const there = columnOf(facts, from, name.text);
  if (!there || !tableOf(draft, source)) return;
  const here = columnOf(facts, source, name.text);
  if (here?.kind === there.kind) return;
  const model = draft.deployments[draft.monitors[declaration.name.text]!.deployment]!.serves;
  const found = here && `${describe(here)} in \`${source}\` and ${describe(there)} in \`${from}\``;
  const args = { column: name.text, model, source, found };
  facts.report(deploymentMessages.notInRequest, args, program.fileOf(declaration), name.span);
}
