/** The best way to divide the rows of a node, from its histograms. */

import { type FeatureBins, MISSING, OTHER, SLOTS } from './binning.ts';
import type { Workbench } from './workbench.ts';

/** Sums over rows, in the fixed-point units of the round (see `Workbench`). */
export interface Sums {
  readonly gradient: number;
  readonly hessian: number;
  readonly count: number;
}

export interface SplitRules {
  /** The least rows on either side. */
  readonly leaf: number;
  /** The penalty and the least sum of hessians on either side, in the units of the round's hessian. */
  readonly l2: number;
  readonly leastHessian: number;
}

export interface Split {
  readonly feature: number;
  /** Reduction of the loss, doubled, in gradient units squared by hessian unit. */
  readonly gain: number;
  /** 1 for every bin whose rows go left. */
  readonly goesLeft: Uint8Array;
  /** The last bin on the left, for numbers; -1 for categories. */
  readonly bin: number;
  readonly left: Sums;
  readonly right: Sums;
}

/**
 * A category with fewer rows in the node than this, or than a leaf may have if that is less, has no say of its own:
 * such are pooled.
 */
const CATEGORY_ROWS = 10;
/** Categories are ordered as if each had this many rows more, without gradient, so that rare ones stand inside. */
const CATEGORY_PRIOR_ROWS = 10;

/**
 * A search under way: what is searched, and the best split so far. One mutable record for all scans, as they run
 * millions of times.
 */
interface Search {
  readonly rules: SplitRules;
  node: Sums;
  /** The node's score undivided: G^2 / (H + l2). */
  alone: number;
  /** The feature that is being scanned. */
  scanned: number;
  gain: number;
  feature: number;
  gradient: number;
  hessian: number;
  count: number;
  bin: number;
  missingLeft: boolean;
  /** Bins on the left of a categorical split; POOL stands for all without a say of their own. */
  bins: number[];
}

const POOL = -1;

export interface SplitFinder {
  /** Null when no split satisfies the rules and improves the loss. */
  find(slot: number, node: Sums): Split | null;
}

export function createSplitFinder(
  bench: Workbench,
  features: readonly FeatureBins[],
  rules: SplitRules,
): SplitFinder {
  const cells = new Float64Array(SLOTS * 3);
  const ownRows = Math.min(CATEGORY_ROWS, rules.leaf);
  const order = createCategoryOrder(ownRows);
  return {
    find(slot, node) {
      const search = startSearch(rules, node);
      for (let feature = 0; feature < features.length; feature++) {
        const bins = features[feature]!;
        search.scanned = feature;
        bench.read(slot, feature, cells);
        if (bins.kind === 'number') scanNumber(cells, bins.thresholds.length + 1, search);
        else scanCategory(cells, order(cells, node), search);
      }
      if (search.feature < 0) return null;
      bench.read(slot, search.feature, cells);
      return finish(search, features[search.feature]!, cells, ownRows);
    },
  };
}

function startSearch(rules: SplitRules, node: Sums): Search {
  const alone = (node.gradient * node.gradient) / (node.hessian + rules.l2);
  // The gain to beat is relative to the node, so that rounding alone never makes a split.
  const gain = 1e-12 * (alone + 1);
  const nothing = { feature: -1, gradient: 0, hessian: 0, count: 0, bin: -1, missingLeft: false, bins: [] };
  return { rules, node, alone, scanned: 0, gain, ...nothing };
}

/** Boundaries from left to right, with the missing rows on the right and, where there are any, on the left. */
function scanNumber(cells: Float64Array, bins: number, search: Search): void {
  const { leaf } = search.rules;
  const total = search.node.count;
  const missing = cells[3 * MISSING + 2]!;
  const missingGradient = cells[3 * MISSING]!;
  const missingHessian = cells[3 * MISSING + 1]!;
  // With missing rows, "all values against missing" is a split as well.
  const last = missing > 0 ? bins : bins - 1;
  let gradient = 0;
  let hessian = 0;
  let count = 0;
  for (let bin = 0; bin < last; bin++) {
    // An empty bin repeats the gain of the one before, which is not greater; to skip it costs a misprediction.
    gradient += cells[3 * bin]!;
    hessian += cells[3 * bin + 1]!;
    count += cells[3 * bin + 2]!;
    if (count + missing < leaf) continue;
    if (total - count < leaf) break;
    consider(search, gradient, hessian, count, bin, false);
    if (missing > 0)
      consider(search, gradient + missingGradient, hessian + missingHessian, count + missing, bin, true);
  }
}

/** Keeps the split with these sums on the left if it is allowed and the best so far; whether it did. */
function consider(
  search: Search,
  gradient: number,
  hessian: number,
  count: number,
  bin: number,
  missingLeft: boolean,
): boolean {
  const { rules, node } = search;
  if (count < rules.leaf || node.count - count < rules.leaf) return false;
  const rightHessian = node.hessian - hessian;
  if (hessian < rules.leastHessian || rightHessian < rules.leastHessian) return false;
  const rightGradient = node.gradient - gradient;
  const left = (gradient * gradient) / (hessian + rules.l2);
  const right = (rightGradient * rightGradient) / (rightHessian + rules.l2);
  const gain = left + right - search.alone;
  if (!(gain > search.gain)) return false;
  search.gain = gain;
  search.feature = search.scanned;
  search.gradient = gradient;
  search.hessian = hessian;
  search.count = count;
  search.bin = bin;
  search.missingLeft = missingLeft;
  return true;
}

interface Ordered {
  /** Bins in the order of their mean gradient, POOL among them; only the first `length` count. */
  readonly bins: Int32Array;
  length: number;
  readonly pool: Float64Array;
}

/**
 * Categories by mean gradient: the best subset for a convex loss is then a prefix (Fisher 1958, "On grouping for
 * maximum homogeneity"), so that one scan finds many-against-many splits. Missing is a category like the others.
 */
function createCategoryOrder(ownRows: number): (cells: Float64Array, node: Sums) => Ordered {
  const keys = new Float64Array(SLOTS + 1);
  const means = new Float64Array(SLOTS + 1);
  const members = new Int32Array(SLOTS + 1);
  const ordered: Ordered = { bins: new Int32Array(SLOTS + 1), length: 0, pool: new Float64Array(3) };
  return (cells, node) => {
    const { pool } = ordered;
    pool.fill(0);
    const prior = CATEGORY_PRIOR_ROWS * (node.hessian / node.count);
    let length = 0;
    let greatest = 0;
    const join = (bin: number, gradient: number, hessian: number): void => {
      const mean = gradient / (hessian + prior);
      if (Math.abs(mean) > greatest) greatest = Math.abs(mean);
      members[length] = bin;
      means[length++] = mean;
    };
    for (let bin = 0; bin < SLOTS; bin++) {
      const count = cells[3 * bin + 2]!;
      if (count === 0) continue;
      if (count >= ownRows) join(bin, cells[3 * bin]!, cells[3 * bin + 1]!);
      else for (let part = 0; part < 3; part++) pool[part]! += cells[3 * bin + part]!;
    }
    if (pool[2]! > 0) join(POOL, pool[0]!, pool[1]!);
    // Mean and place in one number (44 bits and 9), because sorting plain numbers is many times faster.
    const scale = greatest > 0 ? 2 ** 43 / greatest : 0;
    for (let i = 0; i < length; i++) keys[i] = Math.floor(means[i]! * scale) * 512 + i;
    keys.subarray(0, length).sort();
    for (let i = 0; i < length; i++) ordered.bins[i] = members[((keys[i]! % 512) + 512) % 512]!;
    ordered.length = length;
    return ordered;
  };
}

/** Prefixes of the order, from one category on the left to all but one. */
function scanCategory(cells: Float64Array, ordered: Ordered, search: Search): void {
  let gradient = 0;
  let hessian = 0;
  let count = 0;
  let taken = 0;
  for (let i = 0; i + 1 < ordered.length; i++) {
    const bin = ordered.bins[i]!;
    const from = bin === POOL ? ordered.pool : cells;
    const at = bin === POOL ? 0 : 3 * bin;
    gradient += from[at]!;
    hessian += from[at + 1]!;
    count += from[at + 2]!;
    if (search.node.count - count < search.rules.leaf) break;
    if (consider(search, gradient, hessian, count, -1, false)) taken = i + 1;
  }
  if (taken > 0) search.bins = Array.from(ordered.bins.subarray(0, taken));
}

/** `cells` is the node's histogram of the feature that won. */
function finish(best: Search, bins: FeatureBins, cells: Float64Array, ownRows: number): Split {
  const { node, feature, gain, bin } = best;
  const left: Sums = { gradient: best.gradient, hessian: best.hessian, count: best.count };
  const right: Sums = {
    gradient: node.gradient - left.gradient,
    hessian: node.hessian - left.hessian,
    count: node.count - left.count,
  };
  // What the node has not seen goes where most rows go.
  const unseen = left.count >= right.count ? 1 : 0;
  if (bins.kind === 'category')
    return { feature, gain, bin, left, right, goesLeft: categoriesLeft(best.bins, cells, ownRows, unseen) };
  const goesLeft = new Uint8Array(SLOTS);
  goesLeft.fill(1, 0, bin + 1);
  goesLeft[MISSING] = cells[3 * MISSING + 2]! > 0 ? Number(best.missingLeft) : unseen;
  return { feature, gain, bin, left, right, goesLeft };
}

/** Categories of the node by the split; pooled ones together; what is like them, with them. */
function categoriesLeft(
  chosen: readonly number[],
  cells: Float64Array,
  ownRows: number,
  unseen: number,
): Uint8Array {
  const goesLeft = new Uint8Array(SLOTS);
  const pool = Number(chosen.includes(POOL));
  let pooled = 0;
  for (let bin = 0; bin < SLOTS; bin++) {
    const count = cells[3 * bin + 2]!;
    if (count === 0) goesLeft[bin] = unseen;
    else if (count < ownRows) {
      pooled++;
      goesLeft[bin] = pool;
    }
  }
  // A value that this node has never had is like its rare ones, if it has any.
  if (pooled > 0) for (const bin of [OTHER, MISSING]) if (cells[3 * bin + 2] === 0) goesLeft[bin] = pool;
  for (const bin of chosen) if (bin !== POOL) goesLeft[bin] = 1;
  return goesLeft;
}
