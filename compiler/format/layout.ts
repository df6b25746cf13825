import type { Node } from '../syntax/ast/index.ts';
import type { BlockKind } from '../syntax/keywords.ts';
import { Comma, LCurly, RCurly } from '../syntax/tokens.ts';
import { hasBreak } from './comments.ts';
import type { Cursor } from './cursor.ts';
import {
  BLANK,
  concat,
  type Doc,
  fill,
  GAP,
  type Group,
  group,
  HARD,
  indent,
  isHard,
  join,
  LINE,
  SOFT,
} from './doc.ts';

/** How the items of a block stand. */
type Style =
  /** One a line; a single one may share the line of the braces. */
  | 'clauses'
  /** One a line without commas, or all on the line of the braces with two spaces between. */
  | 'columns'
  /** As columns, but with commas in both forms. */
  | 'values'
  /** On one line or on shared lines with commas if the first two are written on one, else one a line without. */
  | 'packed'
  /** On one line if they fit, else one a line, with commas. */
  | 'names';

const STYLES: Record<BlockKind, Style> = {
  schema: 'columns',
  enum: 'packed',
  source: 'clauses',
  validation: 'clauses',
  foreign: 'clauses',
  policy: 'clauses',
  features: 'clauses',
  model: 'clauses',
  promote: 'clauses',
  split: 'columns',
  tune: 'columns',
  deployment: 'clauses',
  check: 'clauses',
  rollout: 'values',
  monitor: 'clauses',
  pipeline: 'clauses',
  environment: 'clauses',
  test: 'clauses',
  import: 'names',
  settings: 'packed',
  record: 'packed',
  set: 'values',
  match: 'values',
  names: 'names',
};

export interface BlockOptions<T> {
  /** Whether the comma behind the item is needed, beyond what holds of all blocks. */
  readonly parts?: (item: T) => boolean;
}

/** `{ … }` of the kind, with one document for each item. */
export function block<T extends Node>(
  c: Cursor,
  kind: BlockKind,
  items: readonly T[],
  print: (item: T) => Doc,
  options: BlockOptions<T> = {},
): Doc {
  const style = STYLES[kind];
  const written = c.index;
  const open = c.take();
  const broken = c.lastHasComments();
  if (items.length === 0) return empty(c, open);
  const shared =
    style === 'names' || (style === 'packed' ? firstTwoShare(c, written, items) : isOneLine(c, written));
  if (style === 'packed')
    return shared && !broken
      ? packed(c, kind, open, items, print)
      : lines(c, kind, open, items, print, options);
  if (!shared || (style === 'clauses' && items.length > 1))
    return lines(c, kind, open, items, print, options);
  let commented = false;
  const parts = items.map((item, i) => {
    const doc = concat([c.lead(), print(item)]);
    const last = i === items.length - 1;
    commented ||= !last && c.lastHasComments();
    return concat([doc, comma(c, kind, style, item, last, options)]);
  });
  const { inside, doc: close } = c.takeClosing();
  // Between columns no comma tells whether a comment belongs to the one before it or to the next.
  const separator = style === 'columns' ? (commented ? HARD : GAP) : LINE;
  const body = [LINE, ...join(parts, separator)];
  if (inside !== undefined) body.push(HARD, inside);
  return group(concat([open, indent(concat(body)), LINE, close]));
}

function comma<T>(
  c: Cursor,
  kind: BlockKind,
  style: Style,
  item: T,
  last: boolean,
  { parts }: BlockOptions<T>,
): Doc {
  if (!last && (style === 'values' || style === 'names')) return c.wantedComma();
  if (!last && c.is(Comma) && parts?.(item) === true) return c.comma();
  return c.unwantedComma(kind);
}

function empty(c: Cursor, open: Doc): Doc {
  const commented = c.lastHasComments();
  const { inside, doc: close } = c.takeClosing();
  if (inside !== undefined) return concat([open, indent(concat([HARD, inside])), HARD, close]);
  return concat(commented ? [open, group(LINE), close] : [open, close]);
}

/** One item a line. */
function lines<T extends Node>(
  c: Cursor,
  kind: BlockKind,
  open: Doc,
  items: readonly T[],
  print: (item: T) => Doc,
  options: BlockOptions<T>,
): Doc {
  const body: Doc[] = [];
  for (const [i, item] of items.entries()) {
    body.push(i > 0 && c.blankBefore() ? BLANK : HARD);
    const last = i === items.length - 1;
    const doc = c.unit(() => concat([c.lead(), print(item)]));
    body.push(doc, comma(c, kind, STYLES[kind], item, last, options));
  }
  const blank = c.blankBefore();
  const { inside, doc: close } = c.takeClosing();
  if (inside !== undefined) body.push(blank ? BLANK : HARD, inside);
  return concat([open, indent(concat(body)), HARD, close]);
}

/** On one line, on shared lines, or one a line: the printer sees what fits. */
function packed<T extends Node>(
  c: Cursor,
  kind: BlockKind,
  open: Doc,
  items: readonly T[],
  print: (item: T) => Doc,
): Doc {
  // Its commas must know the group, and the group its contents.
  const box: { -readonly [K in keyof Group]: Group[K] } = group('');
  const blanks: boolean[] = [];
  const { endings } = c;
  const parts: Doc[] = items.map((item, i) => {
    blanks.push(c.blankBefore());
    const doc = concat([c.lead(), print(item)]);
    const separator = i < items.length - 1 ? c.packedComma(kind, box) : c.unwantedComma(kind);
    return separator === '' ? doc : concat([doc, separator]);
  });
  const blank = c.blankBefore();
  const { inside, doc: close } = c.takeClosing();
  if (inside !== undefined) {
    parts.push(inside);
    blanks.push(blank);
  }
  const contents = concat([open, indent(concat([LINE, ...join(parts, LINE)])), LINE, close]);
  box.doc = contents;
  box.hard = contents.hard;
  const commented = parts.some(isHard) || c.endings > endings;
  box.packed = { open, items: parts, blanks, close, commented };
  return box;
}

function isOneLine(c: Cursor, open: number): boolean {
  let depth = 0;
  for (let i = open; i < c.tokens.length; i++) {
    const { tokenType, startOffset } = c.tokens[i]!;
    if (i > open && hasBreak(c.source, c.tokens[i - 1]!.startOffset, startOffset)) return false;
    if (tokenType === LCurly) depth++;
    else if (tokenType === RCurly && --depth === 0) return true;
  }
  return true;
}

/** Whether the first two items, or the brace and the only one, are written on one line. */
function firstTwoShare(c: Cursor, open: number, items: readonly Node[]): boolean {
  const [first, second] = items;
  if (second === undefined) return !hasBreak(c.source, c.tokens[open]!.startOffset, first!.span.start);
  return !hasBreak(c.source, first!.span.end, second.span.start);
}

/** `(a, b)`, `[a, b]`: on one line if they fit, else one a line, the commas as they must be. */
export function bracketed<T>(c: Cursor, items: readonly T[], print: (item: T) => Doc, filled = false): Doc {
  const open = c.take();
  const parts = items.map((item, i) =>
    commaAfter(c, concat([c.lead(), print(item)]), i === items.length - 1),
  );
  return enclosed(c, open, filled ? [fill(join(parts, LINE))] : join(parts, LINE));
}

/** The rest of a bracket around its contents. */
export function enclosed(c: Cursor, open: Doc, contents: readonly Doc[]): Doc {
  const { inside, doc: close } = c.takeClosing();
  if (contents.length === 0 && inside === undefined) return concat([open, close]);
  const body = [SOFT, ...contents];
  if (inside !== undefined) body.push(HARD, inside);
  return group(concat([open, indent(concat(body)), SOFT, close]));
}

/** An item of a list and the comma behind it; a comma behind the last goes. */
export function commaAfter(c: Cursor, item: Doc, last: boolean): Doc {
  if (!last) {
    const separator = c.comma();
    return separator === '' ? item : concat([item, separator]);
  }
  const separator = c.unwantedComma(undefined);
  return separator === '' ? item : concat([item, separator]);
}

/** `a, b, c` outside of brackets: filled, with what follows the first line indented. */
export function listed<T>(c: Cursor, items: readonly T[], print: (item: T) => Doc): Doc {
  const parts = items.map((item, i) => {
    const doc = print(item);
    return i === items.length - 1 ? doc : concat([doc, c.comma()]);
  });
  return indent(fill(join(parts, LINE)));
}

/** Documents with one space between. */
export const spaced = (...docs: readonly Doc[]): Doc => concat(join(docs, ' '));
