import type { IToken, TokenType } from 'chevrotain';
import type { Label } from '../../diagnostics/diagnostic.ts';
import { syntaxMessages as messages } from '../../diagnostics/messages/syntax.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type * as ast from '../ast/index.ts';
import { type BlockKind, namedItems } from '../keywords.ts';
import type { Layout } from '../layout.ts';
import * as t from '../tokens.ts';
import { endOf, kw, reserved, retype, type Token } from '../tokens.ts';
import { END, isName, MAX_CHAIN, MAX_DEPTH, type ParserBase } from './base.ts';
import { ForeignHabits } from './foreign-habits.ts';
import type { Grammar } from './grammar.ts';
import { meantDeclaration, meantItem } from './meant.ts';
import { run, spanOf } from './reports.ts';

/** The second pass over a file with mistakes: see `base.ts` for how it works. */
export class Recovery extends ForeignHabits {
  constructor(parser: ParserBase, layout: Layout) {
    super(parser, layout);
    this.quotedKeys();
  }

  // --- Items and blocks ---

  enterItem(): number {
    const { parser } = this;
    const outer = parser.limit;
    const boundary = this.layout.boundary[parser.currIdx + 1];
    if (boundary !== undefined) parser.limit = Math.min(outer, boundary);
    return outer;
  }

  leaveItem(outer: number): void {
    this.parser.limit = outer;
  }

  /** After `{`: nothing beyond its end is in sight. Returns the limit to go back to. */
  openBlock(open: IToken): number {
    const { parser } = this;
    const outer = parser.limit;
    const start = parser.currIdx;
    // A brace that had to be invented holds nothing.
    if (open.image === '') parser.limit = start + 1;
    else if (this.layout.match[start]! >= 0) parser.limit = Math.min(outer, this.layout.match[start]! + 1);
    else parser.limit = Math.min(outer, this.layout.endOf(start));
    return outer;
  }

  /** Between two items: reports and skips what is none. False at the end of the block. */
  resync(kind: BlockKind, open: IToken): boolean {
    const { parser } = this;
    const next = parser.LA(1);
    if (next === END || open.image === '') return false;
    const index = parser.currIdx + 1;
    if (next.tokenType === t.RCurly && this.layout.match[index]! >= 0) return false;
    if (next.tokenType === t.Comma) {
      this.unexpected(kind);
      parser.currIdx++;
      return true;
    }
    if (this.strayBracket(next)) return true;
    if (
      reserved.has(next.tokenType) &&
      parser.named() &&
      namedItems[kind] !== undefined &&
      !this.silenced()
    ) {
      this.reservedName(next, 'a name');
      retype(next, t.QuotedName);
      return true;
    }
    if (kind === 'features' && this.kindOfJoin(next)) return true;
    const meant = isName(next) ? meantItem(next.image, kind) : undefined;
    if (meant !== undefined && !this.silenced()) {
      this.unknownItem(next, kind, meant);
      retype(next, kw[meant]);
      return true;
    }
    if (isName(next) && !parser.named()) this.unknownItem(next, kind);
    else this.unexpected(kind);
    return this.skipTo(this.layout.boundary[index]!);
  }

  /** At the end of a block. True if its `}` is not there to be taken. */
  closeBlock(open: IToken, outer: number): boolean {
    const { parser } = this;
    parser.limit = outer;
    if (open.image === '') return true;
    const start = this.indexOf(open);
    const partner = this.layout.match[start]!;
    if (partner >= 0) {
      if (partner < outer) parser.currIdx = partner - 1;
      return false;
    }
    this.unclosed(open, '}');
    return true;
  }

  resyncFile(): boolean {
    const { parser } = this;
    const next = parser.LA(1);
    if (next === END) return false;
    if (this.strayBracket(next)) return true;
    const foreign = this.foreignImport();
    if (foreign) {
      this.imports.push(foreign);
      return true;
    }
    if (this.createTable(next)) return true;
    const index = parser.currIdx + 1;
    const boundary = this.layout.boundary[index]!;
    const following = parser.LA(2).tokenType;
    const declares = isName(next) && (isName(parser.LA(2)) || following === t.StringText);
    const meant = declares ? meantDeclaration(next.image) : undefined;
    if (meant !== undefined && !this.silenced()) {
      this.unknownDeclaration(next, meant);
      retype(next, kw[meant]);
      return true;
    }
    if (declares && this.atMargin(next)) this.unknownDeclaration(next);
    else this.unexpected('file');
    return this.skipTo(boundary);
  }

  /** `create table Trip {` */
  private createTable(next: Token): boolean {
    const second = this.parser.LA(2);
    if (!/^create$/i.test(next.image) || !/^table$/i.test(second.image) || this.silenced()) return false;
    const fixes = [this.replacement(next.startOffset, endOf(second), 'schema')];
    const at = { ...this.at({ start: next.startOffset, end: endOf(second) }), fixes };
    this.add(messages.unknownDeclaration({ word: 'create table', meant: 'schema' }, at));
    this.parser.currIdx++;
    retype(second, kw.schema);
    return true;
  }

  private strayBracket(token: Token): boolean {
    const closes =
      token.tokenType === t.RCurly || token.tokenType === t.RParen || token.tokenType === t.RSquare;
    if (!closes || this.layout.match[this.parser.currIdx + 1]! >= 0) return false;
    if (!this.silenced()) {
      const fixes = [this.replacement(token.startOffset, endOf(token), '')];
      this.add(messages.strayBracket({ close: token.image }, { ...this.at(spanOf(token)), fixes }));
    }
    this.parser.currIdx++;
    return true;
  }

  private skipTo(index: number): boolean {
    const { parser } = this;
    parser.currIdx = Math.max(parser.currIdx + 1, Math.min(index, parser.limit) - 1);
    return true;
  }

  // --- Brackets within an item ---

  /** Before the end of a bracket: skips what does not belong, up to it. */
  skipToClosing(open: IToken, close: TokenType): void {
    const { parser } = this;
    if (open.image === '' || parser.LA(1).tokenType === close) {
      // Its own end, or one that stands for it.
      return;
    }
    if (this.wrongClosing(open, close)) return;
    const start = this.indexOf(open);
    const partner = this.layout.match[start]!;
    if (partner >= 0 && partner < parser.limit) {
      this.inBrackets(close);
      parser.currIdx = Math.max(parser.currIdx, partner - 1);
      return;
    }
    const end = Math.min(partner >= 0 ? parser.limit : this.layout.endOf(start), parser.limit);
    parser.currIdx = Math.max(parser.currIdx, end - 1);
    this.unclosed(open, close.PATTERN as string);
  }

  /** `(1, 2]`: a closing bracket of another kind that belongs to nothing is taken for the right one. */
  private wrongClosing(open: IToken, close: TokenType): boolean {
    const next = this.parser.LA(1);
    const closes = next.tokenType === t.RParen || next.tokenType === t.RSquare || next.tokenType === t.RCurly;
    if (!closes || this.layout.match[this.parser.currIdx + 1]! >= 0 || this.silenced()) return false;
    const sign = close.PATTERN as string;
    const label: Label = { file: this.parser.file, span: spanOf(open), message: 'opened here' };
    const fixes = [this.replacement(next.startOffset, endOf(next), sign)];
    const at = { ...this.at(spanOf(next)), labels: [label], fixes };
    this.add(messages.unclosed({ open: open.image, close: sign, found: `\`${next.image}\`` }, at));
    retype(next, close);
    return true;
  }

  private unclosed(open: IToken, close: string): void {
    if (this.afterBrokenString()) {
      this.silence();
      return;
    }
    const label: Label = { file: this.parser.file, span: spanOf(open), message: 'opened here' };
    const end = this.parser.end();
    const text = close === '}' ? '\n}' : close;
    const fixes = [{ title: `Insert \`${close}\``, edits: [this.edit(end, end, text)] }];
    const at = { ...this.at({ start: end, end }), labels: [label], fixes };
    this.add(messages.unclosed({ open: open.image, close, found: this.found() }, at));
    this.silence();
  }

  // --- What is missing ---

  /** `CONSUME` found another token: reports it, and returns one that stands for what was expected. */
  missingToken(type: TokenType, what: string | undefined): IToken {
    const { parser } = this;
    const next = parser.LA(1);
    if (type === kw.then && next.tokenType === t.LCurly && !this.silenced()) {
      // `if x { a } else { b }`: there is nothing to be saved behind the first brace.
      this.add(messages.ternary({}, this.at(spanOf(next))));
      this.skipTo(parser.limit);
      this.silence();
    }
    if (type === t.LCurly && this.signBeforeBrace(next)) return parser.consumeInternal(type, 0);
    const stand = this.standIn(type, what, next);
    if (stand !== undefined) return stand;
    this.expected(what ?? type.LABEL ?? type.name);
    return { image: '', startOffset: parser.end(), tokenType: type, tokenTypeIdx: type.tokenTypeIdx! };
  }

  /** `schema Trip = {`: the sign is reported and passed over. */
  private signBeforeBrace(next: IToken): boolean {
    const { parser } = this;
    const sign = next.tokenType === t.Equals || next.tokenType === t.Colon;
    const last = parser.tokVector[parser.currIdx];
    if (!sign || !last || parser.LA(2).tokenType !== t.LCurly || this.silenced()) return false;
    this.signAfter(last, next);
    parser.currIdx++;
    return true;
  }

  /** A found token that was meant to be the expected one: reported, taken, and used as such. */
  private standIn(type: TokenType, what: string | undefined, next: IToken): IToken | undefined {
    const { parser } = this;
    if (this.silenced() || next === END) return undefined;
    if (type === t.Identifier && reserved.has(next.tokenType) && !this.startsLine(next)) {
      this.reservedName(next, what ?? 'a name');
    } else if (type === t.Identifier && next.tokenType === t.StringText && !this.startsLine(next)) {
      this.quotedName(next);
      retype(next, t.QuotedName);
    } else if (type === t.Colon && next.tokenType === t.Question && parser.LA(2).tokenType === t.Colon) {
      const at = { ...this.at(spanOf(next)), hint: '`?` stands behind the type: `name: string?`' };
      this.add(messages.expected({ what: '`:` and the type', found: '`?`' }, at));
      parser.currIdx += 2;
      return parser.tokVector[parser.currIdx]!;
    } else if (SIGNS.has(type) && SIGNS.has(next.tokenType)) {
      const sign = type.PATTERN as string;
      const fixes = [this.replacement(next.startOffset, endOf(next), sign)];
      const facts = { what: what ?? `\`${sign}\``, found: `\`${next.image}\`` };
      this.add(messages.expected(facts, { ...this.at(spanOf(next)), fixes }));
    } else if (this.keywordSign()) {
      parser.currIdx++;
      return parser.consumeInternal(type, 0, what === undefined ? undefined : { ERR_MSG: what });
    } else if (this.otherWord(type, what, next)) retype(next, type);
    else if (!this.misspelt(type, next)) return undefined;
    parser.currIdx++;
    return next;
  }

  /** `split on time`, `features Ride of trips`, `source trips of Trip`: another small word where one is expected. */
  private otherWord(type: TokenType, what: string | undefined, next: IToken): boolean {
    const sign = type === t.Colon || type === t.Equals;
    const word = type.LABEL?.replaceAll('`', '') ?? '';
    if (!SMALL_WORDS.has(next.image) || this.startsLine(next) || !isName(this.parser.LA(2))) return false;
    if (!sign && !SMALL_WORDS.has(word)) return false;
    const text = sign ? (type.PATTERN as string) : word;
    const fixes = [this.replacement(next.startOffset, endOf(next), text)];
    const facts = { what: what ?? `\`${text}\``, found: `\`${next.image}\`` };
    this.add(messages.expected(facts, { ...this.at(spanOf(next)), fixes, hint: `write \`${text}\`` }));
    return true;
  }

  private reservedName(token: IToken, what: string): void {
    const fixes = [this.replacement(token.startOffset, endOf(token), `\`${token.image}\``)];
    this.add(messages.reservedName({ word: token.image, what }, { ...this.at(spanOf(token)), fixes }));
  }

  /** `form` for `from`. */
  private misspelt(type: TokenType, next: IToken): boolean {
    const word = type.LABEL?.replaceAll('`', '');
    if (word === undefined || !t.keywordTypes.has(word) || !isName(next)) return false;
    const none = word === 'null' && NULLS.has(next.image);
    if (!none && suggest(next.image, [word]) === undefined) return false;
    const fixes = [this.replacement(next.startOffset, endOf(next), word)];
    const at = { ...this.at(spanOf(next)), fixes, hint: `did you mean \`${word}\`?` };
    this.add(messages.expected({ what: `\`${word}\``, found: `\`${next.image}\`` }, at));
    return true;
  }

  /** `OR` found no alternative; without a message the caller reports. */
  noAlternative(what: string | undefined): void {
    if (what === undefined || what === 'value') return;
    this.expected(what);
  }

  missing(): ast.MissingExpression {
    const end = this.parser.end();
    return { kind: 'Missing', span: { start: end, end } };
  }

  /** After the first part of a range: `in [1, 2]` was meant to be a set. */
  listForSet(low: ast.Expression): void {
    if (low.kind !== 'List' || this.parser.LA(1).tokenType === t.DotDot || this.silenced()) return;
    const { start, end } = low.span;
    const inner = this.parser.file.text.slice(start + 1, end - 1);
    const fixes = [this.replacement(start, end, `{${inner}}`)];
    this.add(messages.noRange({ found: 'a list' }, { ...this.at(low.span), fixes }));
  }

  missingRange(): ast.Range {
    if (!this.silenced()) this.add(messages.noRange({ found: this.found() }, this.at(this.place())));
    this.silence();
    const low = this.missing();
    return { kind: 'Range', low, high: this.missing(), span: low.span };
  }

  tooDeep(): ast.MissingExpression {
    const { parser } = this;
    const next = parser.LA(1);
    if (next !== END && !this.silenced()) {
      this.add(messages.tooDeep({ limit: MAX_DEPTH }, this.at(spanOf(next))));
    }
    const boundary = this.layout.boundary[parser.currIdx + 1] ?? parser.limit;
    parser.currIdx = Math.max(parser.currIdx, Math.min(boundary, parser.limit) - 1);
    this.silence();
    return this.missing();
  }

  chainTooLong(start: number): void {
    const last = this.diagnostics.at(-1);
    if (last?.code === messages.tooLong.definition.code && last.span.start === start) return;
    const span = { start, end: this.parser.end() };
    this.add(messages.tooLong({ limit: MAX_CHAIN }, this.at(span)));
  }

  /** `rollback policy x()` and `rollback when policy x()`: a policy says what must hold. */
  rollbackPolicy(): { readonly unless: ast.PolicyUse } | undefined {
    const { parser } = this;
    const when = parser.is(kw.when) ? parser.LA(1) : undefined;
    const policy = parser.LA(when === undefined ? 1 : 2);
    const call = parser.LA(when === undefined ? 2 : 3);
    if (policy.tokenType !== kw.policy || !isName(call) || this.silenced()) return undefined;
    const end = when === undefined ? policy.startOffset : endOf(when);
    const fixes = [
      this.replacement(when?.startOffset ?? end, end, when === undefined ? 'unless ' : 'unless'),
    ];
    const at = {
      ...this.at(spanOf(when ?? policy)),
      fixes,
      hint: 'a rollout is rolled back unless a policy holds',
    };
    this.add(
      messages.expected({ what: '`unless`', found: `\`${(when ?? policy).image}\``, after: 'rollback' }, at),
    );
    if (when !== undefined) parser.currIdx++;
    return { unless: run(parser, (parser as unknown as Grammar).policyUse) };
  }
}

/** What other languages call null. */
const NULLS: ReadonlySet<string> = new Set(['None', 'NULL', 'Null', 'nil', 'undefined', 'NA', 'NaN']);
/** Words that only tell how two names belong together. */
const SMALL_WORDS: ReadonlySet<string> = new Set([
  'on',
  'of',
  'from',
  'in',
  'for',
  'using',
  'with',
  'to',
  'into',
  'by',
]);
const SIGNS: ReadonlySet<TokenType> = new Set([t.Equals, t.Colon, t.EqualEqual, t.FatArrow, t.Arrow]);
