import { namesMessages } from '../../diagnostics/messages/names.ts';
import { deadGatesMessages } from '../../diagnostics/messages/operations.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { removeItem } from '../fixes.ts';
import { unknown } from '../types.ts';
import { checkSignatureAnnotations } from './annotations.ts';
import { bindArguments, checkArguments } from './arguments.ts';
import type { Binding, Checker, Env, Scope } from './context.ts';
import { recordCall } from './expression/calls.ts';
import { condition } from './expression/expect.ts';
import { checkParameters } from './function.ts';
import { metricNamed, metricType } from './metric.ts';
import { resolveDeclaration } from './names.ts';
import { signatureOf } from './signature.ts';
import { noTable } from './tables.ts';
import { constantEnv } from './type-expression.ts';

/** What a block of rules allows beside plain conditions. */
export interface RuleRules {
  /** `for each …`, checked by whoever knows the columns. */
  readonly forEach?: (each: ast.ForEach) => void;
  /** `at 200rps for 30s`. */
  readonly load?: (load: NonNullable<ast.ConditionRule['load']>) => void;
  readonly approval?: (rule: ast.ApprovalRule) => void;
}

/** The rules of a validation, a gate, a check or a policy. */
export function checkRules(c: Checker, env: Env, rules: readonly ast.Rule[], allowed: RuleRules): void {
  for (const rule of rules) {
    if (rule.kind === 'PolicyUse') usePolicy(c, env, rule, allowed);
    else if (rule.kind === 'Approval') {
      if (allowed.approval) allowed.approval(rule);
      else refuse(c, env, rule, '`approval`', 'it belongs to `promote`');
    } else checkConditionRule(c, env, rule, allowed);
  }
}

function refuse(c: Checker, env: Env, at: ast.Node, what: string, why: string): void {
  c.error(env.module, typesMessages.notHere, { what, why }, at.span);
}

function checkConditionRule(c: Checker, env: Env, rule: ast.ConditionRule, allowed: RuleRules): void {
  condition(c, env, rule.condition);
  if (rule.forEach) {
    if (allowed.forEach) allowed.forEach(rule.forEach);
    else refuse(c, env, rule.forEach, '`for each`', 'slices belong to `promote`');
  }
  if (rule.load) {
    if (allowed.load) allowed.load(rule.load);
    else refuse(c, env, rule.load.rate, 'a load', 'it belongs to the `check` of a deployment');
  }
}

/** A policy is checked where it is used, with what its parameters stand for there. */
function usePolicy(c: Checker, env: Env, use: ast.PolicyUse, allowed: RuleRules): void {
  const { call } = use;
  if (call.kind !== 'Call') return;
  const declaration = resolveDeclaration(c, env.module, call.callee, ['Policy'], 'functions');
  if (!declaration) return;
  if (c.policyStack.includes(declaration)) {
    const path = [...c.policyStack.slice(c.policyStack.indexOf(declaration)), declaration].map(
      one => one.name.text,
    );
    const facts = { what: path.length > 2 ? 'policies use each other' : 'uses', path };
    c.error(env.module, namesMessages.circular, facts, call.callee.span);
    return;
  }
  c.usedPolicies.add(declaration);
  const bound = bindArguments(c, env, call.callee, call.args, declaration);
  checkArguments(c, env, bound, declaration, { free: new Set() });
  recordCall(c, call, declaration, bound, undefined);
  const scope = policyScope(c, env, declaration, bound.args);
  const inside: Env = { ...env, module: c.home(declaration), scopes: [scope, ...env.scopes] };
  const label = { file: env.module.file, span: call.callee.span, message: 'used here' };
  c.policyStack.push(declaration);
  c.within(label, () => checkRules(c, inside, declaration.rules, allowed));
  c.policyStack.pop();
}

function policyScope(
  c: Checker,
  env: Env,
  declaration: ast.PolicyDeclaration,
  args: ReadonlyMap<string, ast.Arg>,
): Scope {
  const file = c.fileOf(declaration);
  const bindings = new Map<string, Binding>();
  for (const { name, node, type } of signatureOf(c, declaration).parameters) {
    if (name === '') continue;
    const symbol = { kind: 'parameter', name, parameter: node, file } as const;
    const value = args.get(name)?.value ?? node.default;
    if (type.kind !== 'metric') bindings.set(name, { symbol, type });
    else {
      const metric = value && metricNamed(c, env, value);
      const known = metric === 'open' ? undefined : metric;
      bindings.set(name, {
        symbol,
        type: known ? metricType(c, known) : unknown,
        ...(known ? { metric: known } : {}),
      });
    }
  }
  return {
    find(name) {
      const binding = bindings.get(name);
      return binding;
    },
    names: () => bindings.keys(),
  };
}

/** The declaration itself; a body that nothing uses is checked as far as that is possible without its place. */
export function checkPolicy(c: Checker, declaration: ast.PolicyDeclaration): void {
  const module = c.home(declaration);
  checkParameters(c, module, declaration);
  checkSignatureAnnotations(c, module, declaration.parameters);
}

/** `alone`: nobody else could use it; a package's policies are for others. */
export function checkUnusedPolicy(c: Checker, declaration: ast.PolicyDeclaration, alone: boolean): void {
  if (c.usedPolicies.has(declaration)) return;
  if (alone && declaration.name.text !== '') {
    const module = c.home(declaration);
    const fixes = [removeItem(module, declaration.span, false)];
    const facts = { policy: declaration.name.text };
    c.error(module, deadGatesMessages.unusedPolicy, facts, declaration.name.span, { fixes });
  }
  const env: Env = {
    ...constantEnv(c.home(declaration)),
    place: 'gate',
    open: true,
    // It may be meant for a validation.
    rows: noTable(''),
    gate: { metrics: true, baseline: true, service: true },
    scopes: [policyScope(c, { ...constantEnv(c.home(declaration)), open: true }, declaration, new Map())],
  };
  checkRules(c, env, declaration.rules, { forEach: () => {}, load: () => {}, approval: () => {} });
}
