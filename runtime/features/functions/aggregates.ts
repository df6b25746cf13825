import { ExactSum } from './exact-sum.ts';
import type { AggregateFunctions, Numeric } from './generated/signatures.ts';
import { compareValues, type Int, intOf, type Scalar } from './values.ts';

/**
 * The aggregates, one for each declaration of `stdlib/prelude.mlp`, where their meaning is written, over the values of a
 * window's rows. One that is declared and missing here, or whose types differ, does not compile. No result is -0.
 */
export const aggregates: AggregateFunctions = {
  count: rows => rows.length,
  count_any: x => present(x).length,
  // A set holds nan equal to itself, and 0 equal to -0.
  count_distinct: x => new Set(present(x)).size,
  sum_int: x => {
    const values = present(x);
    return values.length === 0 ? null : sumOfInts(values);
  },
  sum_float: x => summed(present(x))?.value() ?? null,
  mean: x => {
    const values = present(x);
    const sum = summed(values);
    return sum === null ? null : sum.value() / values.length;
  },
  min: x => extreme(present(x), -1),
  max: x => extreme(present(x), 1),
  stddev: x => deviation(present(x).map(Number)),
  median: x => quantile(x, 0.5),
  quantile: (x, q) => quantile(x, q),
  share: x => {
    const values = present(x);
    return values.length === 0 ? null : values.filter(Boolean).length / values.length;
  },
  any: x => {
    const values = present(x);
    return values.length === 0 ? null : values.includes(true);
  },
  all: x => {
    const values = present(x);
    return values.length === 0 ? null : !values.includes(false);
  },
  first: x => unsigned(present(x)[0] ?? null),
  last: x => unsigned(present(x).at(-1) ?? null),
};

const present = <T extends Scalar>(values: readonly (T | null)[]): T[] =>
  values.filter((value): value is T => value !== null);

/** 0 for -0, which min, max and quantiles cannot tell apart. */
const unsigned = <T extends Scalar>(value: T | null): T | null => (value === 0 ? (0 as T) : value);

/** Only the total has to fit: what goes beyond 64 bits on the way may come back. @throws RowError beyond 64 bits */
function sumOfInts(values: readonly Int[]): Int {
  let small = 0;
  let large = 0n;
  for (const value of values) {
    const sum = typeof value === 'number' ? small + value : Number.NaN;
    if (Number.isSafeInteger(sum)) small = sum;
    else large += BigInt(value);
  }
  return intOf(large + BigInt(small));
}

function summed(values: readonly Numeric[]): ExactSum | null {
  if (values.length === 0) return null;
  const sum = new ExactSum();
  for (const value of values) sum.add(value);
  return sum;
}

function extreme<T extends Scalar>(values: readonly T[], sign: -1 | 1): T | null {
  const [first] = values;
  if (first === undefined) return null;
  return unsigned(values.reduce((best, x) => (compareValues(x, best) * sign > 0 ? x : best), first));
}

/**
 * Of a sample (divided by n - 1), by the corrected two-pass algorithm (Chan, Golub and LeVeque, Algorithms for Computing the
 * Sample Variance), which takes off what the rounding of the mean has added. From 2^500 on squares may be infinite.
 */
function deviation(values: readonly number[]): number | null {
  const n = values.length;
  if (n < 2) return null;
  if (values.some(x => !(Math.abs(x) < 2 ** 500))) return Number.NaN;
  const mean = summed(values)!.value() / n;
  const squares = new ExactSum();
  const rest = new ExactSum();
  for (const x of values) {
    squares.add((x - mean) ** 2);
    rest.add(x - mean);
  }
  return Math.sqrt(Math.max(0, squares.value() - rest.value() ** 2 / n) / (n - 1));
}

/** Between neighbours by linear interpolation (type 7 of Hyndman and Fan, Sample Quantiles in Statistical Packages). */
function quantile(values: readonly (Numeric | null)[], q: number): number | null {
  const sorted = present(values).map(Number).sort(compareValues);
  if (sorted.length === 0) return null;
  const place = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return unsigned(interpolated(low, high, place - Math.floor(place)));
}

/** Exactly one of the two where the place falls on it, so that an infinite neighbour makes no nan of it. */
function interpolated(low: number, high: number, share: number): number {
  return share === 0 ? low : low * (1 - share) + high * share;
}
