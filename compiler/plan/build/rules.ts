import type * as ast from '../../syntax/ast/index.ts';
import type { At, Condition, Expr } from '../plan.ts';
import type { BuildContext } from './context.ts';
import { lower } from './expression.ts';
import type { Scope } from './scope.ts';
import { textOf } from './text.ts';

/** The policy that conditions come from, and where it is used. */
interface PolicyPlace {
  readonly name: string;
  readonly at: At;
  /** What was written for each parameter. */
  readonly args: ReadonlyMap<string, ast.Expression>;
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
    text: textOf(policy ? filledIn(rule.condition, policy.args) : rule.condition),
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
  const args = new Map<string, ast.Expression>();
  for (const { name, default: otherwise } of policy.parameters) {
    const written = resolved.args.get(name.text) ?? otherwise;
    if (written) args.set(name.text, written);
  }
  const used = { name: policy.name.text, at: context.at(scope.file, use.call.span), args };
  return buildRules(policy.rules, { ...scope, file, parameters, inlining }, used);
}

/** A policy's condition as it would have been written in its place: `champion(m)` becomes `champion.auc`. */
function filledIn(condition: ast.Expression, args: ReadonlyMap<string, ast.Expression>): ast.Expression {
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    if (value === null || typeof value !== 'object') return value;
    const node = value as ast.Expression;
    if (node.kind === 'NameExpression') return args.get(node.name.text) ?? node;
    const filled = Object.fromEntries(Object.entries(node).map(([key, field]) => [key, fill(field)]));
    if (node.kind !== 'Call' || !['champion', 'baseline'].includes(node.callee.text)) return filled;
    const metric = (filled as unknown as ast.Call).args[0]?.value;
    if (metric?.kind !== 'NameExpression') return filled;
    const object: ast.NameExpression = { kind: 'NameExpression', name: node.callee, span: node.span };
    return { kind: 'Member', object, member: metric.name, span: node.span } satisfies ast.Member;
  };
  return fill(condition) as ast.Expression;
}

/** A plan's condition without what only a deployment's check has. */
export const plain = ({ load: _, ...rule }: LoadCondition): Condition => rule;
