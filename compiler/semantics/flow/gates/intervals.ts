import type { Expr, Type } from '../../../plan/plan.ts';
import { Reasoner, TooManyCases } from './cases.ts';
import type { Interval } from './linear.ts';

/** What the library or the team declares of a metric. */
export interface MetricFacts {
  readonly direction: 'higher' | 'lower' | null;
  readonly min: number | null;
  readonly max: number | null;
}

const anything: Interval = { low: -Infinity, high: Infinity };
const bound = (value: number | string | undefined | null, otherwise: number): number => {
  const number = typeof value === 'string' ? Number(value) : value;
  return number === undefined || number === null || Number.isNaN(number) ? otherwise : number;
};

const ofType = (type: Type): Interval => {
  const values = (type.values ?? []).filter((v): v is number => typeof v === 'number');
  if (values.length > 0 && values.length === type.values?.length)
    return { low: Math.min(...values), high: Math.max(...values) };
  return { low: bound(type.min, -Infinity), high: bound(type.max, Infinity) };
};
const meet = (a: Interval, b: Interval): Interval => ({
  low: Math.max(a.low, b.low),
  high: Math.min(a.high, b.high),
});

/** Aggregates whose result lies between the least and the greatest value; keys begin with these names. */
const between = new Set(['mean', 'min', 'max', 'median', 'quantile', 'first', 'last']);

/** What a number can be: by the range of the metric, of the aggregate, of the column, whatever is narrower. */
export function intervalsFor(metrics: ReadonlyMap<string, MetricFacts>): (expr: Expr) => Interval {
  const interval = (expr: Expr): Interval => {
    const own = ofType(expr.type);
    switch (expr.op) {
      case 'metric': {
        const known = metrics.get(expr.metric);
        return meet(own, { low: bound(known?.min, -Infinity), high: bound(known?.max, Infinity) });
      }
      case 'measure': {
        const known = metrics.get(expr.measure);
        const distance = known ? anything : { low: 0, high: Infinity };
        return meet(
          own,
          known ? { low: bound(known.min, -Infinity), high: bound(known.max, Infinity) } : distance,
        );
      }
      case 'drift':
        return meet(own, { low: 0, high: Infinity });
      case 'table_aggregate':
        return meet(own, ofAggregate(expr.aggregate, expr.args, interval));
      case 'call':
        return expr.fn === 'to_float_int' && expr.args[0] ? meet(own, interval(expr.args[0])) : own;
      default:
        return own;
    }
  };
  return interval;
}

function ofAggregate(key: string, args: readonly Expr[], interval: (expr: Expr) => Interval): Interval {
  const [value] = args;
  const name = key.split('_')[0]!;
  if (name === 'count' || key === 'stddev') return { low: 0, high: Infinity };
  if (!value) return anything;
  if (between.has(name)) return interval(value);
  return key === 'share' ? ofShare(value, interval) : anything;
}

/** The share of rows in which a condition holds: none if it cannot, all if it cannot but. */
function ofShare(condition: Expr, interval: (expr: Expr) => Interval): Interval {
  const full: Interval = { low: 0, high: 1 };
  try {
    const reasoner = new Reasoner(interval);
    const { yes, no } = reasoner.truth(condition);
    if (!reasoner.possible(yes)) return { low: 0, high: 0 };
    return reasoner.possible(no) ? full : { low: 1, high: 1 };
  } catch (error) {
    if (error instanceof TooManyCases) return full;
    throw error;
  }
}
