import type { DeclarationBase, Name, Node } from './base.ts';
import type { Rule } from './data.ts';
import type { Call, Expression, MissingExpression, Range } from './expression.ts';
import type { ResourceClause } from './library.ts';
import type { TypeExpression } from './types.ts';

/** `features Departure from flights at date { … }` */
export interface FeaturesDeclaration extends DeclarationBase {
  readonly kind: 'Features';
  readonly from: Name;
  readonly at?: MomentClause;
  readonly items: readonly FeaturesItem[];
}
/** `at date`, `at date + 1h`, `at each day` */
export interface MomentClause extends Node {
  readonly kind: 'Moment';
  readonly column?: Name;
  readonly each?: 'hour' | 'day' | 'week' | 'month';
  readonly offset?: { readonly negative: boolean; readonly duration: Expression };
}
export type FeaturesItem =
  | KeyClause
  | JoinClause
  | UseClause
  | FeatureItem
  | MaterializeClause
  | StaleClause
  | ResourceClause;
export interface KeyClause extends Node {
  readonly kind: 'Key';
  readonly columns: readonly Name[];
}
/** `join airports as home on home.iata == origin within 3h` */
export interface JoinClause extends Node {
  readonly kind: 'Join';
  readonly table: Name;
  readonly alias?: Name;
  readonly on: Expression;
  readonly within?: Expression;
}
export interface UseClause extends Node {
  readonly kind: 'Use';
  readonly columns: readonly Name[];
}
/** `hour = hour(date)`, `label late = delay > 15`; with an optional declared type. */
export interface FeatureItem extends Node {
  readonly kind: 'Feature';
  readonly label: boolean;
  readonly name: Name;
  readonly type?: TypeExpression;
  readonly value: Expression;
  readonly doc?: string;
}
export interface MaterializeClause extends Node {
  readonly kind: 'Materialize';
  readonly every: Expression;
}
export interface StaleClause extends Node {
  readonly kind: 'Stale';
  readonly after: Expression;
  readonly otherwise: 'null' | 'fail';
}

export interface ModelDeclaration extends DeclarationBase {
  readonly kind: 'Model';
  readonly items: readonly ModelItem[];
}
export type ModelItem =
  | ModelFeatures
  | Predict
  | Where
  | Split
  | Sample
  | Train
  | Load
  | Tune
  | Baseline
  | Seed
  | Threshold
  | Evaluate
  | Promote
  | ResourceClause;
/** `features A, B without { x }` */
export interface ModelFeatures extends Node {
  readonly kind: 'ModelFeatures';
  readonly views: readonly Name[];
  readonly without: readonly Name[];
}
/** `predict y as ranking by query_id` */
export interface Predict extends Node {
  readonly kind: 'Predict';
  readonly label: Name;
  readonly task?: Name;
  readonly by?: Name;
}
export interface Where extends Node {
  readonly kind: 'Where';
  readonly condition: Expression;
}
/** `split by time|hash|group customer_id|COLUMN { train 70% … }`; `by time` and a column of event time are by time. */
export interface Split extends Node {
  readonly kind: 'Split';
  readonly by: 'time' | 'group' | 'hash' | 'random';
  readonly column?: Name;
  readonly bySpan: Node['span'];
  readonly parts: readonly SplitPart[];
}
/** `train 70%` or `train last 180d` */
export interface SplitPart extends Node {
  readonly kind: 'SplitPart';
  readonly part: Name;
  readonly last: boolean;
  readonly size: Expression;
}
/** `sample 200_000 rows` or `sample 10%` */
export interface Sample extends Node {
  readonly kind: 'Sample';
  readonly size: Expression;
  readonly rows: boolean;
}
export interface Train extends Node {
  readonly kind: 'Train';
  readonly trainer: Call | MissingExpression;
}
export interface Load extends Node {
  readonly kind: 'Load';
  readonly loader: Call | MissingExpression;
}
export interface Tune extends Node {
  readonly kind: 'Tune';
  readonly parameters: readonly TuneParameter[];
  readonly direction: 'maximize' | 'minimize';
  readonly metric: Name;
  readonly trials: Expression;
}
export interface TuneParameter extends Node {
  readonly kind: 'TuneParameter';
  readonly name: Name;
  readonly range?: Range;
  readonly choices?: readonly Expression[];
  readonly log: boolean;
}
export interface Baseline extends Node {
  readonly kind: 'Baseline';
  readonly trainer: Call | MissingExpression;
}
export interface Seed extends Node {
  readonly kind: 'Seed';
  readonly value: Expression;
}
export interface Threshold extends Node {
  readonly kind: 'Threshold';
  readonly value: Expression;
}
/** `evaluate auc, log_loss by weekday, (plan, country)` */
export interface Evaluate extends Node {
  readonly kind: 'Evaluate';
  readonly metrics: readonly MetricUse[];
  readonly by: readonly Slice[];
}
export interface MetricUse extends Node {
  readonly kind: 'MetricUse';
  readonly name: Name;
  readonly args: readonly import('./expression.ts').Arg[];
}
export interface Slice extends Node {
  readonly kind: 'Slice';
  readonly columns: readonly Name[];
}
export interface Promote extends Node {
  readonly kind: 'Promote';
  readonly rules: readonly Rule[];
}
