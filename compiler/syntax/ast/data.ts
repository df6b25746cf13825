import type { Annotation, DeclarationBase, Name, Node } from './base.ts';
import type { Call, Expression, MissingExpression } from './expression.ts';
import type { ResourceClause, RunClause } from './library.ts';
import type { TypeExpression } from './types.ts';

/** `schema B extends A { … }` */
export interface SchemaDeclaration extends DeclarationBase {
  readonly kind: 'Schema';
  readonly base?: Name;
  readonly fields: readonly Field[];
}
export interface Field extends Node {
  readonly kind: 'Field';
  readonly name: Name;
  readonly type: TypeExpression;
  readonly doc?: string;
  /** Those of the type too: `@unit` and the like are written after the refinements. */
  readonly annotations: readonly Annotation[];
}
/** `enum Plan { free, team }` */
export interface EnumDeclaration extends DeclarationBase {
  readonly kind: 'Enum';
  readonly members: readonly EnumMember[];
}
export interface EnumMember extends Node {
  readonly kind: 'EnumMember';
  readonly name: Name;
  readonly doc?: string;
}
/** `param horizon: duration in 7d..90d = 30d` */
export interface ParamDeclaration extends DeclarationBase {
  readonly kind: 'Param';
  readonly type: TypeExpression;
  readonly value?: Expression;
}
/** `let enough = 1_000` */
export interface LetDeclaration extends DeclarationBase {
  readonly kind: 'Let';
  readonly type?: TypeExpression;
  readonly value: Expression;
}
/** `connection warehouse = postgres(url: secret("X"))` */
export interface ConnectionDeclaration extends DeclarationBase {
  readonly kind: 'Connection';
  readonly value: Call | MissingExpression;
}
/** `source flights: Flight = parquet("…") { … }` */
export interface SourceDeclaration extends DeclarationBase {
  readonly kind: 'Source';
  readonly row: Name;
  readonly value: Call | MissingExpression;
  readonly items: readonly SourceItem[];
}
export type SourceItem =
  | ViolationsClause
  | PartitionClause
  | WatermarkClause
  | FreshClause
  | LagClause
  | ResourceClause;
/** `quarantine up to 0.1%` / `drop up to 1%`; `share` undefined means no limit was written. */
export interface ViolationsClause extends Node {
  readonly kind: 'Violations';
  readonly action: 'drop' | 'quarantine';
  readonly share?: Expression;
}
/** `partitioned by ordered daily` */
export interface PartitionClause extends Node {
  readonly kind: 'Partition';
  readonly column: Name;
  readonly grain: 'hourly' | 'daily' | 'weekly' | 'monthly';
}
export interface WatermarkClause extends Node {
  readonly kind: 'Watermark';
  readonly column: Name;
}
export interface FreshClause extends Node {
  readonly kind: 'Fresh';
  readonly within: Expression;
}
export interface LagClause extends Node {
  readonly kind: 'Lag';
  readonly lag: Expression;
}
/** `sink scores: Score = table(warehouse, "…")` */
export interface SinkDeclaration extends DeclarationBase {
  readonly kind: 'Sink';
  readonly row: Name;
  readonly value: Call | MissingExpression;
}
/** `validation flights_sound on flights { … }` */
export interface ValidationDeclaration extends DeclarationBase {
  readonly kind: 'Validation';
  readonly on: Name;
  readonly rules: readonly Rule[];
}

/** What stands in `validation`, `promote`, `check`, `policy`. */
export type Rule = ConditionRule | PolicyUse | ApprovalRule;
/** `require EXPR [for each weekday with at least 500 rows] [at 200rps for 30s]`; `warn`, `alert` alike. */
export interface ConditionRule extends Node {
  readonly kind: 'Condition';
  readonly severity: 'require' | 'warn' | 'alert';
  readonly condition: Expression;
  readonly forEach?: ForEach;
  /** `at 200rps for 30s` of a deployment's check. */
  readonly load?: { readonly rate: Expression; readonly duration: Expression };
  /** `for 2 times` of a monitor. */
  readonly times?: Expression;
}
export interface ForEach extends Node {
  readonly kind: 'ForEach';
  readonly by: readonly Name[];
  readonly minimum?: Expression;
}
/** `policy safe(auc, floor: 0.7)` */
export interface PolicyUse extends Node {
  readonly kind: 'PolicyUse';
  readonly call: Call | MissingExpression;
}
/** `approval("growth-team")` */
export interface ApprovalRule extends Node {
  readonly kind: 'Approval';
  readonly who: Expression;
}
export type { RunClause };
