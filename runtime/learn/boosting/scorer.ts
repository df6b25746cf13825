/** Scoring rows with trees, without a branch that depends on the data. */

import { MISSING } from './binning.ts';
import { type Trees, WORDS } from './trees.ts';

export interface Scorer {
  /** Adds the trees' values to the raw scores, row-major `rows * outputs`; bins are row-major too. */
  add(bins: Uint8Array, features: number, raw: Float64Array): void;
}

/** Rows that are scored by one tree after the other while their bins stay in the first-level cache. */
const BLOCK = 512;

/**
 * Every split, of either kind, is a set of bins here, and a leaf is its own child: all rows take as many steps as the
 * tree is deep. Nothing is left to mispredict, and four rows walk at once, each hiding the others' wait for memory.
 */
export function createScorer(trees: Trees, categorical: readonly boolean[]): Scorer {
  const { value, roots, outputs } = trees;
  const feature = trees.feature.map(f => Math.max(f, 0));
  const tables: Tables = { feature, words: splitWords(trees, categorical), child: children(trees), value };
  const depths = depthsOf(trees);
  return {
    add(bins, features, raw) {
      const rows = raw.length / outputs;
      for (let from = 0; from < rows; from += BLOCK) {
        const to = Math.min(from + BLOCK, rows);
        for (let tree = 0; tree < depths.length; tree++) {
          const walk: Walk = {
            root: roots[tree]!,
            depth: depths[tree]!,
            outputs,
            output: tree % outputs,
            from,
            to,
          };
          addTree(tables, walk, bins, features, raw);
        }
      }
    },
  };
}

interface Tables {
  readonly feature: Int16Array;
  readonly words: Int32Array;
  readonly child: Int32Array;
  readonly value: Float64Array;
}

interface Walk {
  readonly root: number;
  readonly depth: number;
  readonly outputs: number;
  readonly output: number;
  readonly from: number;
  readonly to: number;
}

function addTree(tables: Tables, walk: Walk, bins: Uint8Array, features: number, raw: Float64Array): void {
  // Everything in locals: the compiler then keeps the arrays' addresses in registers.
  const { feature, words, child, value } = tables;
  const { root, depth, outputs, to } = walk;
  let row = walk.from;
  let at = row * outputs + walk.output;
  for (; row + 4 <= to; row += 4, at += 4 * outputs) {
    const first = row * features;
    let a = root;
    let b = root;
    let c = root;
    let d = root;
    for (let level = 0; level < depth; level++) {
      a = step(feature, words, child, bins, a, first);
      b = step(feature, words, child, bins, b, first + features);
      c = step(feature, words, child, bins, c, first + 2 * features);
      d = step(feature, words, child, bins, d, first + 3 * features);
    }
    raw[at]! += value[a]!;
    raw[at + outputs]! += value[b]!;
    raw[at + 2 * outputs]! += value[c]!;
    raw[at + 3 * outputs]! += value[d]!;
  }
  for (; row < to; row++, at += outputs) {
    let node = root;
    for (let level = 0; level < depth; level++)
      node = step(feature, words, child, bins, node, row * features);
    raw[at]! += value[node]!;
  }
}

function step(
  feature: Int16Array,
  words: Int32Array,
  child: Int32Array,
  bins: Uint8Array,
  node: number,
  row: number,
): number {
  const bin = bins[row + feature[node]!]!;
  return child[2 * node + ((words[node * WORDS + (bin >> 5)]! >>> (bin & 31)) & 1)]!;
}

/** Where a row goes from node n: `[2n]` with 0 in the set, `[2n + 1]` with 1. */
function children(trees: Trees): Int32Array {
  const child = new Int32Array(2 * trees.feature.length);
  for (let node = 0; node < trees.feature.length; node++) {
    const isLeaf = trees.feature[node]! < 0;
    child[2 * node] = isLeaf ? node : trees.right[node]!;
    child[2 * node + 1] = isLeaf ? node : node + 1;
  }
  return child;
}

function depthsOf({ roots, feature, right }: Trees): Int32Array {
  const depthOf = new Int32Array(feature.length);
  const depths = new Int32Array(roots.length - 1);
  for (let tree = 0; tree < depths.length; tree++) {
    for (let node = roots[tree]!; node < roots[tree + 1]!; node++) {
      depths[tree] = Math.max(depths[tree]!, depthOf[node]!);
      if (feature[node]! < 0) continue;
      depthOf[node + 1] = depthOf[node]! + 1;
      depthOf[right[node]!] = depthOf[node]! + 1;
    }
  }
  return depths;
}

function splitWords(trees: Trees, categorical: readonly boolean[]): Int32Array {
  const words = new Int32Array(trees.feature.length * WORDS);
  for (let node = 0; node < trees.feature.length; node++) {
    const feature = trees.feature[node]!;
    if (feature < 0) continue;
    const split = trees.split[node]!;
    if (categorical[feature])
      words.set(trees.sets.subarray(split * WORDS, (split + 1) * WORDS), node * WORDS);
    else {
      for (let bin = 0; bin <= split >> 1; bin++) words[node * WORDS + (bin >> 5)]! |= 1 << (bin & 31);
      if (split & 1) words[node * WORDS + (MISSING >> 5)]! |= 1 << (MISSING & 31);
    }
  }
  return words;
}
