import type { ScalarFunctions } from './generated/signatures.ts';
import { compareValues, type Int, intOf, RowError } from './values.ts';

/** Functions of numbers, one for each declaration of `stdlib/prelude.mlp`, where their meaning is written. */
export const numberFunctions = {
  abs_int: x => (x < 0 ? intOf(-BigInt(x)) : x),
  abs_float: x => Math.abs(x),
  sign: x => (x > 0 ? 1 : x < 0 ? -1 : 0),
  least: (a, b) => (compareValues(a, b) <= 0 ? a : b),
  greatest: (a, b) => (compareValues(a, b) >= 0 ? a : b),
  clamp_int_int_int: (x, low, high) => clamp(x, low, high),
  clamp_float_float_float: (x, low, high) => clamp(x, low, high),
  div_int_int: (a, b) => (b === 0 ? null : intOf(BigInt(a) / BigInt(b))),
  mod: (a, b) => (b === 0 ? null : intOf(BigInt(a) % BigInt(b))),
  round: x => {
    const whole = Math.trunc(x);
    return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
  },
  floor: x => Math.floor(x),
  ceil: x => Math.ceil(x),
  sqrt: x => Math.sqrt(x),
  exp: x => Math.exp(x),
  log: x => Math.log(x),
  log1p: x => Math.log1p(x),
  // C's pow, unlike JavaScript's, is 1 for a base of 1 and for -1 to an infinite power.
  pow: (base, exponent) =>
    base === 1 || (base === -1 && !Number.isFinite(exponent) && !Number.isNaN(exponent))
      ? 1
      : base ** exponent,
  sin: x => Math.sin(x),
  cos: x => Math.cos(x),
  is_nan: x => Number.isNaN(x),
  is_finite: x => Number.isFinite(x),
  distance_km: (latitude1, longitude1, latitude2, longitude2) => {
    const radians = Math.PI / 180;
    const across = Math.sin(((latitude2 - latitude1) * radians) / 2) ** 2;
    const along = Math.sin(((longitude2 - longitude1) * radians) / 2) ** 2;
    const square = across + Math.cos(latitude1 * radians) * Math.cos(latitude2 * radians) * along;
    // Beyond the poles it may be negative.
    return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, Math.max(0, square))));
  },
  to_float_int: x => Number(x),
  to_int_bool: x => (x ? 1 : 0),
  to_int_float: x => {
    if (!Number.isFinite(x)) throw new RowError(`${x} has no whole number`);
    return intOf(BigInt(Math.trunc(x)));
  },
  bucket_int_int: (x, width) => {
    if (width <= 0) throw new RowError(`a bucket's width is above zero, not ${width}`);
    const [value, step] = [BigInt(x), BigInt(width)];
    return intOf(value - (((value % step) + step) % step));
  },
  bucket_float_float: (x, width) => Math.floor(x / width) * width,
} satisfies Partial<ScalarFunctions>;

/** Mean radius of the Earth (IUGG). */
const EARTH_RADIUS_KM = 6371.0088;

function clamp<T extends Int>(x: T, low: T, high: T): T {
  const raised = compareValues(x, low) >= 0 ? x : low;
  return compareValues(raised, high) <= 0 ? raised : high;
}
