import type { Type } from '../../../plan/type.ts';
import type { Interval } from './ranges.ts';

/** Ends of a range of numbers, as far as they are known. */
interface Ends {
  readonly min: number | undefined;
  readonly max: number | undefined;
}
type RangeOf = (first: Ends, second: Ends, third: Ends) => Ends | undefined;

const known = (bound: number | string | undefined): number | undefined =>
  typeof bound === 'number' && Number.isFinite(bound) ? bound : undefined;
const mapped = (bound: number | undefined, f: (x: number) => number): number | undefined =>
  bound === undefined ? undefined : known(f(bound));
const rising =
  (f: (x: number) => number): RangeOf =>
  ({ min, max }) => ({ min: mapped(min, f), max: mapped(max, f) });
const same: RangeOf = range => range;

/** Halves away from zero, as the library says. */
const round = (x: number): number => Math.sign(x) * Math.round(Math.abs(x));
const least = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b);
const greatest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);
const both = (
  a: number | undefined,
  b: number | undefined,
  f: (a: number, b: number) => number,
): number | undefined => (a === undefined || b === undefined ? undefined : f(a, b));

function abs({ min, max }: Ends): Ends {
  if (min !== undefined && min >= 0) return { min, max };
  if (max !== undefined && max <= 0) return { min: -max, max: mapped(min, x => -x) };
  return { min: 0, max: both(min, max, (low, high) => Math.max(-low, high)) };
}

/** By a divisor of at least 1: nearer to zero, never across. */
function quotient(a: Ends, b: Ends): Ends | undefined {
  if (b.min === undefined || b.min < 1) return undefined;
  const low =
    a.min === undefined ? undefined : a.min >= 0 ? (both(a.min, b.max, divide) ?? 0) : divide(a.min, b.min);
  const high =
    a.max === undefined ? undefined : a.max <= 0 ? (both(a.max, b.max, divide) ?? 0) : divide(a.max, b.min);
  return { min: low, max: high };
}
const divide = (a: number, b: number): number => Math.trunc(a / b);

function remainder(a: Ends, b: Ends): Ends | undefined {
  if (b.min === undefined || b.min < 1) return undefined;
  const most = b.max === undefined ? undefined : b.max - 1;
  return {
    min: a.min !== undefined && a.min >= 0 ? 0 : mapped(most, x => -x),
    max: a.max !== undefined && a.max <= 0 ? 0 : least(most, a.max),
  };
}

/** Functions and aggregates of the library whose range follows from those of their arguments. */
const functions: Readonly<Record<string, RangeOf>> = {
  abs,
  round: rising(round),
  floor: rising(Math.floor),
  ceil: rising(Math.ceil),
  to_float: same,
  to_int: rising(Math.trunc),
  sign: rising(Math.sign),
  sqrt: range =>
    range.min !== undefined && range.min >= 0 ? rising(Math.sqrt)(range, range, range) : undefined,
  least: (a, b) => ({ min: both(a.min, b.min, Math.min), max: least(a.max, b.max) }),
  greatest: (a, b) => ({ min: greatest(a.min, b.min), max: both(a.max, b.max, Math.max) }),
  clamp: (x, low, high) =>
    both(low.max, high.min, (a, b) => b - a)! >= 0
      ? {
          min: greatest(low.min, both(x.min, high.min, Math.min)),
          max: least(high.max, both(x.max, low.max, Math.max)),
        }
      : undefined,
  div: quotient,
  mod: remainder,
  bucket: (x, width) => {
    const w = width.min === width.max ? width.min : undefined;
    return w === undefined || w <= 0
      ? undefined
      : { min: mapped(x.min, low => Math.floor(low / w) * w), max: x.max };
  },
};

const aggregates: Readonly<Record<string, RangeOf>> = {
  mean: same,
  median: same,
  quantile: same,
  stddev: ({ min, max }) => ({ min: 0, max: both(min, max, (low, high) => high - low) }),
  sum: ({ min, max }) => ({
    min: min !== undefined && min >= 0 ? 0 : undefined,
    max: max !== undefined && max <= 0 ? 0 : undefined,
  }),
};

const ends = (interval: Interval | undefined): Ends => ({
  min: known(interval?.min),
  max: known(interval?.max),
});

/** The type of a call of the library with the range that follows from the ranges of the arguments, in their order. */
export function withRangeOf(
  type: Type,
  name: string,
  kind: 'function' | 'aggregate',
  args: readonly Interval[],
): Type {
  if (type.kind !== 'int' && type.kind !== 'float') return type;
  const of = (kind === 'function' ? functions : aggregates)[name];
  const range = of?.(ends(args[0]), ends(args[1]), ends(args[2]));
  if (!range) return type;
  const min = greatest(known(type.min), range.min);
  const max = least(known(type.max), range.max);
  return {
    ...type,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}
