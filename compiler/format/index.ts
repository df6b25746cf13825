import type { Diagnostic, Edit } from '../diagnostics/diagnostic.ts';
import type { SourceFile, Span } from '../source/text.ts';
import { parse } from '../syntax/parse.ts';
import { Cursor } from './cursor.ts';
import { apply, asEdits, changes, touchedLines, within } from './edits.ts';
import { module } from './module.ts';
import { Printer } from './printer.ts';

export { WIDTH } from './printer.ts';

export interface FormatOptions {
  /** Formats only the items that the range touches, with offsets into the text. */
  readonly range?: Span;
  /** Also gives what changes as small edits, as an editor wants them; with a range they are always given. */
  readonly edits?: boolean;
}

export type FormatResult =
  | { readonly text: string; readonly edits?: readonly Edit[] }
  /** The file has mistakes, or is no text: it is left as it is. */
  | { readonly refused: readonly Diagnostic[] };

/**
 * The spec in its one form: see `grammar/formatting.md`. Only white space and optional commas change, and line breaks
 * in comments and block strings become `\n`. Formatted text is a fixed point, it means what the text meant, and every
 * comment stays beside its neighbours. A file with syntax errors is refused.
 */
export function format(file: SourceFile, options: FormatOptions = {}): FormatResult {
  const { module: tree, diagnostics, tokens, comments, strays } = parse(file);
  if (strays.length > 0 || diagnostics.some(({ severity }) => severity === 'error'))
    return { refused: diagnostics };
  const cursor = new Cursor(file.text, tokens, comments);
  const elements = tokens.length + comments.length;
  const places = { starts: new Int32Array(elements), ends: new Int32Array(elements) };
  const printer = new Printer(places);
  module(cursor, printer, tree);
  const { text } = printer;
  const { range } = options;
  if (range === undefined && options.edits !== true) return { text };
  const all = changes(cursor, text, places);
  if (range === undefined || (range.start <= 0 && range.end >= file.text.length)) {
    return { text, edits: asEdits(file, all) };
  }
  const lines = touchedLines(cursor.takenUnits(), file.text, range);
  const some = lines === undefined ? [] : within(all, file.text, lines);
  return { text: apply(file.text, some), edits: asEdits(file, some) };
}
