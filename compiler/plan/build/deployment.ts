import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { Deployment } from '../plan.ts';
import type { Draft } from '../steps.ts';
import { type BuildContext, docOf } from './context.ts';
import { lower } from './expression.ts';
import { needsOf } from './needs.ts';
import { buildRules } from './rules.ts';
import { rootScope, type Scope } from './scope.ts';
import { textOf } from './text.ts';
import { call } from './typed.ts';

type Item<K extends ast.DeploymentItem['kind']> = Extract<ast.DeploymentItem, { kind: K }>;
const strategies: readonly string[] = ['canary', 'blue_green', 'all_at_once'];

export function buildDeployment(
  declaration: ast.DeploymentDeclaration,
  draft: Draft,
  context: BuildContext,
): Deployment | undefined {
  const file = context.program.fileOf(declaration);
  const scope = rootScope(context, file, draft);
  const of = <K extends ast.DeploymentItem['kind']>(kind: K): Item<K> | undefined =>
    declaration.items.find((item): item is Item<K> => item.kind === kind);
  const modelNamed = (name: ast.Name | undefined): string | undefined => {
    const model = context.declared(name, 'Model');
    const known = model && context.nameOf(model);
    return known !== undefined && draft.models[known] ? known : undefined;
  };
  const serves = modelNamed(of('Serve')?.model);
  if (serves === undefined) return undefined;
  const check = of('Check');
  const rollback = of('Rollback');
  const share = of('LogRequests');
  return {
    serves,
    shadow: modelNamed(of('Shadow')?.model) ?? null,
    score: scoreOf(of('ScoreInto'), file, context),
    traffic: context.number(of('Traffic')?.rate) ?? null,
    replicas: replicasOf(of('Replicas'), context),
    resources: needsOf(declaration.items, context)?.resources ?? null,
    check: check
      ? { loadWithin: context.number(check.load) ?? null, rules: buildRules(check.rules, scope) }
      : null,
    rollout: rolloutOf(of('Rollout'), context),
    rollback: rollback ? rollbackOf(rollback, scope) : null,
    log: context.number(share?.share) ?? null,
    ...(share ? { logAt: context.at(file, share.span) } : {}),
    ...docOf(declaration),
    at: context.at(file, declaration.name.span),
  };
}

/** `unless` a policy holds: when any of its requirements does not. */
function rollbackOf({ condition, unless }: ast.Rollback, scope: Scope): Deployment['rollback'] {
  if (condition) return { condition: lower(condition, scope), text: textOf(condition) };
  const failing = (unless ? buildRules([unless], scope) : [])
    .filter(rule => rule.severity === 'require')
    .map(({ condition: held }) => call('not', [held], held.type, held.at));
  if (!unless || unless.call.kind === 'Missing' || failing.length === 0) return null;
  const any = failing.reduce((left, right) => call('or', [left, right], left.type, left.at));
  return { condition: any, text: `not ${textOf(unless.call)}` };
}

function scoreOf(
  score: ast.ScoreInto | undefined,
  file: SourceFile,
  context: BuildContext,
): Deployment['score'] {
  const source = context.declared(score?.source, 'Source');
  const sink = context.declared(score?.sink, 'Sink');
  if (!score || !source || !sink) return null;
  const sourceAt = context.at(file, score.source.span);
  const sinkAt = context.at(file, score.sink.span);
  return { source: context.nameOf(source), sink: context.nameOf(sink), sourceAt, sinkAt };
}

function replicasOf(replicas: ast.Replicas | undefined, context: BuildContext): Deployment['replicas'] {
  if (!replicas) return null;
  return {
    min: context.number(replicas.range.low) ?? 1,
    max: context.number(replicas.range.high) ?? 1,
    at: context.number(replicas.target) ?? null,
    of: replicas.of?.text ?? 'cpu',
  };
}

function rolloutOf(rollout: ast.Rollout | undefined, context: BuildContext): Deployment['rollout'] {
  if (!rollout || !strategies.includes(rollout.strategy.text)) return { strategy: 'all_at_once', steps: [] };
  return {
    strategy: rollout.strategy.text as Deployment['rollout']['strategy'],
    steps: rollout.steps.map(step => ({
      share: context.number(step.share) ?? 1,
      duration: context.number(step.duration) ?? null,
    })),
  };
}
