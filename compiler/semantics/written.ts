import type { SourceFile, Span } from '../source/text.ts';
import type * as ast from '../syntax/ast/index.ts';

/** A piece of a text where it is written; the whole where it is written in another way, or elsewhere. */
export function insideText(
  file: SourceFile,
  { kind, span }: ast.Expression,
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): Span {
  if (kind !== 'String' || start >= end) return span;
  const from = file.text.indexOf(text, span.start);
  // Escapes make the written text another one than the meant one.
  return from < 0 || from + text.length > span.end ? span : { start: from + start, end: from + end };
}
