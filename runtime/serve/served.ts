import { serveMessages } from '../../compiler/diagnostics/messages/serve.ts';
import { suggest } from '../../compiler/diagnostics/suggest.ts';
import { type Field, interfaceOf } from '../../compiler/plan/diff/interface.ts';
import type { Deployment, FeatureView, Model, Plan, SchemaColumn, Type } from '../../compiler/plan/plan.ts';
import { fault } from '../data/faults.ts';

/** A deployment with all that its service has to know of the plan. */
export interface Served {
  readonly plan: Plan;
  /** The registry's environment; `local` where none is named. */
  readonly environment: string;
  readonly name: string;
  readonly deployment: Deployment;
  readonly modelName: string;
  readonly model: Model;
  readonly view: FeatureView;
  /** Columns of the row that the model's features read, in the schema's order. */
  readonly read: readonly ServedColumn[];
  /** Columns that a request may carry besides: the moment's, the key, what labels are matched by. */
  readonly beside: readonly ServedColumn[];
  readonly moment: Moment;
  readonly key: readonly string[];
  /** Columns by which monitors match labels. */
  readonly matched: readonly string[];
  readonly answer: Field;
}

/**
 * The moment of a prediction. `column`: the row says it, so many microseconds before T; `asked`: `at` of the request says
 * it, or the clock; `none`: the features know no time.
 */
export type Moment =
  | { readonly kind: 'column'; readonly column: string; readonly type: Type; readonly offset: number }
  | { readonly kind: 'asked'; readonly type: Type }
  | { readonly kind: 'none' };

/** ` --env production`, for commands in hints. */
export const environmentOption = (plan: Plan): string =>
  plan.environment === null ? '' : ` --env ${plan.environment}`;

/** The deployment of this name, or the only one. @throws MlpError where there is none, or none that answers requests */
export function servedOf(plan: Plan, named?: string): Served {
  const online = Object.keys(plan.deployments).filter(name => plan.deployments[name]!.score === null);
  const name = named ?? online[0];
  if (name === undefined) throw fault(serveMessages.noDeployment, { models: Object.keys(plan.models) });
  if (named === undefined && online.length > 1)
    throw fault(serveMessages.whichDeployment, { deployments: online });
  const deployment = plan.deployments[name];
  if (!deployment) {
    const near = online.find(other => plan.deployments[other]!.serves === name) ?? suggest(name, online);
    if (online.length === 0) throw fault(serveMessages.noDeployment, { models: Object.keys(plan.models) });
    throw fault(serveMessages.unknownDeployment, { deployment: name, near, deployments: online });
  }
  if (deployment.score) {
    const facts = { deployment: name, sink: deployment.score.sink };
    throw fault(serveMessages.scoresOnly, facts, { at: deployment.at });
  }
  return describe(plan, name, deployment);
}

function describe(plan: Plan, name: string, deployment: Deployment): Served {
  const model = plan.models[deployment.serves]!;
  const view = plan.views[model.views[0]!]!;
  const columns = columnsOf(plan, view.source);
  const { request, answer } = interfaceOf(plan, deployment);
  const moment = momentOf(view, columns);
  const schemaKey = columns.filter(({ tags }) => tags?.includes('key')).map(column => column.name);
  const key = view.key.length > 0 ? view.key : schemaKey;
  const monitors = Object.values(plan.monitors).filter(monitor => monitor.deployment === name);
  const matched = [...new Set(monitors.flatMap(monitor => monitor.labels?.on ?? []))];
  const read = new Set(request.map(field => field.name));
  const may = new Set([...key, ...matched, ...(moment.kind === 'column' ? [moment.column] : [])]);
  const own = columns.filter(column => read.has(column.name));
  return {
    plan,
    environment: plan.environment ?? 'local',
    name,
    deployment,
    modelName: deployment.serves,
    model,
    view,
    read: own,
    beside: columns.filter(column => may.has(column.name) && !read.has(column.name)),
    moment,
    key: key.filter(column => columns.some(other => other.name === column)),
    matched: matched.filter(column => columns.some(other => other.name === column)),
    answer,
  };
}

export type ServedColumn = Field & { readonly tags?: readonly string[]; readonly doc?: string };

/** Of a source or a component's value by its schema, of a view by its features. */
export function columnsOf(plan: Plan, table: string): readonly ServedColumn[] {
  const schema = (plan.sources[table] ?? plan.components[table])?.schema;
  const columns: readonly SchemaColumn[] | undefined =
    schema === undefined ? undefined : plan.schemas[schema]?.columns;
  return columns ?? plan.views[table]?.features ?? [];
}

function momentOf(view: FeatureView, columns: readonly Field[]): Moment {
  const { moment } = view;
  if (moment === null) return { kind: 'none' };
  const named = moment.kind === 'column' ? moment.column : view.eventTime;
  const type = columns.find(column => column.name === named)?.type ?? { kind: 'timestamp', optional: false };
  if (moment.kind === 'each') return { kind: 'asked', type };
  return { kind: 'column', column: moment.column, type, offset: moment.offset * 1000 };
}

/** What the deployment declares and one process of `mlp serve` does not carry out, each with its place in the spec. */
export function notCarriedOut({ deployment }: Served): readonly string[] {
  const { shadow, check, rollout, rollback, replicas, resources } = deployment;
  return [
    ...(shadow === null ? [] : [`\`shadow ${shadow}\`: the second model is not asked`]),
    ...(check === null ? [] : ['`check`: nothing is measured before it answers']),
    ...(rollout.strategy === 'all_at_once'
      ? []
      : [`\`rollout ${rollout.strategy}\`: every request goes to the champion`]),
    ...(rollback === null ? [] : ['`rollback`: no version is taken back by itself']),
    ...(replicas === null ? [] : ['`replicas`: this is one process']),
    ...(resources === null ? [] : ['`resources`: it takes what the machine gives']),
  ];
}
