import type { Expr, Value } from '../plan/plan.ts';
import { double } from './escape.ts';
import type { AggregateKey } from './generated/keys.ts';

/**
 * An aggregate as DuckDB writes it: one or more calls, each over the rows for which its condition holds, and what is made
 * of their results once they are filtered and framed.
 */
export interface AggregateSql {
  readonly calls: readonly { readonly call: string; readonly condition?: string }[];
  wrap(...results: string[]): string;
}

const plain = (call: string): AggregateSql => ({ calls: [{ call }], wrap: result => result! });

/**
 * `value.sql` is safe to stand next to any operator.
 *
 * Sums of floats are exact but for the last rounding, so that they do not depend on the order of the rows: see `sumOfFloats`.
 * `sorted` says that the call may sort its rows, which makes `stddev` independent of their order too.
 */
export function aggregateSql(
  key: string,
  value: { readonly sql: string; readonly expr: Expr } | null,
  options: {
    readonly args: Readonly<Record<string, Value>>;
    readonly order: string;
    readonly sorted: boolean;
  },
): AggregateSql {
  const x = value?.sql ?? '';
  switch (key as AggregateKey) {
    case 'count':
      return plain('count(*)');
    case 'count_any':
      return plain(`count(${x})`);
    case 'count_distinct':
      return plain(`count(DISTINCT ${x})`);
    case 'sum_int':
      return { calls: [{ call: `sum(${x})` }], wrap: result => `CAST(${result} AS BIGINT)` };
    case 'sum_float':
      return sumOfFloats(x);
    case 'mean':
      if (isSmall(value!.expr)) return plain(`avg(CAST(${x} AS DOUBLE))`);
      return meanOf(isWhole(value!.expr) ? sumOfInts(x) : sumOfFloats(x), x);
    case 'min':
    case 'max':
      return unsigned(plain(`${key}(${x})`), value!.expr);
    case 'stddev':
      return deviation(x, options.sorted);
    case 'median':
      return unsigned(plain(`quantile_cont(${x}, 0.5)`), value!.expr);
    case 'quantile':
      return unsigned(plain(`quantile_cont(${x}, ${double(Number(options.args['q']))})`), value!.expr);
    case 'share':
      return {
        calls: [{ call: `count(${x})`, condition: x }, { call: `count(${x})` }],
        wrap: (met, all) => `CAST(${met} AS DOUBLE) / CAST(nullif(${all}, 0) AS DOUBLE)`,
      };
    case 'any':
      return plain(`bool_or(${x})`);
    case 'all':
      return plain(`bool_and(${x})`);
    case 'first':
    case 'last': {
      const call = `${key === 'first' ? 'arg_min' : 'arg_max'}(${x}, ${options.order})`;
      // Rows without a value are left out by `first` and `last` as by every other aggregate.
      const present = {
        calls: [{ call, condition: `${x} IS NOT NULL` }],
        wrap: (result?: string) => result!,
      };
      return unsigned(present, value!.expr);
    }
    default:
      throw new Error(`the library has no aggregate ${key}`);
  }
}

/** The aggregate over the rows for which a condition holds, `over` a frame. */
export function aggregateText(
  { calls, wrap }: AggregateSql,
  filter: string | null = null,
  over = '',
): string {
  const texts = calls.map(({ call, condition }) => {
    const all = [
      ...(filter === null ? [] : [`(${filter})`]),
      ...(condition === undefined ? [] : [condition]),
    ];
    return `${call}${all.length === 0 ? '' : ` FILTER (WHERE ${all.join(' AND ')})`}${over}`;
  });
  return wrap(...texts);
}

/** `mean` takes a float; the mean of ints is computed from the ints, exactly. */
export function aggregated(key: string, value: Expr): Expr {
  const whole = key === 'mean' && value.op === 'call' && value.fn === 'to_float_int';
  return whole ? value.args[0]! : value;
}

/** Whether the order of the rows shows in the last digits of the result. */
export const mindsOrder = (key: string): boolean => key === 'stddev';

const isWhole = (expr: Expr): boolean => expr.type.kind === 'int';

/** Whole numbers of which 2^32, as many as a table may have rows, add up to less than 2^53: a double holds any sum of them. */
function isSmall({ type }: Expr): boolean {
  const { min, max } = type;
  if (type.kind !== 'int' || typeof min !== 'number' || typeof max !== 'number') return false;
  return Math.max(Math.abs(min), Math.abs(max)) <= 2 ** 20;
}

/** -0 and 0 are equal, so which of them is the least or in the middle would depend on the order of the rows. */
function unsigned(of: AggregateSql, value: Expr): AggregateSql {
  if (value.type.kind !== 'float') return of;
  return { calls: of.calls, wrap: (...results) => `(${of.wrap(...results)} + 0e0)` };
}

const sumOfInts = (x: string): AggregateSql => ({
  calls: [{ call: `sum(${x})` }],
  wrap: sum => `CAST(${sum} AS DOUBLE)`,
});

const UNITS = '79228162514264337593543950336e0';

/**
 * Whole parts and fractions, in units of 2^-96, are summed as whole numbers, and each sum is rounded once. What that cannot
 * hold (values from 2^96 on, fractions of less than a unit, nan and infinities) is added in ascending order.
 * `ExactSum` in the runtime does the same.
 */
function sumOfFloats(x: string): AggregateSql {
  const fraction = `(${x} - trunc(${x})) * ${UNITS}`;
  const held = `(abs(${x}) < ${UNITS} AND ${fraction} = trunc(${fraction}))`;
  return {
    calls: [
      {
        call: `sum(CASE WHEN ${held} THEN CAST(trunc(${x}) AS HUGEINT) ELSE 0 END)`,
        condition: `${x} IS NOT NULL`,
      },
      {
        call: `sum(CASE WHEN ${held} THEN CAST(${fraction} AS HUGEINT) ELSE 0 END)`,
        condition: `${x} IS NOT NULL`,
      },
      { call: `list(${x})`, condition: `NOT ${held}` },
    ],
    wrap: (whole, fractions, others) =>
      `(CAST(${whole} AS DOUBLE) + CAST(${fractions} AS DOUBLE) / ${UNITS} ` +
      `+ coalesce(list_reduce(list_sort(${others}), lambda a, b: a + b), 0e0))`,
  };
}

function meanOf(sum: AggregateSql, x: string): AggregateSql {
  return {
    calls: [...sum.calls, { call: `count(${x})` }],
    wrap: (...results) => `${sum.wrap(...results.slice(0, -1))} / CAST(${results.at(-1)} AS DOUBLE)`,
  };
}

/** DuckDB refuses a deviation that is not finite; 2^500 squared still is. */
function deviation(x: string, sorted: boolean): AggregateSql {
  const small = `abs(${x}) < ${double(2 ** 500)}`;
  return {
    calls: [
      { call: `count(${x})`, condition: `NOT (${small})` },
      { call: `count(${x})` },
      { call: `stddev_samp(${x}${sorted ? ` ORDER BY ${x} + 0e0` : ''})`, condition: small },
    ],
    wrap: (large, all, result) =>
      `CASE WHEN ${large} > 0 AND ${all} > 1 THEN 'nan'::DOUBLE ELSE ${result} END`,
  };
}
