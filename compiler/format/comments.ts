import {
  BlockComment,
  Comma,
  DocComment,
  endOf,
  RCurly,
  RParen,
  RSquare,
  type Token,
} from '../syntax/tokens.ts';

/** A comment that stands before a token. */
export interface Leading {
  /** Index among the file's comments. */
  readonly index: number;
  /** It begins a line that holds comments only. */
  readonly own: boolean;
  /** A line break comes behind it. */
  readonly ends: boolean;
  /** So does an empty line. */
  readonly blank: boolean;
}

/** The comments that go with a token. */
export interface Attached {
  readonly leading: Leading[];
  /** Behind it on its line, before a comma. */
  readonly inline: number[];
  /** At the end of its line, behind a comma. */
  readonly trailing: number[];
  /** Where what lies before the token and its leading comments ends, if there are comments between. */
  before: number | undefined;
  /** A comma that a doc comment stands before: moving it would make the comment document something. */
  stuck: boolean;
}

export type Attachments = ReadonlyMap<number, Attached>;

const CLOSING = new Set([RCurly, RParen, RSquare]);

/**
 * Finds the token that each comment goes with. A comment on the line of a token and at that line's end trails it;
 * every other goes before the token that follows. Commas are looked through, since they come and go. What is printed
 * by this is attached the same way when it is read again; that is what makes formatted text a fixed point.
 *
 * A `///` documents what follows, so it never trails, but before a closing bracket.
 */
export function attach(text: string, tokens: readonly Token[], comments: readonly Token[]): Attachments {
  const attacher = new Attacher(text, tokens, comments);
  let next = 0;
  for (let i = 0; i < comments.length; ) {
    const { startOffset } = comments[i]!;
    while (next < tokens.length && tokens[next]!.startOffset < startOffset) next++;
    let end = i + 1;
    // A region runs from one token that is no comma to the next.
    let following = next;
    while (following < tokens.length && tokens[following]!.tokenType === Comma) following++;
    const limit = tokens[following]?.startOffset ?? Number.POSITIVE_INFINITY;
    while (end < comments.length && comments[end]!.startOffset < limit) end++;
    const preceding = tokens[next - 1]?.tokenType === Comma ? next - 2 : next - 1;
    attacher.region(preceding, following, i, end);
    i = end;
  }
  return attacher.found;
}

class Attacher {
  readonly found = new Map<number, Attached>();
  private readonly text: string;
  private readonly tokens: readonly Token[];
  private readonly comments: readonly Token[];

  constructor(text: string, tokens: readonly Token[], comments: readonly Token[]) {
    this.text = text;
    this.tokens = tokens;
    this.comments = comments;
  }

  /** Comments `from` to `to` lie between two tokens, with a comma among them or not. */
  region(preceding: number, following: number, from: number, to: number): void {
    const comma = this.commaBetween(preceding, following);
    const doc = comma === undefined ? -1 : this.docBefore(comma, from, to);
    if (comma === undefined || doc < 0) {
      this.between(preceding, following, from, to, comma);
      return;
    }
    // The comma stays where it is, as a token like any other.
    this.between(preceding, comma, from, to, undefined, this.tokens[comma]!.startOffset);
    this.at(comma).stuck = true;
    const behind = this.firstBehind(comma, from, to);
    if (behind < to) this.between(comma, following, behind, to, undefined);
  }

  private commaBetween(preceding: number, following: number): number | undefined {
    return following - preceding > 1 ? preceding + 1 : undefined;
  }

  private docBefore(comma: number, from: number, to: number): number {
    const { startOffset } = this.tokens[comma]!;
    for (let i = from; i < to && this.comments[i]!.startOffset < startOffset; i++) {
      if (this.comments[i]!.tokenType === DocComment) return i;
    }
    return -1;
  }

  private firstBehind(token: number, from: number, to: number): number {
    let i = from;
    while (i < to && this.comments[i]!.startOffset < this.tokens[token]!.startOffset) i++;
    return i;
  }

  private between(
    preceding: number,
    following: number,
    from: number,
    to: number,
    comma: number | undefined,
    limit = Number.POSITIVE_INFINITY,
  ): void {
    let end = from;
    while (end < to && this.comments[end]!.startOffset < limit) end++;
    const next = this.tokens[following];
    const closing = next === undefined || CLOSING.has(next.tokenType);
    const gaps = new Gaps(this.text, this.tokens, this.comments, preceding, following, comma);
    const rest = preceding < 0 ? from : this.behind(preceding, closing, from, end, gaps);
    this.leading(following, preceding, closing, rest, end, gaps);
  }

  /** Gives the preceding token what stands on its line; the first comment that is not is returned. */
  private behind(preceding: number, closing: boolean, from: number, end: number, gaps: Gaps): number {
    let i = from;
    const isDoc = (comment: number): boolean => this.comments[comment]!.tokenType === DocComment;
    // A line comment is the last of its line, even if a comma stands on the next.
    while (i < end && !gaps.breakBefore(i) && (closing || !isDoc(i))) if (!this.isBlock(i++)) break;
    let first = from;
    while (first < i && gaps.beforeComma(first) && this.isBlock(first))
      this.at(preceding).inline.push(first++);
    if (first === i) return i;
    const blocks = this.isBlock(i - 1);
    if (blocks && closing) {
      // A line comment may stand among them only at the end, so these are all blocks.
      for (; first < i; first++) this.at(preceding).inline.push(first);
    } else if (gaps.breakAfter(i - 1)) {
      for (; first < i; first++) this.at(preceding).trailing.push(first);
    }
    return first;
  }

  private leading(
    following: number,
    preceding: number,
    closing: boolean,
    from: number,
    end: number,
    gaps: Gaps,
  ): void {
    const trails = (this.found.get(preceding)?.trailing.length ?? 0) > 0;
    if (from < end && closing && preceding >= 0 && !trails && this.isOneRun(from, end, gaps)) {
      for (let i = from; i < end; i++) this.at(preceding).inline.push(i);
      from = end;
    }
    const attached = this.at(following);
    attached.before = gaps.endBefore(from);
    for (let i = from; i < end; i++) {
      const ends = closing || gaps.breakAfter(i);
      const starts = i === from || gaps.breakBefore(i);
      const own = starts && (closing || this.runEnds(i, end, gaps));
      attached.leading.push({ index: i, own, ends, blank: ends && gaps.blankAfter(i) });
    }
  }

  /** Block comments on one line that go on to the token on that line. */
  private isOneRun(from: number, end: number, gaps: Gaps): boolean {
    for (let i = from; i < end; i++) if (!this.isBlock(i) || gaps.breakAfter(i)) return false;
    return true;
  }

  private runEnds(from: number, end: number, gaps: Gaps): boolean {
    let i = from;
    while (i + 1 < end && !gaps.breakAfter(i)) i++;
    return gaps.breakAfter(i);
  }

  private isBlock(comment: number): boolean {
    return this.comments[comment]!.tokenType === BlockComment;
  }

  private at(token: number): Attached {
    let attached = this.found.get(token);
    if (attached === undefined) {
      attached = { leading: [], inline: [], trailing: [], before: undefined, stuck: false };
      this.found.set(token, attached);
    }
    return attached;
  }
}

/** What lies between the comments of one region, and around them. */
class Gaps {
  private readonly text: string;
  private readonly comments: readonly Token[];
  private readonly start: number;
  private readonly end: number;
  private readonly commaStart: number;
  private readonly commaEnd: number;

  constructor(
    text: string,
    tokens: readonly Token[],
    comments: readonly Token[],
    preceding: number,
    following: number,
    comma: number | undefined,
  ) {
    this.text = text;
    this.comments = comments;
    const before = tokens[preceding];
    this.start = before === undefined ? 0 : endOf(before);
    this.end = tokens[following]?.startOffset ?? text.length;
    this.commaStart = comma === undefined ? -1 : tokens[comma]!.startOffset;
    this.commaEnd = this.commaStart + 1;
  }

  beforeComma(comment: number): boolean {
    return this.comments[comment]!.startOffset < this.commaStart;
  }

  /** End of what stands before a comment, or before the following token for the comment behind the last. */
  endBefore(comment: number): number {
    const limit = this.comments[comment]?.startOffset ?? this.end;
    let end = this.start;
    const before = this.comments[comment - 1];
    if (before !== undefined && before.startOffset >= this.start) end = endOf(before);
    if (this.commaStart >= end && this.commaStart < Math.min(limit, this.end)) end = this.commaEnd;
    return end;
  }

  private startAfter(comment: number): number {
    const end = endOf(this.comments[comment]!);
    const next = Math.min(this.comments[comment + 1]?.startOffset ?? this.end, this.end);
    return this.commaStart >= end && this.commaStart < next ? this.commaStart : next;
  }

  breakBefore(comment: number): boolean {
    return hasBreak(this.text, this.endBefore(comment), this.comments[comment]!.startOffset);
  }

  /** The end of the file ends the line too. */
  breakAfter(comment: number): boolean {
    const end = endOf(this.comments[comment]!);
    const next = this.startAfter(comment);
    return next === this.text.length || hasBreak(this.text, end, next);
  }

  blankAfter(comment: number): boolean {
    return hasBlank(this.text, endOf(this.comments[comment]!), this.startAfter(comment));
  }
}

export function hasBreak(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || c === 13) return true;
  }
  return false;
}

/** An empty line, as `docComments` sees one. */
export function hasBlank(text: string, start: number, end: number): boolean {
  let breaks = 0;
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === 10) breaks++;
    else if (c !== 32 && c !== 9 && c !== 13) breaks = 0;
    if (breaks === 2) return true;
  }
  return false;
}
