import type { IToken, TokenType } from 'chevrotain';
import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { endOf, kw, tokenSet } from '../tokens.ts';
import { MAX_DEPTH } from './base.ts';
import { installCalls } from './calls.ts';
import { type Alternative, braces, type Grammar, type Rule } from './grammar.ts';
import { stringOf } from './literals.ts';
import { fold, type Operand } from './operators.ts';
import { plainOperand } from './plain.ts';
import { installPrimaries } from './primaries.ts';

export interface ExpressionRules {
  readonly expression: Rule<ast.Expression>;
  readonly comparison: Rule<ast.Expression>;
  readonly arithmetic: Rule<ast.Expression>;
  readonly primary: Rule<ast.Expression>;
  readonly word: Rule<ast.Expression>;
  readonly window: Rule<ast.Window>;
  readonly literal: Rule<ast.Expression>;
  readonly nameOrCall: Rule<ast.Expression>;
  readonly argumentList: Rule<ArgumentList>;
  readonly plainArguments: Rule<readonly ast.Arg[]>;
  readonly argument: Rule<ast.Arg>;
  readonly aggregateTail: Rule<AggregateTail>;
  readonly conditional: Rule<ast.If>;
  readonly matchExpression: Rule<ast.Match>;
  readonly matchArm: Rule<ast.MatchArm>;
  readonly listLiteral: Rule<ast.ListLiteral>;
  readonly recordLiteral: Rule<ast.RecordLiteral>;
  readonly recordField: Rule<ast.RecordField>;
  readonly fittedCall: Rule<ast.Fitted>;
  readonly eachFeature: Rule<ast.EachFeature>;
  readonly range: Rule<ast.Range>;
  readonly setItems: Rule<readonly ast.Expression[]>;
  readonly pattern: Rule<ast.StringLiteral | ast.MissingExpression>;
  readonly call: Rule<ast.Call | ast.MissingExpression>;
  readonly parenthesized: Rule<ast.Expression>;
}

export interface AggregateTail {
  readonly of?: ast.Name;
  readonly where?: ast.Expression;
  readonly window?: ast.Window;
  readonly by: readonly ast.Name[];
}
export interface ArgumentList {
  readonly args: readonly ast.Arg[];
  readonly tail?: AggregateTail;
}

/** Loosest first: `or`, `and`, `not`, comparison, `??`, `+ -`, `* /`, minus. One rule a level that matters. */
export function installExpressions(p: Grammar): void {
  installOperators(p);
  installPrimaries(p);
  installCalls(p);
  installRanges(p);
}

function installOperators(p: Grammar): void {
  const connectives: readonly Alternative<IToken>[] = [
    { ALT: () => p.CONSUME(kw.and) },
    { ALT: () => p.CONSUME(kw.or) },
  ];
  p.RULE('expression', (): ast.Expression => {
    if (p.depth >= MAX_DEPTH) return p.tooDeep();
    const plain = plainOperand(p, GOES_ON);
    if (plain !== undefined) return plain;
    p.depth++;
    const from = p.currIdx;
    const first = p.start();
    const prefixes: number[] = [];
    if (p.may(kw.not)) p.MANY1(() => prefixes.push(p.CONSUME1(kw.not).startOffset));
    const start = p.start();
    const node = p.SUBRULE1(p.comparison);
    if (alone(p, prefixes, CONNECTIVES)) return whole(p, node, first, from);
    const operands: Operand[] = [{ node, start, end: p.end(), prefixes }];
    const operators: IToken[] = [];
    let length = prefixes.length;
    p.MANY2(() => {
      operators.push(p.OR(connectives));
      const nots: number[] = [];
      if (p.may(kw.not)) p.MANY3(() => nots.push(p.CONSUME3(kw.not).startOffset));
      const start = p.start();
      const right = p.SUBRULE2(p.comparison);
      operands.push({ node: right, start, end: p.end(), prefixes: nots });
      length += nots.length + 1;
    });
    if (p.RECORDING_PHASE || length === 0) return whole(p, node, first, from);
    return whole(p, p.chainTooLong(length, first) ?? fold(operands, operators, 'not'), first, from);
  });

  const comparisons: readonly Alternative<IToken>[] = [
    { ALT: () => p.CONSUME(t.EqualEqual) },
    { ALT: () => p.CONSUME(t.NotEqual) },
    { ALT: () => p.CONSUME(t.Less) },
    { ALT: () => p.CONSUME(t.LessEqual) },
    { ALT: () => p.CONSUME(t.Greater) },
    { ALT: () => p.CONSUME(t.GreaterEqual) },
  ];
  p.RULE('comparison', () => {
    const start = p.start();
    let node = p.SUBRULE1(p.arithmetic);
    if (p.RECORDING_PHASE || COMPARISONS.has(p.LA_FAST(1).tokenType)) {
      const compared = p.OPTION({
        GATE: () => comparisonFollows(p),
        DEF: () =>
          p.OR([
            { ALT: () => compareTail(p, comparisons, node, start) },
            { ALT: () => wordTail(p, node, start) },
          ]),
      });
      node = compared ?? node;
    }
    if (p.recovery !== undefined) node = p.recovery.chainedComparison(node, start);
    return node;
  });

  const operatorAlternatives: readonly Alternative<IToken>[] = [
    { ALT: () => p.CONSUME(t.Coalesce) },
    { ALT: () => p.CONSUME(t.Plus) },
    { ALT: () => p.CONSUME2(t.Minus) },
    { ALT: () => p.CONSUME(t.Star) },
    { ALT: () => p.CONSUME(t.Slash) },
  ];
  p.RULE('arithmetic', (): ast.Expression => {
    const first = p.start();
    const prefixes: number[] = [];
    if (p.may(t.Minus)) p.MANY1(() => prefixes.push(p.CONSUME1(t.Minus).startOffset));
    const start = p.start();
    const node = p.SUBRULE1(p.primary);
    if (alone(p, prefixes, ARITHMETIC)) return node;
    const operands: Operand[] = [{ node, start, end: p.end(), prefixes }];
    const operators: IToken[] = [];
    let length = prefixes.length;
    p.MANY2(() => {
      operators.push(p.OR1(operatorAlternatives));
      const minuses: number[] = [];
      if (p.may(t.Minus)) p.MANY3(() => minuses.push(p.CONSUME3(t.Minus).startOffset));
      const from = p.start();
      const right = p.SUBRULE2(p.primary);
      operands.push({ node: right, start: from, end: p.end(), prefixes: minuses });
      length += minuses.length + 1;
    });
    if (p.RECORDING_PHASE || length === 0) return node;
    return p.chainTooLong(length, first) ?? fold(operands, operators, '-');
  });
}

/** The end of an expression that began at `first`, after the token `from`. */
function whole(p: Grammar, node: ast.Expression, first: number, from: number): ast.Expression {
  p.depth--;
  const tree = p.recovery?.ternary(node, first) ?? node;
  return p.depth > 0 ? tree : (p.tooHigh(tree, from) ?? tree);
}

const CONNECTIVES: ReadonlySet<TokenType> = new Set([kw.and, kw.or]);
const ARITHMETIC: ReadonlySet<TokenType> = new Set([t.Coalesce, t.Plus, t.Minus, t.Star, t.Slash]);
const COMPARISONS: ReadonlySet<TokenType> = new Set([
  ...[t.EqualEqual, t.NotEqual, t.Less, t.LessEqual, t.Greater, t.GreaterEqual],
  ...[kw.is, kw.not, kw.in, kw.matching],
]);

/** What goes on with an expression that began with a name or a literal. */
const GOES_ON = tokenSet(t.Dot, t.LParen, ...CONNECTIVES, ...ARITHMETIC, ...COMPARISONS);

/** Most operands stand alone; those need no lists. */
function alone(p: Grammar, prefixes: readonly number[], operators: ReadonlySet<TokenType>): boolean {
  return !p.RECORDING_PHASE && prefixes.length === 0 && !operators.has(p.LA_FAST(1).tokenType);
}

/** `not` continues an expression only as `not in` or `not matching`. */
function comparisonFollows(p: Grammar): boolean {
  return !p.is(kw.not) || p.is(kw.in, 2) || p.is(kw.matching, 2);
}

function compareTail(
  p: Grammar,
  operators: readonly Alternative<IToken>[],
  left: ast.Expression,
  start: number,
): ast.Expression {
  const token = p.LA(1);
  p.OR2(operators);
  const right = p.SUBRULE2(p.arithmetic);
  return {
    kind: 'Binary',
    operator: operatorText(token),
    operatorSpan: { start: token.startOffset, end: endOf(token) },
    left,
    right,
    span: p.from(start),
  };
}

/** Text of an operator: its type's, since a token may be the mistaken spelling of it. */
export function operatorText(token: IToken): ast.BinaryOperator {
  return (token.tokenType.LABEL ?? token.image).replaceAll('`', '') as ast.BinaryOperator;
}

function wordTail(p: Grammar, operand: ast.Expression, start: number): ast.Expression {
  return p.OR3([
    {
      ALT: (): ast.Expression => {
        p.CONSUME(kw.is);
        const negated = p.OPTION2(() => p.CONSUME1(kw.not)) !== undefined;
        p.CONSUME(kw.null, { ERR_MSG: '`null`' });
        return { kind: 'IsNull', negated, operand, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const negated = p.OPTION3(() => p.CONSUME2(kw.not)) !== undefined;
        return p.OR4([
          { ALT: () => inTail(p, operand, negated, start) },
          { ALT: () => matchingTail(p, operand, negated, start) },
        ]);
      },
    },
  ]);
}

function inTail(p: Grammar, operand: ast.Expression, negated: boolean, start: number): ast.Expression {
  p.CONSUME(kw.in);
  const items = p.recovery?.setInBrackets();
  if (items) return { kind: 'InSet', negated, operand, items, span: p.from(start) };
  return (
    p.OR5([
      {
        // A record could begin a range too, but never does.
        IGNORE_AMBIGUITIES: true,
        ALT: (): ast.Expression => {
          const items = p.SUBRULE(p.setItems);
          return { kind: 'InSet', negated, operand, items, span: p.from(start) };
        },
      },
      {
        ALT: (): ast.Expression => {
          const range = p.SUBRULE(p.range);
          return { kind: 'InRange', negated, operand, range, span: p.from(start) };
        },
      },
    ]) ?? { kind: 'InRange', negated, operand, range: p.recovery!.missingRange(), span: p.from(start) }
  );
}

function matchingTail(p: Grammar, operand: ast.Expression, negated: boolean, start: number): ast.Expression {
  p.CONSUME(kw.matching);
  const pattern = p.SUBRULE(p.pattern);
  return { kind: 'Matching', negated, operand, pattern, span: p.from(start) };
}

function installRanges(p: Grammar): void {
  p.RULE('setItems', () => braces(p, 'set', () => p.SUBRULE(p.expression)));

  p.RULE('range', (): ast.Range => {
    const start = p.start();
    const low = p.SUBRULE1(p.arithmetic);
    p.recovery?.listForSet(low);
    p.CONSUME(t.DotDot, { ERR_MSG: '`..` and the upper bound' });
    const high = p.SUBRULE2(p.arithmetic);
    return { kind: 'Range', low, high, span: p.from(start) };
  });

  p.RULE(
    'pattern',
    (): ast.StringLiteral | ast.MissingExpression =>
      p.OR({
        DEF: [
          { ALT: () => stringOf(p.CONSUME(t.RawString)) },
          { ALT: () => stringOf(p.CONSUME(t.StringText)) },
        ],
        ERR_MSG: 'a pattern such as `r"[A-Z]{3}"`',
      }) ?? p.recovery!.missing(),
  );
}
