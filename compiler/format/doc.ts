/**
 * Documents: text with the places where it may break, in the manner of Wadler's "A prettier printer" (2003), with
 * what comments need besides. `hard` says that a document holds a line break that must come, so that no group around
 * it can be on one line.
 */
export type Doc = string | Text | Concat | Indent | Group | Fill | Line | Trailing | Mark;

/** A token or a comment: its text, and where it came from. */
export interface Text {
  readonly kind: 'text';
  text: string;
  /** Index among the elements of the file, or -1. */
  readonly element: number;
  /** Length of the element itself; a comma glued to it comes behind. */
  readonly length: number;
  /** The text has line breaks of its own (a block string, a block comment). */
  readonly lines: boolean;
  /** A comma follows unless this group puts one item on a line. */
  comma: Group | undefined;
  /** Lines of a comment that are aligned by their stars, printed anew at each indentation. */
  readonly stars: readonly string[] | undefined;
  readonly hard: false;
}
export interface Concat {
  readonly kind: 'concat';
  readonly parts: readonly Doc[];
  readonly hard: boolean;
}
export interface Indent {
  readonly kind: 'indent';
  readonly doc: Doc;
  readonly hard: boolean;
}
/** On one line if that fits, else with all its own lines broken. */
export interface Group {
  readonly kind: 'group';
  readonly doc: Doc;
  readonly hard: boolean;
  /** What a packed block does when it does not fit on one line. */
  readonly packed: Packed | undefined;
  /** Set when it is printed: read by the commas inside. */
  broken: boolean;
}
/** `{ a, b, c }` that does not fit: as many items on a line as there is room for, or one a line. */
export interface Packed {
  readonly open: Doc;
  readonly items: readonly Doc[];
  readonly blanks: readonly boolean[];
  readonly close: Doc;
  /** An item has a comment that ends its line, or a line break that must come. */
  readonly commented: boolean;
}
/** Items and lines between them, in turns: each line breaks only if the next item does not fit. */
export interface Fill {
  readonly kind: 'fill';
  readonly parts: readonly Doc[];
  /** What lies before is printed already. */
  readonly from: number;
  readonly hard: boolean;
}
export interface Line {
  readonly kind: 'line';
  /** What stands for it on one line. */
  readonly flat: string;
  readonly hard: boolean;
  readonly blank: boolean;
}
/** A line comment behind a token; it does not count for the width. */
export interface Trailing {
  readonly kind: 'trailing';
  readonly comment: Text;
  readonly hard: false;
}
/** `fresh`: a line break unless the line is still empty. `ended`: what comes next goes to a new line. */
export interface Mark {
  readonly kind: 'fresh' | 'ended';
  readonly hard: boolean;
}

export const LINE: Line = { kind: 'line', flat: ' ', hard: false, blank: false };
/** Two spaces or a line break: between clauses on one line. */
export const GAP: Line = { kind: 'line', flat: '  ', hard: false, blank: false };
export const SOFT: Line = { kind: 'line', flat: '', hard: false, blank: false };
export const HARD: Line = { kind: 'line', flat: '', hard: true, blank: false };
/** A line break with an empty line. */
export const BLANK: Line = { kind: 'line', flat: '', hard: true, blank: true };
export const FRESH: Mark = { kind: 'fresh', hard: true };
export const ENDED: Mark = { kind: 'ended', hard: false };

export const isHard = (doc: Doc): boolean => typeof doc !== 'string' && doc.hard;

export function text(
  image: string,
  element = -1,
  stars: readonly string[] | undefined = undefined,
  lines = false,
): Text {
  return {
    kind: 'text',
    text: image,
    element,
    length: image.length,
    lines,
    comma: undefined,
    stars,
    hard: false,
  };
}

export const concat = (parts: readonly Doc[]): Concat => ({
  kind: 'concat',
  parts,
  hard: parts.some(isHard),
});
export const indent = (doc: Doc): Indent => ({ kind: 'indent', doc, hard: isHard(doc) });
export const fill = (parts: readonly Doc[]): Fill => ({
  kind: 'fill',
  parts,
  from: 0,
  hard: parts.some(isHard),
});
export const trailing = (comment: Text): Trailing => ({ kind: 'trailing', comment, hard: false });

export const group = (doc: Doc): Group => ({
  kind: 'group',
  doc,
  hard: isHard(doc),
  packed: undefined,
  broken: false,
});

/** Items with one document between each two. */
export function join(items: readonly Doc[], separator: Doc): Doc[] {
  const parts: Doc[] = [];
  for (const [i, item] of items.entries()) {
    if (i > 0) parts.push(separator);
    parts.push(item);
  }
  return parts;
}
