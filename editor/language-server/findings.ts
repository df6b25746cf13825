import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { SourceFile, Span } from '../../compiler/source/text.ts';

type Placed = { readonly file: SourceFile; readonly span: Span };

/**
 * What the linter found in a file, in the file's present text: the findings move with the text that they are about, and go
 * where it was changed. So they stand still while someone types, until the rules have looked again.
 */
export function inPresentText(found: readonly Diagnostic[], present: SourceFile): readonly Diagnostic[] {
  const [first] = found;
  if (!first || first.file === present) return found;
  const change = changeOf(first.file.text, present.text);
  return found.flatMap(one => moved(one, change, present) ?? []);
}

export interface Change {
  /** Up to here the texts are the same. */
  readonly start: number;
  /** From here on the old text goes on, in the new one so much later. */
  readonly end: number;
  readonly by: number;
}

export function changeOf(before: string, after: string): Change {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let same = 0;
  while (same < shorter - start && before[before.length - 1 - same] === after[after.length - 1 - same])
    same++;
  return { start, end: before.length - same, by: after.length - before.length };
}

function movedSpan(span: Span, { start, end, by }: Change): Span | undefined {
  if (span.end <= start) return span;
  return span.start >= end ? { start: span.start + by, end: span.end + by } : undefined;
}

function moved(one: Diagnostic, change: Change, present: SourceFile): Diagnostic | undefined {
  const own = one.file;
  const place = <T extends Placed>(placed: T): T | undefined => {
    if (placed.file !== own) return placed;
    const span = movedSpan(placed.span, change);
    return span && { ...placed, file: present, span };
  };
  const at = place(one);
  if (!at) return undefined;
  const labels = one.labels.flatMap(label => place(label) ?? []);
  const fixes = one.fixes.flatMap(fix => {
    const edits = fix.edits.flatMap(edit => place(edit) ?? []);
    return edits.length === fix.edits.length ? [{ ...fix, edits }] : [];
  });
  return { ...at, labels, fixes };
}
