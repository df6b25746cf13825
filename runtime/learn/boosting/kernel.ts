/**
 * The loops over rows in WebAssembly with SIMD, assembled for the number of features at hand: `build` has its loop
 * over features unrolled, with the place of each feature's histogram in the instruction.
 */

import * as asm from './assembler.ts';
import { SLOTS } from './binning.ts';

export interface Kernel {
  readonly buffer: ArrayBuffer;
  /** All arguments are addresses; `from..to` are those of int32 row numbers. */
  build(bins: number, pairs: number, from: number, to: number, histogram: number): void;
  subtract(histogram: number, other: number, bytes: number): void;
  partition(bins: number, from: number, to: number, spare: number, table: number): number;
}

export interface KernelShape {
  readonly features: number;
  readonly countShift: number;
}

/** The part of the global `WebAssembly` in use; the project compiles without the browser's types. */
interface WebAssemblyApi {
  Memory: new (descriptor: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: Omit<Kernel, 'buffer'> };
  validate(bytes: Uint8Array): boolean;
}

const PAGE = 65536;
const MOST_PAGES = 65536;
/** An unrolled body longer than this many features would only compile slowly. */
const MOST_FEATURES = 1024;

/** Null where the machine cannot run it. */
export function instantiateKernel(bytes: number, shape: KernelShape): Kernel | null {
  const api = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;
  const pages = Math.ceil(bytes / PAGE);
  if (api === undefined || pages > MOST_PAGES || shape.features > MOST_FEATURES) return null;
  const code = assembleKernel(shape);
  if (!api.validate(code)) return null;
  try {
    const memory = new api.Memory({ initial: pages, maximum: pages });
    const { exports } = new api.Instance(new api.Module(code), { m: { m: memory } });
    return {
      buffer: memory.buffer,
      build: exports.build,
      subtract: exports.subtract,
      partition: exports.partition,
    };
  } catch (error) {
    // No address space for it: plain arrays may still fit.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

export function assembleKernel(shape: KernelShape): Uint8Array {
  return asm.assembleModule([buildFunction(shape), subtractFunction(), partitionFunction(shape)]);
}

function buildFunction({ features, countShift }: KernelShape): asm.FunctionCode {
  const [bins, pairs, from, to, histogram, row, cell] = [0, 1, 2, 3, 4, 5, 6];
  const pair = 7;
  // Adds 1 to the count, which stands above the hessian in the second lane.
  const one = new Uint8Array(16);
  new DataView(one.buffer).setBigInt64(8, 1n << BigInt(countShift), true);
  const perFeature = Array.from({ length: features }, (_, feature): asm.Code => {
    const place = feature * SLOTS * 16;
    return [
      // cell = histogram + 16 * bins[row * features + feature]
      ...[
        ...asm.get(row),
        ...asm.load8(feature),
        ...asm.int(4),
        ...asm.shiftLeft,
        ...asm.get(histogram),
        ...asm.add,
      ],
      ...asm.tee(cell),
      ...[...asm.get(cell), ...asm.loadVector(place), ...asm.get(pair), ...asm.add64x2],
      ...asm.storeVector(place),
    ];
  });
  const loop = asm.repeatWhile(
    [
      // pair = (gradient, hessian + one) of the row
      ...[asm.get(pairs), asm.get(from), asm.load32(), asm.tee(row), asm.int(3), asm.shiftLeft, asm.add],
      ...[asm.loadPairWidened(), asm.vector(one), asm.add64x2, asm.set(pair)],
      ...[asm.get(row), asm.int(features), asm.mul, asm.get(bins), asm.add, asm.set(row)],
      ...perFeature,
      ...[asm.get(from), asm.int(4), asm.add, asm.set(from)],
    ],
    [asm.get(from), asm.get(to), asm.lessUnsigned],
  );
  const body = [asm.when([asm.get(from), asm.get(to), asm.lessUnsigned], [loop])];
  return { name: 'build', params: 5, returns: false, locals: [asm.i32, asm.i32, asm.v128], body };
}

function subtractFunction(): asm.FunctionCode {
  const [histogram, other, bytes] = [0, 1, 2];
  // `bytes` becomes the address at which the histogram ends; a histogram is never empty.
  const body = [
    ...[asm.get(histogram), asm.get(bytes), asm.add, asm.set(bytes)],
    asm.repeatWhile(
      [
        ...[asm.get(histogram), asm.get(histogram), asm.loadVector(), asm.get(other), asm.loadVector()],
        ...[asm.sub64x2, asm.storeVector()],
        ...[asm.get(histogram), asm.int(16), asm.add, asm.set(histogram)],
        ...[asm.get(other), asm.int(16), asm.add, asm.set(other)],
      ],
      [asm.get(histogram), asm.get(bytes), asm.lessUnsigned],
    ),
  ];
  return { name: 'subtract', params: 3, returns: false, locals: [], body };
}

/** Both sides are written for every row and one pointer moves, so that no branch is to be guessed. */
function partitionFunction({ features }: KernelShape): asm.FunctionCode {
  const [bins, from, to, spare, table] = [0, 1, 2, 3, 4];
  const [row, goes, left, right] = [5, 6, 7, 8];
  const loop = asm.repeatWhile(
    [
      ...[asm.get(from), asm.load32(), asm.set(row)],
      // The left side is written over what has been read already.
      ...[asm.get(left), asm.get(row), asm.store32(), asm.get(right), asm.get(row), asm.store32()],
      ...[asm.get(bins), asm.get(row), asm.int(features), asm.mul, asm.add, asm.load8()],
      ...[asm.get(table), asm.add, asm.load8(), asm.int(2), asm.shiftLeft, asm.set(goes)],
      ...[asm.get(left), asm.get(goes), asm.add, asm.set(left)],
      ...[asm.get(right), asm.int(4), asm.add, asm.get(goes), asm.sub, asm.set(right)],
      ...[asm.get(from), asm.int(4), asm.add, asm.set(from)],
    ],
    [asm.get(from), asm.get(to), asm.lessUnsigned],
  );
  const body = [
    ...[asm.get(from), asm.set(left), asm.get(spare), asm.set(right)],
    asm.when([asm.get(from), asm.get(to), asm.lessUnsigned], [loop]),
    ...[asm.get(left), asm.get(spare), asm.get(right), asm.get(spare), asm.sub, asm.copyMemory],
    asm.get(left),
  ];
  return { name: 'partition', params: 5, returns: true, locals: [asm.i32, asm.i32, asm.i32, asm.i32], body };
}
