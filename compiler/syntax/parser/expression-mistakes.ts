import type { IToken, TokenType } from 'chevrotain';
import { syntaxMessages as messages } from '../../diagnostics/messages/syntax.ts';
import type { Span } from '../../source/text.ts';
import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { endOf, kw, retype } from '../tokens.ts';
import { isName, MAX_DEPTH } from './base.ts';
import { operatorText } from './expressions.ts';
import type { Grammar } from './grammar.ts';
import { ItemMistakes } from './item-mistakes.ts';
import { run, spanOf } from './reports.ts';

/**
 * Mistakes in expressions. What people often write gets a message of its own and is then taken for what was meant, so
 * that one mistake is one error.
 */
export class ExpressionMistakes extends ItemMistakes {
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

  protected signAfter(last: IToken, next: IToken): void {
    const fixes = [{ title: 'Remove it', edits: [this.edit(endOf(last), endOf(next), '')] }];
    this.add(
      messages.keywordColon({ word: last.image, sign: next.image }, { ...this.at(spanOf(next)), fixes }),
    );
  }

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
}

export const OPERATORS: ReadonlySet<TokenType> = new Set([
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
