export interface TestOutcome {
  readonly title: string;
  readonly kind: 'features' | 'function' | 'model' | 'pipeline' | 'component' | 'deployment' | 'random';
  readonly of: string;
  /** `unsupported`: the runtime cannot carry this test out yet; it was not run, and is told so. */
  readonly status: 'passed' | 'failed' | 'unsupported';
  /** It passed before, and nothing that it depends on has changed since; it was not run again. */
  readonly cached: boolean;
  readonly seconds: number;
  /** One a failed expectation, or the reason why nothing could be tried. */
  readonly faults: readonly TestFault[];
  /** What one should know of how it was tried, such as rows that were made up. */
  readonly notes: readonly string[];
  /** Of the test in the spec; of what is tested, where the examples are random. */
  readonly at: number;
}

export interface TestFault {
  /** `expectation`: one that does not hold. `engines`: batch and online differ. `error`: it could not be computed or tried. */
  readonly kind: 'expectation' | 'engines' | 'error' | 'type' | 'truncation';
  readonly message: string;
  /** What was compared, by name, as text of the language. */
  readonly actual: readonly Shown[];
  /** What the test gave: the row, as text of the language. */
  readonly row?: string;
  /** A `test` block that shows the fault, to paste into the spec. */
  readonly example?: string;
  readonly at: number;
}

export interface Shown {
  readonly name: string;
  readonly value: string;
}
