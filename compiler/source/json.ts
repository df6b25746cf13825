import type { Span } from './text.ts';

export type JsonPath = readonly (string | number)[];

/**
 * Where a value of a JSON text stands, or the key that it has; undefined where there is none. The text must be valid.
 * A key that is written twice counts where it is written last, as `JSON.parse` has it.
 */
export function jsonSpan(text: string, path: JsonPath, what: 'key' | 'value' = 'value'): Span | undefined {
  const found: { key?: Span; value?: Span } = {};
  const reader = new Reader(text, (at, key, value) => {
    if (at.length !== path.length || !at.every((part, i) => part === path[i])) return;
    found.value = value;
    if (key) found.key = key;
  });
  reader.value([], undefined);
  return what === 'key' ? (found.key ?? found.value) : found.value;
}

type Found = (path: JsonPath, key: Span | undefined, value: Span) => void;

class Reader {
  private at = 0;
  private readonly text: string;
  private readonly found: Found;

  constructor(text: string, found: Found) {
    this.text = text;
    this.found = found;
  }

  value(path: (string | number)[], key: Span | undefined): void {
    this.blanks();
    const start = this.at;
    const first = this.text[start];
    if (first === '{') this.object(path);
    else if (first === '[') this.list(path);
    else if (first === '"') this.string();
    else this.at += /^[^\s,\]}]*/.exec(this.text.slice(start))![0].length;
    this.found(path, key, { start, end: this.at });
  }

  private object(path: (string | number)[]): void {
    for (this.at++; this.next('}'); this.skip(',')) {
      const start = this.at;
      this.string();
      const key = { start, end: this.at };
      const name = JSON.parse(this.text.slice(start, this.at)) as string;
      this.skip(':');
      this.value([...path, name], key);
    }
    this.at++;
  }

  private list(path: (string | number)[]): void {
    let index = 0;
    for (this.at++; this.next(']'); this.skip(',')) this.value([...path, index++], undefined);
    this.at++;
  }

  /** Whether anything stands before the end. */
  private next(end: string): boolean {
    this.blanks();
    return this.at < this.text.length && this.text[this.at] !== end;
  }

  private string(): void {
    for (this.at++; this.at < this.text.length && this.text[this.at] !== '"'; this.at++)
      if (this.text[this.at] === '\\') this.at++;
    this.at++;
  }

  private skip(sign: string): void {
    this.blanks();
    if (this.text[this.at] === sign) this.at++;
  }

  private blanks(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }
}
