import type { DeclarationBase, Name, Node } from './base.ts';
import type { ConditionRule, PolicyUse, Rule } from './data.ts';
import type {
  Arg,
  Call,
  Expression,
  ListLiteral,
  MissingExpression,
  Range,
  RecordLiteral,
} from './expression.ts';
import type { ResourceClause } from './library.ts';

export interface DeploymentDeclaration extends DeclarationBase {
  readonly kind: 'Deployment';
  readonly items: readonly DeploymentItem[];
}
export type DeploymentItem =
  | Serve
  | ScoreInto
  | Shadow
  | Traffic
  | Replicas
  | Check
  | Rollout
  | Rollback
  | LogRequests
  | ResourceClause;
export interface Serve extends Node {
  readonly kind: 'Serve';
  readonly model: Name;
}
/** `score customers into scores` */
export interface ScoreInto extends Node {
  readonly kind: 'ScoreInto';
  readonly source: Name;
  readonly sink: Name;
}
export interface Shadow extends Node {
  readonly kind: 'Shadow';
  readonly model: Name;
}
export interface Traffic extends Node {
  readonly kind: 'Traffic';
  readonly rate: Expression;
}
/** `replicas 2..10 at 70% cpu` */
export interface Replicas extends Node {
  readonly kind: 'Replicas';
  readonly range: Range;
  readonly target?: Expression;
  readonly of?: Name;
}
export interface Check extends Node {
  readonly kind: 'Check';
  readonly load?: Expression;
  readonly rules: readonly Rule[];
}
/** `rollout canary { 5% for 10min, 100% }`, `rollout blue_green`, `rollout all_at_once` */
export interface Rollout extends Node {
  readonly kind: 'Rollout';
  readonly strategy: Name;
  readonly steps: readonly RolloutStep[];
}
export interface RolloutStep extends Node {
  readonly kind: 'RolloutStep';
  readonly share: Expression;
  readonly duration?: Expression;
}
/** `rollback when error_rate > 1%`, or `rollback unless policy healthy(…)`; one of the two is there. */
export interface Rollback extends Node {
  readonly kind: 'Rollback';
  readonly condition?: Expression;
  readonly unless?: PolicyUse;
}
export interface LogRequests extends Node {
  readonly kind: 'LogRequests';
  readonly share: Expression;
}

/** `monitor lateness_watch on lateness_api { … }` */
export interface MonitorDeclaration extends DeclarationBase {
  readonly kind: 'Monitor';
  readonly on: Name;
  readonly items: readonly MonitorItem[];
}
export type MonitorItem = Every | LabelsFrom | ConditionRule | Notify | ResourceClause;
export interface Every extends Node {
  readonly kind: 'Every';
  readonly every: Expression;
  readonly over?: Expression;
}
export interface LabelsFrom extends Node {
  readonly kind: 'LabelsFrom';
  readonly source: Name;
  readonly on: readonly Name[];
}
/** `notify slack(secret("X")) on failure, promotion` */
export interface Notify extends Node {
  readonly kind: 'Notify';
  readonly notifier: Call | MissingExpression;
  readonly events: readonly Name[];
}

export interface PipelineDeclaration extends DeclarationBase {
  readonly kind: 'Pipeline';
  readonly items: readonly PipelineItem[];
}
export type PipelineItem =
  | RunGoals
  | Trigger
  | Cooldown
  | Concurrency
  | Budget
  | Interval
  | Notify
  | ResourceClause;
export interface RunGoals extends Node {
  readonly kind: 'RunGoals';
  readonly goals: readonly Name[];
}
/** `on schedule("0 3 * * *", zone: "…")`, `on new_rows(flights) >= 50_000`, `on alert(x)`, `on request` */
export interface Trigger extends Node {
  readonly kind: 'Trigger';
  readonly condition: Expression;
}
export interface Cooldown extends Node {
  readonly kind: 'Cooldown';
  readonly duration: Expression;
}
export interface Concurrency extends Node {
  readonly kind: 'Concurrency';
  readonly policy: Name;
}
/** `budget 20h cpu` */
export interface Budget extends Node {
  readonly kind: 'Budget';
  readonly amount: Expression;
  readonly of: Name;
}
/** `interval 1d`: the data interval of one run. */
export interface Interval extends Node {
  readonly kind: 'Interval';
  readonly length: Expression;
}

/** `environment production extends staging { … }` */
export interface EnvironmentDeclaration extends DeclarationBase {
  readonly kind: 'Environment';
  readonly base?: Name;
  readonly items: readonly EnvironmentItem[];
}
export type EnvironmentItem = Target | Replacement | ModelsClause | DeployClause | ParamSetting;
/** `target kubernetes { namespace: "ml" }` */
export interface Target extends Node {
  readonly kind: 'Target';
  readonly name: Name;
  readonly settings: readonly Arg[];
}
/** `source flights = parquet("s3://…")`, `sink …`, `connection …` */
export interface Replacement extends Node {
  readonly kind: 'Replacement';
  readonly what: 'source' | 'sink' | 'connection';
  readonly name: Name;
  readonly value: Call | MissingExpression;
}
/** `models trained here`, `models promoted from staging` */
export interface ModelsClause extends Node {
  readonly kind: 'Models';
  readonly from?: Name;
}
/** `deploy on push("main")`, `deploy after approval("ml-owners")` */
export interface DeployClause extends Node {
  readonly kind: 'Deploy';
  readonly when: 'on' | 'after';
  readonly trigger: Expression;
}
/** `param horizon = 60d` */
export interface ParamSetting extends Node {
  readonly kind: 'ParamSetting';
  readonly name: Name;
  readonly value: Expression;
}

/** `test "a name" of X { … }`; the declaration's `name` is the string. */
export interface TestDeclaration extends DeclarationBase {
  readonly kind: 'Test';
  readonly title: string;
  readonly of: Name;
  readonly items: readonly TestItem[];
}
export type TestItem = Given | AtMoment | Expect | Converges | Overfits | StaysFinite | RunsOn;
/** `given { … }` (the row, or a function's arguments), `given airports [{ … }]` */
export interface Given extends Node {
  readonly kind: 'Given';
  readonly source?: Name;
  readonly value: RecordLiteral | ListLiteral | MissingExpression;
}
export interface AtMoment extends Node {
  readonly kind: 'AtMoment';
  readonly value: Expression;
}
export interface Expect extends Node {
  readonly kind: 'Expect';
  readonly condition: Expression;
}
export interface Converges extends Node {
  readonly kind: 'Converges';
  readonly rows: Expression;
}
export interface Overfits extends Node {
  readonly kind: 'Overfits';
  readonly rows: Expression;
}
export interface StaysFinite extends Node {
  readonly kind: 'StaysFinite';
}
/** `runs on 1_000 rows`: a whole pipeline on a sample. */
export interface RunsOn extends Node {
  readonly kind: 'RunsOn';
  readonly rows: Expression;
}
