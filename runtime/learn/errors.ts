/** The errors of training and scoring: a code and the facts; the caller renders them where it shows them. */

export type LearnErrorCode =
  | 'missing-values'
  | 'single-class'
  | 'no-rows'
  | 'no-features'
  | 'bad-label'
  | 'bad-parameter'
  | 'unknown-parameter'
  | 'unknown-trainer'
  | 'unknown-metric'
  | 'wrong-task'
  | 'columns-differ'
  | 'not-finite'
  | 'bad-model-file'
  | 'no-onnx-runtime'
  | 'bad-onnx'
  | 'onnx-inputs'
  | 'onnx-outputs'
  | 'bad-arguments'
  | 'no-result';

export interface LearnFacts {
  /** The feature, parameter or metric it is about. */
  readonly name?: string;
  readonly trainer?: string;
  /** How many values, rows or columns are concerned. */
  readonly count?: number;
  readonly rows?: number;
  readonly expected?: string;
  readonly found?: string;
  /** What the author of the spec can do about it. */
  readonly advice?: string;
}

/** Thrown for everything that the data or the parameters are to blame for; a bug throws something else. */
export class LearnError extends Error {
  override readonly name = 'LearnError';
  readonly code: LearnErrorCode;
  readonly facts: LearnFacts;

  constructor(code: LearnErrorCode, message: string, facts: LearnFacts = {}) {
    super(facts.advice === undefined ? message : `${message}. ${facts.advice}`);
    this.code = code;
    this.facts = facts;
  }
}
