import type { SourceFile, Span } from '../source/text.ts';
import type { Diagnostic, Fix, Label, Severity } from './diagnostic.ts';

/** The long text of a code: shown by `mlp explain` and in the error index. */
export interface Explanation {
  /** Markdown: why it is wrong, what goes wrong if it were let through. */
  readonly text: string;
  /** A whole small spec that gives this code (tests compile it). */
  readonly wrong: string;
  /** The same spec, repaired (tests compile it: it must not give this code). */
  readonly right: string;
}

export interface MessageDefinition<Args> {
  /** `MLP` and four digits; the first tells the phase: see `registry.ts`. */
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
  readonly message: (args: Args) => string;
  readonly hint?: (args: Args) => string | undefined;
  readonly explanation: Explanation;
  /** The labels are a path, one step after the other from the place to its cause: a code flow for those who can show it. */
  readonly path?: true;
}

export interface At {
  readonly file: SourceFile;
  readonly span: Span;
  readonly labels?: readonly Label[];
  readonly fixes?: readonly Fix[];
  /** Overrides the definition's hint. */
  readonly hint?: string;
}

/** A registered message: call it with its facts and a place to make a diagnostic. */
export type Message<Args> = ((args: Args, at: At) => Diagnostic) & {
  readonly definition: MessageDefinition<Args>;
};

/** A name or number of any length is quoted in part. */
const shortened = (text: string): string =>
  text.length < 120 ? text : text.replace(/`([^`\n]{80})[^`\n]{41,}`/g, '`$1…`');

/** Makes the only kind of function that creates diagnostics. */
export function defineMessage<Args>(definition: MessageDefinition<Args>): Message<Args> {
  const make = (args: Args, at: At): Diagnostic => {
    const hint = at.hint ?? definition.hint?.(args);
    return {
      code: definition.code,
      severity: definition.severity,
      message: shortened(definition.message(args)),
      file: at.file,
      span: at.span,
      labels: at.labels ?? [],
      ...(hint === undefined ? {} : { hint: shortened(hint) }),
      fixes: at.fixes ?? [],
    };
  };
  return Object.assign(make, { definition });
}
