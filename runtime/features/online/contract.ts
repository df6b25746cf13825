import type { Program } from '../../engine/contract.ts';
import type { Fitted } from '../fitted.ts';
import type { EvaluatedValue } from '../functions/evaluate.ts';

/**
 * Features of one row, online: the view's generated function on what a request carries and what the online store keeps.
 * Values are held as `../functions/values.ts` says: an int as a number or bigint, times in microseconds, null never undefined.
 */
export type OnlineValue = EvaluatedValue;
export type OnlineRow = Readonly<Record<string, OnlineValue>>;

export interface OnlineFeatures {
  /**
   * The features of every view that was opened, one record a request, in the order of the requests. `row` carries the columns
   * in `requestColumns`; `at` is T in microseconds. One round trip to the store for all of them together.
   * `fitted` are the values that the model was trained with, where the views have such.
   * Throws `RowError` for a row that has no value (as batch fails on it), `StaleState` where the spec says `stale … else fail`.
   */
  compute(requests: readonly OnlineRequest[], fitted?: Fitted): Promise<readonly OnlineRow[]>;
  /** Columns of the row itself that a request carries, keys among them, in the order of the schema. */
  readonly requestColumns: readonly string[];
  /** How the store has each table that is read, and whether it can be read as of T, microseconds: for health and metrics. */
  freshness(at: number): Promise<readonly TableFreshness[]>;
  close(): Promise<void>;
}

export interface OnlineRequest {
  readonly row: OnlineRow;
  /** The moment of prediction, microseconds since 1970. */
  readonly at: number;
}

export interface TableFreshness {
  readonly table: string;
  /** When the rows were taken, microseconds since 1970; null: they are not in the store. */
  readonly asOf: number | null;
  /** The newest event, microseconds since 1970; null for a table without time, or without rows. */
  readonly upTo: number | null;
  readonly rows: number;
  /** Why a request as of T is refused, whatever it carries; null: it is answered. */
  readonly refused: string | null;
}

export interface OnlineOptions {
  /** The project's folder; the embedded store lies in its `.mlp`. */
  readonly root: string;
  /** `embedded` by default; `redis://host:port/db` when the environment says so. */
  readonly store?: string;
  /** Environment whose state is read, `local` without a name. */
  readonly environment?: string;
}

/** Opens what the views read. Fails with an `MlpError` where nothing was ever materialised that they need. */
export type OpenOnlineFeatures = (
  program: Program,
  views: readonly string[],
  options: OnlineOptions,
) => Promise<OnlineFeatures>;

/** A state that is not in the store any more, or older than the spec allows where it says `stale after … else fail`. */
export class StaleState extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StaleState';
  }
}
