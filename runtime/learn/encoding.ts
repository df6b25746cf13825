/** Typed arrays as base64 of their little-endian bytes: exact, and a fraction of the digits' size. */

import { LearnError } from './errors.ts';

export type ArrayKind = 'f64' | 'i32' | 'i16' | 'u8';

export interface EncodedArray {
  readonly type: ArrayKind;
  readonly length: number;
  readonly data: string;
}

interface ArrayOf {
  f64: Float64Array;
  i32: Int32Array;
  i16: Int16Array;
  u8: Uint8Array;
}

const makers: { [K in ArrayKind]: (buffer: ArrayBuffer) => ArrayOf[K] } = {
  f64: buffer => new Float64Array(buffer),
  i32: buffer => new Int32Array(buffer),
  i16: buffer => new Int16Array(buffer),
  u8: buffer => new Uint8Array(buffer),
};
const widths: Record<ArrayKind, number> = { f64: 8, i32: 4, i16: 2, u8: 1 };

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Reverses each element's bytes in place on the rare big-endian machine. */
function order(bytes: Uint8Array, width: number): Uint8Array {
  if (littleEndian || width === 1) return bytes;
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  return bytes;
}

export function encodeArray(values: Float64Array | Int32Array | Int16Array | Uint8Array): EncodedArray {
  const type: ArrayKind =
    values instanceof Float64Array
      ? 'f64'
      : values instanceof Int32Array
        ? 'i32'
        : values instanceof Int16Array
          ? 'i16'
          : 'u8';
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  return { type, length: values.length, data: Buffer.from(order(bytes, widths[type])).toString('base64') };
}

/** The array again; throws `bad-model-file` when the type or the length is not the one stated. */
export function decodeArray<K extends ArrayKind>(encoded: EncodedArray, type: K, what: string): ArrayOf[K] {
  const raw = Buffer.from(encoded.data, 'base64');
  if (encoded.type !== type || raw.length !== encoded.length * widths[type])
    throw new LearnError('bad-model-file', `The array '${what}' of the model file is damaged`, {
      name: what,
      expected: `${type} x ${encoded.length}`,
      found: `${encoded.type}, ${raw.length} bytes`,
      advice: 'Train the model again, or restore the file from the store',
    });
  // A copy, because the buffer of a Node Buffer is pooled and may be misaligned.
  const bytes = new Uint8Array(raw);
  return makers[type](order(bytes, widths[type]).buffer as ArrayBuffer);
}
