/** Fitted trees in flat arrays: how they are built up, written and read. */

import { decodeArray, type EncodedArray, encodeArray } from '../encoding.ts';
import { LearnError } from '../errors.ts';
import { SLOTS } from './binning.ts';

/**
 * The nodes of all trees in preorder: the left child of node n is n + 1. With `outputs` trees a round, tree t
 * adds to output t % outputs.
 */
export interface Trees {
  readonly outputs: number;
  /** The first node of each tree, and after them the number of nodes. */
  readonly roots: Int32Array;
  /** -1 in a leaf. */
  readonly feature: Int16Array;
  readonly right: Int32Array;
  /** Numbers: 2 * last bin on the left + (missing goes left). Categories: index of the set. */
  readonly split: Int32Array;
  /** What a leaf adds to the raw score. */
  readonly value: Float64Array;
  /** Eight words a set: one bit a bin, 1 goes left. */
  readonly sets: Int32Array;
}

export interface TreesFile {
  readonly outputs: number;
  readonly roots: EncodedArray;
  readonly feature: EncodedArray;
  readonly right: EncodedArray;
  readonly split: EncodedArray;
  readonly value: EncodedArray;
  readonly sets: EncodedArray;
}

/** Words of a set. */
export const WORDS = SLOTS / 32;

export class TreesBuilder {
  private readonly outputs: number;
  private readonly roots: number[] = [0];
  private readonly feature: number[] = [];
  private readonly right: number[] = [];
  private readonly split: number[] = [];
  private readonly value: number[] = [];
  private readonly sets: number[] = [];
  private readonly hasSet: boolean[] = [];
  /** How many words of sets stood before each tree. */
  private readonly setsBefore: number[] = [0];

  constructor(outputs: number) {
    this.outputs = outputs;
  }

  leaf(value: number): void {
    this.node(-1, 0, value, false);
  }

  /** Numbers. Returns the node, whose right child `setRight` names. */
  threshold(feature: number, bin: number, missingLeft: boolean): number {
    return this.node(feature, 2 * bin + Number(missingLeft), 0, false);
  }

  /** Categories; 256 bytes of 0 or 1. */
  set(feature: number, goesLeft: Uint8Array): number {
    const words = new Int32Array(WORDS);
    for (let bin = 0; bin < SLOTS; bin++) words[bin >> 5]! |= goesLeft[bin]! << (bin & 31);
    this.sets.push(...words);
    return this.node(feature, this.sets.length / WORDS - 1, 0, true);
  }

  /** The next node to be added is the right child of `node`. */
  setRight(node: number): void {
    this.right[node] = this.feature.length;
  }

  endTree(): void {
    this.roots.push(this.feature.length);
    this.setsBefore.push(this.sets.length);
  }

  private node(feature: number, split: number, value: number, hasSet: boolean): number {
    this.hasSet.push(hasSet);
    this.feature.push(feature);
    this.split.push(split);
    this.value.push(value);
    this.right.push(0);
    return this.feature.length - 1;
  }

  /** The first `trees` trees, or the trees from `start` on. */
  finish(trees = this.roots.length - 1, start = 0): Trees {
    const from = this.roots[start]!;
    const to = this.roots[trees]!;
    const firstSet = this.setsBefore[start]! / WORDS;
    return {
      outputs: this.outputs,
      roots: Int32Array.from(this.roots.slice(start, trees + 1), root => root - from),
      feature: Int16Array.from(this.feature.slice(from, to)),
      right: Int32Array.from(this.right.slice(from, to), (node, i) =>
        this.feature[from + i]! < 0 ? 0 : node - from,
      ),
      split: Int32Array.from(this.split.slice(from, to), (split, i) =>
        this.hasSet[from + i] ? split - firstSet : split,
      ),
      value: Float64Array.from(this.value.slice(from, to)),
      sets: Int32Array.from(this.sets.slice(this.setsBefore[start]!, this.setsBefore[trees]!)),
    };
  }
}

export function encodeTrees(trees: Trees): TreesFile {
  return {
    outputs: trees.outputs,
    roots: encodeArray(trees.roots),
    feature: encodeArray(trees.feature),
    right: encodeArray(trees.right),
    split: encodeArray(trees.split),
    value: encodeArray(trees.value),
    sets: encodeArray(trees.sets),
  };
}

/** Throws `bad-model-file` when the arrays do not make trees over `categorical.length` features. */
export function decodeTrees(file: TreesFile, categorical: readonly boolean[]): Trees {
  const trees: Trees = {
    outputs: file.outputs,
    roots: decodeArray(file.roots, 'i32', 'roots'),
    feature: decodeArray(file.feature, 'i16', 'feature'),
    right: decodeArray(file.right, 'i32', 'right'),
    split: decodeArray(file.split, 'i32', 'split'),
    value: decodeArray(file.value, 'f64', 'value'),
    sets: decodeArray(file.sets, 'i32', 'sets'),
  };
  if (!sound(trees, categorical))
    throw new LearnError('bad-model-file', 'The trees of the model file are damaged');
  return trees;
}

/** Children stand behind their parent and within its tree, so that scoring always ends in a leaf. */
function sound(trees: Trees, categorical: readonly boolean[]): boolean {
  const nodes = trees.feature.length;
  for (const array of [trees.right, trees.split, trees.value]) if (array.length !== nodes) return false;
  if (trees.roots[0] !== 0 || trees.roots[trees.roots.length - 1] !== nodes) return false;
  for (let tree = 0; tree + 1 < trees.roots.length; tree++) {
    const end = trees.roots[tree + 1]!;
    if (trees.roots[tree]! >= end) return false;
    for (let node = trees.roots[tree]!; node < end; node++) {
      const feature = trees.feature[node]!;
      if (feature < 0) continue;
      const most = categorical[feature] ? trees.sets.length / WORDS : 2 * SLOTS;
      if (feature >= categorical.length || trees.split[node]! < 0 || trees.split[node]! >= most) return false;
      if (trees.right[node]! <= node + 1 || trees.right[node]! >= end) return false;
    }
  }
  return true;
}
