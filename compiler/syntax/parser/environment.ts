import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { kw } from '../tokens.ts';
import { type Alternative, braces, type Grammar, meaning, type Rule } from './grammar.ts';

/** `environment production extends staging { … }` */
export interface EnvironmentRules {
  readonly environmentDeclaration: Rule<ast.EnvironmentDeclaration>;
  readonly environmentItem: Rule<ast.EnvironmentItem>;
  readonly target: Rule<ast.Target>;
  readonly replacement: Rule<ast.Replacement>;
  readonly models: Rule<ast.ModelsClause>;
  readonly deploy: Rule<ast.DeployClause>;
  readonly paramSetting: Rule<ast.ParamSetting>;
}

const ENVIRONMENT = { ERR_MSG: 'the name of an environment' };
const REPLACED = ['source', 'sink', 'connection'] as const;

export function installEnvironment(p: Grammar): void {
  p.RULE('environmentDeclaration', (): ast.EnvironmentDeclaration => {
    p.CONSUME(kw.environment);
    const name = p.nameOf(p.CONSUME1(t.Identifier, { ERR_MSG: 'the name of the environment' }));
    const base = p.OPTION(() => {
      p.CONSUME(kw.extends);
      return p.nameOf(p.CONSUME2(t.Identifier, ENVIRONMENT));
    });
    const items = braces(p, 'environment', () => p.SUBRULE(p.environmentItem));
    return { kind: 'Environment', ...p.declared(name), ...(base === undefined ? {} : { base }), items };
  });
  const items: readonly Alternative<ast.EnvironmentItem>[] = [
    { ALT: () => p.SUBRULE(p.target) },
    { ALT: () => p.SUBRULE(p.replacement) },
    { ALT: () => p.SUBRULE(p.models) },
    { ALT: () => p.SUBRULE(p.deploy) },
    { ALT: () => p.SUBRULE(p.paramSetting) },
  ];
  p.RULE('environmentItem', () => p.OR(items));

  p.RULE('target', (): ast.Target => {
    const start = p.CONSUME(kw.target).startOffset;
    const name = p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'a target, such as `local` or `kubernetes`' }));
    const settings = p.OPTION(() => p.SUBRULE(p.settings)) ?? [];
    return { kind: 'Target', name, settings, span: p.from(start) };
  });
  installReplacements(p);
  installRelease(p);
}

function installReplacements(p: Grammar): void {
  const replaced = REPLACED.map(what => ({ ALT: () => meaning(p.CONSUME(kw[what]), what) }));
  p.RULE('replacement', (): ast.Replacement => {
    const start = p.start();
    const what = p.OR(replaced);
    const name = p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'the name of what is replaced' }));
    p.CONSUME(t.Equals);
    const value = p.SUBRULE(p.call);
    return { kind: 'Replacement', what, name, value, span: p.from(start) };
  });
  p.RULE('paramSetting', (): ast.ParamSetting => {
    const start = p.CONSUME(kw.param).startOffset;
    const name = p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'the name of a parameter' }));
    p.CONSUME(t.Equals);
    const value = p.SUBRULE(p.expression);
    return { kind: 'ParamSetting', name, value, span: p.from(start) };
  });
}

function installRelease(p: Grammar): void {
  const origins = {
    DEF: [
      {
        ALT: (): ast.Name | undefined => {
          p.CONSUME(kw.trained);
          p.CONSUME(kw.here);
          return undefined;
        },
      },
      {
        ALT: (): ast.Name | undefined => {
          p.CONSUME(kw.promoted);
          p.CONSUME(kw.from);
          return p.nameOf(p.CONSUME(t.Identifier, ENVIRONMENT));
        },
      },
    ],
    ERR_MSG: '`trained here` or `promoted from` an environment',
  };
  p.RULE('models', (): ast.ModelsClause => {
    const start = p.CONSUME(kw.models).startOffset;
    const from = p.OR(origins);
    const span = p.from(start);
    return from === undefined ? { kind: 'Models', span } : { kind: 'Models', from, span };
  });

  const moments = {
    DEF: [
      { ALT: () => meaning(p.CONSUME(kw.on), 'on' as const) },
      { ALT: () => meaning(p.CONSUME(kw.after), 'after' as const) },
    ],
    ERR_MSG: '`on push(…)` or `after approval(…)`',
  };
  p.RULE('deploy', (): ast.DeployClause => {
    const start = p.CONSUME(kw.deploy).startOffset;
    const when = p.OR(moments) ?? 'on';
    const trigger = p.SUBRULE(p.expression);
    return { kind: 'Deploy', when, trigger, span: p.from(start) };
  });
}
