import type { Span } from '../../source/text.ts';

/** Every node knows its text range; `kind` discriminates. */
export interface Node {
  readonly kind: string;
  readonly span: Span;
}

/** A name as written; `text` is without back-ticks. A name that recovery had to invent has an empty text. */
export interface Name extends Node {
  readonly kind: 'Name';
  readonly text: string;
  readonly quoted: boolean;
}

/** `@known_after(12h)` */
export interface Annotation extends Node {
  readonly kind: 'Annotation';
  readonly name: Name;
  readonly args: readonly Arg[];
}

/** What all declarations share. */
export interface DeclarationBase extends Node {
  readonly name: Name;
  /** Text of the `///` lines before it, Markdown, undefined if none. */
  readonly doc?: string;
  readonly annotations: readonly Annotation[];
}

import type { Arg } from './expression.ts';
