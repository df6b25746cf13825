import type { DeclarationBase, Name, Node } from './base.ts';
import type { Rule } from './data.ts';
import type { Arg, Call, Expression, MissingExpression, Range } from './expression.ts';
import type { TypeExpression } from './types.ts';

export interface Parameter extends Node {
  readonly kind: 'Parameter';
  readonly name: Name;
  readonly type: TypeExpression;
  readonly default?: Expression;
  /** `values: T...`, any number of arguments; library only. */
  readonly rest: boolean;
  readonly doc?: string;
}
/** `function peak(at: datetime) -> bool = …`, or with `builtin`, or with a `run` block. */
export interface FunctionDeclaration extends DeclarationBase {
  readonly kind: 'Function';
  readonly parameters: readonly Parameter[];
  readonly result: TypeExpression;
  readonly body: FunctionBody;
}
export type FunctionBody =
  | { readonly kind: 'ExpressionBody'; readonly value: Expression; readonly span: Node['span'] }
  | ForeignBody;
/** `builtin`, for a trainer with `{ accepts missing, categories }` after it, or `{ run python … packages … }`. */
export interface ForeignBody extends Node {
  readonly kind: 'ForeignBody';
  readonly builtin: boolean;
  readonly items: readonly ForeignItem[];
}
export type ForeignItem = RunClause | PackagesClause | AcceptsClause | DerivationClause | ResourceClause;
/** `run python "steps/moods.py:score"`; for sql the text; for container the image with optional `args [..]`. */
export interface RunClause extends Node {
  readonly kind: 'Run';
  readonly language: 'python' | 'shell' | 'sql' | 'typescript' | 'container';
  readonly target: Expression;
  readonly args: readonly Expression[];
}
export interface PackagesClause extends Node {
  readonly kind: 'Packages';
  readonly packages: readonly Expression[];
}
/** `accepts missing, categories` */
export interface AcceptsClause extends Node {
  readonly kind: 'Accepts';
  readonly what: readonly Name[];
}
/** `score: float from (a, b)` */
export interface DerivationClause extends Node {
  readonly kind: 'Derivation';
  readonly column: Name;
  readonly type: TypeExpression;
  readonly from: readonly Name[];
}
/** `resources { cpu: 1 }`, `timeout 20min`, `retry 2 times after 30s`: allowed wherever a step is made. */
export type ResourceClause = ResourcesClause | TimeoutClause | RetryClause;
export interface ResourcesClause extends Node {
  readonly kind: 'Resources';
  readonly settings: readonly Arg[];
}
export interface TimeoutClause extends Node {
  readonly kind: 'Timeout';
  readonly duration: Expression;
}
export interface RetryClause extends Node {
  readonly kind: 'Retry';
  readonly times: Expression;
  readonly after?: Expression;
}

/** `aggregate mean(x: float) -> float builtin` */
export interface AggregateDeclaration extends DeclarationBase {
  readonly kind: 'AggregateFunction';
  readonly parameters: readonly Parameter[];
  readonly result: TypeExpression;
  readonly body: ForeignBody;
}
/** `component moods(orders: table Order) -> table Note { … }` */
export interface ComponentDeclaration extends DeclarationBase {
  readonly kind: 'Component';
  readonly parameters: readonly Parameter[];
  readonly result: TypeExpression;
  readonly body: ForeignBody;
}
/** `trainer forest(trees: int = 300) for binary, multiclass { … }` */
export interface TrainerDeclaration extends DeclarationBase {
  readonly kind: 'Trainer';
  readonly parameters: readonly Parameter[];
  readonly tasks: readonly Name[];
  readonly body: ForeignBody;
}
/** `metric auc for binary in 0..1 higher is better builtin` */
export interface MetricDeclaration extends DeclarationBase {
  readonly kind: 'Metric';
  readonly parameters: readonly Parameter[];
  readonly tasks: readonly Name[];
  readonly range?: Range;
  readonly direction?: 'higher' | 'lower';
  readonly body: ForeignBody;
}
/** `policy safe(m: metric, floor: float) { rules }` */
export interface PolicyDeclaration extends DeclarationBase {
  readonly kind: 'Policy';
  readonly parameters: readonly Parameter[];
  readonly rules: readonly Rule[];
}
/**
 * A library constructor: `constructor parquet(path: string) for source builtin`. `for` names what it makes:
 * source, sink, connection, target, splitter, notifier, trigger, drift, loader, deploy.
 */
export interface ConstructorDeclaration extends DeclarationBase {
  readonly kind: 'Constructor';
  readonly parameters: readonly Parameter[];
  readonly makes: Name;
  readonly body: ForeignBody;
}
/** `annotation known_after(delay: duration) on column` */
export interface AnnotationDeclaration extends DeclarationBase {
  readonly kind: 'AnnotationDeclaration';
  readonly parameters: readonly Parameter[];
  readonly targets: readonly Name[];
}
export type { Call, MissingExpression };
