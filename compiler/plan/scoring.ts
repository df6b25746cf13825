import type { Deployment, Model, Plan, SchemaColumn, Type } from './plan.ts';

// How the columns of a sink are filled when a model scores rows into it: by their names. The checker refuses what cannot
// be filled, the scoring step fills by the same list.

/** What a column of a sink is filled with. */
export type Filling =
  /** The number of the model's version. */
  | { readonly kind: 'version' }
  /** The moment of prediction. */
  | { readonly kind: 'moment' }
  /** Probability of true, or of the predicted class; true from the threshold on; the predicted class; the predicted number. */
  | { readonly kind: 'prediction'; readonly as: 'probability' | 'decision' | 'class' | 'value' }
  /** The probability of one class. */
  | { readonly kind: 'class'; readonly name: string }
  /** A column of the scored row. */
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'feature'; readonly view: string; readonly name: string };

export interface SinkColumn {
  readonly column: SchemaColumn;
  /** Null where nothing fills it. */
  readonly filling: Filling | null;
  /** What it would be filled with, where that is not of its type. */
  readonly instead: Type | null;
}

type Draft = Pick<Plan, 'schemas' | 'sources' | 'sinks' | 'views' | 'models' | 'deployments'>;

const float: Type = { kind: 'float', optional: false };

/** How the sink of a deployment that scores is filled, column by column; empty where something is not declared. */
export function sinkColumns(draft: Draft, deployment: Deployment): readonly SinkColumn[] {
  const { score } = deployment;
  const model = draft.models[deployment.serves];
  const schema = draft.schemas[draft.sinks[score?.sink ?? '']?.schema ?? ''];
  if (!score || !model || !schema) return [];
  return schema.columns.map(column => {
    const found = candidates(draft, deployment, model, column);
    const right = found.find(({ type }) => fills(type, column.type));
    return { column, filling: right?.filling ?? null, instead: right ? null : (found[0]?.type ?? null) };
  });
}

interface Candidate {
  readonly filling: Filling;
  readonly type: Type;
}

/** Prediction, version and moment come before the row's own columns, and those before features. */
function candidates(
  draft: Draft,
  deployment: Deployment,
  model: Model,
  { name, type }: SchemaColumn,
): readonly Candidate[] {
  if (name === 'model_version')
    return [
      {
        filling: { kind: 'version' },
        type: { kind: type.kind === 'int' ? 'int' : 'string', optional: false },
      },
    ];
  const view = draft.views[model.views[0] ?? ''];
  if (name === 'at' && view?.moment) return [{ filling: { kind: 'moment' }, type: momentOf(draft, model) }];
  if ([deployment.serves, model.label.name, 'prediction', 'score'].includes(name)) return predictions(model);
  const member = /^probability_(.+)$/s.exec(name)?.[1];
  if (model.task === 'multiclass' && member !== undefined && (model.classes?.includes(member) ?? true))
    return [{ filling: { kind: 'class', name: member }, type: float }];
  const source = draft.schemas[draft.sources[view?.source ?? '']?.schema ?? ''];
  const own = source?.columns.find(column => column.name === name);
  if (own) return [{ filling: { kind: 'column', name }, type: own.type }];
  return model.views.flatMap(of => {
    const feature = draft.views[of]?.features.find(one => one.name === name && !one.label);
    return feature ? [{ filling: { kind: 'feature' as const, view: of, name }, type: feature.type }] : [];
  });
}

function predictions({ task, label }: Model): readonly Candidate[] {
  const of = (as: 'probability' | 'decision' | 'class' | 'value', type: Type): Candidate => ({
    filling: { kind: 'prediction', as },
    type,
  });
  if (task === 'binary') return [of('probability', float), of('decision', { kind: 'bool', optional: false })];
  if (task === 'multiclass')
    return [
      of('class', { ...label.type, optional: false }),
      of('class', { kind: 'string', optional: false }),
      of('probability', float),
    ];
  return [of('value', float)];
}

/** The type of the moment of prediction; days count as wall-clock midnights. */
function momentOf(draft: Draft, model: Model): Type {
  const view = draft.views[model.views[0]!]!;
  const column = view.moment?.kind === 'column' ? view.moment.column : view.eventTime;
  const schema = draft.schemas[draft.sources[view.source]?.schema ?? ''];
  const kind = schema?.columns.find(({ name }) => name === column)?.type.kind ?? 'timestamp';
  return { kind: kind === 'date' ? 'datetime' : kind, optional: false };
}

/** Whether values of one type may stand in a column of another; ranges and patterns are held to row by row. */
function fills(from: Type, to: Type): boolean {
  if (from.optional && !to.optional) return false;
  if (from.kind === 'int' && to.kind === 'float') return true;
  if (from.kind === 'enum' && to.kind === 'string') return true;
  if (from.kind !== to.kind || from.enum !== to.enum) return false;
  return from.element === undefined || (to.element !== undefined && fills(from.element, to.element));
}

/**
 * What each row must carry so that it can be told what was predicted, for whom, when and by which model: names, each a
 * list of which one is enough.
 */
export function identityOf(draft: Draft, model: Model): readonly (readonly string[])[] {
  const view = draft.views[model.views[0] ?? ''];
  if (!view) return [];
  const key =
    view.key.length > 0 ? view.key : (draft.schemas[draft.sources[view.source]?.schema ?? '']?.key ?? []);
  const own = view.moment?.kind === 'column' && view.moment.offset === 0 ? [view.moment.column] : [];
  const moment = view.moment ? [['at', ...own]] : [];
  return [...key.map(name => [name]), ...moment, ['model_version']];
}

/** Columns of the source that sinks want beside what a view has anyway. */
export function scoredColumns(draft: Draft, view: string): readonly string[] {
  return Object.values(draft.deployments).flatMap(deployment =>
    draft.models[deployment.serves]?.views[0] !== view
      ? []
      : sinkColumns(draft, deployment).flatMap(({ filling }) =>
          filling?.kind === 'column' ? [filling.name] : [],
        ),
  );
}
