import type { TokenType } from 'chevrotain';
import { syntaxMessages as messages } from '../../diagnostics/messages/syntax.ts';
import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { endOf, retype } from '../tokens.ts';
import { END, isName, MAX_DEPTH } from './base.ts';
import { TAIL_STARTS } from './calls.ts';
import { ExpressionMistakes } from './expression-mistakes.ts';
import type { AggregateTail } from './expressions.ts';
import type { Grammar } from './grammar.ts';
import { run, spanOf } from './reports.ts';

/** What is often written wrong in the brackets of calls and aggregates. */
export class ArgumentMistakes extends ExpressionMistakes {
  /** `delay.mean()` */
  methodCall(object: ast.Expression, member: ast.Name, start: number): ast.Expression | undefined {
    const { parser } = this;
    if (parser.LA(1).tokenType !== t.LParen || member.text === '') return undefined;
    const silenced = this.silenced();
    const { args } = run(parser, (parser as unknown as Grammar).argumentList);
    const span = parser.from(start);
    const [list] = args;
    if (MEMBERSHIP.test(member.text) && list?.value.kind === 'List') {
      const whole = parser.file.text;
      const inner = whole.slice(list.value.span.start + 1, list.value.span.end - 1);
      const set = `${whole.slice(object.span.start, object.span.end)} in {${inner}}`;
      const at = { ...this.at(member.span), fixes: [this.fix(set, start, span.end)] };
      if (!silenced)
        this.add(messages.foreignOperator({ found: `.${member.text}([…])`, meant: 'in {…}' }, at));
      return { kind: 'InSet', negated: false, operand: object, items: list.value.items, span };
    }
    if (!silenced) {
      const text = (from: number, to: number) => parser.file.text.slice(from, to);
      const first = text(object.span.start, object.span.end);
      const rest = args.map(arg => `, ${text(arg.span.start, arg.span.end)}`).join('');
      const fixes = [this.fix(`${member.text}(${first}${rest})`, start, span.end)];
      this.add(messages.methodCall({ name: member.text }, { ...this.at(member.span), fixes }));
    }
    const subject: ast.Arg = { kind: 'Arg', value: object, span: object.span };
    return { kind: 'Call', callee: member, args: [subject, ...args], span };
  }

  /** `mean(x over 7d where paid)`: a part that should have stood before is reported, and taken all the same. */
  aggregateOrder(tail: AggregateTail): AggregateTail | undefined {
    const { parser } = this;
    const next = parser.LA(1);
    if (!TAIL_STARTS.has(next.tokenType) || this.silenced() || parser.depth >= MAX_DEPTH) return undefined;
    this.add(messages.aggregateOrder({ word: next.image }, this.at(spanOf(next))));
    parser.depth++;
    const more = run(parser, (parser as unknown as Grammar).aggregateTail);
    parser.depth--;
    return { ...more, ...tail, by: tail.by.length > 0 ? tail.by : more.by };
  }

  /** `over 7d` behind an argument of what is no aggregate: reported as a whole and passed over. */
  strayTail(): void {
    const { parser } = this;
    const next = parser.LA(1);
    if (!TAIL_STARTS.has(next.tokenType) || this.silenced() || this.startsLine(next)) return;
    let depth = 0;
    for (; parser.LA(1) !== END; parser.currIdx++) {
      const type = parser.LA(1).tokenType;
      if (OPENING.has(type)) depth++;
      else if (CLOSING.has(type) && depth-- === 0) break;
      else if (type === t.Comma && depth === 0) break;
    }
    const span = { start: next.startOffset, end: parser.end() };
    const text = parser.file.text.slice(span.start, span.end);
    const fixes = [this.fix('', span.start, span.end)];
    this.add(messages.strayTail({ text }, { ...this.at(span), fixes }));
  }

  /** `sum(x: amount over 30d)`: the name is reported and passed over. */
  namedValue({ name, value }: ast.Arg): boolean {
    const fixes = [this.fix('', name!.span.start, value.span.start)];
    if (!this.silenced())
      this.add(messages.namedValue({ name: name!.text }, { ...this.at(name!.span), fixes }));
    return true;
  }

  /** `base = 10` in a call: the sign is reported and then taken for a colon. */
  argumentName(): void {
    const { parser } = this;
    const sign = parser.LA(2);
    if (sign.tokenType !== t.Equals || !isName(parser.LA(1))) return;
    const fixes = [this.fix(':', sign.startOffset, endOf(sign))];
    this.add(messages.argumentEquals({ name: parser.LA(1).image }, { ...this.at(spanOf(sign)), fixes }));
    retype(sign, t.Colon);
  }

  /** What stands between the last argument and the closing bracket. */
  protected inBrackets(close: TokenType): void {
    const next = this.parser.LA(1);
    if (this.silenced()) return;
    if (next !== END && !this.startsLine(next) && (isName(next) || t.LITERALS.has(next.tokenType))) {
      const end = this.parser.end();
      const fixes = [{ title: 'Insert a comma', edits: [this.edit(end, end, ',')] }];
      this.add(messages.missingComma({ found: this.found() }, { ...this.at(this.place()), fixes }));
    } else this.expected(`\`,\` or ${close.LABEL}`);
  }
}

const MEMBERSHIP = /^(isin|is_in|includes|contains)$/;
const OPENING: ReadonlySet<TokenType> = new Set([t.LParen, t.LSquare, t.LCurly]);
const CLOSING: ReadonlySet<TokenType> = new Set([t.RParen, t.RSquare, t.RCurly]);
