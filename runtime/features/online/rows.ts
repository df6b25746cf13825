import { intOf, type Several } from '../functions/values.ts';
import type { OnlineValue } from './contract.ts';

/** Rows of one key as columns: `marks` are event times in microseconds, ascending (of a look-up: the row's partition). */
export interface Rows {
  readonly marks: readonly number[];
  readonly columns: readonly (readonly OnlineValue[])[];
}

/**
 * The bytes of rows. A header of 8 bytes (format, columns, rows), of each column one of 8 (kind, whether there are nulls,
 * length), then the columns, each beginning at a multiple of 8: numbers in the smallest kind that holds them all, one bit
 * a row for nulls; vectors as their length and all their numbers; texts, ints beyond 2^53, lists and blobs as JSON.
 */
const FORMAT = 1;
const Kind = { float64: 0, int8: 1, int16: 2, int32: 3, bool: 4, json: 5, vector: 6 } as const;
type Kind = (typeof Kind)[keyof typeof Kind];

const aligned = (bytes: number): number => (bytes + 7) & ~7;

export function encodeRows({ marks, columns }: Rows): Uint8Array {
  const parts = [marks, ...columns].map(encodeColumn);
  const head = 8 + 8 * parts.length;
  const bytes = new Uint8Array(head + parts.reduce((sum, part) => sum + aligned(part.bytes.length), 0));
  const view = new DataView(bytes.buffer);
  view.setUint8(0, FORMAT);
  view.setUint8(1, 0);
  view.setUint16(2, parts.length, true);
  view.setUint32(4, marks.length, true);
  let offset = head;
  for (const [i, { kind, nulls, bytes: column }] of parts.entries()) {
    view.setUint8(8 + 8 * i, kind);
    view.setUint8(9 + 8 * i, nulls ? 1 : 0);
    view.setUint32(12 + 8 * i, column.length, true);
    bytes.set(column, offset);
    offset += aligned(column.length);
  }
  return bytes;
}

interface Encoded {
  readonly kind: Kind;
  readonly nulls: boolean;
  readonly bytes: Uint8Array;
}

function encodeColumn(values: readonly OnlineValue[]): Encoded {
  const kind = kindOf(values);
  if (kind === Kind.json) {
    const text = JSON.stringify(values.map(jsonOf));
    return { kind, nulls: false, bytes: new TextEncoder().encode(text) };
  }
  if (kind === Kind.vector) return encodeVectors(values);
  const array = arrayOf(kind, values.length);
  let nulls = false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === null) nulls = true;
    else array[i] = Number(value);
  }
  const numbers = new Uint8Array(array.buffer);
  if (!nulls) return { kind, nulls, bytes: numbers };
  const bytes = new Uint8Array(numbers.length + Math.ceil(values.length / 8));
  bytes.set(numbers);
  for (let i = 0; i < values.length; i++)
    if (values[i] === null) bytes[numbers.length + (i >> 3)]! |= 1 << (i & 7);
  return { kind, nulls, bytes };
}

/** The length of the vectors, then their numbers, those of a missing one zero. */
function encodeVectors(values: readonly OnlineValue[]): Encoded {
  const length = (values.find(value => value !== null) as readonly number[]).length;
  const numbers = new Float64Array(1 + length * values.length);
  numbers[0] = length;
  const nulls = values.includes(null);
  const bytes = new Uint8Array(numbers.byteLength + (nulls ? Math.ceil(values.length / 8) : 0));
  for (const [i, value] of values.entries()) {
    if (value === null) bytes[numbers.byteLength + (i >> 3)]! |= 1 << (i & 7);
    else numbers.set(value as readonly number[], 1 + i * length);
  }
  bytes.set(new Uint8Array(numbers.buffer));
  return { kind: Kind.vector, nulls, bytes };
}

/** What JSON does not hold has a letter: `n` an int beyond 2^53, `f` nan, infinities and -0, `b` bytes, `l` a list. */
type Json = string | number | boolean | null | { n: string } | { f: string } | { b: string } | { l: Json[] };

function jsonOf(value: OnlineValue): Json {
  if (typeof value === 'bigint') return { n: String(value) };
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { f: Object.is(value, -0) ? '-0' : String(value) };
  if (value instanceof Uint8Array) return { b: Buffer.from(value).toString('base64') };
  return Array.isArray(value) ? { l: (value as OnlineValue[]).map(jsonOf) } : (value as Json);
}

function heldOf(json: Json): OnlineValue {
  if (json === null || typeof json !== 'object') return json;
  if ('l' in json) return json.l.map(heldOf) as Several;
  if ('b' in json) return new Uint8Array(Buffer.from(json.b, 'base64'));
  return 'f' in json ? Number(json.f) : intOf(BigInt(json.n));
}

type NumberArray = Float64Array | Int8Array | Int16Array | Int32Array;
function arrayOf(kind: Kind, length: number): NumberArray {
  if (kind === Kind.int8 || kind === Kind.bool) return new Int8Array(length);
  if (kind === Kind.int16) return new Int16Array(length);
  return kind === Kind.int32 ? new Int32Array(length) : new Float64Array(length);
}

function kindOf(values: readonly OnlineValue[]): Kind {
  let [low, high, whole, bools] = [0, 0, true, 0];
  let present = 0;
  if (isVector(values.find(value => value !== null))) return vectorsOrJson(values);
  for (const value of values) {
    if (value === null) continue;
    present++;
    if (typeof value === 'boolean') bools++;
    else if (typeof value !== 'number') return Kind.json;
    else if (!Number.isInteger(value) || Object.is(value, -0)) whole = false;
    else if (value < low) low = value;
    else if (value > high) high = value;
  }
  if (bools > 0) return bools === present ? Kind.bool : Kind.json;
  if (!whole || low < -(2 ** 31) || high >= 2 ** 31) return Kind.float64;
  if (low < -32768 || high > 32767) return Kind.int32;
  return low < -128 || high > 127 ? Kind.int16 : Kind.int8;
}

const isVector = (value: OnlineValue | undefined): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every(item => typeof item === 'number');

function vectorsOrJson(values: readonly OnlineValue[]): Kind {
  const length = (values.find(value => value !== null) as readonly number[]).length;
  const alike = values.every(value => value === null || (isVector(value) && value.length === length));
  return alike ? Kind.vector : Kind.json;
}

/** Rows as they were stored; a column becomes an array when it is first read. */
export class StoredRows {
  readonly length: number;
  readonly marks: Float64Array;
  readonly bytes: number;
  readonly #parts: {
    readonly kind: Kind;
    readonly nulls: boolean;
    readonly start: number;
    readonly length: number;
  }[];
  readonly #buffer: Uint8Array;
  readonly #columns: (readonly OnlineValue[])[] = [];

  constructor(buffer: Uint8Array) {
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    if (view.getUint8(0) !== FORMAT) throw new Error(`rows of an unknown format ${view.getUint8(0)}`);
    const count = view.getUint16(2, true);
    this.length = view.getUint32(4, true);
    this.bytes = buffer.byteLength;
    this.#buffer = buffer;
    this.#parts = [];
    let start = 8 + 8 * count;
    for (let i = 0; i < count; i++) {
      const length = view.getUint32(12 + 8 * i, true);
      this.#parts.push({
        kind: view.getUint8(8 + 8 * i) as Kind,
        nulls: view.getUint8(9 + 8 * i) === 1,
        start,
        length,
      });
      start += aligned(length);
    }
    this.marks = Float64Array.from(this.#numbers(0));
  }

  /** The column's values, by its place in the state. */
  column(i: number): readonly OnlineValue[] {
    this.#columns[i] ??= this.#decode(i + 1);
    return this.#columns[i]!;
  }

  get columns(): readonly (readonly OnlineValue[])[] {
    return this.#parts.slice(1).map((_, i) => this.column(i));
  }

  #vectors(part: number): readonly OnlineValue[] {
    const { nulls, start, length: size } = this.#parts[part]!;
    const { buffer, byteOffset } = this.#buffer;
    const copy = buffer.slice(byteOffset + start, byteOffset + start + size) as ArrayBuffer;
    const bytes = new Uint8Array(copy);
    const [length] = new Float64Array(copy, 0, 1) as unknown as [number];
    const numbers = new Float64Array(copy, 8, length * this.length);
    const bits = 8 + numbers.byteLength;
    return Array.from({ length: this.length }, (_, i) =>
      nulls && (bytes[bits + (i >> 3)]! >> (i & 7)) & 1
        ? null
        : Array.from(numbers.subarray(i * length, (i + 1) * length)),
    );
  }

  #numbers(part: number): NumberArray {
    const { kind, start } = this.#parts[part]!;
    const { buffer, byteOffset } = this.#buffer;
    const size = arrayOf(kind, 1).BYTES_PER_ELEMENT * this.length;
    const copy = buffer.slice(byteOffset + start, byteOffset + start + size) as ArrayBuffer;
    if (kind === Kind.int8 || kind === Kind.bool) return new Int8Array(copy);
    if (kind === Kind.int16) return new Int16Array(copy);
    return kind === Kind.int32 ? new Int32Array(copy) : new Float64Array(copy);
  }

  #decode(part: number): readonly OnlineValue[] {
    const { kind, nulls, start, length } = this.#parts[part]!;
    if (kind === Kind.json) {
      const text = new TextDecoder().decode(this.#buffer.subarray(start, start + length));
      return (JSON.parse(text) as Json[]).map(heldOf);
    }
    if (kind === Kind.vector) return this.#vectors(part);
    const numbers = this.#numbers(part);
    const values: OnlineValue[] =
      kind === Kind.bool ? Array.from(numbers, x => x === 1) : Array.from(numbers);
    if (nulls) {
      const bits = start + numbers.byteLength;
      for (let i = 0; i < values.length; i++)
        if ((this.#buffer[bits + (i >> 3)]! >> (i & 7)) & 1) values[i] = null;
    }
    return values;
  }
}

/** The first place whose mark is not below the moment. */
export function lowerBound(marks: ArrayLike<number>, moment: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks[middle]! < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
