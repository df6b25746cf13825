import { EOF, type IToken, type TokenType } from 'chevrotain';
import type { At } from '../../diagnostics/define.ts';
import type { Diagnostic, Edit } from '../../diagnostics/diagnostic.ts';
import { syntaxMessages as messages } from '../../diagnostics/messages/syntax.ts';
import type { Span } from '../../source/text.ts';
import type * as ast from '../ast/index.ts';
import { type BlockKind, blockNames } from '../keywords.ts';
import type { StringValue } from '../literals.ts';
import * as t from '../tokens.ts';
import { endOf, kw, retype, type Token } from '../tokens.ts';
import { END, type EnteredRule, isName, MAX_DEPTH, type ParserBase } from './base.ts';
import { operatorText } from './expressions.ts';
import type { Grammar, Rule } from './grammar.ts';
import { homeOf } from './meant.ts';

/** Calls a rule in the middle of another one. */
export const run = <T>(parser: ParserBase, rule: Rule<T>): T =>
  parser.subruleInternal(rule as unknown as EnteredRule) as T;

/**
 * Reports of the recovering pass. What people often write gets a message of its own and is then taken for what was
 * meant, so that one mistake is one error.
 */
export class Mistakes {
  readonly diagnostics: Diagnostic[] = [];
  protected readonly parser: ParserBase;
  /** The token at which something was reported last: nothing more is said until another one is taken. */
  private reported = -1;

  constructor(parser: ParserBase) {
    this.parser = parser;
  }

  protected add(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
    this.silence();
  }

  protected silence(): void {
    this.reported = this.parser.currIdx + 1;
  }

  /** Whether what follows is the consequence of something that was reported. */
  protected silenced(): boolean {
    if (this.afterBrokenString()) this.silence();
    return this.reported === this.parser.currIdx + 1;
  }

  /** A string or quoted name without its end has taken the rest of its line with it. */
  protected afterBrokenString(): boolean {
    const last = this.parser.tokVector[this.parser.currIdx];
    if (last?.tokenType === t.QuotedName) return last.image.startsWith('`') && !/.`$/.test(last.image);
    const isString = last?.tokenType === t.StringText || last?.tokenType === t.RawString;
    return isString && (last.payload as StringValue).closed === false;
  }

  expected(what: string): void {
    if (!this.silenced()) {
      const after = this.previousText();
      const facts = { what, found: this.found(), ...(after === undefined ? {} : { after }) };
      this.add(messages.expected(facts, this.at(this.place())));
    }
    this.silence();
  }

  /** Where an expression should begin and does not. */
  missingExpression(): ast.Expression & ast.MissingExpression {
    return this.wrongBeginning() as ast.Expression & ast.MissingExpression;
  }

  private wrongBeginning(): ast.Expression {
    const { parser } = this;
    const grammar = parser as unknown as Grammar;
    const missing: ast.MissingExpression = {
      kind: 'Missing',
      span: { start: parser.end(), end: parser.end() },
    };
    if (this.silenced()) return missing;
    const next = parser.LA(1);
    if (this.keywordSign()) {
      parser.currIdx++;
      return run(parser, grammar.primary);
    }
    const last = parser.tokVector[parser.currIdx];
    if (next.tokenType === kw.not && last !== undefined && OPERATORS.has(last.tokenType)) {
      this.add(messages.notOperand({}, this.at(spanOf(next))));
      parser.currIdx++;
      const operand = run(parser, grammar.primary);
      return { kind: 'Unary', operator: 'not', operand, span: parser.from(next.startOffset) };
    }
    if (next.tokenType === t.DotDot)
      this.add(messages.incompleteRange({ side: 'low' }, this.at(spanOf(next))));
    else if (OPERATORS.has(next.tokenType) && !this.startsLine(next)) {
      this.add(messages.leadingOperator({ operator: next.image }, this.at(spanOf(next))));
      while (OPERATORS.has(parser.LA(1).tokenType)) parser.currIdx++;
      return run(parser, grammar.primary);
    } else this.nothingAfter(last);
    this.silence();
    return missing;
  }

  private nothingAfter(last: IToken | undefined): void {
    const found = this.found();
    if (last?.tokenType === t.DotDot)
      this.add(messages.incompleteRange({ side: 'high' }, this.at(spanOf(last))));
    else if (last !== undefined && OPERATORS.has(last.tokenType)) {
      this.add(messages.trailingOperator({ operator: last.image, found }, this.at(spanOf(last))));
    } else {
      const after = this.previousText();
      const facts = { found, ...(after === undefined ? {} : { after }) };
      this.add(messages.missingValue(facts, this.at(this.place())));
    }
  }

  /** `seed: 42`: the sign is reported; true if it is there. */
  protected keywordSign(): boolean {
    const { parser } = this;
    const next = parser.LA(1);
    const last = parser.tokVector[parser.currIdx];
    if (last === undefined || (next.tokenType !== t.Colon && next.tokenType !== t.Equals)) return false;
    if (!isName(last) || last.tokenType === t.Identifier || this.silenced()) return false;
    // A quoted key was reported already, with its sign.
    if (last.tokenType === t.QuotedName) return last.image.startsWith('"');
    this.signAfter(last, next);
    return true;
  }

  /** `val: 15%`, where any word may begin an item and its value follows at once. */
  needlessSign(): void {
    const { parser } = this;
    const next = parser.LA(1);
    const last = parser.tokVector[parser.currIdx];
    if (last === undefined || (next.tokenType !== t.Colon && next.tokenType !== t.Equals)) return;
    // A quoted key was reported already, with its sign.
    if (!this.silenced() && !last.image.startsWith('"')) this.signAfter(last, next);
    parser.currIdx++;
    this.reported = -1;
  }

  private signAfter(last: IToken, next: IToken): void {
    const fixes = [{ title: 'Remove it', edits: [this.edit(endOf(last), endOf(next), '')] }];
    this.add(
      messages.keywordColon({ word: last.image, sign: next.image }, { ...this.at(spanOf(next)), fixes }),
    );
  }

  // --- Expressions ---

  /** Within what stands before the `=>` of a `match`, where that is no mistake. */
  private inPattern = false;

  patternOf<T>(read: () => T): T {
    const outer = this.inPattern;
    this.inPattern = true;
    const result = read();
    this.inPattern = outer;
    return result;
  }

  /** After a comparison: a second one, or `=` for `==`. */
  chainedComparison(node: ast.Expression, start: number): ast.Expression {
    const { parser } = this;
    const grammar = parser as unknown as Grammar;
    let result = node;
    for (let count = 0; ; count++) {
      const foreign = this.foreignComparison(result, start);
      if (foreign) return foreign;
      const next = parser.LA(1);
      // `a => b` for `a >= b`.
      if (next.tokenType === t.FatArrow && !this.inPattern && !this.silenced()) {
        const fixes = [this.fix('>=', next.startOffset, endOf(next))];
        this.add(messages.foreignOperator({ found: '=>', meant: '>=' }, { ...this.at(spanOf(next)), fixes }));
        retype(next, t.GreaterEqual);
        this.reported = -1;
        parser.currIdx++;
        const right = run(parser, grammar.arithmetic);
        return compared('>=', spanOf(next), result, right, parser.from(start));
      }
      const assigns = next.tokenType === t.Equals;
      if (!assigns && !COMPARISONS.has(next.tokenType)) return result;
      if (assigns) {
        const fixes = [this.fix('==', next.startOffset, endOf(next))];
        this.add(messages.assignment({}, { ...this.at(spanOf(next)), fixes }));
      } else this.chained(result, next);
      parser.currIdx++;
      const right = run(parser, grammar.arithmetic);
      const operator = assigns ? '==' : operatorText(next);
      // A tree of any depth would overflow the stacks of later phases.
      if (count > 20) continue;
      result = {
        kind: 'Binary',
        operator,
        operatorSpan: spanOf(next),
        left: result,
        right,
        span: parser.from(start),
      };
    }
  }

  /** `x between a and b` and the like, read as what they mean. */
  protected foreignComparison(_operand: ast.Expression, _start: number): ast.Expression | undefined {
    return undefined;
  }

  private chained(left: ast.Expression, operator: IToken): void {
    if (this.silenced()) return;
    const fixes = [];
    if (left.kind === 'Binary') {
      const middle = this.parser.file.text.slice(left.right.span.start, left.right.span.end);
      const at = operator.startOffset;
      fixes.push({ title: `Insert \`and ${middle}\``, edits: [this.edit(at, at, `and ${middle} `)] });
    }
    this.add(messages.chainedComparison({}, { ...this.at(spanOf(operator)), fixes }));
  }

  /** `a ? b : c`, read as what it means. */
  ternary(condition: ast.Expression, start: number): ast.Expression | undefined {
    const { parser } = this;
    const grammar = parser as unknown as Grammar;
    const next = parser.LA(1);
    if (next.tokenType !== t.Question) return undefined;
    if (!this.silenced()) this.add(messages.ternary({}, this.at(spanOf(next))));
    parser.currIdx++;
    parser.depth++;
    const then = run(parser, grammar.expression);
    if (parser.LA(1).tokenType === t.Colon) parser.currIdx++;
    const otherwise = run(parser, grammar.expression);
    parser.depth--;
    return { kind: 'If', condition, then, otherwise, span: parser.from(start) };
  }

  /** `elif c then …` where `else` is expected. */
  elif(): ast.Expression | undefined {
    const { parser } = this;
    const next = parser.LA(1);
    if (!/^(elif|elsif|elseif)$/.test(next.image)) return undefined;
    const fixes = [this.fix('else if', next.startOffset, endOf(next))];
    this.add(messages.elif({ word: next.image }, { ...this.at(spanOf(next)), fixes }));
    if (parser.depth >= MAX_DEPTH) return undefined;
    retype(next, kw.if);
    parser.depth++;
    const node = run(parser, (parser as unknown as Grammar).conditional);
    parser.depth--;
    return node;
  }

  // --- Names ---

  /** `"key": value`: known by sight, before the pass begins. */
  protected quotedKeys(): void {
    const tokens = this.parser.tokVector;
    for (let i = 0; i + 1 < tokens.length; i++) {
      const token = tokens[i]!;
      if (token.tokenType !== t.StringText) continue;
      if (this.inMatch(i)) continue;
      const before = tokens[i - 1]?.tokenType;
      const sign = tokens[i + 1]!.tokenType;
      // In `a ? "x" : "y"` it is a value.
      const key = sign === t.Colon && before !== t.Question;
      if (!key && !(sign === t.Equals && (before === t.LCurly || before === t.Comma))) continue;
      this.quotedName(token);
      retype(token, t.QuotedName);
    }
    this.reported = -1;
  }

  /** Whether a token stands in the braces of a `match`, where text is a value. */
  private inMatch(index: number): boolean {
    const tokens = this.parser.tokVector;
    let depth = 0;
    for (let i = index - 1; i >= 0 && index - i < 200; i--) {
      const type = tokens[i]!.tokenType;
      if (type === t.RCurly) depth++;
      else if (type === t.LCurly && depth-- === 0) {
        for (let k = i - 1; k >= 0 && i - k < 40; k--) {
          if (tokens[k]!.tokenType === kw.match) return true;
          if (tokens[k]!.tokenType === t.LCurly || tokens[k]!.tokenType === t.Equals) return false;
        }
        return false;
      }
    }
    return false;
  }

  protected quotedName(token: Token): void {
    const name = (token.payload as StringValue).value;
    const repaired =
      /^[A-Za-z_]\w*$/.test(name) && !t.reserved.has(t.keywordTypes.get(name)!) ? name : `\`${name}\``;
    const fixes = [this.fix(repaired, token.startOffset, endOf(token))];
    this.add(messages.quotedKey({ name }, { ...this.at(spanOf(token)), fixes }));
  }

  // --- Items ---

  protected unknownItem(token: Token, block: BlockKind, meant?: string): void {
    if (this.silenced()) return;
    if (meant === undefined && /^(when|case)$/i.test(token.image)) {
      this.add(messages.ternary({}, this.at(spanOf(token))));
      return;
    }
    const home = meant === undefined ? homeOf(token.image) : undefined;
    const facts = {
      word: token.image,
      block,
      ...(meant === undefined ? {} : { meant }),
      ...(home === undefined || home === block ? {} : { elsewhere: blockNames[home] }),
    };
    const fixes = meant === undefined ? [] : [this.fix(meant, token.startOffset, endOf(token))];
    this.add(messages.unknownItem(facts, { ...this.at(spanOf(token)), fixes }));
  }

  protected unknownDeclaration(token: Token, meant?: string): void {
    if (this.silenced()) return;
    const fixes = meant === undefined ? [] : [this.fix(meant, token.startOffset, endOf(token))];
    const facts = { word: token.image, ...(meant === undefined ? {} : { meant }) };
    this.add(messages.unknownDeclaration(facts, { ...this.at(spanOf(token)), fixes }));
  }

  protected unexpected(block: BlockKind | 'file'): void {
    if (this.silenced()) return;
    const next = this.parser.LA(1);
    if (next.tokenType === kw.if || /^(when|case)$/i.test(next.image)) {
      this.add(messages.ternary({}, this.at(spanOf(next))));
      return;
    }
    const home = block === 'file' ? homeOf(next.image) : undefined;
    const facts = { found: describe(next), ...(home === undefined ? {} : { home: blockNames[home] }) };
    const hint = next.tokenType === t.DotDot ? { hint: 'a range stands after `in`, as in `x in 1..5`' } : {};
    this.add(messages.unexpected(facts, { ...this.at(spanOf(next)), ...hint }));
  }

  // --- Places and words ---

  protected indexOf(token: Token): number {
    const tokens = this.parser.tokVector;
    let low = 0;
    let high = tokens.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tokens[middle]!.startOffset < token.startOffset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  protected at(span: Span): At {
    return { file: this.parser.file, span };
  }

  protected edit(start: number, end: number, text: string): Edit {
    return { file: this.parser.file, span: { start, end }, text };
  }

  protected fix(text: string, start: number, end: number) {
    const title = text === '' ? 'Remove it' : `Replace with \`${text}\``;
    return { title, edits: [this.edit(start, end, text)] };
  }

  /** The token in question if it stands on the same line, else the end of that line's text. */
  protected place(): Span {
    const { parser } = this;
    const next = parser.LA(1);
    const end = parser.end();
    return next === END || this.startsLine(next) ? { start: end, end } : spanOf(next);
  }

  protected found(): string {
    const { parser } = this;
    const next = parser.LA(1);
    const beyond = next === END ? parser.tokVector[parser.limit] : next;
    if (beyond === undefined) return 'the end of the file';
    return this.startsLine(beyond) ? 'the end of the line' : describe(beyond);
  }

  protected startsLine(token: IToken): boolean {
    const between = this.parser.file.text.slice(this.parser.end(), token.startOffset);
    return /[\r\n]/.test(between);
  }

  protected atMargin(token: IToken): boolean {
    const before = token.startOffset === 0 ? '\n' : this.parser.file.text[token.startOffset - 1]!;
    return before === '\n' || before === '\r';
  }

  private previousText(): string | undefined {
    const last = this.parser.tokVector[this.parser.currIdx];
    return last === undefined || last.image.length > 30 || /[\r\n`]/.test(last.image)
      ? undefined
      : last.image;
  }
}

const OPERATORS: ReadonlySet<TokenType> = new Set([
  kw.and,
  kw.or,
  t.Coalesce,
  t.Plus,
  t.Minus,
  t.Star,
  t.Slash,
  t.EqualEqual,
  t.NotEqual,
  t.Less,
  t.LessEqual,
  t.Greater,
  t.GreaterEqual,
]);
const COMPARISONS: ReadonlySet<TokenType> = new Set([
  t.EqualEqual,
  t.NotEqual,
  t.Less,
  t.LessEqual,
  t.Greater,
  t.GreaterEqual,
]);
const compared = (
  operator: ast.BinaryOperator,
  operatorSpan: Span,
  left: ast.Expression,
  right: ast.Expression,
  span: Span,
): ast.Binary => ({ kind: 'Binary', operator, operatorSpan, left, right, span });
export const spanOf = (token: IToken): Span => ({ start: token.startOffset, end: endOf(token) });

function describe(token: IToken): string {
  if (token.tokenType === EOF) return 'the end of the file';
  if (token.tokenType === t.StringText || token.tokenType === t.RawString) {
    return token.image.length > 24 || /[\r\n]/.test(token.image) ? 'a string' : `the string ${token.image}`;
  }
  if (token.image.length > 40) return 'a very long name or number';
  return token.image.includes('`') ? token.image : `\`${token.image}\``;
}
