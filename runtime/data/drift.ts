import type { CategoryProfile, ColumnProfile, NumberProfile } from './profile.ts';

/**
 * Drift measures between a reference's profile and today's. Definitions: PSI is the sum of (p - q) ln(p / q) over bins fixed
 * on the reference, an empty bin counted as 1e-4; JS is (KL(P, M) + KL(Q, M)) / 2, M = (P + Q) / 2, logarithms of base 2;
 * L-infinity is the greatest |p - q| of any value; KS the greatest distance of the distribution functions at the
 * reference's bounds; Wasserstein the area between them over the reference's standard deviation. Missing values are no
 * part of a distribution. Null where either side has no values, or the sides are of different kinds.
 */
export function driftOf(
  measure: string,
  reference: ColumnProfile,
  today: ColumnProfile,
  options: { readonly bins?: number; readonly kind?: 'quantile' | 'width' } = {},
): number | null {
  if (reference.kind === 'bare' || today.kind === 'bare') return null;
  if (reference.kind === 'category' || today.kind === 'category') {
    if (reference.kind !== 'category' || today.kind !== 'category') return null;
    return categoryDrift(measure, reference, today);
  }
  return numberDrift(measure, reference, today, options);
}

function categoryDrift(measure: string, reference: CategoryProfile, today: CategoryProfile): number | null {
  const p = new Map(reference.values);
  const q = new Map(today.values);
  const total = (profile: CategoryProfile): number =>
    profile.values.reduce((sum, [, rows]) => sum + rows, profile.other);
  const [rowsP, rowsQ] = [total(reference), total(today)];
  if (rowsP === 0 || rowsQ === 0) return null;
  const values = [...new Set([...p.keys(), ...q.keys()])];
  const pairs = values.map(value => [(p.get(value) ?? 0) / rowsP, (q.get(value) ?? 0) / rowsQ] as const);
  if (reference.other > 0 || today.other > 0) pairs.push([reference.other / rowsP, today.other / rowsQ]);
  return ofPairs(measure === 'default_drift' ? 'js' : measure, pairs);
}

type Pairs = readonly (readonly [p: number, q: number])[];
/** What an empty bin counts as, so that a logarithm exists. */
const empty = 1e-4;

function ofPairs(measure: string, pairs: Pairs): number | null {
  switch (measure) {
    case 'psi':
      return sum(pairs.map(([p, q]) => (floor(p) - floor(q)) * Math.log(floor(p) / floor(q))));
    case 'js':
      return sum(pairs.map(([p, q]) => (relative(p, (p + q) / 2) + relative(q, (p + q) / 2)) / 2));
    case 'l_infinity':
      return Math.max(...pairs.map(([p, q]) => Math.abs(p - q)));
    default:
      return null;
  }
}

const floor = (share: number): number => (share === 0 ? empty : share);
const relative = (p: number, m: number): number => (p === 0 ? 0 : p * Math.log2(p / m));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function numberDrift(
  measure: string,
  reference: NumberProfile,
  today: NumberProfile,
  options: { readonly bins?: number; readonly kind?: 'quantile' | 'width' },
): number | null {
  const [p, q] = [cumulative(reference), cumulative(today)];
  if (p.total === 0 || q.total === 0) return null;
  switch (measure) {
    case 'psi':
    case 'js':
      return ofPairs(
        measure,
        binned(cuts(reference, p, options.bins ?? 10, options.kind ?? 'quantile'), p, q),
      );
    case 'l_infinity': {
      if (isExact(reference) && isExact(today))
        return ofPairs(measure, valuePairs(reference, today, p.total, q.total));
      return ofPairs(measure, binned(cuts(reference, p, options.bins ?? 100, 'quantile'), p, q));
    }
    case 'ks': {
      const bounds = cuts(reference, p, options.bins ?? 100, 'quantile');
      return Math.max(0, ...bounds.map(x => Math.abs(p.below(x) - q.below(x))));
    }
    case 'wasserstein':
    case 'default_drift':
      return wasserstein(reference, today, p, q);
    default:
      return null;
  }
}

/** Whether the points are all values there are. */
function isExact({ points, distinct }: Pick<NumberProfile, 'points' | 'distinct'>): boolean {
  return distinct <= points.length;
}

interface Cumulative {
  readonly total: number;
  /** Share of values at most x; between two points the values lie evenly. */
  below(x: number): number;
}

function cumulative({ points, counts, min, distinct }: NumberProfile): Cumulative {
  const sums: number[] = [];
  let total = 0;
  for (const count of counts) {
    total += count;
    sums.push(total);
  }
  const exact = isExact({ points, distinct });
  const below = (x: number): number => {
    if (total === 0 || x < min) return 0;
    const at = upper(points, x);
    if (at === points.length) return 1;
    const before = at === 0 ? 0 : sums[at - 1]!;
    if (exact || (at > 0 && points[at - 1] === x)) return before / total;
    const from = at === 0 ? min : points[at - 1]!;
    const share = points[at]! > from ? (x - from) / (points[at]! - from) : 0;
    return (before + share * counts[at]!) / total;
  };
  return { total, below };
}

/** Index of the first point greater than x. */
function upper(points: readonly number[], x: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Upper bounds of all bins but the last, fixed on the reference; fewer where values repeat. */
function cuts(
  reference: NumberProfile,
  { below }: Cumulative,
  bins: number,
  kind: 'quantile' | 'width',
): readonly number[] {
  const { points, min, max } = reference;
  const found: number[] = [];
  for (let k = 1; k < bins; k++) {
    const cut =
      kind === 'width'
        ? min + ((max - min) * k) / bins
        : (points.find(x => below(x) >= k / bins - 1e-12) ?? max);
    if (cut < max && cut !== found.at(-1)) found.push(cut);
  }
  return found;
}

function binned(bounds: readonly number[], p: Cumulative, q: Cumulative): Pairs {
  const edges = [...bounds, Number.POSITIVE_INFINITY];
  return edges.map((edge, i) => {
    const from = i === 0 ? Number.NEGATIVE_INFINITY : edges[i - 1]!;
    return [p.below(edge) - p.below(from), q.below(edge) - q.below(from)] as const;
  });
}

/** Shares of each value, where both sides keep all of theirs. */
function valuePairs(reference: NumberProfile, today: NumberProfile, totalP: number, totalQ: number): Pairs {
  const p = new Map(reference.points.map((point, i) => [point, reference.counts[i]! / totalP]));
  const q = new Map(today.points.map((point, i) => [point, today.counts[i]! / totalQ]));
  return [...new Set([...p.keys(), ...q.keys()])].map(x => [p.get(x) ?? 0, q.get(x) ?? 0] as const);
}

function wasserstein(
  reference: NumberProfile,
  today: NumberProfile,
  p: Cumulative,
  q: Cumulative,
): number | null {
  const points = [...new Set([reference.min, ...reference.points, today.min, ...today.points])].sort(
    (a, b) => a - b,
  );
  let area = 0;
  for (let i = 1; i < points.length; i++) {
    area += Math.abs(p.below(points[i - 1]!) - q.below(points[i - 1]!)) * (points[i]! - points[i - 1]!);
  }
  if (area === 0) return 0;
  return reference.stddev === 0 ? null : area / reference.stddev;
}
