/** A half-open range of UTF-16 offsets into one file's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A position for people: both one-based; `column` counts UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One spec file: its path relative to the project (or `std/…` for the library) and its text. */
export class SourceFile {
  readonly path: string;
  readonly text: string;
  private lineStarts: number[] | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  /** Offsets at which lines begin; `\n`, `\r\n` and lone `\r` end a line. */
  get lines(): readonly number[] {
    if (this.lineStarts) return this.lineStarts;
    const starts = [0];
    for (let i = 0; i < this.text.length; i++) {
      const c = this.text.charCodeAt(i);
      if (c === 13 && this.text.charCodeAt(i + 1) === 10) continue;
      if (c === 10 || c === 13) starts.push(i + 1);
    }
    this.lineStarts = starts;
    return starts;
  }

  position(offset: number): Position {
    const starts = this.lines;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  }

  /** The text of a one-based line, without its line break. */
  line(number: number): string {
    const start = this.lines[number - 1];
    if (start === undefined) return '';
    const end = this.lines[number] ?? this.text.length + 1;
    return this.text.slice(start, end).replace(/[\r\n]+$/, '');
  }
}

export const span = (start: number, end: number): Span => ({ start, end });

/** From the start of the first to the end of the last. */
export const cover = (first: Span, last: Span): Span => ({ start: first.start, end: last.end });
