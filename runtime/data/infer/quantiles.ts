import type { NumberProfile } from '../profile.ts';

/** The value at or under which a share of the values lies; exact to a thousandth of the rows. */
export function quantileOf(profile: NumberProfile, share: number): number {
  const { points, counts, min, max } = profile;
  if (share <= 0) return min;
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (let i = 0; i < points.length; i++) {
    below += counts[i]!;
    if (below >= share * total - 1e-9) return points[i]!;
  }
  return max;
}

/** Counts in bins of equal width. A point's rows are spread evenly over the stretch that it stands for. */
export function histogramOf(profile: NumberProfile, from: number, to: number, bins: number): number[] {
  const result = new Array<number>(bins).fill(0);
  const width = (to - from) / bins;
  const exact = profile.distinct <= profile.points.length;
  const binOf = (x: number): number => Math.min(bins - 1, Math.max(0, Math.floor((x - from) / width)));
  for (const [i, point] of profile.points.entries()) {
    const rows = profile.counts[i]!;
    const before = i === 0 ? profile.min : profile.points[i - 1]!;
    const [first, last] = [binOf(before), binOf(point)];
    if (exact || first === last) {
      result[last]! += rows;
      continue;
    }
    for (let bin = first; bin <= last; bin++) {
      const low = Math.max(before, from + bin * width);
      const high = Math.min(point, from + (bin + 1) * width);
      result[bin]! += (rows * Math.max(0, high - low)) / (point - before);
    }
  }
  return result;
}
