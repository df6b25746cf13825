/**
 * Just enough of the WebAssembly binary format (https://webassembly.github.io/spec/core/binary/) to write the three
 * loops of `kernel.ts` readably: numbers, the instructions in use, sections.
 */

export type Code = readonly number[];

/** LEB128: seven bits a byte, lowest first. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

export const i32 = 0x7f;
export const v128 = 0x7b;

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const tee = (local: number): Code => [0x22, ...unsigned(local)];
export const int = (value: number): Code => [0x41, ...signed(value)];
export const add: Code = [0x6a];
export const sub: Code = [0x6b];
export const mul: Code = [0x6c];
export const shiftLeft: Code = [0x74];
export const lessUnsigned: Code = [0x49];

/** Loads and stores take an alignment (a hint, as a power of two) and an offset. */
export const load32 = (offset = 0): Code => [0x28, 2, ...unsigned(offset)];
export const load8 = (offset = 0): Code => [0x2d, 0, ...unsigned(offset)];
export const store32 = (offset = 0): Code => [0x36, 2, ...unsigned(offset)];
export const loadVector = (offset = 0): Code => [0xfd, 0, 4, ...unsigned(offset)];
export const storeVector = (offset = 0): Code => [0xfd, 11, 4, ...unsigned(offset)];
/** Two int32 from memory, each widened to a 64-bit lane. */
export const loadPairWidened = (offset = 0): Code => [0xfd, 5, 3, ...unsigned(offset)];
export const add64x2: Code = [0xfd, ...unsigned(206)];
export const sub64x2: Code = [0xfd, ...unsigned(209)];
export const vector = (bytes: Uint8Array): Code => [0xfd, 12, ...bytes];
/** memory.copy(to, from, bytes) */
export const copyMemory: Code = [0xfc, 10, 0, 0];

/** do { body } while (condition) */
export const repeatWhile = (body: readonly Code[], condition: readonly Code[]): Code => [
  ...[0x03, 0x40],
  ...body.flat(),
  ...condition.flat(),
  ...[0x0d, 0],
  0x0b,
];
/** if (condition) { body } */
export const when = (condition: readonly Code[], body: readonly Code[]): Code => [
  ...condition.flat(),
  ...[0x04, 0x40],
  ...body.flat(),
  0x0b,
];

export interface FunctionCode {
  readonly name: string;
  readonly params: number;
  readonly returns: boolean;
  /** Types of further locals; their numbers follow those of the parameters. */
  readonly locals: readonly number[];
  readonly body: readonly Code[];
}

const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code): number[] => [id, ...unsigned(content.length), ...content];
const text = (value: string): number[] => [...unsigned(value.length), ...Buffer.from(value, 'ascii')];

/** A module that imports the memory `m.m` and exports the functions by name; parameters and results are i32. */
export function assembleModule(functions: readonly FunctionCode[]): Uint8Array {
  const types = functions.map(f => [
    0x60,
    ...list(Array<Code>(f.params).fill([i32])),
    ...list(f.returns ? [[i32]] : []),
  ]);
  const bodies = functions.map(f => {
    const code = [...list(f.locals.map(type => [1, type])), ...f.body.flat(), 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list(types)),
    ...section(2, list([[...text('m'), ...text('m'), 0x02, 0x00, 0x01]])),
    ...section(3, list(functions.map((_, index) => unsigned(index)))),
    ...section(7, list(functions.map((f, index) => [...text(f.name), 0x00, ...unsigned(index)]))),
    ...section(10, list(bodies)),
  ]);
}
