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
/** Quantiles of more rows than this are those of a stratified sample; their error is then about 0.1%. */
const SAMPLE = 200_000;

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
  const distinct: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (distinct.length > 0 && value === distinct[distinct.length - 1]) counts[counts.length - 1]!++;
    else {
      distinct.push(value);
      counts.push(1);
    }
  }
  const thresholds: number[] = [];
  let left = sorted.length;
  let filled = 0;
  for (let i = 0; i + 1 < distinct.length && thresholds.length < limit - 1; i++) {
    filled += counts[i]!;
    const share = left / (limit - thresholds.length);
    // Close the bin also where the next value would overfill it by more than it is underfilled now.
    if (distinct.length > limit && filled + counts[i + 1]! / 2 < share) continue;
    thresholds.push(between(distinct[i]!, distinct[i + 1]!));
    left -= filled;
    filled = 0;
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
    const { values } = column;
    for (let row = 0, at = offset; row < values.length; row++, at += stride)
      out[at] = binOfNumber(values[row]!, bins.thresholds);
  } else throw new TypeError(`column '${column.name}' is not a ${bins.kind}`);
}

function binOfNumber(value: number, thresholds: Float64Array): number {
  if (Number.isNaN(value)) return MISSING;
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= thresholds[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}
