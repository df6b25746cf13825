import type { Condition, Expr } from '../plan.ts';
import { meaning, type Pair, reordered, report, type Site } from './rule.ts';
import { showCondition } from './show.ts';

/** `stricter`: holds of less than before. `other`: neither of the two can be said. */
export type Strictness = 'stricter' | 'looser' | 'other' | 'same';

/** The numbers that a condition lets through, of something. */
interface Interval {
  readonly of: string;
  readonly low: number;
  readonly lowOpen: boolean;
  readonly high: number;
  readonly highOpen: boolean;
}

const mirrored: Readonly<Record<string, string>> = { ge: 'le', gt: 'lt', le: 'ge', lt: 'gt', eq: 'eq' };
const number = (expr: Expr | undefined): number | undefined =>
  expr?.op === 'literal' && typeof expr.value === 'number' ? expr.value : undefined;

/** `x >= 3`, `3 <= x`, `x in 2..4`; undefined for everything else. */
export function intervalOf(condition: Expr): Interval | undefined {
  if (condition.op !== 'call') return undefined;
  const [a, b, c] = condition.args;
  const whole = { low: -Infinity, lowOpen: false, high: Infinity, highOpen: false };
  if (condition.fn === 'in_range' && a) {
    const [low, high] = [number(b), number(c)];
    return low === undefined || high === undefined ? undefined : { ...whole, of: meaning('x', a), low, high };
  }
  if (!a || !b || !(condition.fn in mirrored)) return undefined;
  const right = number(b);
  const left = right === undefined ? number(a) : undefined;
  const limit = right ?? left;
  if (limit === undefined) return undefined;
  const fn = right === undefined ? mirrored[condition.fn]! : condition.fn;
  const of = meaning('x', right === undefined ? b : a);
  if (fn === 'eq') return { ...whole, of, low: limit, high: limit };
  return fn === 'ge' || fn === 'gt'
    ? { ...whole, of, low: limit, lowOpen: fn === 'gt' }
    : { ...whole, of, high: limit, highOpen: fn === 'lt' };
}

const contains = (a: Interval, b: Interval): boolean =>
  (a.low < b.low || (a.low === b.low && (!a.lowOpen || b.lowOpen))) &&
  (a.high > b.high || (a.high === b.high && (!a.highOpen || b.highOpen)));

export function strictnessOf(old: Expr, now: Expr): Strictness {
  if (meaning('x', old) === meaning('x', now)) return 'same';
  const [a, b] = [intervalOf(old), intervalOf(now)];
  if (!a || !b || a.of !== b.of) return 'other';
  const [wider, narrower] = [contains(b, a), contains(a, b)];
  return wider ? (narrower ? 'same' : 'looser') : narrower ? 'stricter' : 'other';
}

const together = (all: readonly Strictness[]): Strictness => {
  const kinds = new Set(all.filter(one => one !== 'same'));
  return kinds.size > 1 ? 'other' : ([...kinds][0] ?? 'same');
};

/** How a whole rule changed: its condition, what it does, which slices it looks at, and how often it must fail. */
function change(old: Condition, now: Condition): Strictness {
  const blocks = (rule: Condition): boolean => rule.severity !== 'warn';
  const slices = ({ forEach }: Condition): string => meaning('by', forEach?.by ?? null);
  const least = ({ forEach }: Condition): number => forEach?.minimum ?? 0;
  const sided = (stricter: boolean, looser: boolean): Strictness =>
    stricter ? 'stricter' : looser ? 'looser' : 'same';
  return together([
    strictnessOf(old.condition, now.condition),
    sided(blocks(now) && !blocks(old), blocks(old) && !blocks(now)),
    slices(old) === slices(now) ? sided(least(now) < least(old), least(now) > least(old)) : 'other',
    sided(now.times < old.times, now.times > old.times),
  ]);
}

/** What is found of a list of rules: added ones count as stricter, removed ones as looser. */
export type OfRule = (strictness: Strictness, rule: Condition) => Omit<Parameters<typeof report>[1], 'what'>;

/** Pairs rules that are the same, then those about the same thing, and tells the rest as come and gone. */
export function compareConditions(
  { old, new: now }: Pair<readonly Condition[]>,
  site: Site,
  what: string,
  found: OfRule,
): void {
  const bare = ({ policy: _p, ...rule }: Condition): string => meaning('rule', rule);
  const about = (rule: Condition): string =>
    intervalOf(rule.condition)?.of ?? meaning('condition', rule.condition);
  const left = [...old];
  const take = (wanted: (rule: Condition) => boolean): Condition | undefined => {
    const i = left.findIndex(wanted);
    return i < 0 ? undefined : left.splice(i, 1)[0];
  };
  const same = now.map(rule => take(other => bare(other) === bare(rule)));
  // `psi(each feature)` is worded the same where the features are others.
  const close = (a: Condition, b: Condition): boolean =>
    about(a) === about(b) || showCondition(a) === showCondition(b);
  const alike = now.map((rule, i) => (same[i] ? undefined : take(other => close(other, rule))));
  const place = (before: Condition | undefined, after: Condition | undefined): Site => ({
    ...site,
    old: before?.at ?? site.old,
    new: after?.at ?? site.new,
  });
  now.forEach((rule, i) => {
    const before = same[i] ?? alike[i];
    if (!before)
      report(place(undefined, rule), {
        ...found('stricter', rule),
        action: 'added',
        what,
        new: showCondition(rule),
      });
    else if (!same[i])
      report(place(before, rule), {
        ...found(change(before, rule), rule),
        what: showCondition(before) === showCondition(rule) ? `${what} ${rule.text}` : what,
        ...(showCondition(before) === showCondition(rule)
          ? {}
          : { old: showCondition(before), new: showCondition(rule) }),
      });
    else if (before.text !== rule.text || before.policy !== rule.policy)
      report(place(before, rule), {
        class: 'none',
        what,
        old: showCondition(before),
        new: showCondition(rule),
        reason: 'It is worded otherwise, or comes from another policy, and says the same.',
      });
  });
  for (const rule of left)
    report(place(rule, undefined), {
      ...found('looser', rule),
      action: 'removed',
      what,
      old: showCondition(rule),
    });
  if (reordered({ old: old.map(bare), new: now.map(bare) }))
    report(site, {
      class: 'none',
      what: `order of the ${what} conditions`,
      reason: 'All of them count, whatever comes first.',
    });
}
