/** What trainers, metrics and the engine exchange: columns of typed arrays, never rows of objects. */

/** A numeric feature. Missing values are NaN; booleans are 0 and 1. */
export interface NumberColumn {
  readonly kind: 'number';
  readonly name: string;
  readonly values: Float64Array;
}

/**
 * A categorical feature. `codes[i]` indexes `vocabulary`; -1 is missing. The vocabulary is that of the
 * training rows; a value unseen there has the code `vocabulary.length` ("other").
 */
export interface CategoryColumn {
  readonly kind: 'category';
  readonly name: string;
  readonly codes: Int32Array;
  readonly vocabulary: readonly string[];
}

export type Column = NumberColumn | CategoryColumn;

export interface Frame {
  readonly rows: number;
  readonly columns: readonly Column[];
}

export type Task = 'binary' | 'multiclass' | 'regression';

/** The label: 0/1 for binary, class index for multiclass, the number itself for regression. Never missing. */
export interface Target {
  readonly task: Task;
  readonly values: Float64Array;
  /** Class names for multiclass, in the order of the indexes; empty otherwise. */
  readonly classes: readonly string[];
}

export interface FitContext {
  readonly seed: number;
  /** The validation part, for early stopping where the trainer has it. */
  readonly validation?: { readonly frame: Frame; readonly target: Target };
  readonly signal?: AbortSignal;
  /** Called now and then with done/total and the current losses, for live progress. */
  readonly onProgress?: (p: { done: number; total: number; trainLoss?: number; validationLoss?: number }) => void;
}

export type Params = Readonly<Record<string, number | string | boolean | null>>;

/** A fitted model. Scores: binary -> P(true) per row; regression -> value; multiclass -> row-major probabilities. */
export interface Model {
  readonly trainer: string;
  readonly task: Task;
  readonly classes: readonly string[];
  predict(frame: Frame): Float64Array;
  /** Plain JSON from which `loadModel` makes the same model, score for score. */
  toJSON(): ModelFile;
}

export interface ModelFile {
  readonly format: 'mlp-model/1';
  readonly trainer: string;
  readonly task: Task;
  readonly classes: readonly string[];
  readonly features: readonly { name: string; kind: 'number' | 'category'; vocabulary?: readonly string[] }[];
  readonly params: Params;
  /** Trainer-specific content; arrays of numbers as base64 of little-endian typed arrays where large. */
  readonly body: unknown;
}

export interface Trainer {
  readonly name: string;
  readonly tasks: readonly Task[];
  readonly acceptsMissing: boolean;
  readonly acceptsCategories: boolean;
  fit(frame: Frame, target: Target, params: Params, context: FitContext): Model;
}
