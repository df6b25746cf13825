/**
 * How values of the language are held in TypeScript, online, where one row is computed at a time. DuckDB computes the
 * same in batch; a property test holds the two together.
 *
 * | language            | TypeScript                                                             |
 * |---------------------|------------------------------------------------------------------------|
 * | int                 | `Int`: a number up to 2^53 in size, a bigint beyond, never the other   |
 * | float               | number, nan and infinities among them                                  |
 * | string, enum        | string                                                                 |
 * | date                | days since 1970-01-01                                                  |
 * | datetime, timestamp | microseconds since 1970-01-01T00:00 (of the wall clock, or UTC)        |
 * | duration, size      | whole milliseconds or bytes, fewer than 2^53                           |
 * | rate                | number, per second                                                     |
 * | list                | array of its items                                                     |
 * | vector              | array of numbers                                                       |
 * | blob                | Uint8Array                                                             |
 * | null                | null, never undefined                                                  |
 *
 * An int has one form only, so `===` and `<` are right on any two, and arithmetic that stays small never meets a bigint.
 * Microseconds as a number are exact from 1684 to 2255, and beyond that, to the year 4253, for whole milliseconds.
 */
export type Int = number | bigint;
export type CalendarDate = number;
export type Datetime = number;
export type Timestamp = number;
export type Duration = number;
/** What `any` of the library may stand for. */
export type Scalar = boolean | number | bigint | string;
/** A list or vector, its items as they are held by themselves; a blob. */
export type Several = readonly (Scalar | Several | null)[] | Uint8Array;

export const MICROSECONDS_A_DAY = 86_400_000_000;

/** Units of durations, in milliseconds: `7 * DAY`. */
export const SECOND: Duration = 1_000;
export const MINUTE: Duration = 60 * SECOND;
export const HOUR: Duration = 60 * MINUTE;
export const DAY: Duration = 24 * HOUR;

/** A row that cannot be computed: an int beyond 64 bits, an unknown time zone. Batch fails on the same rows. */
export class RowError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RowError';
  }
}

const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;

/** A bigint in the one form of an `Int`. @throws RowError beyond 64 bits */
export function intOf(value: bigint): Int {
  if (value < LEAST || value > GREATEST) throw new RowError(`${value} is beyond 64 bits`);
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** The sum. @throws RowError beyond 64 bits */
export function addInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return intOf(BigInt(a) + BigInt(b));
}

/** The difference. @throws RowError beyond 64 bits */
export function subtractInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return intOf(BigInt(a) - BigInt(b));
}

/** The product. @throws RowError beyond 64 bits */
export function multiplyInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    // `+ 0` makes zero of minus zero, which an int does not have.
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return intOf(BigInt(a) * BigInt(b));
}

/** The number with its sign turned. @throws RowError beyond 64 bits */
export function negateInt(a: Int): Int {
  return typeof a === 'number' ? 0 - a : intOf(-a);
}

/** A duration or size, which has fewer than 2^53 whole units. @throws RowError beyond that, and for nan */
export function wholeOf(units: number): number {
  if (!Number.isSafeInteger(units)) throw new RowError(`${units} is no whole number of units below 2^53`);
  // `+ 0` makes zero of minus zero.
  return units + 0;
}

/** A moment later by a duration. */
export function addDuration(at: Datetime | Timestamp, length: Duration): number {
  return at + length * 1000;
}

/** From the second moment to the first in whole milliseconds, cut towards zero. */
export function durationBetween(a: Datetime | Timestamp, b: Datetime | Timestamp): Duration {
  return Math.trunc((a - b) / 1000) + 0;
}

/** Order of texts by code points: negative, zero or positive. JavaScript's own `<` is by UTF-16 units. */
export function compareText(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates, which write code points from U+10000, come after U+FFFF. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** The total order of one type's values: nan above every number, false below true. */
export function compareValues(a: Scalar, b: Scalar): number {
  if (typeof a === 'string') return compareText(a, b as string);
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** Whether a value lies in low..high, both ends included. */
export function inRange<T extends Scalar>(x: T, low: NoInfer<T>, high: NoInfer<T>): boolean {
  if (typeof x === 'string') return compareText(x, low as string) >= 0 && compareText(x, high as string) <= 0;
  return x >= low && x <= high;
}

/** Whether a value is equal to one of several; nan is equal to none. */
export function inSet<T extends Scalar>(x: T, ...items: readonly NoInfer<T>[]): boolean {
  return items.indexOf(x) >= 0;
}

/** Kleene's and: false decides, else null is unknown. */
export function and(a: boolean | null, b: boolean | null): boolean | null {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}

/** Kleene's or: true decides, else null is unknown. */
export function or(a: boolean | null, b: boolean | null): boolean | null {
  if (a === true || b === true) return true;
  return a === null || b === null ? null : false;
}

export function lift<A, R>(f: (a: A) => R, a: A | null): R | null;
export function lift<A, B, R>(f: (a: A, b: B) => R, a: A | null, b: B | null): R | null;
export function lift<A, B, C, R>(f: (a: A, b: B, c: C) => R, a: A | null, b: B | null, c: C | null): R | null;
export function lift<A, B, C, D, R>(
  f: (a: A, b: B, c: C, d: D) => R,
  a: A | null,
  b: B | null,
  c: C | null,
  d: D | null,
): R | null;
export function lift<A, R>(f: (...args: A[]) => R, ...args: (A | null)[]): R | null;
/** A strict function of optional values: null if any of them is null. */
export function lift<R>(f: (...args: never[]) => R, ...args: unknown[]): R | null {
  return args.includes(null) ? null : (f as (...args: unknown[]) => R)(...args);
}
