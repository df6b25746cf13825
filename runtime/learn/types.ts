/** What trainers, metrics and the engine exchange: columns of typed arrays, never rows of objects. */

import type { ParamSpec } from './params.ts';

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

/** Results that depend on a frame alone, kept as long as the frame is. Frames are never changed in place. */
export interface Workspace {
  get<T>(frame: Frame, key: string, make: () => T): T;
}

export interface FitContext {
  readonly seed: number;
  /** The validation part, for early stopping where the trainer has it. */
  readonly validation?: { readonly frame: Frame; readonly target: Target };
  readonly signal?: AbortSignal;
  /** What fits on the same frames share, such as bins; `tune` makes one. Without it nothing is kept. */
  readonly workspace?: Workspace;
  /** Called now and then with done/total and the current losses, for live progress. */
  readonly onProgress?: (p: {
    done: number;
    total: number;
    trainLoss?: number;
    validationLoss?: number;
  }) => void;
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
  /** Share of the fitted improvement (gain, or standardised weight) by feature, summing to 1; greatest first. */
  importance?(): readonly { readonly name: string; readonly share: number }[];
  /** Rounds or iterations that were kept, and why fitting ended, for the run's report. */
  readonly fitted?: { readonly rounds: number; readonly stopped: string };
}

/** Any model that can score: one whose graph runs elsewhere gives its scores later. */
export interface AnyModel extends Omit<Model, 'predict'> {
  /** The ONNX graph that belongs beside the model file. */
  readonly graph?: Uint8Array;
  predict(frame: Frame): Float64Array | Promise<Float64Array>;
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
  /** Its parameters with ranges and defaults; what `fit` checks. */
  readonly params?: readonly ParamSpec[];
  fit(frame: Frame, target: Target, params: Params, context: FitContext): Model;
}

/** Any trainer: one of the team's fits in a process of its own. */
export interface AnyTrainer extends Omit<Trainer, 'fit' | 'tasks'> {
  readonly tasks?: readonly Task[];
  fit(frame: Frame, target: Target, params: Params, context: FitContext): AnyModel | Promise<AnyModel>;
}
