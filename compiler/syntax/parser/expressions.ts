import type { IToken, TokenType } from 'chevrotain';
import type { Span } from '../../source/text.ts';
import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { endOf, kw } from '../tokens.ts';
import { MAX_DEPTH } from './base.ts';
import { type Alternative, braces, type Grammar, type Rule } from './grammar.ts';
import { fold, type Operand } from './operators.ts';
import type { StringValue } from '../literals.ts';

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

interface AggregateTail {
  readonly of?: ast.Name;
  readonly where?: ast.Expression;
  readonly window?: ast.Window;
  readonly by: readonly ast.Name[];
}
interface ArgumentList {
  readonly args: readonly ast.Arg[];
  readonly tail?: AggregateTail;
}

/** Loosest first: `or`, `and`, `not`, comparison, `??`, `+ -`, `* /`, minus. One rule a level that matters. */
export function installExpressions(p: Grammar): void {
  installOperators(p);
  installPrimaries(p);
  installCalls(p);
  installCollections(p);
}

function installOperators(p: Grammar): void {
  const connectives: readonly Alternative<IToken>[] = [
    { ALT: () => p.CONSUME(kw.and) },
    { ALT: () => p.CONSUME(kw.or) },
  ];
  p.RULE('expression', (): ast.Expression => {
    if (p.depth >= MAX_DEPTH) return p.tooDeep();
    p.depth++;
    const first = p.start();
    const operands: Operand[] = [];
    const operators: IToken[] = [];
    let length = 0;
    const prefixes: number[] = [];
    p.MANY1(() => prefixes.push(p.CONSUME1(kw.not).startOffset));
    const start = p.start();
    const node = p.SUBRULE1(p.comparison);
    operands.push({ node, start, end: p.end(), prefixes });
    length += prefixes.length;
    p.MANY2(() => {
      operators.push(p.OR(connectives));
      const nots: number[] = [];
      p.MANY3(() => nots.push(p.CONSUME3(kw.not).startOffset));
      const from = p.start();
      const right = p.SUBRULE2(p.comparison);
      operands.push({ node: right, start: from, end: p.end(), prefixes: nots });
      length += nots.length + 1;
    });
    p.depth--;
    if (p.RECORDING_PHASE || length === 0) return p.recovery?.ternary(node, first) ?? node;
    const tree = p.chainTooLong(length, first) ?? fold(operands, operators, 'not');
    return p.recovery?.ternary(tree, first) ?? tree;
  });

  p.RULE('comparison', () => {
    const start = p.start();
    let node = p.SUBRULE1(p.arithmetic);
    const compared = p.OPTION({
      GATE: () => comparisonFollows(p),
      DEF: () => p.OR([{ ALT: () => compareTail(p, node, start) }, { ALT: () => wordTail(p, node, start) }]),
    });
    node = compared ?? node;
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
    const operands: Operand[] = [];
    const operators: IToken[] = [];
    let length = 0;
    const first = p.start();
    const prefixes: number[] = [];
    p.MANY1(() => prefixes.push(p.CONSUME1(t.Minus).startOffset));
    const start = p.start();
    const node = p.SUBRULE1(p.primary);
    operands.push({ node, start, end: p.end(), prefixes });
    length += prefixes.length;
    p.MANY2(() => {
      operators.push(p.OR1(operatorAlternatives));
      const minuses: number[] = [];
      p.MANY3(() => minuses.push(p.CONSUME3(t.Minus).startOffset));
      const from = p.start();
      const right = p.SUBRULE2(p.primary);
      operands.push({ node: right, start: from, end: p.end(), prefixes: minuses });
      length += minuses.length + 1;
    });
    if (p.RECORDING_PHASE || length === 0) return node;
    return p.chainTooLong(length, first) ?? fold(operands, operators, '-');
  });
}

/** `not` continues an expression only as `not in` or `not matching`. */
function comparisonFollows(p: Grammar): boolean {
  return !p.is(kw.not) || p.is(kw.in, 2) || p.is(kw.matching, 2);
}

function compareTail(p: Grammar, left: ast.Expression, start: number): ast.Expression {
  const token = p.LA(1);
  p.OR2([
    { ALT: () => p.CONSUME(t.EqualEqual) },
    { ALT: () => p.CONSUME(t.NotEqual) },
    { ALT: () => p.CONSUME(t.Less) },
    { ALT: () => p.CONSUME(t.LessEqual) },
    { ALT: () => p.CONSUME(t.Greater) },
    { ALT: () => p.CONSUME(t.GreaterEqual) },
  ]);
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

function installPrimaries(p: Grammar): void {
  const alternatives = {
    DEF: [
      { ALT: () => p.SUBRULE(p.literal) },
      { ALT: () => p.SUBRULE(p.word) },
      { ALT: () => p.SUBRULE(p.parenthesized) },
      { ALT: () => p.SUBRULE(p.conditional) },
      { ALT: () => p.SUBRULE(p.matchExpression) },
      { ALT: () => p.SUBRULE(p.listLiteral) },
      { ALT: () => p.SUBRULE(p.recordLiteral) },
    ] as readonly Alternative<ast.Expression>[],
    ERR_MSG: 'value',
  };
  p.RULE('primary', () => {
    const start = p.start();
    let node = p.OR(alternatives) ?? p.recovery!.missingExpression();
    let length = 0;
    p.MANY(() => {
      p.CONSUME(t.Dot);
      const member = p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'the name of a member' }));
      node = p.chainTooLong(++length, start) ??
        p.recovery?.methodCall(node, member, start) ?? {
          kind: 'Member',
          object: node,
          member,
          span: p.from(start),
        };
    });
    return node;
  });

  p.RULE('parenthesized', () => {
    const open = p.CONSUME(t.LParen);
    const node = p.SUBRULE(p.expression);
    closing(p, open, t.RParen);
    return node;
  });

  const literals: readonly Alternative<ast.Expression>[] = [
    { ALT: () => literal(p.CONSUME(t.Int), token => ({ kind: 'Int', value: token.payload })) },
    {
      ALT: () =>
        literal(p.CONSUME(t.Float), token => ({ kind: 'Float', value: token.payload, percent: false })),
    },
    {
      ALT: () =>
        literal(p.CONSUME(t.Percent), token => ({ kind: 'Float', value: token.payload, percent: true })),
    },
    {
      ALT: () => literal(p.CONSUME(t.Duration), token => ({ kind: 'Duration', milliseconds: token.payload })),
    },
    { ALT: () => literal(p.CONSUME(t.Size), token => ({ kind: 'Size', bytes: token.payload })) },
    { ALT: () => literal(p.CONSUME(t.Rate), token => ({ kind: 'Rate', perSecond: token.payload })) },
    { ALT: () => stringOf(p.CONSUME(t.StringText)) },
    { ALT: () => stringOf(p.CONSUME(t.RawString)) },
    {
      ALT: () =>
        literal(p.CONSUME(t.Time), token => ({ kind: 'Time', value: token.image, form: token.payload })),
    },
    { ALT: () => literal(p.CONSUME(kw.true), () => ({ kind: 'Bool', value: true })) },
    { ALT: () => literal(p.CONSUME(kw.false), () => ({ kind: 'Bool', value: false })) },
    { ALT: () => literal(p.CONSUME(kw.null), () => ({ kind: 'Null' })) },
  ];
  p.RULE('literal', () => p.OR(literals));

  p.RULE('conditional', (): ast.If => {
    const start = p.CONSUME(kw.if).startOffset;
    const condition = p.SUBRULE1(p.expression);
    p.CONSUME(kw.then);
    const then = p.SUBRULE2(p.expression);
    const otherwise = p.recovery?.elif() ?? elseBranch(p);
    return { kind: 'If', condition, then, otherwise, span: p.from(start) };
  });

  p.RULE('matchExpression', (): ast.Match => {
    const start = p.CONSUME(kw.match).startOffset;
    const subject = p.SUBRULE(p.expression);
    const arms = braces(p, 'match', () => p.SUBRULE(p.matchArm));
    return { kind: 'Match', subject, arms, span: p.from(start) };
  });
  p.RULE('matchArm', (): ast.MatchArm => {
    const start = p.start();
    const pattern = p.SUBRULE1(p.expression);
    p.CONSUME(t.FatArrow);
    const value = p.SUBRULE2(p.expression);
    const span = p.from(start);
    const anything = pattern.kind === 'NameExpression' && pattern.name.text === '_' && !pattern.name.quoted;
    return anything ? { kind: 'MatchArm', value, span } : { kind: 'MatchArm', pattern, value, span };
  });
}

function elseBranch(p: Grammar): ast.Expression {
  p.CONSUME(kw.else);
  return p.SUBRULE3(p.expression);
}

/** A bracket's end; in recovery what stands before it is skipped. */
export function closing(p: Grammar, open: IToken, close: TokenType): void {
  p.recovery?.skipToClosing(open, close);
  p.CONSUME7(close);
}

type WithoutSpan<T> = T extends unknown ? Omit<T, 'span'> : never;

function literal(token: IToken, make: (token: IToken) => WithoutSpan<ast.Expression>): ast.Expression {
  return Object.assign(make(token), {
    span: { start: token.startOffset, end: endOf(token) },
  }) as ast.Expression;
}

const NO_TEXT: StringValue = { value: '', raw: false, block: false, closed: true, badEscapes: [] };

export function stringOf(token: IToken): ast.StringLiteral {
  // An invented token has no payload.
  const { value, raw, block } = (token.payload as StringValue | undefined) ?? NO_TEXT;
  return { kind: 'String', value, raw, block, span: { start: token.startOffset, end: endOf(token) } };
}

function installCalls(p: Grammar): void {
  const words: readonly Alternative<ast.Expression>[] = [
    { GATE: () => p.is(kw.fitted) && p.isName(2), ALT: () => p.SUBRULE(p.fittedCall) },
    { ALT: () => p.SUBRULE(p.nameOrCall) },
  ];
  p.RULE('word', () => p.OR(words));

  p.RULE('nameOrCall', (): ast.Expression => {
    const name = p.nameOf(p.CONSUME(t.Identifier));
    const list = p.OPTION(() => p.SUBRULE(p.argumentList));
    if (list === undefined || p.RECORDING_PHASE) return { kind: 'NameExpression', name, span: name.span };
    return called(name, list, p.from(name.span.start));
  });

  p.RULE('fittedCall', (): ast.Fitted => {
    const start = p.CONSUME(kw.fitted).startOffset;
    const name = p.nameOf(p.CONSUME(t.Identifier));
    const list = p.SUBRULE(p.argumentList);
    const span = p.from(start);
    if (p.RECORDING_PHASE) return { kind: 'Fitted', call: { kind: 'Missing', span }, span };
    return { kind: 'Fitted', call: called(name, list, p.from(name.span.start)), span };
  });

  p.RULE('eachFeature', (): ast.EachFeature => {
    const start = p.CONSUME(kw.each).startOffset;
    p.CONSUME(kw.feature);
    const except: ast.Name[] = [];
    p.OPTION(() => {
      p.CONSUME(kw.except);
      except.push(p.nameOf(p.CONSUME1(t.Identifier, { ERR_MSG: 'the name of a feature' })));
      // A name that is all of the next argument is read as one more exception.
      p.MANY({
        GATE: () =>
          p.isName(2) && (p.is(t.Comma, 3) || p.is(t.RParen, 3) || TAIL_STARTS.has(p.LA(3).tokenType)),
        DEF: () => {
          p.CONSUME(t.Comma);
          except.push(p.nameOf(p.CONSUME2(t.Identifier)));
        },
      });
    });
    return { kind: 'EachFeature', except, span: p.from(start) };
  });

  p.RULE('call', (): ast.Call | ast.MissingExpression => {
    if (p.recovery !== undefined && !p.isName()) return p.recovery.missingExpression();
    const callee = p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'a call' }));
    const { args } = p.SUBRULE(p.argumentList);
    return { kind: 'Call', callee, args, span: p.from(callee.span.start) };
  });

  p.RULE('argumentList', (): ArgumentList => {
    const args: ast.Arg[] = [];
    let tail: AggregateTail | undefined;
    const open = p.CONSUME(t.LParen);
    if (open.image === '') return { args };
    p.OPTION1(() => {
      args.push(p.SUBRULE1(p.argument));
      // All parts of the tail are optional, so that look-ahead alone would always enter it.
      tail = p.OPTION2({
        GATE: () => TAIL_STARTS.has(p.LA(1).tokenType),
        DEF: () => p.SUBRULE(p.aggregateTail),
      });
      p.MANY({
        GATE: () => !p.is(t.RParen, 2),
        DEF: () => {
          p.CONSUME1(t.Comma);
          args.push(p.SUBRULE2(p.argument));
        },
      });
      p.OPTION3(() => p.CONSUME2(t.Comma));
    });
    closing(p, open, t.RParen);
    return tail === undefined ? { args } : { args, tail };
  });
  const values: readonly Alternative<ast.Expression>[] = [
    { GATE: () => p.is(kw.each) && p.is(kw.feature, 2), ALT: () => p.SUBRULE(p.eachFeature) },
    { ALT: () => p.SUBRULE(p.expression) },
  ];
  p.RULE('argument', (): ast.Arg => {
    const start = p.start();
    p.recovery?.argumentName();
    const name = p.OPTION({
      GATE: () => p.is(t.Colon, 2),
      DEF: () => {
        const token = p.CONSUME(t.Identifier);
        p.CONSUME(t.Colon);
        return p.nameOf(token);
      },
    });
    const value = p.OR(values) ?? p.recovery!.missingExpression();
    const span = p.from(start);
    return name === undefined ? { kind: 'Arg', value, span } : { kind: 'Arg', name, value, span };
  });

  installAggregates(p);
}

const TAIL_STARTS: ReadonlySet<TokenType> = new Set([kw.of, kw.where, kw.over, kw.by]);

/** A call whose first argument has a window or a table behind it is an aggregate. */
function called(callee: ast.Name, { args, tail }: ArgumentList, span: Span): ast.Call | ast.Aggregate {
  const [first, ...others] = args;
  if (tail === undefined || first === undefined) return { kind: 'Call', callee, args, span };
  return { kind: 'Aggregate', callee, value: first.value, ...tail, args: others, span };
}

/** `of orders where paid over next 30d by (a, b)` */
function installAggregates(p: Grammar): void {
  p.RULE('aggregateTail', (): AggregateTail => {
    const of = p.OPTION1(() => {
      p.CONSUME(kw.of);
      return p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'the name of a table' }));
    });
    const where = p.OPTION2(() => {
      p.CONSUME(kw.where);
      return p.SUBRULE1(p.expression);
    });
    const window = p.OPTION3(() => p.SUBRULE(p.window));
    const by = p.OPTION4(() => {
      p.CONSUME(kw.by);
      return p.SUBRULE(p.columns).columns;
    });
    // In recovery the tail is entered on its first word, so one of them is there.
    return {
      ...(of === undefined ? {} : { of }),
      ...(where === undefined ? {} : { where }),
      ...(window === undefined ? {} : { window }),
      by: by ?? [],
    };
  });
  const lengths: readonly Alternative<ast.Expression>[] = [
    { ALT: () => p.SUBRULE(p.literal) },
    { ALT: () => p.SUBRULE(p.nameOrCall) },
  ];
  const windows: readonly Alternative<{ readonly next: boolean; readonly length: ast.Expression }>[] = [
    {
      // A word that no length follows is itself the length.
      GATE: () => p.is(kw.next) && (p.isName(2) || t.LITERALS.has(p.LA(2).tokenType)),
      ALT: () => {
        p.CONSUME(kw.next);
        return { next: true, length: p.OR2(lengths) };
      },
    },
    { ALT: () => ({ next: false, length: p.SUBRULE(p.expression) }) },
  ];
  p.RULE('window', (): ast.Window => {
    const start = p.CONSUME(kw.over).startOffset;
    const { next, length } = p.OR1(windows) ?? { next: false, length: p.recovery!.missingExpression() };
    return { kind: 'Window', next, length, span: p.from(start) };
  });
}

function installCollections(p: Grammar): void {
  p.RULE('listLiteral', (): ast.ListLiteral => {
    const open = p.CONSUME(t.LSquare);
    const items: ast.Expression[] = [];
    p.OPTION1(() => {
      items.push(p.SUBRULE1(p.expression));
      p.MANY({
        GATE: () => !p.is(t.RSquare, 2),
        DEF: () => {
          p.CONSUME1(t.Comma);
          items.push(p.SUBRULE2(p.expression));
        },
      });
      p.OPTION2(() => p.CONSUME2(t.Comma));
    });
    closing(p, open, t.RSquare);
    return { kind: 'List', items, span: p.from(open.startOffset) };
  });

  p.RULE('recordLiteral', (): ast.RecordLiteral => {
    const start = p.start();
    const fields = braces(p, 'record', () => p.SUBRULE(p.recordField));
    return { kind: 'Record', fields, span: p.from(start) };
  });
  p.RULE('recordField', (): ast.RecordField => {
    const name = p.nameOf(p.CONSUME(t.Identifier));
    p.CONSUME(t.Colon);
    const value = p.SUBRULE(p.expression);
    return { kind: 'RecordField', name, value, span: p.from(name.span.start) };
  });

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
