import { gatesMessages } from '../../../diagnostics/messages/gates.ts';
import type { At, Condition, Expr } from '../../../plan/plan.ts';
import { children } from '../../../plan/walk.ts';
import type { FlowFacts } from '../facts.ts';
import {
  type Case,
  championFlag,
  flag,
  previousFlag,
  product,
  Reasoner,
  shapeOf,
  TooManyCases,
  type Truth,
} from './cases.ts';
import { intervalsFor, type MetricFacts } from './intervals.ts';
import { rangeText } from './words.ts';

/** Where conditions stand: what they decide is told in the words of the place. */
export type Where = 'gate' | 'validation' | 'check' | 'monitor' | 'rollback';

interface Block {
  readonly where: Where;
  readonly name: string;
  readonly rules: readonly Condition[];
}

function blocksOf(facts: FlowFacts): Block[] {
  const { draft } = facts;
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

function ofRollback(rollback: { condition: Expr; text: string }, at: At): Condition {
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

/** A condition with the cases in which it holds. */
interface Judged {
  readonly rule: Condition;
  readonly truth: Truth;
}

/** Family 5: conditions that can never hold, always hold, exclude each other, or ask for worse instead of better. */
export function checkGates(facts: FlowFacts, metrics: ReadonlyMap<string, MetricFacts>): void {
  for (const block of blocksOf(facts)) {
    const reasoner = new Reasoner(intervalsFor(metrics));
    const sound: Judged[] = [];
    for (const rule of block.rules) {
      const truth = truthOf(reasoner, rule.condition);
      if (!truth) continue;
      const judged = { rule, truth };
      const reported =
        checkPossible(judged, block, reasoner, facts) ||
        checkDirection(judged, block, reasoner, metrics, facts);
      if (!reported) sound.push(judged);
    }
    if (block.where === 'gate' || block.where === 'validation' || block.where === 'check')
      checkTogether(sound, block, reasoner, facts);
  }
}

function truthOf(reasoner: Reasoner, condition: Expr): Truth | undefined {
  if (hasErrors(condition)) return undefined;
  try {
    return reasoner.truth(condition);
  } catch (error) {
    if (error instanceof TooManyCases) return undefined;
    throw error;
  }
}
const hasErrors = (expr: Expr): boolean => expr.type.kind === 'unknown' || children(expr).some(hasErrors);

/** Before there is a champion or an earlier snapshot: the state in which everything begins. */
const firstRun: readonly Case[] = product([flag(championFlag, false)], [flag(previousFlag, false)]);

function checkPossible({ rule, truth }: Judged, block: Block, reasoner: Reasoner, facts: FlowFacts): boolean {
  const ever = reasoner.possible(truth.yes);
  const atFirst = ever && reasoner.possible(product(truth.yes, firstRun));
  const always = !reasoner.possible([...truth.no, ...truth.none]);
  if (atFirst && !always) return false;
  // On the first run there is no champion, so its range explains nothing.
  const ranges = rangesOf(rule.condition, reasoner, ever);
  const at = facts.at(rule.policyAt ?? pointOf(rule.condition, rule.at), [insidePolicy(rule, facts)]);
  const args = { text: rule.text, ranges, where: block.where, severity: rule.severity, name: block.name };
  if (at && always) facts.diagnostics.push(gatesMessages.vacuous(args, at));
  else if (at) facts.diagnostics.push(gatesMessages.impossible({ ...args, first: ever }, at));
  return true;
}

/** The one literal that a comparison compares with, else the whole condition. */
function pointOf(condition: Expr, otherwise: At): At {
  if (condition.op !== 'call' || condition.args.length !== 2) return otherwise;
  const literals = condition.args.filter(arg => arg.op === 'literal');
  return literals.length === 1 ? literals[0]!.at : otherwise;
}

/** A diagnostic about a policy's condition points at the use, where the arguments are; the policy is the second place. */
const insidePolicy = (rule: Condition, facts: FlowFacts) =>
  rule.policyAt === undefined
    ? undefined
    : facts.label(rule.at, `the condition of the policy \`${rule.policy}\``);
const whereOf = (rule: Condition): At => rule.policyAt ?? rule.at;

/** Ranges of the numbers in a condition, where they are known: `auc lies in 0..1`. */
function rangesOf(condition: Expr, reasoner: Reasoner, first: boolean): string[] {
  const texts = new Set<string>();
  const visit = (expr: Expr): void => {
    if (first && expr.op !== 'call' && expr.type.optional) return;
    const range = reasoner.intervals.get(shapeOf(expr));
    const text = range && rangeText(expr, range);
    if (text !== undefined) texts.add(text);
    else for (const child of children(expr)) visit(child);
  };
  visit(condition);
  return [...texts];
}

/** A metric of the model that a rule bounds only from the side on which it is better. */
function checkDirection(
  { rule, truth }: Judged,
  block: Block,
  reasoner: Reasoner,
  metrics: ReadonlyMap<string, MetricFacts>,
  facts: FlowFacts,
): boolean {
  // What a monitor or a rollback says is what should not be.
  const wanted = block.where === 'gate' || block.where === 'check' ? 1 : -1;
  if (block.where === 'validation') return false;
  for (const [name, expr] of reasoner.unknowns) {
    const metric =
      expr.op === 'metric' && expr.of === 'model' ? expr.metric : expr.op === 'measure' ? expr.measure : '';
    const direction = metrics.get(metric)?.direction;
    if (!direction) continue;
    const signs = truth.yes.flatMap(c =>
      c.constraints.map(({ value }) => Math.sign(value.terms.get(name) ?? 0)),
    );
    const bounded = signs.filter(sign => sign !== 0);
    // A positive coefficient is an upper bound; for a metric where higher is better that asks for worse.
    const worse = (direction === 'higher' ? 1 : -1) * wanted;
    if (bounded.length === 0 || bounded.some(sign => sign !== worse)) continue;
    const written = occurrence(rule.condition, name) ?? expr;
    const labels = [facts.label(written.at, `${direction} is better`), insidePolicy(rule, facts)];
    const at = facts.at(whereOf(rule), labels, { fixes: flipped(rule, facts) });
    if (at)
      facts.diagnostics.push(
        gatesMessages.inverted(
          { text: rule.text, metric, direction, where: block.where, name: block.name },
          at,
        ),
      );
    return true;
  }
  return false;
}

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
function flipped(rule: Condition, facts: FlowFacts) {
  const operators = rule.text.match(/ (<=|>=|<|>) /g) ?? [];
  const place = facts.place(rule.at);
  const [only] = operators;
  if (operators.length !== 1 || !only || !place || rule.policy !== null) return [];
  const text = rule.text.replace(only, ` ${opposite[only.trim()]} `);
  return [{ title: `write \`${text}\``, edits: [{ ...place, text }], safe: false }];
}

/** Rules that cannot all hold at once, overall or for the same slices; with and without a champion. */
function checkTogether(judged: readonly Judged[], block: Block, reasoner: Reasoner, facts: FlowFacts): void {
  const groups = new Map<string, Judged[]>();
  for (const one of judged) {
    if (one.rule.severity !== 'require') continue;
    const key = one.rule.forEach?.by.join('\0') ?? '';
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  for (const group of groups.values()) {
    if (group.length < 2 || possibleTogether(group, reasoner)) continue;
    // The first rule that the ones before it exclude is the one to point at.
    let n = 2;
    while (n < group.length && possibleTogether(group.slice(0, n), reasoner)) n++;
    const conflict = smallest(group.slice(0, n), reasoner);
    const last = conflict[conflict.length - 1]!;
    const others = conflict.slice(0, -1);
    const at = facts.at(
      whereOf(last.rule),
      others.map(other => facts.label(whereOf(other.rule), 'this asks for the opposite')),
    );
    const args = {
      text: last.rule.text,
      others: others.map(o => o.rule.text),
      where: block.where,
      name: block.name,
    };
    if (at) facts.diagnostics.push(gatesMessages.contradictory(args, at));
  }
}

function possibleTogether(rules: readonly Judged[], reasoner: Reasoner): boolean {
  try {
    return reasoner.possible(rules.reduce<Case[]>((all, one) => product(all, one.truth.yes), [...firstRun]));
  } catch (error) {
    if (error instanceof TooManyCases) return true;
    throw error;
  }
}

/** Of rules that exclude each other as few as do; the last is among them. */
function smallest(rules: readonly Judged[], reasoner: Reasoner): readonly Judged[] {
  let left = [...rules];
  for (const rule of rules.slice(0, -1)) {
    const without = left.filter(other => other !== rule);
    if (!possibleTogether(without, reasoner)) left = without;
  }
  return left;
}
