import type { IToken } from 'chevrotain';
import type { Span } from '../../source/text.ts';
import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { endOf, kw } from '../tokens.ts';
import type { Grammar } from './grammar.ts';
import { literalMakers } from './literals.ts';

type Make = (token: IToken, span: Span) => ast.Expression;

/** By token type, what an operand of that one token is; nothing for tokens that other operands begin with. */
const MAKERS: readonly (Make | undefined)[] = (() => {
  const makers: (Make | undefined)[] = [];
  const name: Make = (token, span) => ({
    kind: 'NameExpression',
    name: { kind: 'Name', text: token.image, quoted: false, span },
    span,
  });
  for (const type of t.parserTokens) {
    const isName = type === t.Identifier || t.Identifier.categoryMatchesMap![type.tokenTypeIdx!] === true;
    // `fitted` begins a call, and a quoted name has its quotes taken off by the rule.
    if (isName && type !== kw.fitted && type !== t.QuotedName) makers[type.tokenTypeIdx!] = name;
  }
  for (const [type, make] of literalMakers) makers[type.tokenTypeIdx!] = make;
  return makers;
})();

/**
 * A name or a literal that stands alone, as nearly every operand does, read at once instead of through the rules; undefined
 * if the next token is none, or the one behind it goes on with it. The rules would make the same of it. Only the strict pass
 * asks: recovery looks more closely.
 */
export function plainOperand(
  p: Grammar,
  goesOn: readonly (boolean | undefined)[],
): ast.Expression | undefined {
  if (p.recovery !== undefined) return undefined;
  const token = p.LA_FAST(1);
  const make = MAKERS[token.tokenTypeIdx];
  if (make === undefined || goesOn[p.LA_FAST(2).tokenTypeIdx] === true || p.RECORDING_PHASE) return undefined;
  p.currIdx++;
  return make(token, { start: token.startOffset, end: endOf(token) });
}
