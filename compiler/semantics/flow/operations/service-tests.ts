import { declarationMessages } from '../../../diagnostics/messages/declarations.ts';
import { deploymentMessages } from '../../../diagnostics/messages/deployment.ts';
import type { Expr, FeatureView, Model } from '../../../plan/plan.ts';
import { children } from '../../../plan/walk.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { removeItem } from '../../fixes.ts';
import type { Operations } from './facts.ts';

/** A test of a service asks as a caller does: with what the model's features read of a row, all of it and no more. */
export function checkServiceTests(facts: Operations): void {
  for (const declaration of facts.program.declarations('Test')) {
    const deployment = facts.draft.deployments[declaration.of.text];
    const model = deployment && facts.draft.models[deployment.serves];
    if (!deployment || !model) continue;
    const given = declaration.items.find((item): item is ast.Given => item.kind === 'Given' && !item.source);
    if (given?.value.kind === 'Record')
      checkRequest(facts, declaration, given.value, deployment.serves, model);
  }
}

function checkRequest(
  facts: Operations,
  declaration: ast.TestDeclaration,
  row: ast.RecordLiteral,
  name: string,
  model: Model,
): void {
  const { draft } = facts;
  const file = facts.program.fileOf(declaration);
  const deployment = declaration.of.text;
  const asked = new Set<string>();
  const beside = new Set<string>();
  for (const view of model.views.map(of => draft.views[of])) {
    if (!view) return;
    const own = model.features.filter(feature => draft.views[feature.view] === view);
    for (const column of readBy(view, new Set(own.map(feature => feature.name)))) asked.add(column);
    for (const key of view.key) beside.add(key);
    if (view.moment?.kind === 'column') beside.add(view.moment.column);
  }
  // What labels are matched by is sent with a request and kept in the log.
  for (const monitor of Object.values(draft.monitors))
    if (monitor.deployment === deployment) for (const column of monitor.labels?.on ?? []) beside.add(column);
  const source = draft.views[model.views[0] ?? '']?.source ?? '';
  const schema = draft.schemas[(draft.sources[source] ?? draft.components[source])?.schema ?? ''];
  if (!schema) return;
  const columns = new Map(schema.columns.map(column => [column.name, column]));
  for (const field of row.fields) {
    const column = field.name.text;
    if (!columns.has(column) || asked.has(column) || beside.has(column)) continue;
    const args = { column, deployment, model: name, request: [...asked] };
    const fixes = [removeItem({ file }, field.span)];
    const labels = [facts.flow.label(columns.get(column)!.at, 'a column of the row, not of a request')];
    facts.report(deploymentMessages.notRequested, args, file, field.name.span, { labels, fixes });
  }
  const there = new Set(row.fields.map(field => field.name.text));
  const lacking = [...asked].filter(column => !there.has(column) && !columns.get(column)?.type.optional);
  if (lacking.length === 0) return;
  const span = { start: row.span.start, end: row.span.start + 1 };
  const args = { columns: lacking, of: `\`${deployment}\``, request: true };
  facts.report(declarationMessages.rowIncomplete, args, file, span);
}

/** Columns of the row itself that some features of a view read, directly or through others. */
function readBy(view: FeatureView, names: ReadonlySet<string>): ReadonlySet<string> {
  const read = new Set<string>();
  const seen = new Set<string>();
  const feature = (name: string): void => {
    const found = seen.has(name) ? undefined : view.features.find(one => one.name === name);
    seen.add(name);
    if (found) visit(found.expr);
  };
  const visit = (expr: Expr): void => {
    if (expr.op === 'feature') feature(expr.name);
    if (expr.op === 'column' && expr.of === 'row') read.add(expr.column);
    if (expr.op === 'column')
      for (const on of view.joins.find(join => join.alias === expr.of)?.on ?? []) visit(on.own);
    for (const child of children(expr)) visit(child);
  };
  for (const name of names) feature(name);
  return read;
}
