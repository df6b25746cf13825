import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { kw } from '../tokens.ts';
import { type Alternative, braces, type Grammar, type Rule } from './grammar.ts';

/** `deployment lateness_api { … }` */
export interface DeploymentRules {
  readonly deploymentDeclaration: Rule<ast.DeploymentDeclaration>;
  readonly deploymentItem: Rule<ast.DeploymentItem>;
  readonly scoreInto: Rule<ast.ScoreInto>;
  readonly replicas: Rule<ast.Replicas>;
  readonly check: Rule<ast.Check>;
  readonly checkItem: Rule<CheckItem>;
  readonly rollout: Rule<ast.Rollout>;
  readonly rolloutSteps: Rule<readonly ast.RolloutStep[]>;
  readonly rolloutStep: Rule<ast.RolloutStep>;
}
type CheckItem = { readonly load: ast.Expression } | { readonly rule: ast.Rule };

const MODEL = { ERR_MSG: 'the name of a model' };

export function installDeployment(p: Grammar): void {
  p.RULE('deploymentDeclaration', (): ast.DeploymentDeclaration => {
    p.CONSUME(kw.deployment);
    const name = p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'the name of the deployment' }));
    const items = braces(p, 'deployment', () => p.SUBRULE(p.deploymentItem));
    return { kind: 'Deployment', ...p.declared(name), items };
  });

  const reasons = {
    DEF: [
      {
        ALT: () => {
          p.CONSUME(kw.when);
          return { condition: p.SUBRULE2(p.expression) };
        },
      },
      {
        ALT: () => {
          p.CONSUME(kw.unless);
          return { unless: p.SUBRULE(p.policyUse) };
        },
      },
    ] as readonly Alternative<Pick<ast.Rollback, 'condition' | 'unless'>>[],
    ERR_MSG: '`when` and a condition, or `unless policy …`',
  };
  const items: readonly Alternative<ast.DeploymentItem>[] = [
    {
      ALT: () => {
        const start = p.CONSUME(kw.serve).startOffset;
        const model = p.nameOf(p.CONSUME1(t.Identifier, MODEL));
        return { kind: 'Serve', model, span: p.from(start) };
      },
    },
    { ALT: () => p.SUBRULE(p.scoreInto) },
    {
      ALT: () => {
        const start = p.CONSUME(kw.shadow).startOffset;
        const model = p.nameOf(p.CONSUME2(t.Identifier, MODEL));
        return { kind: 'Shadow', model, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.traffic).startOffset;
        const rate = p.SUBRULE1(p.expression);
        return { kind: 'Traffic', rate, span: p.from(start) };
      },
    },
    { ALT: () => p.SUBRULE(p.replicas) },
    { ALT: () => p.SUBRULE(p.check) },
    { ALT: () => p.SUBRULE(p.rollout) },
    {
      ALT: () => {
        const start = p.CONSUME(kw.rollback).startOffset;
        const policy = p.recovery?.rollbackPolicy();
        const why = policy ?? p.OR4(reasons) ?? { condition: p.recovery!.missing() };
        return { kind: 'Rollback', ...why, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.log).startOffset;
        const share = p.SUBRULE3(p.expression);
        p.CONSUME(kw.of);
        p.CONSUME(kw.requests);
        return { kind: 'LogRequests', share, span: p.from(start) };
      },
    },
    { ALT: () => p.SUBRULE(p.resourceItem) },
  ];
  p.RULE('deploymentItem', () => p.OR(items));
  installServing(p);
  installRollout(p);
}

function installServing(p: Grammar): void {
  p.RULE('scoreInto', (): ast.ScoreInto => {
    const start = p.CONSUME(kw.score).startOffset;
    const source = p.nameOf(p.CONSUME1(t.Identifier, { ERR_MSG: 'the name of a source' }));
    p.CONSUME(kw.into);
    const sink = p.nameOf(p.CONSUME2(t.Identifier, { ERR_MSG: 'the name of a sink' }));
    return { kind: 'ScoreInto', source, sink, span: p.from(start) };
  });

  p.RULE('replicas', (): ast.Replicas => {
    const start = p.CONSUME(kw.replicas).startOffset;
    const range = p.SUBRULE(p.range);
    const load = p.OPTION(() => {
      p.CONSUME(kw.at);
      const target = p.SUBRULE(p.expression);
      const of = p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'what is measured, such as `cpu`' }));
      return { target, of };
    });
    return { kind: 'Replicas', range, ...load, span: p.from(start) };
  });

  p.RULE('check', (): ast.Check => {
    const start = p.CONSUME(kw.check).startOffset;
    const items = braces(p, 'check', () => p.SUBRULE(p.checkItem));
    const rules: ast.Rule[] = [];
    let load: ast.Expression | undefined;
    for (const item of items) {
      if ('rule' in item) rules.push(item.rule);
      else if (load === undefined) load = item.load;
      else p.repeated('load', item.load);
    }
    return { kind: 'Check', ...(load === undefined ? {} : { load }), rules, span: p.from(start) };
  });
  const items: readonly Alternative<CheckItem>[] = [
    {
      ALT: () => {
        p.CONSUME(kw.load);
        p.CONSUME(kw.within);
        return { load: p.SUBRULE(p.expression) };
      },
    },
    { ALT: () => ({ rule: p.SUBRULE(p.requireOrWarnUnderLoad) }) },
    { ALT: () => ({ rule: p.SUBRULE(p.policyUse) }) },
  ];
  p.RULE('checkItem', () => p.OR(items));
}

function installRollout(p: Grammar): void {
  p.RULE('rollout', (): ast.Rollout => {
    const start = p.CONSUME(kw.rollout).startOffset;
    const strategy = p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'a strategy, such as `canary`' }));
    const steps = p.OPTION(() => p.SUBRULE(p.rolloutSteps)) ?? [];
    return { kind: 'Rollout', strategy, steps, span: p.from(start) };
  });
  p.RULE('rolloutSteps', () => braces(p, 'rollout', () => p.SUBRULE(p.rolloutStep)));
  p.RULE('rolloutStep', (): ast.RolloutStep => {
    const start = p.start();
    const share = p.SUBRULE1(p.expression);
    const duration = p.OPTION(() => {
      p.CONSUME(kw.for);
      return p.SUBRULE2(p.expression);
    });
    const span = p.from(start);
    return duration === undefined
      ? { kind: 'RolloutStep', share, span }
      : { kind: 'RolloutStep', share, duration, span };
  });
}
