import type { Expr, Value } from '../plan/plan.ts';
import { double } from './escape.ts';
import type { AggregateKey } from './generated/keys.ts';

/** An aggregate as DuckDB writes it: the call, and what is done to its result once it is filtered and framed. */
export interface AggregateSql {
  readonly call: string;
  wrap(result: string): string;
}

const plain = (call: string): AggregateSql => ({ call, wrap: result => result });

/**
 * Sums of floats are compensated (`fsum`, `favg`), so that they hardly depend on the order of the rows; those of ints are
 * exact. `sorted` says that the call may sort its rows, which makes the result independent of their order altogether.
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
  const sorted = options.sorted ? ` ORDER BY ${x}` : '';
  switch (key as AggregateKey) {
    case 'count':
      return plain('count(*)');
    case 'count_any':
      return plain(`count(${x})`);
    case 'count_distinct':
      return plain(`count(DISTINCT ${x})`);
    case 'sum_int':
      return { call: `sum(${x})`, wrap: result => `CAST(${result} AS BIGINT)` };
    case 'sum_float':
      return plain(`fsum(${x}${sorted})`);
    case 'mean':
      return plain(isWhole(value!.expr) ? `avg(${x})` : `favg(${x}${sorted})`);
    case 'min':
    case 'max':
      return plain(`${key}(${x})`);
    case 'stddev':
      return plain(`stddev_samp(${x}${sorted})`);
    case 'median':
      return plain(`quantile_cont(${x}, 0.5)`);
    case 'quantile':
      return plain(`quantile_cont(${x}, ${double(Number(options.args['q']))})`);
    case 'share':
      return plain(`avg(CAST(${x} AS BIGINT))`);
    case 'any':
      return plain(`bool_or(${x})`);
    case 'all':
      return plain(`bool_and(${x})`);
    case 'first':
      return plain(`arg_min(${x}, ${options.order})`);
    case 'last':
      return plain(`arg_max(${x}, ${options.order})`);
    default:
      throw new Error(`the library has no aggregate ${key}`);
  }
}

/** `mean` takes a float; the mean of ints is computed from the ints, exactly. */
export function aggregated(key: string, value: Expr): Expr {
  const whole = key === 'mean' && value.op === 'call' && value.fn === 'to_float_int';
  return whole ? value.args[0]! : value;
}

/** Whether the order of the rows shows in the last digits of the result. */
export function mindsOrder(key: string, value: Expr | null): boolean {
  if (value === null) return false;
  return key === 'sum_float' || key === 'stddev' || (key === 'mean' && !isWhole(aggregated(key, value)));
}

const isWhole = (expr: Expr): boolean => expr.type.kind === 'int';
