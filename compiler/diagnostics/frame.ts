import type { SourceFile, Span } from '../source/text.ts';
import type { Colours } from './colours.ts';

/** A range to underline; the main one with carets, the others with dashes. */
export interface Mark {
  readonly span: Span;
  readonly message: string;
  readonly main: boolean;
}

export interface FrameStyle {
  readonly gutter: number;
  readonly width: number;
  readonly paint: Colours;
  readonly colour: (text: string) => string;
}

/** Lines of a span that are shown at its beginning and at its end; what lies between is left out. */
const HEAD = 3;
const TAIL = 1;
const TAB = 4;

/** The source lines of the marks, with underlines. Lines far apart are set off by `...`. */
export function frame(file: SourceFile, marks: readonly Mark[], style: FrameStyle): string[] {
  // A file that could not be read, or holds nothing: there is no line to show.
  if (file.text === '') return [];
  const bar = style.paint.dim('|');
  const pad = ' '.repeat(style.gutter);
  const lines: string[] = [`${pad} ${bar}`];
  let last = 0;
  for (const number of shownLines(file, marks)) {
    if (last !== 0 && number > last + 1) lines.push(style.paint.dim('...'));
    last = number;
    const here = marks.filter(mark => touches(file, mark, number));
    const view = new LineView(file, number, here, style.width);
    lines.push(`${style.paint.dim(String(number).padStart(style.gutter))} ${bar} ${view.text}`.trimEnd());
    for (const underline of view.underlines(style)) lines.push(`${pad} ${bar} ${underline}`);
  }
  return lines;
}

function shownLines(file: SourceFile, marks: readonly Mark[]): number[] {
  const shown = new Set<number>();
  for (const { span } of marks) {
    const first = file.position(span.start).line;
    const last = lastLine(file, span);
    for (let line = first; line <= last; line++) {
      if (line < first + HEAD || line > last - TAIL) shown.add(line);
      else line = Math.max(line, last - TAIL);
    }
  }
  return [...shown].sort((a, b) => a - b);
}

/** A span that ends at the beginning of a line does not reach into it. */
const lastLine = (file: SourceFile, { start, end }: Span): number =>
  file.position(Math.max(start, end - 1)).line;

const touches = (file: SourceFile, { span }: Mark, line: number): boolean =>
  file.position(span.start).line <= line && lastLine(file, span) >= line;

/** One source line as it is printed: tabs as spaces, unprintable characters visible, cut around what is marked. */
class LineView {
  readonly text: string;
  private readonly marks: readonly { readonly mark: Mark; readonly from: number; readonly to: number }[];

  constructor(file: SourceFile, number: number, marks: readonly Mark[], width: number) {
    const whole = file.line(number);
    const lineStart = file.lines[number - 1]!;
    // Of a line of megabytes only the neighbourhood of the first mark is looked at.
    const first = Math.max(0, Math.min(...marks.map(({ span }) => span.start)) - lineStart);
    const cut = whole.length > 8 * width ? Math.max(0, first - 2 * width) : 0;
    const raw = whole.slice(cut, cut + 8 * width);
    const start = lineStart + cut;
    const indent = raw.length - raw.trimStart().length;
    const ranges = marks.map(mark => {
      const begins = mark.span.start >= start && mark.span.start >= lineStart;
      const from = begins ? Math.min(mark.span.start - start, raw.length) : cut > 0 ? 0 : indent;
      return { mark, from, to: Math.max(Math.min(mark.span.end - start, raw.length), from) };
    });
    // Everything is measured in columns of the terminal from here on.
    const cells = new Cells(
      raw,
      ranges.map(range => range.from),
      width,
    );
    this.text = cells.text;
    this.marks = ranges.map(({ mark, from, to }) => {
      const left = cells.column(from);
      return { mark, from: left, to: Math.max(Math.min(cells.column(to), cells.width), left + 1) };
    });
  }

  /** All signs in one row, with the message of the rightmost; further messages below, each under its sign. */
  underlines({ paint, colour }: FrameStyle): string[] {
    const sorted = [...this.marks].sort((a, b) => a.from - b.from || a.to - b.to);
    const apart = sorted.every((mark, i) => i === 0 || mark.from >= sorted[i - 1]!.to);
    const rows = apart ? [sorted] : sorted.map(mark => [mark]);
    const lines: string[] = [];
    for (const row of rows) {
      let text = '';
      let column = 0;
      for (const { mark, from, to } of row) {
        const sign = (mark.main ? '^' : '-').repeat(to - from);
        text += `${' '.repeat(from - column)}${mark.main ? colour(sign) : paint.dim(sign)}`;
        column = to;
      }
      const said = row.filter(({ mark }) => mark.message !== '');
      const last = row.at(-1)!;
      lines.push(last.mark.message === '' ? text : `${text} ${last.mark.message}`);
      const below = said.filter(({ mark }) => mark !== last.mark);
      for (const { mark, from } of [...below].reverse())
        lines.push(`${threads(below, from, paint.dim)}${mark.message}`);
    }
    return lines;
  }
}

/** Up to a column: a stroke under each sign whose message stands further below. */
function threads(
  below: readonly { readonly from: number }[],
  to: number,
  dim: (text: string) => string,
): string {
  let text = '';
  let column = 0;
  for (const { from } of below) {
    if (from >= to) break;
    text += `${' '.repeat(from - column)}${dim('|')}`;
    column = from + 1;
  }
  return text + ' '.repeat(to - column);
}

/** Characters of a line with the columns that they take, cut to a window when the line is too long. */
class Cells {
  readonly text: string;
  readonly width: number;
  /** Column of each UTF-16 offset, relative to the window. */
  private readonly columns: readonly number[];

  constructor(raw: string, marked: readonly number[], width: number) {
    const columns: number[] = [];
    const pieces: { text: string; column: number; size: number }[] = [];
    let column = 0;
    let previous = '';
    for (const character of raw) {
      const text = visible(character, column);
      const size = character === '\t' ? text.length : columnsOf(text, previous);
      // A sign that only changes the one before it (a skin tone, a part of a family) lies on that one.
      const at = size === 0 && pieces.length > 0 ? pieces.at(-1)!.column : column;
      for (let i = 0; i < character.length; i++) columns.push(at);
      pieces.push({ text, column: at, size });
      column += size;
      // The two halves of a flag make one; a third begins the next.
      previous = size === 0 && isFlag(character) ? '' : character;
    }
    columns.push(column);
    const [left, right] = window(column, columns[Math.min(...marked, raw.length)] ?? 0, width);
    const before = left > 0 ? '… ' : '';
    const kept = pieces.filter(piece => piece.column >= left && piece.column + piece.size <= right);
    const base = (kept[0]?.column ?? left) - before.length;
    const shown = `${before}${kept.map(piece => piece.text).join('')}`;
    this.text = right < column ? `${shown.trimEnd()} …` : shown;
    this.columns = columns.map(at => Math.max(0, at - base));
    this.width = right - base;
  }

  column(offset: number): number {
    return this.columns[offset] ?? this.columns.at(-1)!;
  }
}

/** The columns that are shown of a long line: from a little before what is marked. */
function window(total: number, marked: number, width: number): [number, number] {
  if (total <= width) return [0, total];
  const left = marked < width * 0.75 ? 0 : marked - Math.floor(width / 3);
  return [left, Math.min(total, left + width)];
}

function visible(character: string, column: number): string {
  if (character === '\t') return ' '.repeat(TAB - (column % TAB));
  return /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|[\ud800-\udfff]/u.test(character) && character !== JOINER
    ? '\ufffd'
    : character;
}

const JOINER = '\u200d';
const isFlag = (character: string): boolean => /[\u{1f1e6}-\u{1f1ff}]/u.test(character);

/**
 * Columns that a character takes in a terminal: two for wide ones, none for those that go into the one before, as marks
 * do, a skin tone, what follows a joiner, and the second half of a flag.
 */
function columnsOf(character: string, before: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (/\p{M}/u.test(character) || character === JOINER || before === JOINER) return 0;
  if (code >= 0x1f3fb && code <= 0x1f3ff && /\p{Emoji_Modifier_Base}/u.test(before)) return 0;
  if (isFlag(character)) return isFlag(before) ? 0 : 2;
  if (/\p{Emoji_Presentation}/u.test(character)) return 2;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
];
