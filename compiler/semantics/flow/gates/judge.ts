import type { Condition, Expr } from '../../../plan/plan.ts';
import { children } from '../../../plan/walk.ts';
import {
  type Case,
  certain,
  championFlag,
  flag,
  previousFlag,
  product,
  Reasoner,
  TooManyCases,
  type Truth,
} from './cases.ts';
import { intervalsFor, type MetricFacts } from './intervals.ts';
import { shapeOf } from './shape.ts';
import { rangeText } from './words.ts';

/** Where conditions stand: what they decide is told in the words of the place. */
export type Where = 'gate' | 'validation' | 'check' | 'monitor' | 'rollback';

/** A condition; one of a `check` may be measured under a load. */
export type Rule = Condition & {
  readonly load?: { readonly rate: number; readonly duration: number } | null;
};

/** When something holds: always, before there is anything to compare with, or from then on. */
export type When = 'always' | 'first' | 'later';

/** What is wrong with conditions, by their numbers in the block. */
export type Verdict =
  | {
      readonly kind: 'impossible' | 'vacuous';
      readonly rule: number;
      readonly when: When;
      readonly ranges: readonly string[];
    }
  | {
      readonly kind: 'inverted';
      readonly rule: number;
      readonly metric: string;
      readonly direction: 'higher' | 'lower';
      /** The shape of the number. */
      readonly shape: string;
    }
  | {
      readonly kind: 'contradictory';
      readonly rule: number;
      readonly others: readonly number[];
      readonly when: When;
    }
  /** On the first run only the best value that a metric can have will do. */
  | { readonly kind: 'perfect'; readonly rule: number; readonly metric: string; readonly best: number }
  | { readonly kind: 'implied'; readonly rule: number; readonly others: readonly number[] };

/** A condition with the cases in which it holds. */
interface Judged {
  readonly index: number;
  readonly rule: Rule;
  readonly truth: Truth;
  /** It compares with a champion or an earlier snapshot. */
  readonly compares: boolean;
  readonly names: ReadonlySet<string>;
}

/** Before there is a champion or an earlier snapshot: the state in which everything begins; and afterwards. */
const firstRun: readonly Case[] = product([flag(championFlag, false)], [flag(previousFlag, false)]);
const laterRun: readonly Case[] = product([flag(championFlag, true)], [flag(previousFlag, true)]);
const anyRun: readonly Case[] = [certain];

/** Conditions that can never hold, always hold, exclude or contain each other, or ask for worse instead of better. */
export function judge(
  rules: readonly Rule[],
  where: Where,
  metrics: ReadonlyMap<string, MetricFacts>,
): readonly Verdict[] {
  const reasoner = new Reasoner(intervalsFor(metrics));
  const verdicts: Verdict[] = [];
  const sound: Judged[] = [];
  for (const [index, rule] of rules.entries()) {
    const truth = truthOf(reasoner, rule.condition);
    if (!truth) continue;
    const judged = { index, rule, truth, ...namesOf(truth) };
    const found =
      decides(judged, reasoner) ??
      direction(judged, where, reasoner, metrics) ??
      decidesOnce(judged, reasoner) ??
      (where === 'gate' ? asksForTheBest(judged, metrics) : undefined);
    if (found) verdicts.push(found);
    // That a condition may be null is told where it is written; what follows from it for the others is not.
    else if (!rule.condition.type.optional) sound.push(judged);
  }
  const blocks = where === 'gate' || where === 'validation' || where === 'check';
  if (sound.length > 1) verdicts.push(...(blocks ? together(sound, reasoner) : alarms(sound, reasoner)));
  return verdicts;
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

/** The numbers and plain truths that a condition is about. */
function namesOf({ yes, no, none }: Truth): { names: ReadonlySet<string>; compares: boolean } {
  const names = new Set<string>();
  let compares = false;
  for (const cases of [yes, no, none])
    for (const { constraints, flags } of cases) {
      for (const { value } of constraints) for (const name of value.terms.keys()) names.add(name);
      for (const name of flags.keys())
        if (name === championFlag || name === previousFlag) compares = true;
        else names.add(name);
    }
  return { names, compares };
}

/** Whatever the numbers are, it holds, or it does not. */
function decides(judged: Judged, reasoner: Reasoner): Verdict | undefined {
  const { yes, no, none } = judged.truth;
  if (!reasoner.together(anyRun, [...no, ...none])) return verdict('vacuous', 'always', judged, reasoner);
  return reasoner.together(anyRun, yes) ? undefined : verdict('impossible', 'always', judged, reasoner);
}

/** It never holds on the first run, or never again after it. */
function decidesOnce(judged: Judged, reasoner: Reasoner): Verdict | undefined {
  if (!judged.compares || judged.rule.condition.type.optional) return undefined;
  const { yes, no, none } = judged.truth;
  if (!reasoner.together(firstRun, yes)) return verdict('impossible', 'first', judged, reasoner);
  if (!reasoner.together(laterRun, yes)) return verdict('impossible', 'later', judged, reasoner);
  // That a first version is let through whatever it is may well be meant.
  return reasoner.together(laterRun, [...no, ...none])
    ? undefined
    : verdict('vacuous', 'later', judged, reasoner);
}

/** `log_loss <= (champion.log_loss ?? 0.0)`: the value that stands for the champion is from the wrong end of the range. */
function asksForTheBest(
  { index, rule, compares }: Judged,
  metrics: ReadonlyMap<string, MetricFacts>,
): Verdict | undefined {
  if (!compares || rule.severity !== 'require' || rule.condition.type.optional) return undefined;
  const bests = new Map<string, number>();
  const interval = intervalsFor(metrics);
  const within = new Reasoner(expr => {
    const whole = interval(expr);
    const direction = expr.op === 'metric' ? directionOf(expr, metrics)?.direction : undefined;
    const best = direction === 'higher' ? whole.high : whole.low;
    if (direction === undefined || expr.op !== 'metric' || !Number.isFinite(best)) return whole;
    bests.set(expr.metric, best);
    return direction === 'higher' ? { ...whole, high: best - NEARLY } : { ...whole, low: best + NEARLY };
  });
  const truth = truthOf(within, rule.condition);
  const [first] = bests;
  if (!first || !truth || within.together(firstRun, truth.yes)) return undefined;
  return { kind: 'perfect', rule: index, metric: first[0], best: first[1] };
}

const NEARLY = 1e-6;

function verdict(
  kind: 'impossible' | 'vacuous',
  when: When,
  { index, rule }: Judged,
  reasoner: Reasoner,
): Verdict {
  // On the first run there is no champion, so its range explains nothing.
  return { kind, rule: index, when, ranges: rangesOf(rule.condition, reasoner, when === 'first') };
}

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

/** A number that a rule bounds only from the side on which it is better. */
function direction(
  { index, truth }: Judged,
  where: Where,
  reasoner: Reasoner,
  metrics: ReadonlyMap<string, MetricFacts>,
): Verdict | undefined {
  // What a monitor or a rollback says is what should not be.
  const wanted = where === 'monitor' || where === 'rollback' ? -1 : 1;
  for (const [shape, expr] of reasoner.unknowns) {
    const known = directionOf(expr, metrics);
    if (!known) continue;
    const bounded = truth.yes.flatMap(c =>
      c.constraints.map(({ value }) => Math.sign(value.terms.get(shape) ?? 0)).filter(sign => sign !== 0),
    );
    // A positive coefficient is an upper bound; for a metric where higher is better that asks for worse.
    const worse = (known.direction === 'higher' ? 1 : -1) * wanted;
    if (bounded.length === 0 || bounded.some(sign => sign !== worse)) continue;
    return { kind: 'inverted', rule: index, shape, ...known };
  }
  return undefined;
}

/** Of a model's metric, a measure of the service, or a distance from what was before: the less the better. */
function directionOf(
  expr: Expr,
  metrics: ReadonlyMap<string, MetricFacts>,
): { readonly metric: string; readonly direction: 'higher' | 'lower' } | undefined {
  if (expr.op === 'drift') return { metric: expr.measure, direction: 'lower' };
  if (expr.op === 'metric' && expr.of !== 'model') return undefined;
  if (expr.op !== 'metric' && expr.op !== 'measure') return undefined;
  const metric = expr.op === 'metric' ? expr.metric : expr.measure;
  const known = metrics.get(metric);
  const found = known ? known.direction : expr.op === 'measure' && expr.features ? 'lower' : null;
  return found ? { metric, direction: found } : undefined;
}

/** Of conditions that all must hold: those that exclude each other, and those that others already ask for. */
function together(judged: readonly Judged[], reasoner: Reasoner): Verdict[] {
  const groups = new Map<string, Judged[]>();
  for (const one of judged) {
    const { forEach, load } = one.rule;
    const key = JSON.stringify([forEach ? [...forEach.by].sort() : null, load ?? null]);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].flatMap(group => {
    if (group.length < 2) return [];
    const conflict = contradiction(
      group.filter(one => one.rule.severity === 'require'),
      reasoner,
    );
    return conflict ? [conflict] : implied(group, reasoner);
  });
}

function contradiction(group: readonly Judged[], reasoner: Reasoner): Verdict | undefined {
  const excluded = (state: readonly Case[], some: readonly Judged[]): boolean =>
    !reasoner.together(state, ...some.map(one => one.truth.yes));
  const compares = group.some(one => one.compares);
  const states: readonly (readonly [When, readonly Case[]])[] = compares
    ? [
        ['always', anyRun],
        ['first', firstRun],
        ['later', laterRun],
      ]
    : [['always', anyRun]];
  for (const [when, state] of states) {
    // The first rule that the ones before it exclude is the one to point at.
    for (let n = 2; n <= group.length; n++) {
      const last = group[n - 1]!;
      const near = connected(last, group.slice(0, n - 1));
      if (near.length === 0 || !excluded(state, [...near, last])) continue;
      let others = near;
      for (const other of near) {
        const fewer = others.filter(one => one !== other);
        if (excluded(state, [...fewer, last])) others = fewer;
      }
      return { kind: 'contradictory', rule: last.index, others: others.map(one => one.index), when };
    }
  }
  return undefined;
}

/** Those that are about the same numbers, directly or through each other. */
function connected(one: Judged, others: readonly Judged[]): readonly Judged[] {
  const names = new Set(one.names);
  let found: Judged[] = [];
  for (;;) {
    const more = others.filter(other => [...other.names].some(name => names.has(name)));
    if (more.length === found.length) return found;
    found = more;
    for (const other of found) for (const name of other.names) names.add(name);
  }
}

/** Conditions that hold whenever the others do; a policy asks for what it asks for wherever it is used. */
function implied(group: readonly Judged[], reasoner: Reasoner): Verdict[] {
  const verdicts: Verdict[] = [];
  let left = [...group];
  for (const one of [...group].reverse()) {
    if (one.rule.policy !== null) continue;
    const rest = left.filter(other => other !== one && other.rule.severity === 'require');
    const others = smallest(connected(one, rest), one.truth, reasoner);
    if (!others) continue;
    left = left.filter(other => other !== one);
    verdicts.push({ kind: 'implied', rule: one.index, others: others.map(other => other.index) });
  }
  return verdicts.reverse();
}

/** As few of the conditions as leave no case in which another does not hold; undefined if all leave one. */
function smallest(
  others: readonly Judged[],
  { no, none }: Truth,
  reasoner: Reasoner,
): readonly Judged[] | undefined {
  const otherwise = [...no, ...none];
  const leaves = (some: readonly Judged[]): boolean =>
    reasoner.together(otherwise, ...some.map(one => one.truth.yes));
  if (others.length === 0 || leaves(others)) return undefined;
  let left = others;
  for (const other of others) {
    const fewer = left.filter(one => one !== other);
    if (fewer.length > 0 && !leaves(fewer)) left = fewer;
  }
  return left;
}

const weight = { warn: 0, require: 1, alert: 1 } as const;

/** Of what a monitor tells of: conditions that are met only when another one, no less serious and no later, is. */
function alarms(judged: readonly Judged[], reasoner: Reasoner): Verdict[] {
  const verdicts: Verdict[] = [];
  let left = [...judged];
  for (const one of judged) {
    const other = left.find(
      candidate =>
        candidate !== one &&
        weight[candidate.rule.severity] >= weight[one.rule.severity] &&
        candidate.rule.times <= one.rule.times &&
        [...one.names].some(name => candidate.names.has(name)) &&
        !reasoner.together(one.truth.yes, [...candidate.truth.no, ...candidate.truth.none]),
    );
    if (!other) continue;
    left = left.filter(candidate => candidate !== one);
    verdicts.push({ kind: 'implied', rule: one.index, others: [other.index] });
  }
  return verdicts;
}
