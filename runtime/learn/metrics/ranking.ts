/** The metrics of an order: scores of the two classes, each sorted, walked together. */

export interface Ranked {
  /** Both ascending. */
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/** Sorting plain numbers apart by class is many times faster than sorting row numbers by score. */
export function rank(
  count: number,
  scoreOf: (i: number) => number,
  isPositive: (i: number) => boolean,
): Ranked {
  const scores = new Float64Array(count);
  let positives = 0;
  let negatives = count;
  for (let i = 0; i < count; i++) {
    if (isPositive(i)) scores[positives++] = scoreOf(i);
    else scores[--negatives] = scoreOf(i);
  }
  return { positives: scores.subarray(0, positives).sort(), negatives: scores.subarray(positives).sort() };
}

/**
 * Area under the ROC curve: the share of pairs of a positive and a negative in which the positive scores higher, a
 * tie counting half. Mann and Whitney 1947 (U / (P N)); Hanley and McNeil 1982. NaN without one of the classes.
 */
export function areaUnderRoc({ positives, negatives }: Ranked): number {
  let below = 0;
  let upTo = 0;
  // Twice U, so that all sums are whole numbers.
  let doubled = 0;
  for (const score of positives) {
    while (below < negatives.length && negatives[below]! < score) below++;
    if (upTo < below) upTo = below;
    while (upTo < negatives.length && negatives[upTo]! <= score) upTo++;
    doubled += below + upTo;
  }
  return doubled / 2 / (positives.length * negatives.length);
}

/**
 * Average precision: sum over the distinct scores, from the highest, of (R_n - R_(n-1)) P_n, without interpolation
 * (as scikit-learn's `average_precision_score`). NaN without positives.
 */
export function averagePrecision({ positives, negatives }: Ranked): number {
  let p = positives.length;
  let n = negatives.length;
  let sum = 0;
  while (p > 0) {
    const score = positives[p - 1]!;
    const before = p;
    while (p > 0 && positives[p - 1] === score) p--;
    while (n > 0 && negatives[n - 1]! >= score) n--;
    const truePositives = positives.length - p;
    sum += (before - p) * (truePositives / (truePositives + negatives.length - n));
  }
  return sum / positives.length;
}
