import type { TokenType } from 'chevrotain';
import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { kw } from '../tokens.ts';
import { type Alternative, braces, type Grammar, listed, meaning, type Rule } from './grammar.ts';
import { closing } from './primaries.ts';

/** What a team or the standard library defines: functions, components, trainers, metrics, policies. */
export interface LibraryRules {
  readonly parameterList: Rule<readonly ast.Parameter[]>;
  readonly parameter: Rule<ast.Parameter>;
  readonly foreignBody: Rule<ast.ForeignBody>;
  readonly foreignItems: Rule<ast.ForeignItem[]>;
  readonly foreignItem: Rule<ast.ForeignItem>;
  readonly derivation: Rule<ast.DerivationClause>;
  readonly runClause: Rule<ast.RunClause>;
  readonly functionDeclaration: Rule<ast.FunctionDeclaration>;
  readonly aggregateDeclaration: Rule<ast.AggregateDeclaration>;
  readonly componentDeclaration: Rule<ast.ComponentDeclaration>;
  readonly trainerDeclaration: Rule<ast.TrainerDeclaration>;
  readonly metricDeclaration: Rule<ast.MetricDeclaration>;
  readonly policyDeclaration: Rule<ast.PolicyDeclaration>;
  readonly constructorDeclaration: Rule<ast.ConstructorDeclaration>;
  readonly annotationDeclaration: Rule<ast.AnnotationDeclaration>;
}

const named = (what: string) => ({ ERR_MSG: `the name of the ${what}` });
const NAMES = {
  function: named('function'),
  aggregate: named('aggregate'),
  component: named('component'),
  trainer: named('trainer'),
  metric: named('metric'),
  policy: named('policy'),
  constructor: named('constructor'),
  annotation: named('annotation'),
  makes: { ERR_MSG: 'what it makes, such as `source`' },
} as const;

export function installLibrary(p: Grammar): void {
  installParameters(p);
  installForeign(p);
  installFunctions(p);
  installLearners(p);
  installMeta(p);
}

function installParameters(p: Grammar): void {
  p.RULE('parameterList', () => {
    const parameters: ast.Parameter[] = [];
    const open = p.CONSUME(t.LParen);
    if (open.image === '') return parameters;
    p.OPTION1(() => {
      parameters.push(p.SUBRULE1(p.parameter));
      p.MANY({
        GATE: () => !p.is(t.RParen, 2),
        DEF: () => {
          p.CONSUME1(t.Comma);
          parameters.push(p.SUBRULE2(p.parameter));
        },
      });
      p.OPTION2(() => p.CONSUME2(t.Comma));
    });
    closing(p, open, t.RParen);
    return parameters;
  });

  p.RULE('parameter', (): ast.Parameter => {
    const start = p.start();
    const doc = p.doc();
    const name = p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'the name of a parameter' }));
    p.CONSUME(t.Colon, { ERR_MSG: '`:` and the type of the parameter' });
    const type = p.SUBRULE(p.type);
    const rest = p.OPTION1(() => p.CONSUME(t.Ellipsis)) !== undefined;
    const value = p.OPTION2(() => {
      p.CONSUME(t.Equals);
      return p.SUBRULE(p.expression);
    });
    return {
      kind: 'Parameter',
      name,
      type,
      ...(value === undefined ? {} : { default: value }),
      rest,
      ...(doc === undefined ? {} : { doc }),
      // A name that was invented stands behind the last token, before what was passed over.
      span: p.from(Math.min(start, name.span.start)),
    };
  });
}

const LANGUAGES = ['python', 'shell', 'sql', 'typescript', 'container'] as const;

function installForeign(p: Grammar): void {
  // `builtin`, a block, or both: what a built-in trainer accepts is written in its block.
  const bodies: readonly Alternative<ast.ForeignItem[]>[] = [
    {
      ALT: () => {
        p.CONSUME(kw.builtin);
        return p.OPTION(() => p.SUBRULE1(p.foreignItems)) ?? [];
      },
    },
    { ALT: () => p.SUBRULE2(p.foreignItems) },
  ];
  const body = { DEF: bodies, ERR_MSG: '`builtin`, or a block with `run …`' };
  p.RULE('foreignBody', (): ast.ForeignBody => {
    const start = p.start();
    const builtin = p.is(kw.builtin);
    const items = p.OR(body) ?? [];
    return { kind: 'ForeignBody', builtin, items, span: p.from(start) };
  });
  p.RULE('foreignItems', () => braces(p, 'foreign', () => p.SUBRULE(p.foreignItem)));

  const items: readonly Alternative<ast.ForeignItem>[] = [
    { GATE: () => p.is(t.Colon, 2), ALT: () => p.SUBRULE(p.derivation) },
    { ALT: () => p.SUBRULE(p.runClause) },
    { ALT: () => packages(p) },
    {
      ALT: () => {
        const start = p.CONSUME(kw.accepts).startOffset;
        const what = p.SUBRULE(p.names);
        return { kind: 'Accepts', what, span: p.from(start) };
      },
    },
    { ALT: () => p.SUBRULE(p.resourceItem) },
  ];
  p.RULE('foreignItem', () => p.OR(items));

  p.RULE('derivation', (): ast.DerivationClause => {
    const column = p.nameOf(p.CONSUME(t.Identifier));
    p.CONSUME(t.Colon);
    const type = p.SUBRULE(p.type);
    const from = p.OPTION({
      GATE: () => p.tail(kw.from),
      DEF: () => {
        p.CONSUME(kw.from);
        return p.SUBRULE(p.columns).columns;
      },
    });
    return { kind: 'Derivation', column, type, from: from ?? [], span: p.from(column.span.start) };
  });

  const languages = {
    DEF: LANGUAGES.map(language => ({ ALT: () => meaning(p.CONSUME(kw[language]), language) })),
    ERR_MSG: 'what to run: `python`, `shell`, `sql`, `typescript` or `container`',
  };
  p.RULE('runClause', (): ast.RunClause => {
    const start = p.CONSUME(kw.run).startOffset;
    const language = p.OR(languages) ?? 'python';
    const target = p.SUBRULE(p.expression);
    const args = p.OPTION({
      GATE: () => p.is(t.LSquare, 2),
      DEF: () => {
        p.CONSUME(kw.args);
        return p.SUBRULE(p.listLiteral);
      },
    });
    return { kind: 'Run', language, target, args: args?.items ?? [], span: p.from(start) };
  });
}

function packages(p: Grammar): ast.PackagesClause {
  const start = p.CONSUME(kw.packages).startOffset;
  const list = listed(
    p,
    () => p.SUBRULE1(p.expression),
    () => p.SUBRULE2(p.expression),
  );
  return { kind: 'Packages', packages: list, span: p.from(start) };
}

function installFunctions(p: Grammar): void {
  p.RULE('functionDeclaration', (): ast.FunctionDeclaration => {
    const { name, parameters } = signature(p, kw.function, NAMES.function);
    p.CONSUME(t.Arrow, { ERR_MSG: '`->` and the type of the result' });
    const result = p.SUBRULE(p.type);
    const body = p.OR({
      DEF: [
        {
          ALT: (): ast.FunctionBody => {
            p.CONSUME(t.Equals);
            const start = p.start();
            const value = p.SUBRULE(p.expression);
            return { kind: 'ExpressionBody', value, span: p.from(start) };
          },
        },
        { ALT: (): ast.FunctionBody => p.SUBRULE(p.foreignBody) },
      ],
      ERR_MSG: '`=` and an expression, `builtin`, or a block with `run …`',
    }) ?? { kind: 'ExpressionBody', value: p.recovery!.missing(), span: p.from(p.end()) };
    return { kind: 'Function', ...p.declared(name), parameters, result, body };
  });

  p.RULE('aggregateDeclaration', (): ast.AggregateDeclaration => {
    const { name, parameters } = signature(p, kw.aggregate, NAMES.aggregate);
    p.CONSUME(t.Arrow, { ERR_MSG: '`->` and the type of the result' });
    const result = p.SUBRULE(p.type);
    const body = p.SUBRULE(p.foreignBody);
    return { kind: 'AggregateFunction', ...p.declared(name), parameters, result, body };
  });

  p.RULE('componentDeclaration', (): ast.ComponentDeclaration => {
    const { name, parameters } = signature(p, kw.component, NAMES.component);
    p.CONSUME(t.Arrow, { ERR_MSG: '`->` and the type of the result' });
    const result = p.SUBRULE(p.type);
    const body = p.SUBRULE(p.foreignBody);
    return { kind: 'Component', ...p.declared(name), parameters, result, body };
  });
}

/** `keyword name(parameters)` */
function signature(p: Grammar, keyword: TokenType, what: { ERR_MSG: string }) {
  p.CONSUME8(keyword);
  const name = p.nameOf(p.CONSUME8(t.Identifier, what));
  const parameters = p.SUBRULE8(p.parameterList);
  return { name, parameters };
}

function installLearners(p: Grammar): void {
  p.RULE('trainerDeclaration', (): ast.TrainerDeclaration => {
    const { name, parameters } = signature(p, kw.trainer, NAMES.trainer);
    p.CONSUME(kw.for);
    const tasks = p.SUBRULE(p.names);
    const body = p.SUBRULE(p.foreignBody);
    return { kind: 'Trainer', ...p.declared(name), parameters, tasks, body };
  });

  const directions = {
    DEF: [
      { ALT: () => meaning(p.CONSUME(kw.higher), 'higher' as const) },
      { ALT: () => meaning(p.CONSUME(kw.lower), 'lower' as const) },
    ],
    ERR_MSG: '`higher` or `lower`',
  };
  p.RULE('metricDeclaration', (): ast.MetricDeclaration => {
    p.CONSUME(kw.metric);
    const name = p.nameOf(p.CONSUME(t.Identifier, NAMES.metric));
    const parameters = p.OPTION1(() => p.SUBRULE(p.parameterList)) ?? [];
    p.CONSUME(kw.for);
    const tasks = p.SUBRULE(p.names);
    const range = p.OPTION2(() => {
      p.CONSUME(kw.in);
      return p.SUBRULE(p.range);
    });
    const direction = p.OPTION3(() => {
      const word = p.OR(directions);
      p.CONSUME(kw.is);
      p.CONSUME(kw.better);
      return word;
    });
    const body = p.SUBRULE(p.foreignBody);
    return {
      kind: 'Metric',
      ...p.declared(name),
      parameters,
      tasks,
      ...(range === undefined ? {} : { range }),
      ...(direction === undefined ? {} : { direction }),
      body,
    };
  });

  p.RULE('policyDeclaration', (): ast.PolicyDeclaration => {
    const { name, parameters } = signature(p, kw.policy, NAMES.policy);
    const rules = braces(p, 'policy', () => p.SUBRULE(p.requirement));
    return { kind: 'Policy', ...p.declared(name), parameters, rules };
  });
}

function installMeta(p: Grammar): void {
  p.RULE('constructorDeclaration', (): ast.ConstructorDeclaration => {
    const { name, parameters } = signature(p, kw.constructor, NAMES.constructor);
    p.CONSUME(kw.for);
    const makes = p.nameOf(p.CONSUME(t.Identifier, NAMES.makes));
    const body = p.SUBRULE(p.foreignBody);
    return { kind: 'Constructor', ...p.declared(name), parameters, makes, body };
  });

  p.RULE('annotationDeclaration', (): ast.AnnotationDeclaration => {
    p.CONSUME(kw.annotation);
    const name = p.nameOf(p.CONSUME(t.Identifier, NAMES.annotation));
    const parameters = p.OPTION(() => p.SUBRULE(p.parameterList)) ?? [];
    p.CONSUME(kw.on);
    const targets = p.SUBRULE(p.names);
    return { kind: 'AnnotationDeclaration', ...p.declared(name), parameters, targets };
  });
}
