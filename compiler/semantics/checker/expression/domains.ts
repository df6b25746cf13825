import type { Type } from '../../../plan/type.ts';
import type { Constant } from '../context.ts';

type Bound = number | string;
type Value = Exclude<Constant, null>;

/** The values that something may still have: within bounds, among some, none of others. */
export interface Domain {
  readonly low?: { readonly at: Bound; readonly open: boolean };
  readonly high?: { readonly at: Bound; readonly open: boolean };
  readonly only?: ReadonlySet<Value>;
  readonly not?: ReadonlySet<Value>;
}

/** What a type allows, before anything is asked. */
export function domainOf(type: Type): Domain {
  if (type.kind === 'bool') return { only: new Set([true, false]) };
  if (type.kind === 'enum' && type.members) return { only: new Set(type.members) };
  const values = type.kind === 'string' && type.values ? { only: new Set<Value>(type.values) } : {};
  return {
    ...values,
    ...(type.min === undefined ? {} : { low: { at: type.min, open: false } }),
    ...(type.max === undefined ? {} : { high: { at: type.max, open: false } }),
  };
}

const above = (a: Bound, b: Bound): boolean => typeof a === typeof b && a > b;

export function both(a: Domain, b: Domain): Domain {
  const low = !a.low || !b.low ? (a.low ?? b.low) : tighter(a.low, b.low, above(a.low.at, b.low.at));
  const high = !a.high || !b.high ? (a.high ?? b.high) : tighter(a.high, b.high, above(b.high.at, a.high.at));
  const only = a.only && b.only ? new Set([...a.only].filter(one => b.only!.has(one))) : (a.only ?? b.only);
  const not = a.not && b.not ? new Set([...a.not, ...b.not]) : (a.not ?? b.not);
  return {
    ...(low ? { low } : {}),
    ...(high ? { high } : {}),
    ...(only ? { only } : {}),
    ...(not ? { not } : {}),
  };
}

function tighter<B extends { readonly at: Bound; readonly open: boolean }>(a: B, b: B, first: boolean): B {
  if (a.at === b.at) return a.open ? a : b;
  return first ? a : b;
}

/** Whether nothing is left; `whole` for values without fractions. */
export function isEmpty({ low, high, only, not }: Domain, whole: boolean): boolean {
  const least = low && inward(low, whole, 1);
  const most = high && inward(high, whole, -1);
  if (only) {
    const fits = (value: Value): boolean => {
      if (not?.has(value)) return false;
      const bound =
        typeof value === 'boolean' ? undefined : typeof value === 'bigint' ? Number(value) : value;
      if (bound === undefined) return true;
      if (
        least &&
        typeof least.at === typeof bound &&
        (bound < least.at || (least.open && bound === least.at))
      )
        return false;
      return !(
        most &&
        typeof most.at === typeof bound &&
        (bound > most.at || (most.open && bound === most.at))
      );
    };
    return ![...only].some(fits);
  }
  if (!least || !most || typeof least.at !== typeof most.at) return false;
  if (least.at === most.at) return least.open || most.open || (not?.has(least.at) ?? false);
  return least.at > most.at;
}

/** The next whole number inside of an open bound. */
function inward(
  bound: { readonly at: Bound; readonly open: boolean },
  whole: boolean,
  step: number,
): { readonly at: Bound; readonly open: boolean } {
  if (!whole || !bound.open || typeof bound.at !== 'number') return bound;
  const next = Number.isInteger(bound.at)
    ? bound.at + step
    : step > 0
      ? Math.ceil(bound.at)
      : Math.floor(bound.at);
  return { at: next, open: false };
}
