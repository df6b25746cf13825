import type { IToken, TokenType } from 'chevrotain';
import type { Span } from '../../source/text.ts';
import type * as ast from '../ast/index.ts';
import type { StringValue } from '../literals.ts';
import * as t from '../tokens.ts';
import { endOf, kw, NO_VALUE } from '../tokens.ts';

type Make = (token: IToken, span: Span) => ast.Expression;

const NO_TEXT: StringValue = { value: '', raw: false, block: false, closed: true, badEscapes: [] };

/** What a literal means that has a payload; what it means is unknown if it has none, and that was reported. */
const valued =
  (make: Make): Make =>
  (token, span) =>
    token.payload === NO_VALUE ? { kind: 'Missing', span } : make(token, span);

function stringAt(token: IToken, span: Span): ast.StringLiteral {
  // An invented token has no payload.
  const { value, raw, block } = (token.payload as StringValue | undefined) ?? NO_TEXT;
  return { kind: 'String', value, raw, block, span };
}

/** The tokens that are a literal each, and the node that they make. */
export const literalMakers: readonly (readonly [TokenType, Make])[] = [
  [t.Int, valued(({ payload }, span) => ({ kind: 'Int', value: payload, span }))],
  [t.Float, valued(({ payload }, span) => ({ kind: 'Float', value: payload, percent: false, span }))],
  [t.Percent, valued(({ payload }, span) => ({ kind: 'Float', value: payload, percent: true, span }))],
  [t.Duration, valued(({ payload }, span) => ({ kind: 'Duration', milliseconds: payload, span }))],
  [t.Size, valued(({ payload }, span) => ({ kind: 'Size', bytes: payload, span }))],
  [t.Rate, valued(({ payload }, span) => ({ kind: 'Rate', perSecond: payload, span }))],
  [t.StringText, stringAt],
  [t.RawString, stringAt],
  [t.Time, valued(({ image, payload }, span) => ({ kind: 'Time', value: image, form: payload, span }))],
  [kw.true, (_, span) => ({ kind: 'Bool', value: true, span })],
  [kw.false, (_, span) => ({ kind: 'Bool', value: false, span })],
  [kw.null, (_, span) => ({ kind: 'Null', span })],
];

export const spanOf = (token: IToken): Span => ({ start: token.startOffset, end: endOf(token) });

export const stringOf = (token: IToken): ast.StringLiteral => stringAt(token, spanOf(token));
