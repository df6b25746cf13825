import { deploymentMessages } from '../../../diagnostics/messages/deployment.ts';
import type { Deployment, Model } from '../../../plan/plan.ts';
import { identityOf, type SinkColumn, sinkColumns } from '../../../plan/scoring.ts';
import { describe } from '../../types.ts';
import type { Operations } from './facts.ts';

/** What a batch deployment writes: rows of the model's own source, into a sink that can be filled and that tells them apart. */
export function checkScoring(facts: Operations): void {
  const { draft } = facts;
  for (const deployment of Object.values(draft.deployments)) {
    const model = draft.models[deployment.serves];
    if (!deployment.score || !model) continue;
    checkSource(facts, deployment, model);
    const columns = sinkColumns(draft, deployment);
    if (columns.length === 0) continue;
    const open = columns.filter(({ filling, instead }) => !filling && !instead);
    if (open.length > 0) tellUnfilled(facts, deployment, model, open);
    for (const column of columns)
      if (!column.filling && column.instead) tellUnfilled(facts, deployment, model, [column]);
    // Of a schema of something else altogether enough is said.
    if (open.length < 2) checkIdentity(facts, deployment, model);
  }
}

function checkSource({ draft, flow }: Operations, { score, serves }: Deployment, model: Model): void {
  const name = model.views.find(of => draft.views[of] && draft.views[of].source !== score!.source);
  const view = name === undefined ? undefined : draft.views[name];
  if (name === undefined || !view || score!.sourceAt === undefined) return;
  const place = flow.at(score!.sourceAt, [flow.label(view.at, `its rows are those of \`${view.source}\``)]);
  const args = { source: score!.source, view: name, from: view.source, model: serves };
  if (place) flow.diagnostics.push(deploymentMessages.otherRows(args, place));
}

/** Columns that nothing fills; or one that would be filled with something of another type. */
function tellUnfilled(
  { draft, flow }: Operations,
  { score, serves }: Deployment,
  model: Model,
  columns: readonly SinkColumn[],
): void {
  if (score!.sinkAt === undefined) return;
  const [{ column, instead }] = columns as readonly [SinkColumn, ...SinkColumn[]];
  const place = flow.at(
    score!.sinkAt,
    columns.map(one => flow.label(one.column.at, 'this column')),
  );
  const source = draft.schemas[draft.sources[score!.source]?.schema ?? ''];
  const features = model.views.flatMap(of => draft.views[of]?.features.filter(({ label }) => !label) ?? []);
  const moment = draft.views[model.views[0] ?? '']?.moment ? ['at'] : [];
  const names = [serves, ...moment, 'model_version', ...(source?.columns ?? []).map(({ name }) => name)];
  const args = {
    sink: score!.sink,
    columns: columns.map(one => one.column.name),
    fillable: [...new Set([...names, ...features.map(({ name }) => name)])],
    instead: instead && describe(instead),
    expected: describe(column.type),
  };
  if (place) flow.diagnostics.push(deploymentMessages.unfilled(args, place));
}

function checkIdentity({ draft, flow }: Operations, { score }: Deployment, model: Model): void {
  const sink = draft.sinks[score!.sink]!;
  const schema = draft.schemas[sink.schema]!;
  for (const names of identityOf(draft, model)) {
    if (schema.columns.some(({ name }) => names.includes(name)) || score!.sinkAt === undefined) continue;
    const what =
      names[0] === 'model_version'
        ? 'which model made it'
        : names[0] === 'at'
          ? 'for which moment it is'
          : 'for whom it is';
    const place = flow.at(score!.sinkAt, [flow.label(schema.at, 'its schema')]);
    const args = { sink: score!.sink, schema: sink.schema, names, what };
    if (place) flow.diagnostics.push(deploymentMessages.unidentified(args, place));
  }
}
