import type { TokenType } from 'chevrotain';
import type { Node } from '../syntax/ast/index.ts';
import { type BlockKind, itemKeywords } from '../syntax/keywords.ts';
import { BlockComment, Comma, endOf, kw, RCurly, type Token } from '../syntax/tokens.ts';
import { type Attached, type Attachments, attach, hasBlank } from './comments.ts';
import { BLANK, concat, type Doc, ENDED, FRESH, type Group, HARD, type Text, text, trailing } from './doc.ts';

/** An item of a block or of the file that stands on lines of its own. */
export interface Unit {
  /** Range in the source, its comments included. */
  readonly start: number;
  readonly end: number;
  readonly inner: readonly Unit[];
}

/**
 * The tokens of a file, taken one after the other while the tree is walked. The tree says how to lay them out; that
 * every token and every comment is printed, once and in order, is the business of this class alone.
 */
export class Cursor {
  /** Index of the token that comes next. */
  index = 0;
  readonly source: string;
  readonly tokens: readonly Token[];
  readonly comments: readonly Token[];
  private readonly attached: Attachments;
  /** Where a comma behind the last token goes. */
  private last: Text = text('');
  /** Index of the token whose leading comments are taken already. */
  private led = -1;
  /** How many tokens had a comment behind them that ends the line. */
  endings = 0;
  /** Index of the last comma that was printed as one. */
  private listComma = -1;
  private units: Unit[] = [];

  constructor(source: string, tokens: readonly Token[], comments: readonly Token[]) {
    this.source = source;
    this.tokens = tokens;
    this.comments = comments;
    this.attached = attach(source, tokens, comments);
  }

  /** Where the next token begins. */
  get offset(): number {
    return this.tokens[this.index]?.startOffset ?? this.source.length;
  }

  is(type: TokenType, ahead = 0): boolean {
    return this.tokens[this.index + ahead]?.tokenType === type;
  }

  /** The next token with all its comments. */
  take(): Doc {
    const token = this.tokens[this.index]!;
    const index = this.index++;
    const doc = tokenText(token, index);
    this.last = doc;
    const attached = this.attached.get(index);
    return attached === undefined ? doc : this.surround(attached, doc, this.led !== index);
  }

  /**
   * The comments before the next token, to stand before an item as a whole: inside it they would break the group
   * that begins with the token.
   */
  lead(): Doc {
    const attached = this.attached.get(this.index);
    if (attached === undefined || attached.leading.length === 0) return '';
    this.led = this.index;
    return concat(this.before(attached));
  }

  private surround(attached: Attached, doc: Text, leading: boolean): Doc {
    const parts: Doc[] = leading ? this.before(attached) : [];
    parts.push(doc);
    for (const index of attached.inline) parts.push(' ', this.comment(index));
    if (attached.inline.length > 0) {
      this.last = text('');
      parts.push(this.last);
    }
    for (const index of attached.trailing) {
      if (this.comments[index]!.tokenType === BlockComment) parts.push(' ', this.comment(index));
      else parts.push(trailing(this.comment(index)));
    }
    if (attached.trailing.length > 0) {
      parts.push(ENDED);
      this.endings++;
    }
    return concat(parts);
  }

  private before({ leading }: Attached): Doc[] {
    const parts: Doc[] = [];
    for (const { index, own, ends, blank } of leading) {
      if (own) parts.push(FRESH);
      parts.push(this.comment(index), ends ? (blank ? BLANK : HARD) : ' ');
    }
    return parts;
  }

  /** A closing bracket: the comments before it belong inside. */
  takeClosing(): { readonly inside: Doc | undefined; readonly doc: Doc } {
    const index = this.index++;
    const doc = tokenText(this.tokens[index]!, index);
    this.last = doc;
    const attached = this.attached.get(index);
    if (attached === undefined) return { inside: undefined, doc };
    const parts = this.before(attached);
    parts.pop();
    const inside = parts.length === 0 ? undefined : concat(parts);
    return { inside, doc: this.surround(attached, doc, false) };
  }

  /** The comments behind the last token. */
  rest(): Doc | undefined {
    const attached = this.attached.get(this.tokens.length);
    if (attached === undefined || attached.leading.length === 0) return undefined;
    const { leading } = attached;
    const start = this.comments[leading[0]!.index]!.startOffset;
    this.units.push({ start, end: endOf(this.comments[leading.at(-1)!.index]!), inner: [] });
    const parts = this.before(attached);
    parts.pop();
    return concat(parts);
  }

  /** All tokens up to an offset, one space between each two: for what never breaks. */
  words(end: number): Doc {
    const first = this.take();
    if (this.offset >= end) return first;
    const parts = [first];
    while (this.offset < end) parts.push(' ', this.take());
    return concat(parts);
  }

  /** `n` tokens, one space between each two. */
  several(n: number): Doc {
    const parts = [this.take()];
    for (let i = 1; i < n; i++) parts.push(' ', this.take());
    return concat(parts);
  }

  /** Whether something stands on the last token's line behind it. */
  lastHasComments(): boolean {
    const attached = this.attached.get(this.index - 1);
    return attached !== undefined && attached.inline.length + attached.trailing.length > 0;
  }

  /** Whether the tokens of a node are all taken, and no more. */
  isBehind({ span }: Node): boolean {
    return endOf(this.tokens[this.index - 1]!) === span.end;
  }

  /** Whether an empty line comes before the next token and its comments. */
  blankBefore(): boolean {
    const attached = this.attached.get(this.index);
    const first = attached?.leading[0];
    const before = this.tokens[this.index - 1];
    const start = attached?.before ?? (before === undefined ? 0 : endOf(before));
    const end = first === undefined ? this.offset : this.comments[first.index]!.startOffset;
    return hasBlank(this.source, start, end);
  }

  // --- Commas ---

  /** A comma between items, glued to the last token; where a doc comment stands before it, on a line of its own. */
  comma(): Doc {
    this.listComma = this.index;
    if (this.isStuck()) return concat([this.take()]);
    this.index++;
    this.glue();
    return '';
  }

  /** A comma that may be written or not, and is to be there. */
  wantedComma(): Doc {
    if (this.is(Comma)) return this.comma();
    this.glue();
    return '';
  }

  /** A comma that is to be there unless the group has one item a line. */
  packedComma(kind: BlockKind, box: Group): Doc {
    if (this.is(Comma)) {
      if (this.isStuck() || this.commaParts(kind)) return this.comma();
      this.index++;
    }
    this.last.comma = box;
    return '';
  }

  /** A comma that is not to be there, unless it is needed. */
  unwantedComma(kind: BlockKind | undefined): Doc {
    if (!this.is(Comma)) return '';
    if (this.isStuck() || this.commaParts(kind)) return this.comma();
    this.index++;
    return '';
  }

  private glue(): void {
    this.last.text += ',';
  }

  private isStuck(): boolean {
    return this.attached.get(this.index)?.stuck === true;
  }

  /** Whether the items on both sides of the comma that comes next would be read as one without it. */
  private commaParts(kind: BlockKind | undefined): boolean {
    const last = this.tokens[this.index - 1]!;
    const next = this.tokens[this.index + 1];
    if (next === undefined || next.tokenType === RCurly) return false;
    // `a: int, @key b: int`
    if (next.image === '@') return true;
    // `x = fitted, mean = 1`
    if (last.tokenType === kw.fitted || last.tokenType === kw.each || last.tokenType === kw.table)
      return true;
    // `use a, key, use b`: a list ends before an item's keyword that no comma follows.
    const listed = this.listComma === this.index - 2;
    return listed && kind !== undefined && itemKeywords[kind].some(({ word }) => kw[word] === last.tokenType);
  }

  // --- Units ---

  /** Runs what takes an item's tokens, and notes its range. */
  unit<T>(item: () => T): T {
    const outer = this.units;
    this.units = [];
    const leading = this.attached.get(this.index)?.leading[0];
    const start = leading === undefined ? this.offset : this.comments[leading.index]!.startOffset;
    const made = item();
    const attached = this.attached.get(this.index - 1);
    const behind = attached?.trailing.at(-1) ?? attached?.inline.at(-1);
    const end = endOf(behind === undefined ? this.tokens[this.index - 1]! : this.comments[behind]!);
    outer.push({ start, end, inner: this.units });
    this.units = outer;
    return made;
  }

  takenUnits(): readonly Unit[] {
    return this.units;
  }

  private comment(index: number): Text {
    const comment = this.comments[index]!;
    const element = this.tokens.length + index;
    const image = comment.image.trimEnd();
    if (comment.tokenType !== BlockComment) return text(image, element);
    if (!/[\r\n]/.test(image)) return text(image, element);
    const lines = image.split(/\r\n?|\n/).map(line => line.trimEnd());
    const starred = lines.every((line, i) => i === 0 || line.trimStart().startsWith('*'));
    if (!starred) return text(lines.join('\n'), element, undefined, true);
    const stars = lines.map((line, i) => (i === 0 ? line : line.trimStart()));
    return text(stars.join('\n'), element, stars, true);
  }
}

/** A token as it is printed: as written, but for the line breaks of block strings. */
function tokenText(token: Token, index: number): Text {
  const { image } = token;
  const lines = image.startsWith('"""') && /[\r\n]/.test(image);
  return lines ? text(image.replace(/\r\n?/g, '\n'), index, undefined, true) : text(image, index);
}
