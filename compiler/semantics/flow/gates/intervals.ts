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
  // A member of an enum stands as its place among the members, a text as some whole number.
  if (type.kind === 'enum' && type.members) return { low: 0, high: type.members.length - 1, whole: true };
  const whole = type.kind === 'int' || type.kind === 'string';
  const values = (type.values ?? []).filter((v): v is number => typeof v === 'number');
  if (values.length > 0 && values.length === type.values?.length)
    return { low: Math.min(...values), high: Math.max(...values), whole };
  return { low: bound(type.min, -Infinity), high: bound(type.max, Infinity), whole };
};
const meet = (a: Interval, b: Interval): Interval => ({
  low: Math.max(a.low, b.low),
  high: Math.min(a.high, b.high),
  whole: a.whole === true || b.whole === true,
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
        return meet(own, ofArithmetic(expr.fn, expr.args, interval));
      default:
        return own;
    }
  };
  return interval;
}

/** Of a product of unknown numbers and the like, which are no linear sums. */
function ofArithmetic(fn: string, args: readonly Expr[], interval: (expr: Expr) => Interval): Interval {
  const [left, right] = args;
  if (fn === 'to_float_int' && left) return { ...interval(left), whole: false };
  if (!left || !right) return anything;
  if (fn === 'mul') return hull(interval(left), interval(right), times);
  if (fn !== 'div') return anything;
  const divisor = interval(right);
  return divisor.low > 0 || divisor.high < 0 ? hull(interval(left), divisor, (a, b) => a / b) : anything;
}

/** Nothing times anything is nothing, however large that is. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

function hull(a: Interval, b: Interval, of: (x: number, y: number) => number): Interval {
  const corners = [of(a.low, b.low), of(a.low, b.high), of(a.high, b.low), of(a.high, b.high)];
  return corners.some(Number.isNaN) ? anything : { low: Math.min(...corners), high: Math.max(...corners) };
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
    if (!reasoner.together(yes)) return { low: 0, high: 0 };
    return reasoner.together(no) ? full : { low: 1, high: 1 };
  } catch (error) {
    if (error instanceof TooManyCases) return full;
    throw error;
  }
}
