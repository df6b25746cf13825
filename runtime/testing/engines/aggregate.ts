import type { WindowExpr } from '../../../compiler/plan/plan.ts';
import { compareValues, type Int, intOf, type Scalar } from '../../features/functions/values.ts';
import type { Held } from '../values.ts';

/** What a window takes of one row: the value, and what `first` and `last` go by. */
export interface Taken {
  readonly value: Held;
  readonly order: readonly Held[];
}

/** An aggregate of the rows of a window, as `compiler/sql/aggregates.ts` has DuckDB compute it. Null: there is no value. */
export function aggregate({ aggregate: name, value, args }: WindowExpr, rows: readonly Taken[]): Held {
  if (name === 'count') return rows.length;
  const present = rows.filter(row => row.value !== null);
  const values = present.map(row => row.value as Scalar);
  if (name === 'count_any') return values.length;
  if (name === 'count_distinct') return new Set(values.map(zero)).size;
  if (values.length === 0) return null;
  switch (name) {
    case 'sum_int':
      return intOf(wholeSum(values as Int[]));
    case 'sum_float':
      return floatSum(values as number[]);
    case 'mean':
      return value?.op === 'call' && value.fn === 'to_float_int'
        ? Number(wholeSum(values as Int[])) / values.length
        : floatSum(values as number[]) / values.length;
    case 'share':
      return values.filter(x => x === true).length / values.length;
    case 'min':
      return values.reduce((a, b) => (compareValues(a, b) <= 0 ? a : b));
    case 'max':
      return values.reduce((a, b) => (compareValues(a, b) >= 0 ? a : b));
    case 'stddev':
      return deviation(values as number[]);
    case 'median':
      return quantile(values as number[], 0.5);
    case 'quantile':
      return quantile(values as number[], Number(args?.['q']));
    case 'any':
      return values.includes(true);
    case 'all':
      return !values.includes(false);
    case 'first':
      return present.reduce((a, b) => (compareOrders(a.order, b.order) <= 0 ? a : b)).value;
    case 'last':
      return present.reduce((a, b) => (compareOrders(a.order, b.order) >= 0 ? a : b)).value;
    default:
      throw new Error(`the library has no aggregate ${name}`);
  }
}

/** Both zeros are one value. */
const zero = (value: Scalar): Scalar => (value === 0 ? 0 : value);

const wholeSum = (values: readonly Int[]): bigint => values.reduce<bigint>((sum, x) => sum + BigInt(x), 0n);

/** Neumaier's compensated sum (1974). */
function floatSum(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const x of values) {
    const next = sum + x;
    lost += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
    sum = next;
  }
  return Number.isFinite(sum) ? sum + lost : sum;
}

function deviation(values: readonly number[]): Held {
  if (values.length < 2) return null;
  const mean = floatSum(values) / values.length;
  return Math.sqrt(floatSum(values.map(x => (x - mean) ** 2)) / (values.length - 1));
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort(compareValues);
  const place = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low === high ? low : low + (high - low) * (place - Math.floor(place));
}

/** Value by value; null lies above every value, as DuckDB orders rows. */
export function compareOrders(a: readonly Held[], b: readonly Held[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i]!;
    if (x === null || y === null) {
      if (x !== y) return x === null ? 1 : -1;
      continue;
    }
    const order = Array.isArray(x)
      ? compareOrders(x, y as readonly Held[])
      : compareValues(x as Scalar, y as Scalar);
    if (order !== 0) return order;
  }
  return 0;
}
