import type { Expr, Type, Value } from '../plan/plan.ts';

/**
 * The relational form between the plan and a dialect: nothing in it is DuckDB's, and a printer needs nothing else.
 * Columns have names that are unique in a relation and in everything joined with it, so an expression's `ColumnRef`
 * (always `of: 'row'`) needs no table. Expressions are the plan's, without windows and features. Moments that are
 * compared are whole microseconds.
 */
export type Relation =
  | Scan
  | Numbered
  | Project
  | Renamed
  | Dropped
  | Filter
  | Join
  | AsOfJoin
  | Pick
  | Grid
  | Windowed
  | Aggregated
  | Union;

/** A table under its relation's name, its columns under new ones. */
export interface Scan {
  readonly op: 'scan';
  readonly table: string;
  readonly columns: readonly { readonly column: string; readonly as: string }[];
}
/** Adds the position of each row, from 1, in the order of the input or of columns. */
export interface Numbered {
  readonly op: 'numbered';
  readonly input: Relation;
  readonly name: string;
  readonly order: readonly string[];
}
export interface Output {
  readonly name: string;
  readonly expr: Expr;
}
/** `all`: the input's columns as well. */
export interface Project {
  readonly op: 'project';
  readonly input: Relation;
  readonly all: boolean;
  readonly columns: readonly Output[];
}
/** Columns take the place of others: `from` goes, and what `to` was goes too. */
export interface Renamed {
  readonly op: 'renamed';
  readonly input: Relation;
  readonly columns: readonly { readonly from: string; readonly to: string }[];
}
/** Columns that nothing reads any more. */
export interface Dropped {
  readonly op: 'dropped';
  readonly input: Relation;
  readonly columns: readonly string[];
}
export interface Filter {
  readonly op: 'filter';
  readonly input: Relation;
  readonly condition: Expr;
}
export interface Join {
  readonly op: 'join';
  readonly kind: 'left' | 'inner';
  readonly left: Relation;
  readonly right: Relation;
  readonly on: readonly Expr[];
}
/** Each row of `left` with the row of `right` that has equal columns and the latest `event` not after `moment`, or none. */
export interface AsOfJoin {
  readonly op: 'as_of';
  readonly left: Relation;
  readonly right: Relation;
  readonly equal: readonly { readonly left: string; readonly right: string }[];
  readonly moment: string;
  readonly event: string;
}
/** Of the rows that agree in `by`, the greatest by `order`, compared column by column. Gives the columns `keep`. */
export interface Pick {
  readonly op: 'pick';
  readonly input: Relation;
  readonly by: readonly string[];
  readonly order: readonly string[];
  readonly keep: readonly string[];
}
/**
 * Each row once for every beginning of a `grain` from `start` to the latest moment of `ends`, both included; offsets are
 * milliseconds.
 */
export interface Grid {
  readonly op: 'grid';
  readonly input: Relation;
  readonly name: string;
  readonly type: Type;
  readonly grain: 'hour' | 'day' | 'week' | 'month';
  readonly start: string;
  readonly ends: readonly { readonly table: string; readonly column: string; readonly offset: number }[];
}
export interface Aggregate {
  readonly name: string;
  /** Key of the library's aggregate. */
  readonly aggregate: string;
  readonly value: Expr | null;
  readonly args: Readonly<Record<string, Value>>;
  readonly filter: Expr | null;
  /** What `first` and `last` go by. */
  readonly order: readonly string[];
}
/** Bounds are microseconds from the row's own `order` column, both included. */
export interface Framed extends Aggregate {
  readonly lower: number;
  readonly upper: number;
  readonly excludeSelf: boolean;
}
/** Adds aggregates over the rows of equal `partition` whose `order` lies within the frame. */
export interface Windowed {
  readonly op: 'windowed';
  readonly input: Relation;
  readonly partition: readonly string[];
  readonly order: string;
  /**
   * A column from 0 to below 2^32 by which rows of equal `order` are put into an order of their own, without which sums
   * of floats would differ from run to run; null where no aggregate minds.
   */
  readonly tie: string | null;
  readonly frames: readonly Framed[];
}
export interface Aggregated {
  readonly op: 'aggregated';
  readonly input: Relation;
  readonly by: readonly string[];
  readonly aggregates: readonly Aggregate[];
}
/** All rows of relations with the same columns in the same order. */
export interface Union {
  readonly op: 'union';
  readonly inputs: readonly Relation[];
}

export const inputsOf = (relation: Relation): readonly Relation[] => {
  switch (relation.op) {
    case 'scan':
      return [];
    case 'join':
    case 'as_of':
      return [relation.left, relation.right];
    case 'union':
      return relation.inputs;
    default:
      return [relation.input];
  }
};
