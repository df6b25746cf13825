import type { Label } from '../../../diagnostics/diagnostic.ts';
import { gatesMessages } from '../../../diagnostics/messages/gates.ts';
import type { At, Expr } from '../../../plan/plan.ts';
import { children } from '../../../plan/walk.ts';
import type { FlowFacts } from '../facts.ts';
import type { MetricFacts } from './intervals.ts';
import { judge, type Rule, type Verdict, type Where } from './judge.ts';
import { fullShapeOf, shapeOf } from './shape.ts';

/** Conditions that stand together, and of what. */
export interface Block {
  readonly where: Where;
  readonly name: string;
  readonly rules: readonly Rule[];
}

export function blocksOf(draft: FlowFacts['draft']): Block[] {
  const blocks: Block[] = [];
  for (const [name, { rules }] of Object.entries(draft.validations))
    blocks.push({ where: 'validation', name, rules });
  for (const [name, { gate }] of Object.entries(draft.models))
    if (gate) blocks.push({ where: 'gate', name, rules: gate.rules });
  for (const [name, { check, rollback, at }] of Object.entries(draft.deployments)) {
    if (check) blocks.push({ where: 'check', name, rules: check.rules });
    if (rollback) blocks.push({ where: 'rollback', name, rules: [ofRollback(rollback, at)] });
  }
  for (const [name, { rules }] of Object.entries(draft.monitors))
    blocks.push({ where: 'monitor', name, rules });
  return blocks;
}

function ofRollback(rollback: { condition: Expr; text: string }, at: At): Rule {
  const { condition, text } = rollback;
  return {
    severity: 'alert',
    condition,
    text,
    forEach: null,
    times: 1,
    policy: null,
    at: condition.at ?? at,
  };
}

/**
 * Family 5: conditions that can never hold, always hold, exclude each other, are contained in others, or ask for worse
 * instead of better. Many gates ask for the same, so each set of conditions is judged once.
 */
export function checkGates(facts: FlowFacts, metrics: ReadonlyMap<string, MetricFacts>): void {
  const known = new Map<string, readonly Verdict[]>();
  for (const block of blocksOf(facts.draft)) {
    if (block.rules.length === 0) continue;
    const key = keyOf(block);
    let verdicts = known.get(key);
    if (!verdicts) {
      verdicts = judge(block.rules, block.where, metrics);
      known.set(key, verdicts);
    }
    for (const verdict of verdicts) tell(verdict, block, facts);
  }
}

/** All that the judgement of a block depends on. */
function keyOf({ where, rules }: Block): string {
  let key: string = where;
  for (const { severity, condition, forEach, times, policy, load } of rules) {
    const extra = forEach || load ? JSON.stringify([forEach?.by, load]) : '';
    key += `\n${severity} ${times} ${policy === null ? '' : 'p'} ${fullShapeOf(condition)}${extra}`;
  }
  return key;
}

function tell(verdict: Verdict, block: Block, facts: FlowFacts): void {
  const rule = block.rules[verdict.rule]!;
  const { where, name } = block;
  const { text, severity } = rule;
  const { diagnostics } = facts;
  switch (verdict.kind) {
    case 'impossible':
    case 'vacuous': {
      const at = facts.at(rule.policyAt ?? pointOf(rule.condition, rule.at), [insidePolicy(rule, facts)]);
      const { when, ranges } = verdict;
      if (at)
        diagnostics.push(gatesMessages[verdict.kind]({ text, ranges, where, severity, name, when }, at));
      return;
    }
    case 'perfect': {
      const fallback = fallbackIn(rule.condition);
      const at = facts.at(rule.policyAt ?? fallback?.at ?? rule.at, [insidePolicy(rule, facts)]);
      const { metric, best } = verdict;
      if (at) diagnostics.push(gatesMessages.perfect({ text, metric, best, name }, at));
      return;
    }
    case 'inverted': {
      const { metric, direction } = verdict;
      const written = occurrence(rule.condition, verdict.shape);
      const labels = [facts.label(written?.at, `${direction} is better`), insidePolicy(rule, facts)];
      const at = facts.at(whereOf(rule), labels, { fixes: flipped(rule, facts) });
      const instead = turnedRound(rule);
      if (at) diagnostics.push(gatesMessages.inverted({ text, metric, direction, where, name, instead }, at));
      return;
    }
    case 'contradictory': {
      const others = verdict.others.map(i => block.rules[i]!);
      const at = facts.at(whereOf(rule), labelsAt(others, 'this asks for the opposite', facts));
      const args = { text, others: others.map(o => o.text), where, name, when: verdict.when };
      if (at) diagnostics.push(gatesMessages.contradictory(args, at));
      return;
    }
    case 'implied': {
      const others = verdict.others.map(i => block.rules[i]!);
      const cause = where === 'monitor' ? 'this is met too then' : 'this asks for no less';
      const at = facts.at(whereOf(rule), labelsAt(others, cause, facts));
      const texts = others.map(o => o.text);
      if (at) diagnostics.push(gatesMessages.implied({ text, others: texts, where, severity }, at));
      return;
    }
  }
}

const labelsAt = (rules: readonly Rule[], message: string, facts: FlowFacts): (Label | undefined)[] =>
  rules.map(rule => facts.label(whereOf(rule), message));

/** The one literal that a comparison compares with, else the whole condition. */
function pointOf(condition: Expr, otherwise: At): At {
  if (condition.op !== 'call' || condition.args.length !== 2) return otherwise;
  const literals = condition.args.filter(arg => arg.op === 'literal');
  return literals.length === 1 ? literals[0]!.at : otherwise;
}

/** A diagnostic about a policy's condition points at the use, where the arguments are; the policy is the second place. */
const insidePolicy = (rule: Rule, facts: FlowFacts): Label | undefined =>
  rule.policyAt === undefined
    ? undefined
    : facts.label(rule.at, `the condition of the policy \`${rule.policy}\``);
const whereOf = (rule: Rule): At => rule.policyAt ?? rule.at;

/** Where in a condition a number stands. */
function occurrence(condition: Expr, shape: string): Expr | undefined {
  if (shapeOf(condition) === shape) return condition;
  for (const child of children(condition)) {
    const found = occurrence(child, shape);
    if (found) return found;
  }
  return undefined;
}

const opposite: Readonly<Record<string, string>> = { '<=': '>=', '>=': '<=', '<': '>', '>': '<' };

/** The same comparison the other way round, where there is just one. */
function flipped(rule: Rule, facts: FlowFacts) {
  const place = facts.place(rule.at);
  const text = turnedRound(rule);
  if (text === undefined || !place) return [];
  return [{ title: `write \`${text}\``, edits: [{ ...place, text }], safe: false }];
}

function turnedRound(rule: Rule): string | undefined {
  const operators = rule.text.match(/ (<=|>=|<|>) /g) ?? [];
  const [only] = operators;
  if (operators.length !== 1 || !only || rule.policy !== null) return undefined;
  return rule.text.replace(only, ` ${opposite[only.trim()]} `);
}

/** The literal behind `??`, which stands for the champion on the first run. */
function fallbackIn(condition: Expr): Expr | undefined {
  if (condition.op === 'call' && condition.fn === 'coalesce') {
    const otherwise = condition.args[1];
    if (otherwise?.op === 'literal') return otherwise;
  }
  for (const child of children(condition)) {
    const found = fallbackIn(child);
    if (found) return found;
  }
  return undefined;
}
