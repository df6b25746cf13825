/**
 * The memory in which trees grow, and the three loops over rows that take nearly all of the time.
 *
 * Sums are exact: a row's gradient and hessian are whole numbers (fixed point, scaled per round), so that a
 * histogram does not depend on the order of the rows, `parent - child` is the sibling to the last bit, and the two
 * implementations (WebAssembly with SIMD, plain TypeScript) agree in every bit. A gradient has up to 30 bits, a
 * hessian up to 24, which is beyond what single precision, common in other libraries, holds.
 */

import { SLOTS } from './binning.ts';
import { instantiateKernel } from './kernel.ts';

export interface Workbench {
  /** Row-major bins, `rows * features`. */
  readonly bins: Uint8Array;
  /** Fixed-point gradient and hessian of row r at 2r and 2r + 1. */
  readonly pairs: Int32Array;
  /** All row numbers, so ordered that the rows of a node are neighbours. */
  readonly order: Int32Array;
  readonly precision: Precision;
  /** Sums the rows `order[from..to)` into histogram `slot`, for all features. */
  build(slot: number, from: number, to: number): void;
  /** Histogram `slot` minus histogram `other`, into `slot`. */
  subtract(slot: number, other: number): void;
  /** Writes gradient, hessian and count of bin b of the feature to `out[3b..3b+2]`, for all 256 bins. */
  read(slot: number, feature: number, out: Float64Array): void;
  /** Moves the rows whose bin has 1 in `goesLeft` (256 bytes of 0 or 1) to the front; where the others begin. */
  partition(from: number, to: number, feature: number, goesLeft: Uint8Array): number;
}

export interface Precision {
  /** The greatest fixed-point values of one row. */
  readonly gradientMax: number;
  readonly hessianMax: number;
  /** In a 64-bit lane the count stands above this many bits of the hessian's sum. */
  readonly countShift: number;
}

export interface WorkbenchSize {
  readonly rows: number;
  readonly features: number;
  /** How many histograms are alive at once. */
  readonly slots: number;
}

/** Widths at which no sum of `rows` rows leaves its lane, nor the 53 bits of a double. */
export function precisionFor(rows: number): Precision {
  const bits = 32 - Math.clz32(rows);
  const countShift = Math.min(44, 62 - bits);
  return {
    countShift,
    gradientMax: 2 ** Math.min(30, 52 - bits),
    hessianMax: 2 ** Math.min(24, countShift - bits),
  };
}

/** With WebAssembly SIMD where the machine has it. */
export function createWorkbench(size: WorkbenchSize): Workbench {
  return createFastWorkbench(size) ?? createPlainWorkbench(size);
}

/** Null where WebAssembly or its SIMD is switched off, or the memory would pass 4 GiB. */
export function createFastWorkbench(size: WorkbenchSize): Workbench | null {
  const { rows, features, slots } = size;
  const precision = precisionFor(rows);
  const slotBytes = features * SLOTS * 16;
  let end = 0;
  const place = (bytes: number): number => {
    const at = end;
    end += Math.ceil(bytes / 64) * 64;
    return at;
  };
  const table = place(SLOTS);
  const histograms = place(slots * slotBytes);
  const pairsAt = place(rows * 8);
  const orderAt = place(rows * 4);
  const spare = place(rows * 4);
  const binsAt = place(rows * features);
  const kernel = instantiateKernel(end, { features, countShift: precision.countShift });
  if (kernel === null) return null;

  const { buffer } = kernel;
  const words = new Int32Array(buffer, histograms, (slots * slotBytes) / 4);
  const tableBytes = new Uint8Array(buffer, table, SLOTS);
  const slotAt = (slot: number): number => histograms + slot * slotBytes;
  return {
    bins: new Uint8Array(buffer, binsAt, rows * features),
    pairs: new Int32Array(buffer, pairsAt, rows * 2),
    order: new Int32Array(buffer, orderAt, rows),
    precision,
    build(slot, from, to) {
      words.fill(0, (slot * slotBytes) / 4, ((slot + 1) * slotBytes) / 4);
      kernel.build(binsAt, pairsAt, orderAt + from * 4, orderAt + to * 4, slotAt(slot));
    },
    subtract: (slot, other) => kernel.subtract(slotAt(slot), slotAt(other), slotBytes),
    read: (slot, feature, out) =>
      unpack(words, (slot * slotBytes) / 4 + feature * SLOTS * 4, precision.countShift, out),
    partition(from, to, feature, goesLeft) {
      tableBytes.set(goesLeft);
      const middle = kernel.partition(binsAt + feature, orderAt + from * 4, orderAt + to * 4, spare, table);
      return (middle - orderAt) / 4;
    },
  };
}

/** Two little-endian 64-bit lanes a bin: the gradients' sum; the count above the hessians' sum. */
function unpack(words: Int32Array, start: number, countShift: number, out: Float64Array): void {
  const highShift = countShift - 32;
  const mask = 2 ** highShift - 1;
  for (let bin = 0, at = start; bin < SLOTS; bin++, at += 4) {
    const high = words[at + 3]!;
    out[3 * bin] = words[at + 1]! * 4294967296 + (words[at]! >>> 0);
    out[3 * bin + 1] = (high & mask) * 4294967296 + (words[at + 2]! >>> 0);
    out[3 * bin + 2] = high >>> highShift;
  }
}

/** The same in plain TypeScript: the fallback, and the reference in tests. Sums are whole numbers in doubles. */
export function createPlainWorkbench(size: WorkbenchSize): Workbench {
  const { rows, features, slots } = size;
  const bins = new Uint8Array(rows * features);
  const pairs = new Int32Array(rows * 2);
  const order = new Int32Array(rows);
  const spare = new Int32Array(rows);
  const slotSize = features * SLOTS * 3;
  const sums = new Float64Array(slots * slotSize);
  return {
    bins,
    pairs,
    order,
    precision: precisionFor(rows),
    build(slot, from, to) {
      const start = slot * slotSize;
      sums.fill(0, start, start + slotSize);
      for (let i = from; i < to; i++) {
        const row = order[i]!;
        const gradient = pairs[2 * row]!;
        const hessian = pairs[2 * row + 1]!;
        for (let f = 0, base = start, at = row * features; f < features; f++, base += SLOTS * 3, at++) {
          const cell = base + bins[at]! * 3;
          sums[cell]! += gradient;
          sums[cell + 1]! += hessian;
          sums[cell + 2]! += 1;
        }
      }
    },
    subtract(slot, other) {
      for (let i = 0; i < slotSize; i++) sums[slot * slotSize + i]! -= sums[other * slotSize + i]!;
    },
    read(slot, feature, out) {
      const start = slot * slotSize + feature * SLOTS * 3;
      out.set(sums.subarray(start, start + SLOTS * 3));
    },
    partition(from, to, feature, goesLeft) {
      let left = from;
      let right = 0;
      for (let i = from; i < to; i++) {
        const row = order[i]!;
        if (goesLeft[bins[row * features + feature]!] === 1) order[left++] = row;
        else spare[right++] = row;
      }
      order.set(spare.subarray(0, right), left);
      return left;
    },
  };
}
