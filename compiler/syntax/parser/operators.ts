import type { IToken, TokenType } from 'chevrotain';
import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { endOf, kw } from '../tokens.ts';

/** An operand as the parser met it: its node, its text range with brackets, and where its prefixes stand. */
export interface Operand {
  readonly node: ast.Expression;
  readonly start: number;
  readonly end: number;
  readonly prefixes: readonly number[];
}
const BINDING: ReadonlyMap<TokenType, { readonly text: ast.BinaryOperator; readonly strength: number }> =
  new Map([
    [kw.or, { text: 'or', strength: 1 }],
    [kw.and, { text: 'and', strength: 2 }],
    [t.Coalesce, { text: '??', strength: 3 }],
    [t.Plus, { text: '+', strength: 4 }],
    [t.Minus, { text: '-', strength: 4 }],
    [t.Star, { text: '*', strength: 5 }],
    [t.Slash, { text: '/', strength: 5 }],
  ]);

/**
 * Operands and the operators between them to a tree, by strength; all operators group from the left. Prefixes bind
 * tighter than what stands between.
 */
export function fold(
  operands: readonly Operand[],
  operators: readonly IToken[],
  prefix: '-' | 'not',
): ast.Expression {
  let index = 0;
  const climb = (least: number): Operand => {
    let left = prefixed(operands[index]!, prefix);
    for (;;) {
      const operator = operators[index];
      const binding = operator === undefined ? undefined : BINDING.get(operator.tokenType)!;
      if (operator === undefined || binding!.strength < least) return left;
      index++;
      const right = climb(binding!.strength + 1);
      const node: ast.Binary = {
        kind: 'Binary',
        operator: binding!.text,
        operatorSpan: { start: operator.startOffset, end: endOf(operator) },
        left: left.node,
        right: right.node,
        span: { start: left.start, end: right.end },
      };
      left = { node, start: left.start, end: right.end, prefixes: [] };
    }
  };
  return climb(0).node;
}

function prefixed(operand: Operand, operator: '-' | 'not'): Operand {
  let { node, start } = operand;
  for (let i = operand.prefixes.length - 1; i >= 0; i--) {
    start = operand.prefixes[i]!;
    node = { kind: 'Unary', operator, operand: node, span: { start, end: operand.end } };
  }
  return { node, start, end: operand.end, prefixes: [] };
}
