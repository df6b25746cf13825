/** One tree, grown depth first on the gradients in the workbench. */

import { type FeatureBins, SLOTS } from './binning.ts';
import { createSplitFinder, type SplitFinder, type SplitRules, type Sums } from './split.ts';
import type { TreesBuilder } from './trees.ts';
import type { Workbench } from './workbench.ts';

export interface TreeRules {
  readonly depth: number;
  readonly leaf: number;
  readonly l2: number;
  readonly learningRate: number;
}

/** What one step of the fixed-point numbers is worth. */
export interface Units {
  readonly gradient: number;
  readonly hessian: number;
}

/** The rows `order[from..to)` of the workbench have reached a leaf with this value. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** A side with less curvature than this would get a leaf value without bounds. */
const LEAST_HESSIAN = 1e-3;

/** Histograms that are alive at once while a tree of this depth grows depth first. */
export const slotsFor = (depth: number): number => depth + 2;

interface Growth {
  readonly bench: Workbench;
  readonly finder: SplitFinder;
  readonly features: readonly FeatureBins[];
  readonly rules: TreeRules;
  readonly units: Units;
  readonly builder: TreesBuilder;
  readonly free: number[];
  readonly leaves: LeafRange[];
  readonly gains: Float64Array;
}

/**
 * Grows a tree over all rows, adds it to `builder`, and returns its leaves. `gains[f]` grows by the reductions of
 * the loss that splits on feature f brought.
 */
export function growTree(
  bench: Workbench,
  features: readonly FeatureBins[],
  rules: TreeRules,
  units: Units,
  builder: TreesBuilder,
  gains: Float64Array,
): LeafRange[] {
  const scaled: SplitRules = {
    leaf: rules.leaf,
    l2: rules.l2 / units.hessian,
    leastHessian: LEAST_HESSIAN / units.hessian,
  };
  const growth: Growth = {
    bench,
    finder: createSplitFinder(bench, features, scaled),
    features,
    rules,
    units,
    builder,
    free: Array.from({ length: slotsFor(rules.depth) - 1 }, (_, i) => i + 1),
    leaves: [],
    gains,
  };
  bench.build(0, 0, bench.order.length);
  growNode(growth, { from: 0, to: bench.order.length, depth: 0, slot: 0, sums: total(bench, 0) });
  builder.endTree();
  return growth.leaves;
}

interface Node {
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  /** Its histogram, or -1 for what can only be a leaf. */
  readonly slot: number;
  readonly sums: Sums;
}

function growNode(growth: Growth, node: Node): void {
  const { bench, builder, features } = growth;
  const split = node.slot < 0 ? null : growth.finder.find(node.slot, node.sums);
  if (split === null) {
    if (node.slot >= 0) growth.free.push(node.slot);
    addLeaf(growth, node);
    return;
  }
  growth.gains[split.feature]! +=
    split.gain * ((growth.units.gradient * growth.units.gradient) / growth.units.hessian);
  const middle = bench.partition(node.from, node.to, split.feature, split.goesLeft);
  const depth = node.depth + 1;
  const [leftSlot, rightSlot] = childHistograms(growth, node, middle, split.left, split.right);
  const at =
    features[split.feature]!.kind === 'number'
      ? builder.threshold(split.feature, split.bin, split.goesLeft[SLOTS - 1] === 1)
      : builder.set(split.feature, split.goesLeft);
  growNode(growth, { from: node.from, to: middle, depth, slot: leftSlot, sums: split.left });
  builder.setRight(at);
  growNode(growth, { from: middle, to: node.to, depth, slot: rightSlot, sums: split.right });
}

/**
 * Slots with the histograms of the children that may be divided further. Only the smaller side is summed; the
 * larger is what the parent has beyond it, and takes the parent's slot.
 */
function childHistograms(
  growth: Growth,
  node: Node,
  middle: number,
  left: Sums,
  right: Sums,
): [number, number] {
  const { bench, free } = growth;
  const leftSplits = maySplit(growth, node.depth + 1, left);
  const rightSplits = maySplit(growth, node.depth + 1, right);
  if (!leftSplits && !rightSplits) {
    free.push(node.slot);
    return [-1, -1];
  }
  const leftIsSmall = left.count <= right.count;
  const [from, to] = leftIsSmall ? [node.from, middle] : [middle, node.to];
  const [smallSplits, largeSplits] = leftIsSmall ? [leftSplits, rightSplits] : [rightSplits, leftSplits];
  let small = -1;
  let large = -1;
  if (!largeSplits) {
    small = node.slot;
    bench.build(small, from, to);
  } else {
    small = free.pop()!;
    large = node.slot;
    bench.build(small, from, to);
    bench.subtract(large, small);
    if (!smallSplits) {
      free.push(small);
      small = -1;
    }
  }
  return leftIsSmall ? [small, large] : [large, small];
}

function maySplit(growth: Growth, depth: number, sums: Sums): boolean {
  return depth < growth.rules.depth && sums.count >= 2 * growth.rules.leaf;
}

/** Newton's step, damped: -learning_rate * G / (H + l2). */
function addLeaf(growth: Growth, node: Node): void {
  const { units, rules } = growth;
  const curvature = node.sums.hessian * units.hessian + rules.l2;
  const value = curvature > 0 ? (-rules.learningRate * node.sums.gradient * units.gradient) / curvature : 0;
  growth.builder.leaf(value);
  growth.leaves.push({ from: node.from, to: node.to, value });
}

function total(bench: Workbench, slot: number): Sums {
  const cells = new Float64Array(SLOTS * 3);
  bench.read(slot, 0, cells);
  let gradient = 0;
  let hessian = 0;
  let count = 0;
  for (let bin = 0; bin < SLOTS; bin++) {
    gradient += cells[3 * bin]!;
    hessian += cells[3 * bin + 1]!;
    count += cells[3 * bin + 2]!;
  }
  return { gradient, hessian, count };
}
