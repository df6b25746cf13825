import { compareValues } from './values.ts';

/** Whole numbers of this unit: a fraction is held exactly if it is a multiple of 2^-96, and a whole part below 2^96. */
const UNIT_BITS = 96;
const LIMB = 2 ** 32;
const LIMIT = 2 ** UNIT_BITS;
/** Limbs of 32 bits stay exact over so many additions. */
const ROOM = 2 ** 20;

/**
 * A sum of floats that does not depend on the order of its values, nor on what was added and taken away in between: what
 * DuckDB computes in batch is computed by state online, to the bit (`compiler/sql/aggregates.ts` prints the same).
 *
 * Whole parts are summed as whole numbers and fractions as whole numbers of 2^-96, both exactly, for every value below 2^96 that
 * is a multiple of 2^-96: all from 2^-43 on, about 1e-13, and many below. The others, nan and infinities among them, are
 * kept, and added one by one from the least to the greatest when the sum is asked for.
 */
export class ExactSum {
  #whole = 0;
  #large = 0n;
  /** The fraction's limbs, the highest first; each has the sign of what was added to it. */
  #overflow = 0n;
  #high = 0;
  #middle = 0;
  #low = 0;
  #additions = 0;
  #others: number[] = [];

  /** Adds a float, or an int exactly. */
  add(value: number | bigint): void {
    this.#change(value, 1);
  }

  /** Takes away a value that was added. */
  remove(value: number | bigint): void {
    this.#change(value, -1);
  }

  /** The sum as a float; 0 for no value, never -0. */
  value(): number {
    this.#carry();
    const whole = this.#large === 0n ? this.#whole : toFloat(this.#large + BigInt(this.#whole));
    const high = this.#overflow + BigInt(this.#high);
    const fraction = toFloat((high << 64n) + (BigInt(this.#middle) << 32n) + BigInt(this.#low));
    const sum = whole + fraction / LIMIT;
    if (this.#others.length === 0) return sum + 0;
    return sum + this.#others.sort(compareValues).reduce((a, b) => a + b) + 0;
  }

  #change(value: number | bigint, sign: 1 | -1): void {
    if (typeof value === 'bigint') {
      this.#large += BigInt(sign) * value;
      return;
    }
    const whole = Math.trunc(value);
    if (!(Math.abs(value) < LIMIT && (value === whole || this.#changeFraction(value - whole, sign)))) {
      this.#changeOthers(value, sign);
      return;
    }
    const sum = this.#whole + sign * whole;
    if (Number.isSafeInteger(sum)) this.#whole = sum;
    else this.#large += BigInt(sign) * BigInt(whole);
  }

  /** False, and nothing changed, for what is not whole in the unit. Every step is exact. */
  #changeFraction(fraction: number, sign: 1 | -1): boolean {
    const scaled = fraction * LIMB;
    const high = Math.trunc(scaled);
    const rest = (scaled - high) * LIMB;
    const middle = Math.trunc(rest);
    const low = (rest - middle) * LIMB;
    if (!Number.isInteger(low)) return false;
    this.#high += sign * high;
    this.#middle += sign * middle;
    this.#low += sign * low;
    if (++this.#additions >= ROOM) this.#carry();
    return true;
  }

  #changeOthers(value: number, sign: 1 | -1): void {
    if (sign === 1) {
      this.#others.push(value);
      return;
    }
    const at = this.#others.findIndex(other => Object.is(other, value));
    if (at >= 0) this.#others.splice(at, 1);
  }

  #carry(): void {
    this.#additions = 0;
    const fromLow = Math.trunc(this.#low / LIMB);
    this.#low -= fromLow * LIMB;
    this.#middle += fromLow;
    const fromMiddle = Math.trunc(this.#middle / LIMB);
    this.#middle -= fromMiddle * LIMB;
    this.#high += fromMiddle;
    if (Math.abs(this.#high) < LIMB * ROOM) return;
    this.#overflow += BigInt(this.#high);
    this.#high = 0;
  }
}

/**
 * A whole number as a float, as DuckDB makes it of a HUGEINT: both halves of 64 bits as floats, then their sum. Exact up to
 * 2^53 in size, else to the last place.
 */
export function toFloat(value: bigint): number {
  const upper = value >> 64n;
  const lower = Number(BigInt.asUintN(64, value));
  if (upper === -1n) return -Number(BigInt.asUintN(64, ~value)) - 1;
  return lower + Number(upper) * 2 ** 64;
}
