import type { AggregateKey } from '../../../compiler/sql/generated/keys.ts';
import type { Duration, Scalar } from '../functions/values.ts';

/**
 * How a view's function gets what it reads of other rows: what a generated program says beside the function, in the terms
 * of "Time" of `grammar/language.md`. Joins and windows are named as in the function's context. Durations are milliseconds.
 */
export interface ViewReads {
  /** The table that the view's own rows come from. */
  readonly source: string;
  /** What of the row itself is read, by the features and by the keys below: what a request carries. */
  readonly request: readonly string[];
  /** Joined rows in the order of the spec; the key of a later one may read an earlier one. */
  readonly joins: Readonly<Record<string, JoinRead<never, never>>>;
  readonly windows: Readonly<Record<string, WindowRead<never, never, never>>>;
  /** `materialize every`: joins and windows see the state of the last multiple of this before T. */
  readonly every: Duration | null;
  /** `stale after … else`: what becomes of a state that is older. */
  readonly stale: { readonly after: Duration; readonly otherwise: 'null' | 'fail' } | null;
}

/** Equal columns: a value of the row itself, and a column of the other table. */
export interface KeyRead<Row, Joined> {
  readonly own: (row: Row, joined: Joined) => Scalar | null;
  readonly other: string;
}

/** A moment from which a row is known: a column of its, and so long after. A row without the moment never is. */
export interface KnownRead {
  readonly column: string;
  readonly after: Duration;
}

/** The one row of a table that has the key: as of T where the table has a time, else whichever is there. */
export interface JoinRead<Row, Joined = object> {
  readonly table: string;
  readonly key: readonly KeyRead<Row, Joined>[];
  /** Joins whose columns the key reads. */
  readonly after?: readonly string[];
  /** Columns of the other table's row that are read. */
  readonly columns: readonly string[];
  readonly asOf: {
    readonly eventTime: string;
    readonly known: readonly KnownRead[];
    /** How old the row may be; null: any age. */
    readonly within: Duration | null;
    /** What tells which of several rows of one time is the latest. */
    readonly order: readonly string[];
  } | null;
}

/** An aggregate of the rows of a table with event time in [T - length, T), known by T, that have the key. */
export interface WindowRead<Row, Other, Joined = object> {
  readonly table: string;
  readonly key: readonly KeyRead<Row, Joined>[];
  readonly after?: readonly string[];
  readonly eventTime: string;
  readonly known: readonly KnownRead[];
  readonly length: Duration;
  readonly aggregate: AggregateKey;
  /** Further arguments of the aggregate: the `q` of `quantile`. */
  readonly args?: readonly number[];
  /** Columns of the other table's row that `value` and `where` read. */
  readonly columns: readonly (keyof Other & string)[];
  /** What is aggregated, of each row; absent for `count()`. */
  readonly value?: (other: Other, row: Row, joined: Joined) => Scalar | null;
  /** Which rows are aggregated; absent: all. */
  readonly where?: (other: Other, row: Row, joined: Joined) => boolean | null;
  /** `value` and `where` read the row itself too, so they are computed anew for each. */
  readonly readsRow?: true;
  /** What `first` and `last` go by among rows of one time. */
  readonly order?: readonly string[];
  /** Columns by which the row itself is told in its own window, where it may lie there; it is left out. */
  readonly self?: readonly string[];
}
