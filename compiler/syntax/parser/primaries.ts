import type { IToken, TokenType } from 'chevrotain';
import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { kw, tokenSet } from '../tokens.ts';
import { type Alternative, braces, type Grammar } from './grammar.ts';
import { literalMakers, spanOf } from './literals.ts';
import { plainOperand } from './plain.ts';

/** What an expression is made of: literals, brackets, conditions, lists and records. */
export function installPrimaries(p: Grammar): void {
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
    const plain = plainOperand(p, MEMBER_OR_CALL);
    if (plain !== undefined) return plain;
    const start = p.start();
    let node = p.OR(alternatives) ?? p.recovery!.missingExpression();
    if (!p.RECORDING_PHASE && !p.is(t.Dot)) return node;
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

  installLiterals(p);
  installConditions(p);
  installCollections(p);
}

/** What goes on with an operand itself. */
const MEMBER_OR_CALL = tokenSet(t.Dot, t.LParen);

function installLiterals(p: Grammar): void {
  const literals: readonly Alternative<ast.Expression>[] = literalMakers.map(([type, make]) => ({
    ALT: () => {
      const token = p.CONSUME(type);
      return make(token, spanOf(token));
    },
  }));
  p.RULE('literal', () => p.OR(literals));
}

function installConditions(p: Grammar): void {
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
    const pattern = p.recovery?.patternOf(() => p.SUBRULE1(p.expression)) ?? p.SUBRULE1(p.expression);
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
}
