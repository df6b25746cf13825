import type { Edit } from '../diagnostics/diagnostic.ts';
import type { SourceFile, Span } from '../source/text.ts';
import { Comma, endOf } from '../syntax/tokens.ts';
import type { Cursor, Unit } from './cursor.ts';
import type { Places } from './printer.ts';

/** A stretch of the source and what is to stand there. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * What changes, as small edits: the white space and commas between tokens and comments, and comments themselves.
 * Tokens and comments come out in the order in which they went in, so the two texts are walked side by side.
 */
export function changes(c: Cursor, output: string, places: Places): Change[] {
  const found: Change[] = [];
  let before = 0;
  let printed = 0;
  const gap = (end: number, printedEnd: number): void => {
    const was = c.source.slice(before, end);
    const is = output.slice(printed, printedEnd);
    if (was !== is) found.push({ start: before, end, text: is });
  };
  for (const { element, start, end } of elements(c)) {
    const from = places.starts[element]!;
    const to = places.ends[element]!;
    gap(start, from);
    const image = output.slice(from, to);
    if (c.source.slice(start, end) !== image) found.push({ start, end, text: image });
    before = end;
    printed = to;
  }
  gap(c.source.length, output.length);
  return found;
}

/** Tokens and comments in the order of the text; commas come and go, so they are none. */
function* elements(c: Cursor): Generator<{ element: number; start: number; end: number }> {
  let comment = 0;
  for (let i = 0; i <= c.tokens.length; i++) {
    const token = c.tokens[i];
    const limit = token?.startOffset ?? Number.POSITIVE_INFINITY;
    for (; comment < c.comments.length && c.comments[comment]!.startOffset < limit; comment++) {
      const { startOffset } = c.comments[comment]!;
      yield { element: c.tokens.length + comment, start: startOffset, end: endOf(c.comments[comment]!) };
    }
    if (token !== undefined && token.tokenType !== Comma)
      yield { element: i, start: limit, end: endOf(token) };
  }
}

/** The changes within whole lines of the source. */
export function within(found: readonly Change[], source: string, lines: Span): Change[] {
  const kept: Change[] = [];
  for (const change of found) {
    if (change.start > lines.end || change.end < lines.start) continue;
    const cut = clip(change, lines);
    if (source.slice(cut.start, cut.end) !== cut.text) kept.push(cut);
  }
  return kept;
}

/** A gap that reaches over the line break before the lines, or over the one behind, is cut there in both texts. */
function clip({ start, end, text }: Change, lines: Span): Change {
  let made = text;
  if (start < lines.start) made = made.slice(made.lastIndexOf('\n') + 1);
  if (end > lines.end) made = made.split('\n', 1)[0]!;
  return { start: Math.max(start, lines.start), end: Math.min(end, lines.end), text: made };
}

/**
 * The whole lines to format for a range: those of the innermost items that it touches. Where it touches more than
 * items, as the head of a block, or where items share a line, they are those of what is around.
 */
export function touchedLines(units: readonly Unit[], source: string, range: Span): Span | undefined {
  const chosen = units.filter(unit => overlap(linesOf(source, unit), range));
  if (chosen.length === 0) return undefined;
  const [only] = chosen;
  if (chosen.length === 1 && isCovered(only!.inner, source, range))
    return touchedLines(only!.inner, source, range);
  return hull(units, source, linesOf(source, { start: chosen[0]!.start, end: chosen.at(-1)!.end }));
}

/** Lines, and with them those of every item that has a part in them. */
function hull(units: readonly Unit[], source: string, lines: Span): Span {
  let { start, end } = lines;
  for (;;) {
    const inside = units.filter(unit => overlap(linesOf(source, unit), { start, end }));
    const from = Math.min(start, ...inside.map(unit => linesOf(source, unit).start));
    const to = Math.max(end, ...inside.map(unit => linesOf(source, unit).end));
    if (from === start && to === end) return { start, end };
    start = from;
    end = to;
  }
}

/** Whether the lines of a range hold nothing but items, each on lines of its own, and empty lines. */
function isCovered(units: readonly Unit[], source: string, range: Span): boolean {
  const { start, end } = linesOf(source, range);
  let before = start;
  let found = false;
  for (const unit of units) {
    const lines = linesOf(source, unit);
    if (!overlap(lines, { start, end })) continue;
    if (!isAlone(source, unit, lines) || source.slice(before, lines.start).trim() !== '') return false;
    before = lines.end;
    found = true;
  }
  return found && source.slice(before, end).trim() === '';
}

const isAlone = (source: string, unit: Unit, lines: Span): boolean =>
  source.slice(lines.start, unit.start).trim() === '' && /^\s*,?\s*$/.test(source.slice(unit.end, lines.end));

const overlap = (a: Span, b: Span): boolean => a.start <= b.end && b.start <= a.end;

function linesOf(source: string, { start, end }: Span): Span {
  let from = start;
  while (from > 0 && !isBreak(source, from - 1)) from--;
  let to = end;
  while (to < source.length && !isBreak(source, to)) to++;
  return { start: from, end: to };
}

const isBreak = (source: string, at: number): boolean => source[at] === '\n' || source[at] === '\r';

export const asEdits = (file: SourceFile, found: readonly Change[]): Edit[] =>
  found.map(({ start, end, text }) => ({ file, span: { start, end }, text }));

export function apply(source: string, found: readonly Change[]): string {
  let text = '';
  let before = 0;
  for (const change of found) {
    text += source.slice(before, change.start) + change.text;
    before = change.end;
  }
  return text + source.slice(before);
}
