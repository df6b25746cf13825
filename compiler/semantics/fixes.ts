import type { Fix } from '../diagnostics/diagnostic.ts';
import type { SourceFile, Span } from '../source/text.ts';

/** Repairs of a text as data, for the places that find mistakes. A title is an order in lower case. */

interface In {
  readonly file: SourceFile;
}

/** Replaces a piece of the text. */
export const replaceText = ({ file }: In, span: Span, text: string, safe?: boolean): Fix => ({
  title: `change it to \`${text}\``,
  edits: [{ file, span, text }],
  ...(safe === undefined ? {} : { safe }),
});

/** Puts a piece of the text between two others. */
export const wrapText = ({ file }: In, span: Span, before: string, after: string, title: string): Fix => ({
  title,
  edits: [
    { file, span: { start: span.start, end: span.start }, text: before },
    { file, span: { start: span.end, end: span.end }, text: after },
  ],
});

/**
 * Removes an item of a block or a list: with its lines where it stands alone on them, else with the comma and the blanks
 * that go with it.
 */
export function removeItem({ file }: In, span: Span, safe?: boolean): Fix {
  const { text } = file;
  let { start, end } = span;
  while (/[ \t]/.test(text[start - 1] ?? '')) start--;
  while (/[ \t]/.test(text[end] ?? '')) end++;
  const followed = text[end] === ',';
  if (followed) {
    end++;
    while (/[ \t]/.test(text[end] ?? '')) end++;
  }
  const begins = start === 0 || isBreak(text[start - 1]);
  const ends = end >= text.length || isBreak(text[end]);
  if (begins && ends) {
    if (text[end] === '\r') end++;
    if (text[end] === '\n') end++;
  } else if (begins || followed) start = span.start;
  else {
    if (text[start - 1] === ',') start--;
    end = span.end;
  }
  return {
    title: 'remove it',
    edits: [{ file, span: { start, end }, text: '' }],
    ...(safe === undefined ? {} : { safe }),
  };
}

const isBreak = (character: string | undefined): boolean => character === '\n' || character === '\r';

/** Whether two pieces of a text say the same, whatever blanks are between their words. */
export const sameText = ({ text }: SourceFile, a: Span, b: Span): boolean =>
  plain(text.slice(a.start, a.end)) === plain(text.slice(b.start, b.end));

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
