import type { At, Expr, Known, Value } from './expression.ts';
import type { Type } from './type.ts';
import type { Resources, Retry, Step, ValueGraph } from './work.ts';

export type * from './expression.ts';
export type * from './type.ts';
export type * from './work.ts';

/**
 * `plan/1`, the contract between the compiler and everything behind it. Plain JSON, everything resolved, positions
 * kept apart so that the hash does not see them. Records are keyed by declaration name, in source order of the
 * project's sorted files. Same spec, same bytes.
 */
export interface Plan {
  readonly version: 'plan/1';
  /** SHA-256 (hex) of the canonical JSON of all fields but `hash`, `positions` and every position index (`at`): `hash.ts`. */
  readonly hash: string;
  /** The compiler's version and the environment this plan was resolved for (`null`: none named). */
  readonly compiler: string;
  readonly environment: string | null;
  /** Spec files, sorted. */
  readonly files: readonly string[];
  readonly positions: readonly SourcePosition[];
  readonly params: Readonly<Record<string, Param>>;
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly connections: Readonly<Record<string, Construct>>;
  readonly sources: Readonly<Record<string, Source>>;
  readonly sinks: Readonly<Record<string, Sink>>;
  readonly validations: Readonly<Record<string, Validation>>;
  readonly components: Readonly<Record<string, ComponentUse>>;
  readonly views: Readonly<Record<string, FeatureView>>;
  readonly models: Readonly<Record<string, Model>>;
  readonly deployments: Readonly<Record<string, Deployment>>;
  readonly monitors: Readonly<Record<string, Monitor>>;
  readonly pipelines: Readonly<Record<string, Pipeline>>;
  readonly environments: Readonly<Record<string, Environment>>;
  readonly tests: readonly Test[];
  readonly graph: ValueGraph;
  readonly steps: readonly Step[];
}

/** One-based line and column, and the range's end. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}
export interface Param {
  readonly type: Type;
  readonly value: Value;
  readonly doc?: string;
  readonly at: At;
}

export interface Schema {
  readonly columns: readonly SchemaColumn[];
  readonly eventTime: string | null;
  readonly key: readonly string[];
  readonly doc?: string;
  readonly at: At;
}
export interface SchemaColumn {
  readonly name: string;
  readonly type: Type;
  readonly known: Known;
  readonly tags: readonly string[];
  readonly doc?: string;
  readonly at: At;
}

/** A call of a library constructor: `parquet("x")` is `{ name: 'parquet', args: { path: 'x' } }`. Defaults are filled in. */
export interface Construct {
  readonly name: string;
  readonly args: Readonly<Record<string, Setting>>;
  readonly at: At;
}
/** A secret is a name, never a value. Lists hold settings of one kind. A reference names a declaration. */
export type Setting = Value | readonly Setting[] | { readonly secret: string } | { readonly ref: string };

export interface Source {
  readonly schema: string;
  readonly from: Construct;
  /** `fail` when nothing was said; `upTo` is a share of rows, null: no limit. */
  readonly violations: { readonly action: 'fail' | 'drop' | 'quarantine'; readonly upTo: number | null };
  readonly partition: {
    readonly column: string;
    readonly grain: 'hourly' | 'daily' | 'weekly' | 'monthly';
  } | null;
  readonly watermark: string | null;
  /** Milliseconds. */
  readonly freshWithin: number | null;
  readonly lag: number;
  readonly doc?: string;
  readonly at: At;
}
export interface Sink {
  readonly schema: string;
  readonly to: Construct;
  readonly doc?: string;
  readonly at: At;
}

/** A condition with the text it was written as, for reports. */
export interface Condition {
  readonly severity: 'require' | 'warn' | 'alert';
  readonly condition: Expr;
  readonly text: string;
  readonly forEach: { readonly by: readonly string[]; readonly minimum: number } | null;
  readonly times: number;
  readonly policy: string | null;
  /** Where the policy is used; `at` lies inside it. */
  readonly policyAt?: At;
  readonly at: At;
}
export interface Validation {
  readonly on: string;
  readonly rules: readonly Condition[];
  readonly doc?: string;
  readonly at: At;
}

/** A foreign step: what `let x = moods(orders)` makes. */
export interface ComponentUse {
  readonly component: string;
  readonly schema: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly args: Readonly<Record<string, Value>>;
  readonly run: Foreign;
  readonly derives: Readonly<Record<string, readonly string[]>>;
  /** Declared to mask: its rows do not tell the personal data that went in. */
  readonly masks?: true;
  readonly at: At;
}
export interface Foreign {
  readonly language: 'python' | 'shell' | 'sql' | 'typescript' | 'container' | 'builtin';
  readonly target: string;
  readonly args: readonly string[];
  readonly packages: readonly string[];
  /** Of what is run; absent for what is built in. */
  readonly at?: At;
}

export interface FeatureView {
  readonly source: string;
  /** T: a column plus an offset, a grid, or null for a table without time. */
  readonly moment:
    | { readonly kind: 'column'; readonly column: string; readonly offset: number }
    | { readonly kind: 'each'; readonly grain: 'hour' | 'day' | 'week' | 'month' }
    | null;
  readonly key: readonly string[];
  readonly eventTime: string | null;
  readonly joins: readonly Join[];
  /** In order; a later one may read an earlier one. Labels among them. */
  readonly features: readonly Feature[];
  /** Columns of the row itself that the features (not the labels) read: what a request carries. */
  readonly request: readonly string[];
  readonly materialize: number | null;
  readonly stale: { readonly after: number; readonly otherwise: 'null' | 'fail' } | null;
  readonly doc?: string;
  readonly at: At;
}
export interface Join {
  readonly alias: string;
  readonly table: string;
  readonly kind: 'source' | 'view' | 'component';
  readonly on: readonly { readonly own: Expr; readonly other: string }[];
  /** As of T by event time and `known`; null: a plain look-up by key. */
  readonly asOf: {
    readonly eventTime: string;
    readonly known: Known;
    readonly within: number | null;
    readonly withinAt?: At;
  } | null;
  readonly at: At;
}
export interface Feature {
  readonly name: string;
  readonly label: boolean;
  readonly type: Type;
  readonly expr: Expr;
  readonly known: Known;
  readonly tags: readonly string[];
  readonly text: string;
  readonly doc?: string;
  readonly at: At;
}

export type Task = 'binary' | 'multiclass' | 'regression' | 'ranking' | 'forecast' | 'multilabel';
export interface Model {
  readonly views: readonly string[];
  /** The features the model sees, `without` taken off, as `view.feature`. */
  readonly features: readonly { readonly view: string; readonly name: string; readonly type: Type }[];
  readonly label: { readonly view: string; readonly name: string; readonly type: Type };
  readonly task: Task;
  /** Label classes in order for multiclass over an enum; null: those of the training rows, sorted. */
  readonly classes: readonly string[] | null;
  readonly where: Expr | null;
  readonly split: SplitPlan | null;
  readonly sample: { readonly rows: number } | { readonly share: number } | null;
  readonly trainer: TrainerUse | null;
  readonly load: Construct | null;
  readonly tune: {
    readonly space: Readonly<Record<string, Dimension>>;
    readonly direction: 'maximize' | 'minimize';
    readonly metric: string;
    readonly trials: number;
  } | null;
  readonly baseline: TrainerUse | null;
  readonly seed: number;
  readonly threshold: number;
  readonly metrics: readonly MetricUse[];
  /** Each a list of columns: features of the views or columns of the source row, as named. */
  readonly slices: readonly {
    readonly columns: readonly string[];
    readonly exprs: readonly Expr[];
    readonly minimum: number;
  }[];
  readonly gate: Gate | null;
  readonly doc?: string;
  readonly at: At;
}
export interface TrainerUse {
  readonly trainer: string;
  readonly params: Readonly<Record<string, Value>>;
  readonly run: Foreign;
  readonly acceptsMissing: boolean;
  readonly acceptsCategories: boolean;
  readonly at: At;
}
export interface MetricUse {
  readonly metric: string;
  readonly args: Readonly<Record<string, Value>>;
  readonly run: Foreign;
  readonly direction: 'higher' | 'lower' | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly at: At;
}
export type Dimension =
  | { readonly kind: 'int' | 'float'; readonly low: number; readonly high: number; readonly log: boolean }
  | { readonly kind: 'choice'; readonly values: readonly Value[] };
/** Shares sum to 1; `last` are milliseconds back from the end, test last. */
export interface SplitPlan {
  readonly by: 'time' | 'group' | 'hash';
  readonly column: string | null;
  readonly parts: readonly {
    readonly part: 'train' | 'validation' | 'test';
    readonly share: number | null;
    readonly last: number | null;
    readonly at?: At;
  }[];
  readonly at: At;
}
export interface Gate {
  readonly rules: readonly Condition[];
  readonly approvals: readonly string[];
  readonly at: At;
}

export interface Deployment {
  readonly serves: string;
  readonly shadow: string | null;
  readonly score: {
    readonly source: string;
    readonly sink: string;
    readonly sourceAt?: At;
    readonly sinkAt?: At;
  } | null;
  readonly traffic: number | null;
  readonly replicas: {
    readonly min: number;
    readonly max: number;
    readonly at: number | null;
    readonly of: string;
  } | null;
  readonly resources: Resources | null;
  readonly check: {
    readonly loadWithin: number | null;
    readonly rules: readonly (Condition & {
      readonly load: { readonly rate: number; readonly duration: number } | null;
    })[];
  } | null;
  readonly rollout: {
    readonly strategy: 'canary' | 'blue_green' | 'all_at_once';
    readonly steps: readonly { readonly share: number; readonly duration: number | null }[];
  };
  readonly rollback: { readonly condition: Expr; readonly text: string } | null;
  readonly log: number | null;
  readonly logAt?: At;
  readonly doc?: string;
  readonly at: At;
}
export interface Monitor {
  readonly deployment: string;
  readonly every: number;
  readonly over: number;
  readonly labels: { readonly from: string; readonly on: readonly string[]; readonly onAt?: At } | null;
  readonly rules: readonly Condition[];
  readonly notify: readonly Notification[];
  readonly doc?: string;
  readonly at: At;
}
export interface Notification {
  readonly by: Construct;
  readonly events: readonly string[];
}
export interface Pipeline {
  readonly goals: readonly string[];
  readonly triggers: readonly PlanTrigger[];
  readonly cooldown: number | null;
  readonly timeout: number | null;
  readonly retry: Retry | null;
  readonly interval: number | null;
  readonly concurrency: 'queue' | 'replace' | 'skip';
  readonly budget: { readonly amount: number; readonly of: string } | null;
  readonly notify: readonly Notification[];
  readonly doc?: string;
  readonly at: At;
}
export type PlanTrigger =
  | {
      readonly kind: 'schedule';
      readonly cron: string;
      readonly zone: string;
      readonly missed: 'skip' | 'once' | 'all';
      readonly at: At;
    }
  | { readonly kind: 'new_rows'; readonly source: string; readonly rows: number; readonly at: At }
  | { readonly kind: 'alert'; readonly monitor: string; readonly at: At }
  | { readonly kind: 'request'; readonly at: At };
export interface Environment {
  readonly extends: string | null;
  readonly target: string | null;
  readonly settings: Readonly<Record<string, Setting>>;
  readonly sources: Readonly<Record<string, Construct>>;
  readonly sinks: Readonly<Record<string, Construct>>;
  readonly connections: Readonly<Record<string, Construct>>;
  readonly params: Readonly<Record<string, Value>>;
  readonly models: { readonly from: string | null } | null;
  readonly deploy: { readonly when: 'push' | 'approval'; readonly what: string } | null;
  readonly at: At;
}
/** A spec's test, ready to run. `given.row` and rows of `tables` are records of values. */
export interface Test {
  readonly title: string;
  readonly kind: 'features' | 'function' | 'model' | 'pipeline' | 'component' | 'deployment';
  readonly of: string;
  readonly row: Readonly<Record<string, Value>> | null;
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, Value>>[]>>;
  readonly moment: string | null;
  /** For features: over features (`FeatureRef`); for a function: over its inlined body on the given arguments. */
  readonly expect: readonly { readonly condition: Expr; readonly text: string; readonly at: At }[];
  /** Of a function: what it takes, and its body over those as columns of a row. */
  readonly function?: {
    readonly parameters: readonly { readonly name: string; readonly type: Type }[];
    readonly body: Expr;
    readonly type: Type;
  };
  readonly converges: number | null;
  readonly overfits: number | null;
  readonly finite: boolean;
  readonly rows: number | null;
  readonly at: At;
}
