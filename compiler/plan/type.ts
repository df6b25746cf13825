/** Types as the plan carries them and the checker computes with them: plain JSON. */

export type TypeKind =
  | 'bool'
  | 'int'
  | 'float'
  | 'string'
  | 'date'
  | 'datetime'
  | 'timestamp'
  | 'duration'
  | 'size'
  | 'rate'
  | 'enum'
  | 'list'
  | 'vector'
  | 'blob'
  | 'table'
  | 'model'
  | 'metric'
  | 'secret'
  | 'null'
  /** The type of something that already has an error: fits everywhere, reported nowhere. */
  | 'unknown';

export interface Type {
  readonly kind: TypeKind;
  readonly optional: boolean;
  /** Inclusive bounds: numbers for int and float, milliseconds for duration, per second for rate, bytes for size; ISO text for times. */
  readonly min?: number | string;
  readonly max?: number | string;
  /** The allowed values of an `in {…}` refinement. */
  readonly values?: readonly (string | number | boolean)[];
  /** Whole-match pattern of a string, the common part of RE2 and JavaScript. */
  readonly pattern?: string;
  readonly unit?: string;
  /** Name of a declared enum (undefined for an anonymous one) and its members in order. */
  readonly enum?: string;
  readonly members?: readonly string[];
  /** Element of a list. */
  readonly element?: Type;
  /** Length of a vector. */
  readonly length?: number;
  /** Schema of a table. */
  readonly row?: string;
}
