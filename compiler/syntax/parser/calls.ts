import type { TokenType } from 'chevrotain';
import type { Span } from '../../source/text.ts';
import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { kw } from '../tokens.ts';
import type { AggregateTail, ArgumentList } from './expressions.ts';
import type { Alternative, Grammar } from './grammar.ts';
import { closing } from './primaries.ts';

/** Names, calls and aggregates. */
export function installCalls(p: Grammar): void {
  const words: readonly Alternative<ast.Expression>[] = [
    { GATE: () => p.is(kw.fitted) && p.isName(2), ALT: () => p.SUBRULE(p.fittedCall) },
    { ALT: () => p.SUBRULE(p.nameOrCall) },
  ];
  p.RULE('word', () => p.OR(words));

  p.RULE('nameOrCall', (): ast.Expression => {
    const name = p.nameOf(p.CONSUME(t.Identifier));
    if (!p.RECORDING_PHASE && !p.is(t.LParen)) return { kind: 'NameExpression', name, span: name.span };
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
    const args = p.SUBRULE(p.plainArguments);
    return { kind: 'Call', callee, args, span: p.from(callee.span.start) };
  });

  installArguments(p);
  installAggregates(p);
}

function installArguments(p: Grammar): void {
  p.RULE('argumentList', (): ArgumentList => {
    const args: ast.Arg[] = [];
    let tail: AggregateTail | undefined;
    const open = p.CONSUME(t.LParen);
    if (open.image === '') return { args };
    p.OPTION1(() => {
      args.push(p.SUBRULE1(p.argument));
      // The tail can be empty, so that look-ahead alone would always enter it.
      tail = p.OPTION2({
        GATE: () => TAIL_STARTS.has(p.LA(1).tokenType) && unnamed(p, args[0]!),
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
  // The arguments of what is no aggregate.
  p.RULE('plainArguments', (): readonly ast.Arg[] => {
    const args: ast.Arg[] = [];
    const open = p.CONSUME(t.LParen);
    if (open.image === '') return args;
    p.OPTION1(() => {
      args.push(p.SUBRULE1(p.argument));
      p.recovery?.strayTail();
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
    return args;
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
}

/** What is aggregated has no name; in recovery one is reported and passed over. */
const unnamed = (p: Grammar, value: ast.Arg): boolean =>
  value.name === undefined || p.recovery?.namedValue(value) === true;

export const TAIL_STARTS: ReadonlySet<TokenType> = new Set([kw.of, kw.where, kw.over, kw.by]);

/** A call whose first argument has a window or a table behind it is an aggregate. */
function called(callee: ast.Name, { args, tail }: ArgumentList, span: Span): ast.Call | ast.Aggregate {
  const [first, ...others] = args;
  if (tail === undefined || first === undefined) return { kind: 'Call', callee, args, span };
  return { kind: 'Aggregate', callee, value: first.value, ...tail, args: others, span };
}

/** `of orders where paid over next 30d by (a, b)`, in this order. */
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
    p.recovery?.groupBy();
    const by = p.OPTION4(() => {
      p.CONSUME(kw.by);
      return p.SUBRULE(p.columns).columns;
    });
    const tail = {
      ...(of === undefined ? {} : { of }),
      ...(where === undefined ? {} : { where }),
      ...(window === undefined ? {} : { window }),
      by: by ?? [],
    };
    return p.recovery?.aggregateOrder(tail) ?? tail;
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
    p.recovery?.windowWord();
    const { next, length } = p.OR1(windows) ?? { next: false, length: p.recovery!.missingExpression() };
    return { kind: 'Window', next, length, span: p.from(start) };
  });
}
