import type * as ast from '../../syntax/ast/index.ts';
import type { At, Condition, Expr } from '../plan.ts';
import type { BuildContext } from './context.ts';
import { lower, type Scope } from './expression.ts';
import { textOf } from './text.ts';

/** The policy that conditions come from, and where it is used. */
interface PolicyPlace {
  readonly name: string;
  readonly at: At;
}
export type LoadCondition = Condition & {
  readonly load: { readonly rate: number; readonly duration: number } | null;
};

/** Conditions of a block, those of policies put in with their arguments. */
export function buildRules(rules: readonly ast.Rule[], scope: Scope, policy?: PolicyPlace): LoadCondition[] {
  return rules.flatMap(rule => {
    if (rule.kind === 'Condition') return [condition(rule, scope, policy)];
    if (rule.kind === 'PolicyUse') return ofPolicy(rule, scope);
    return [];
  });
}

export function approvalsOf(rules: readonly ast.Rule[], context: BuildContext): string[] {
  return rules.flatMap(rule => (rule.kind === 'Approval' ? (context.text(rule.who) ?? []) : []));
}

function condition(rule: ast.ConditionRule, scope: Scope, policy: PolicyPlace | undefined): LoadCondition {
  const { context } = scope;
  const { forEach, load } = rule;
  return {
    severity: rule.severity,
    condition: lower(rule.condition, scope),
    text: textOf(rule.condition),
    forEach: forEach
      ? { by: forEach.by.map(name => name.text), minimum: context.number(forEach.minimum) ?? 0 }
      : null,
    times: context.number(rule.times) ?? 1,
    policy: policy?.name ?? null,
    ...(policy ? { policyAt: policy.at } : {}),
    load: load
      ? { rate: context.number(load.rate) ?? 0, duration: context.number(load.duration) ?? 0 }
      : null,
    at: context.at(scope.file, rule.condition.span),
  };
}

function ofPolicy(use: ast.PolicyUse, scope: Scope): LoadCondition[] {
  const { context } = scope;
  if (use.call.kind === 'Missing') return [];
  const resolved = context.program.callOf(use.call);
  const policy = resolved?.declaration;
  if (!resolved || policy?.kind !== 'Policy' || scope.inlining.has(policy)) return [];
  const file = context.program.fileOf(policy);
  const parameters = new Map<ast.Parameter, Expr>();
  for (const parameter of policy.parameters) {
    const written = resolved.args.get(parameter.name.text);
    const value = written
      ? lower(written, scope)
      : parameter.default && lower(parameter.default, { ...scope, file });
    if (value) parameters.set(parameter, value);
  }
  const inlining = new Set([...scope.inlining, policy]);
  const used = { name: policy.name.text, at: context.at(scope.file, use.call.span) };
  return buildRules(policy.rules, { ...scope, file, parameters, inlining }, used);
}

/** A plan's condition without what only a deployment's check has. */
export const plain = ({ load: _, ...rule }: LoadCondition): Condition => rule;
