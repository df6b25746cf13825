import type { SourceFile, Span } from '../source/text.ts';

export type Severity = 'error' | 'warning' | 'info';

/** A second place that explains the first: the cause, the declaration, a step of a path. */
export interface Label {
  readonly file: SourceFile;
  readonly span: Span;
  readonly message: string;
  /** Of a path: no step of it, but another place of which the same is true. */
  readonly beside?: true;
}

export interface Edit {
  readonly file: SourceFile;
  readonly span: Span;
  readonly text: string;
}

/** A repair as data: applied by `--fix`, offered by the editor. */
export interface Fix {
  /** What it does, as an order: ``change it to `origin` ``. */
  readonly title: string;
  readonly edits: readonly Edit[];
  /** False where the author must decide: the text would be right, but may not say what was meant. */
  readonly safe?: boolean;
}

/** A warning that its authors do not want, with their reason. */
export interface Suppressed {
  readonly diagnostic: Diagnostic;
  /** In the spec itself, or outside of it, in `mlp.json`. */
  readonly kind: 'inSource' | 'external';
  readonly reason: string;
}

/** Facts of one problem. The text was made by the registry; rendering to a medium is done at the edge. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: SourceFile;
  readonly span: Span;
  readonly labels: readonly Label[];
  readonly hint?: string;
  readonly fixes: readonly Fix[];
}
