import type { Foreign } from './plan.ts';
import type { Type } from './type.ts';

/** Index into `Plan.positions`; a stable way from anything in the plan back to the spec. */
export type At = number;

/** JSON form of a value: int beyond 2^53 as decimal text, times as ISO text, durations in milliseconds, enum members as text. */
export type Value = number | string | boolean | null;

/**
 * A typed expression tree, everything resolved: user functions, lets and params are inlined, names are columns.
 * Evaluation happens on one row (`features`), one table (`validation`) or one evaluation (`promote`).
 */
export type Expr =
  | Literal
  | ColumnRef
  | FeatureRef
  | CallExpr
  | WindowExpr
  | TableAggregateExpr
  | DriftExpr
  | FittedExpr
  | MetricExpr
  | MeasureExpr;

interface Typed {
  readonly type: Type;
  readonly at: At;
  /** Declared to mask: personal data that goes in cannot be told from the value. An inlined call keeps it on its result. */
  readonly masks?: true;
}

export interface Literal extends Typed {
  readonly op: 'literal';
  readonly value: Value;
}
/**
 * What a join is called in the plan: by its alias, but that `row` and `other` are names of other rows there. No two
 * aliases become one.
 */
export const plannedAlias = (alias: string): string => (/^(row|other)_*$/.test(alias) ? `${alias}_` : alias);
/** The alias as it is written. */
export const writtenAlias = (name: string): string =>
  /^(row|other)_+$/.test(name) ? name.slice(0, -1) : name;

/** `of` is `row` (the row itself), a join's name, or `other` (the row of the table a window runs over). */
export interface ColumnRef extends Typed {
  readonly op: 'column';
  readonly of: string;
  readonly column: string;
}
/** A feature of the same view, defined above. */
export interface FeatureRef extends Typed {
  readonly op: 'feature';
  readonly name: string;
}
/**
 * An operator or a library function. Operators: `add sub mul div neg eq ne lt le gt ge and or not coalesce if
 * in_range(x, low, high) in_set(x, ...items) matching(x, literal pattern) is_null list(...items)`, (`match` becomes nested `if`; `not in`
 * becomes `not(in…)`). Library functions by the key of their declaration in `stdlib/` (`hour_datetime`, `log1p`…; see `semantics/overload-key.ts`). Functions with defaults get all arguments; one of the team's own code is
 * `team:NAME`, and carries what it is.
 * Operands of arithmetic and comparison have equal kinds: int is converted by `to_float_int` where needed.
 */
export interface CallExpr extends Typed {
  readonly op: 'call';
  readonly fn: string;
  readonly args: readonly Expr[];
  readonly team?: TeamFunction;
}
/** A function of the team's own code. Where a parameter is not optional and its argument is null, so is the result. */
export interface TeamFunction {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: Type }[];
  readonly type: Type;
  readonly run: Foreign;
}
/** Aggregate of other rows, [T - w, T) and known by T, or (T, T + w] looking ahead. */
export interface WindowExpr extends Typed {
  readonly op: 'window';
  readonly aggregate: string;
  /** Over columns of `other`; null for `count`. */
  readonly value: Expr | null;
  readonly where: Expr | null;
  /** Constant arguments after the value: the `q` of `quantile`. */
  readonly args?: Readonly<Record<string, Value>>;
  /** Source, component value or view whose rows are aggregated. */
  readonly table: string;
  readonly direction: 'past' | 'next';
  /** Milliseconds. */
  readonly length: number;
  /** Where the length is written. */
  readonly lengthAt?: At;
  /** Equal columns: of the row itself and of the other table. */
  readonly by: readonly { readonly own: Expr; readonly other: string }[];
  readonly eventTime: string;
  /** When the aggregated value becomes known, on the other table's columns: the latest of these. */
  readonly known: Known;
}
/** Aggregate of a whole table, in `validation`: `count()`, `mean(delay)`, `share(cond)`. */
export interface TableAggregateExpr extends Typed {
  readonly op: 'table_aggregate';
  readonly aggregate: string;
  readonly args: readonly Expr[];
}
/** A drift measure against the last accepted snapshot: optional, null when there is none. */
export interface DriftExpr extends Typed {
  readonly op: 'drift';
  readonly measure: string;
  readonly value: Expr;
  readonly against: 'previous' | 'training';
  readonly args: Readonly<Record<string, Value>>;
}
/** Computed on the training rows alone and stored with the model. */
export interface FittedExpr extends Typed {
  readonly op: 'fitted';
  readonly aggregate: string;
  readonly args: readonly Expr[];
}
/** A model metric on the test rows. `of: champion` is optional. */
export interface MetricExpr extends Typed {
  readonly op: 'metric';
  readonly metric: string;
  readonly of: 'model' | 'champion' | 'baseline';
  readonly args: Readonly<Record<string, Value>>;
}
/** A service measure (`p99_latency`, `error_rate`), in `check`, `rollback`, `monitor`. `features`: `psi(each feature …)`. */
export interface MeasureExpr extends Typed {
  readonly op: 'measure';
  readonly measure: string;
  readonly features?: readonly string[];
  readonly args: Readonly<Record<string, Value>>;
}

/** A value is known from the latest of these moments; none: always. */
export interface Known {
  readonly latest: readonly Moment[];
}
/** `event`: the row's event time; `at`: the moment of prediction T of the view; `column`: a time column of the row. */
export interface Moment {
  readonly base: 'event' | 'at' | 'column';
  readonly column?: string;
  /** Milliseconds to add. */
  readonly offset: number;
  /** What made it so: the annotation, the window; absent where nothing was written. */
  readonly at?: At;
}
