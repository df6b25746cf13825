import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { kw } from '../tokens.ts';
import { type Alternative, braces, type Grammar, meaning, type Rule } from './grammar.ts';

/** `features Departure from flights at date { … }` */
export interface FeatureRules {
  readonly featuresDeclaration: Rule<ast.FeaturesDeclaration>;
  readonly moment: Rule<ast.MomentClause>;
  readonly featuresItem: Rule<ast.FeaturesItem>;
  readonly feature: Rule<ast.FeatureItem>;
  readonly keywordFeaturesItem: Rule<ast.FeaturesItem>;
  readonly join: Rule<ast.JoinClause>;
  readonly stale: Rule<ast.StaleClause>;
}

const TABLE = { ERR_MSG: 'the name of a source or view' };
const EXPRESSION = { ERR_MSG: '`=` and an expression' };
const GRID = ['hour', 'day', 'week', 'month'] as const;

export function installFeatures(p: Grammar): void {
  p.RULE('featuresDeclaration', (): ast.FeaturesDeclaration => {
    p.CONSUME(kw.features);
    const name = p.nameOf(p.CONSUME1(t.Identifier, { ERR_MSG: 'the name of the view' }));
    p.CONSUME(kw.from);
    const from = p.nameOf(p.CONSUME2(t.Identifier, TABLE));
    p.recovery?.asOf();
    const at = p.OPTION(() => p.SUBRULE(p.moment));
    const items = braces(p, 'features', () => p.SUBRULE(p.featuresItem));
    return { kind: 'Features', ...p.declared(name), from, ...(at === undefined ? {} : { at }), items };
  });
  installMoment(p);
  installItems(p);
}

function installMoment(p: Grammar): void {
  const steps = {
    DEF: GRID.map(step => ({ ALT: () => meaning(p.CONSUME(kw[step]), step) })),
    ERR_MSG: '`hour`, `day`, `week` or `month`',
  };
  const moments: readonly Alternative<Pick<ast.MomentClause, 'each' | 'column'>>[] = [
    {
      GATE: () => p.is(kw.each) && p.isName(2),
      ALT: () => {
        p.CONSUME(kw.each);
        return { each: p.OR2(steps) ?? 'day' };
      },
    },
    { ALT: () => ({ column: p.nameOf(p.CONSUME(t.Identifier)) }) },
  ];
  const moment = { DEF: moments, ERR_MSG: 'a column, or `each day`' };
  const signs: readonly Alternative<boolean>[] = [
    { ALT: () => meaning(p.CONSUME(t.Plus), false) },
    { ALT: () => meaning(p.CONSUME(t.Minus), true) },
  ];
  p.RULE('moment', (): ast.MomentClause => {
    const start = p.CONSUME(kw.at).startOffset;
    const when = p.OR1(moment);
    const offset = p.OPTION(() => {
      const negative = p.OR3(signs);
      const duration = p.SUBRULE(p.primary);
      return { negative, duration };
    });
    return { kind: 'Moment', ...when, ...(offset === undefined ? {} : { offset }), span: p.from(start) };
  });
}

function installItems(p: Grammar): void {
  const either: readonly Alternative<ast.FeaturesItem>[] = [
    {
      GATE: () => p.named() || (p.is(kw.label) && p.isName(2)),
      ALT: () => p.SUBRULE(p.feature),
    },
    { ALT: () => p.SUBRULE(p.keywordFeaturesItem) },
  ];
  p.RULE('featuresItem', () => p.OR(either));

  p.RULE('feature', (): ast.FeatureItem => {
    const start = p.start();
    const doc = p.doc();
    const label =
      p.may(kw.label) && p.OPTION1({ GATE: () => !p.named(), DEF: () => p.CONSUME(kw.label) }) !== undefined;
    const name = p.nameOf(p.CONSUME(t.Identifier));
    p.recovery?.colonForEquals();
    const type = p.may(t.Colon)
      ? p.OPTION2(() => {
          p.CONSUME(t.Colon);
          return p.SUBRULE(p.type);
        })
      : undefined;
    p.CONSUME(t.Equals, EXPRESSION);
    const value = p.SUBRULE(p.expression);
    if (type === undefined && doc === undefined)
      return { kind: 'Feature', label, name, value, span: p.from(start) };
    return {
      kind: 'Feature',
      label,
      name,
      ...(type === undefined ? {} : { type }),
      value,
      ...(doc === undefined ? {} : { doc }),
      span: p.from(start),
    };
  });

  const items: readonly Alternative<ast.FeaturesItem>[] = [
    {
      ALT: () => {
        const start = p.CONSUME(kw.key).startOffset;
        const columns = p.SUBRULE1(p.names);
        return { kind: 'Key', columns, span: p.from(start) };
      },
    },
    { ALT: () => p.SUBRULE(p.join) },
    {
      ALT: () => {
        const start = p.CONSUME(kw.use).startOffset;
        const columns = p.SUBRULE2(p.names);
        return { kind: 'Use', columns, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.materialize).startOffset;
        p.CONSUME(kw.every);
        const every = p.SUBRULE(p.expression);
        return { kind: 'Materialize', every, span: p.from(start) };
      },
    },
    { ALT: () => p.SUBRULE(p.stale) },
    { ALT: () => p.SUBRULE(p.resourceItem) },
  ];
  p.RULE('keywordFeaturesItem', () => p.OR(items));
  installJoin(p);
}

function installJoin(p: Grammar): void {
  const equation = (): ast.Expression => {
    p.CONSUME(kw.on);
    return p.SUBRULE1(p.expression);
  };
  p.RULE('join', (): ast.JoinClause => {
    const start = p.CONSUME(kw.join).startOffset;
    const table = p.nameOf(p.CONSUME1(t.Identifier, TABLE));
    p.recovery?.bareAlias();
    const named = p.OPTION1(() => {
      p.CONSUME(kw.as);
      return p.nameOf(p.CONSUME2(t.Identifier, { ERR_MSG: 'a short name for the table' }));
    });
    const alias = named ?? p.recovery?.takeAlias();
    const on = p.recovery?.using(alias ?? table) ?? equation();
    const within = p.OPTION2({
      GATE: () => p.tail(kw.within),
      DEF: () => {
        p.CONSUME(kw.within);
        return p.SUBRULE2(p.expression);
      },
    });
    return {
      kind: 'Join',
      table,
      ...(alias === undefined ? {} : { alias }),
      on,
      ...(within === undefined ? {} : { within }),
      span: p.from(start),
    };
  });

  const outcomes = {
    DEF: [
      { ALT: () => meaning(p.CONSUME(kw.null), 'null' as const) },
      { ALT: () => meaning(p.CONSUME(kw.fail), 'fail' as const) },
    ],
    ERR_MSG: '`null` or `fail`',
  };
  p.RULE('stale', (): ast.StaleClause => {
    const start = p.CONSUME(kw.stale).startOffset;
    p.CONSUME(kw.after);
    const after = p.SUBRULE(p.expression);
    p.CONSUME(kw.else);
    const otherwise = p.OR(outcomes) ?? 'fail';
    return { kind: 'Stale', after, otherwise, span: p.from(start) };
  });
}
