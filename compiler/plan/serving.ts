import { type Field, interfaceOf } from './diff/interface.ts';
import type { Deployment, FeatureView, Model, Plan, SchemaColumn, Type } from './plan.ts';

export type ServedColumn = Field & { readonly tags?: readonly string[]; readonly doc?: string };

/** What a deployment that answers requests takes and gives. */
export interface Serving {
  readonly deployment: Deployment;
  readonly modelName: string;
  readonly model: Model;
  /** The first of the model's views; all have its source, key and moment. */
  readonly view: FeatureView;
  /** Columns of the row that the model's features read, in the schema's order. */
  readonly read: readonly ServedColumn[];
  /** Columns that a request may carry besides: the moment's, the key, what labels are matched by. */
  readonly beside: readonly ServedColumn[];
  readonly moment: ServedMoment;
  /** Whether a request may say the moment apart from its columns, as `at`. */
  readonly asksMoment: boolean;
  readonly key: readonly string[];
  /** Columns by which monitors match labels. */
  readonly matched: readonly string[];
  readonly answer: Field;
}

/**
 * The moment of a prediction. `column`: the row says it, so many milliseconds before T; `asked`: `at` of the request says
 * it, or the clock; `none`: the features know no time.
 */
export type ServedMoment =
  | { readonly kind: 'column'; readonly column: string; readonly type: Type; readonly offset: number }
  | { readonly kind: 'asked'; readonly type: Type }
  | { readonly kind: 'none' };

/** The field of the moment; a column of this name is that column. */
export const momentField = 'at';

/** A moment that the service's clock cannot tell: whose wall is meant? */
export const mustBeSaid = (moment: ServedMoment): boolean =>
  moment.kind !== 'none' && moment.type.kind !== 'timestamp';

/** The deployments that answer requests, in the order of the spec. */
export const servedNames = (plan: Plan): readonly string[] =>
  Object.keys(plan.deployments).filter(name => plan.deployments[name]!.score === null);

export function servingOf(plan: Plan, name: string): Serving {
  const deployment = plan.deployments[name]!;
  const model = plan.models[deployment.serves]!;
  const view = plan.views[model.views[0]!]!;
  const columns = tableColumns(plan, view.source);
  const has = (column: string): boolean => columns.some(other => other.name === column);
  const { request, answer } = interfaceOf(plan, deployment);
  const moment = momentOf(view, columns);
  const schemaKey = columns.filter(({ tags }) => tags?.includes('key')).map(column => column.name);
  const key = (view.key.length > 0 ? view.key : schemaKey).filter(has);
  const monitors = Object.values(plan.monitors).filter(monitor => monitor.deployment === name);
  const matched = [...new Set(monitors.flatMap(monitor => monitor.labels?.on ?? []))].filter(has);
  const read = new Set(request.map(field => field.name));
  const may = new Set([...key, ...matched, ...(moment.kind === 'column' ? [moment.column] : [])]);
  return {
    deployment,
    modelName: deployment.serves,
    model,
    view,
    read: columns.filter(column => read.has(column.name)),
    beside: columns.filter(column => may.has(column.name) && !read.has(column.name)),
    moment,
    asksMoment: moment.kind !== 'none' && !read.has(momentField) && !may.has(momentField),
    key,
    matched,
    answer,
  };
}

/** Of a source or a component's value by its schema, of a view by its features. */
export function tableColumns(plan: Plan, table: string): readonly ServedColumn[] {
  const schema = (plan.sources[table] ?? plan.components[table])?.schema;
  const columns: readonly SchemaColumn[] | undefined =
    schema === undefined ? undefined : plan.schemas[schema]?.columns;
  return columns ?? plan.views[table]?.features ?? [];
}

function momentOf(view: FeatureView, columns: readonly Field[]): ServedMoment {
  const { moment } = view;
  if (moment === null) return { kind: 'none' };
  const named = moment.kind === 'column' ? moment.column : view.eventTime;
  const type = columns.find(column => column.name === named)?.type ?? { kind: 'timestamp', optional: false };
  if (moment.kind === 'each') return { kind: 'asked', type };
  return { kind: 'column', column: moment.column, type, offset: moment.offset };
}
