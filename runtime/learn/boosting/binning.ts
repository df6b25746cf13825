/**
 * Values to bins of one byte, fixed on the training rows.
 *
 * A number falls in one of at most 255 quantile bins; a category has a bin of its own, or shares OTHER when the
 * vocabulary has more values than bins. Unseen categories are OTHER too. Missing is always the bin MISSING.
 */

import type { Random } from '../random.ts';
import type { CategoryColumn, Column, Frame } from '../types.ts';

export const MISSING = 255;
export const OTHER = 254;
/** Entries per feature in a histogram or a split's table: every value of a byte. */
export const SLOTS = 256;
/**
 * Quantiles of more rows than this are those of a stratified sample: with 255 bins about 200 rows mark each, and a
 * bin's share is off by some 7% of itself.
 */
const SAMPLE = 50_000;

/** `v` falls in the first bin `i` with `v <= thresholds[i]`, or in bin `thresholds.length`. */
export interface NumberBins {
  readonly kind: 'number';
  readonly thresholds: Float64Array;
}

/** `binOf[code]`; the last entry is that of an unseen value. */
export interface CategoryBins {
  readonly kind: 'category';
  readonly binOf: Uint8Array;
}

export type FeatureBins = NumberBins | CategoryBins;

/** @param limit the most bins for known values of one feature, 2 to 255 */
export function fitBins(frame: Frame, limit: number, random: Random): FeatureBins[] {
  return frame.columns.map(column =>
    column.kind === 'number'
      ? { kind: 'number', thresholds: quantileThresholds(sample(column.values, random), limit) }
      : { kind: 'category', binOf: categoryBins(column, limit) },
  );
}

/** The present values of at most SAMPLE rows, one from each of as many equal stretches, sorted. */
function sample(values: Float64Array, random: Random): Float64Array {
  const size = Math.min(values.length, SAMPLE);
  const present = new Float64Array(size);
  let kept = 0;
  for (let i = 0; i < size; i++) {
    const row = size === values.length ? i : Math.floor(((i + random.next()) * values.length) / size);
    const value = values[row]!;
    if (!Number.isNaN(value)) present[kept++] = value;
  }
  return present.subarray(0, kept).sort();
}

/**
 * Boundaries between bins of about equally many rows, halfway between neighbouring values; between all neighbours
 * when there are no more distinct values than bins. A value that fills a bin by itself takes no share from the rest.
 */
export function quantileThresholds(sorted: Float64Array, limit: number): Float64Array {
  // Ends of the runs of equal values: run i is `sorted[ends[i - 1]..ends[i])`.
  const ends = new Int32Array(sorted.length);
  let runs = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i + 1 === sorted.length || sorted[i + 1] !== sorted[i]) ends[runs++] = i + 1;
  }
  const thresholds: number[] = [];
  /** Where the bin that is being filled begins. */
  let begin = 0;
  for (let run = 0; run + 1 < runs && thresholds.length < limit - 1; run++) {
    const end = ends[run]!;
    const share = (sorted.length - begin) / (limit - thresholds.length);
    // Close the bin also where the next value would overfill it by more than it is underfilled now.
    if (runs > limit && end - begin + (ends[run + 1]! - end) / 2 < share) continue;
    thresholds.push(between(sorted[end - 1]!, sorted[end]!));
    begin = end;
  }
  return Float64Array.from(thresholds);
}

/** A number t with a <= t < b, halfway where floating point allows. */
function between(a: number, b: number): number {
  const middle = a / 2 + b / 2;
  return middle >= a && middle < b ? middle : a;
}

function categoryBins(column: CategoryColumn, limit: number): Uint8Array {
  const known = column.vocabulary.length;
  const binOf = new Uint8Array(known + 1).fill(OTHER);
  const room = Math.min(limit - 1, OTHER);
  if (known <= room) {
    for (let code = 0; code < known; code++) binOf[code] = code;
    return binOf;
  }
  const counts = new Float64Array(known);
  for (const code of column.codes) if (code >= 0 && code < known) counts[code]!++;
  const frequent = Array.from(counts.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b);
  for (let bin = 0; bin < room; bin++) binOf[frequent[bin]!] = bin;
  return binOf;
}

/** Row-major bins: that of row r and feature f is `[r * features + f]`. */
export function binFrame(frame: Frame, bins: readonly FeatureBins[]): Uint8Array {
  const out = new Uint8Array(frame.rows * bins.length);
  frame.columns.forEach((column, feature) => {
    binColumn(column, bins[feature]!, out, feature, bins.length);
  });
  return out;
}

function binColumn(column: Column, bins: FeatureBins, out: Uint8Array, offset: number, stride: number): void {
  if (column.kind === 'category' && bins.kind === 'category') {
    const { codes } = column;
    const { binOf } = bins;
    const unseen = binOf.length - 1;
    for (let row = 0, at = offset; row < codes.length; row++, at += stride) {
      const code = codes[row]!;
      out[at] = code < 0 ? MISSING : binOf[Math.min(code, unseen)]!;
    }
  } else if (column.kind === 'number' && bins.kind === 'number') {
    binNumbers(column.values, bins.thresholds, out, offset, stride);
  } else throw new TypeError(`column '${column.name}' is not a ${bins.kind}`);
}

/** Kept, as a service bins one row at a time by the same thresholds. */
const paddings = new WeakMap<Float64Array, Float64Array>();

function paddedTo(thresholds: Float64Array): Float64Array {
  const known = paddings.get(thresholds);
  if (known !== undefined) return known;
  const padded = new Float64Array(SLOTS).fill(Number.POSITIVE_INFINITY);
  padded.set(thresholds);
  paddings.set(thresholds, padded);
  return padded;
}

/**
 * A binary search of always eight steps over thresholds filled up with infinity. The step is arithmetic, not a
 * branch: it cannot be predicted, and is four times faster so.
 */
function binNumbers(
  values: Float64Array,
  thresholds: Float64Array,
  out: Uint8Array,
  offset: number,
  stride: number,
): void {
  const padded = paddedTo(thresholds);
  for (let row = 0, at = offset; row < values.length; row++, at += stride) {
    const value = values[row]!;
    let bin = 0;
    for (let half = SLOTS / 2; half > 0; half >>= 1) bin += half & -Number(value > padded[bin + half - 1]!);
    out[at] = Number.isNaN(value) ? MISSING : bin;
  }
}
