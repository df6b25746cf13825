import { durationText } from '../../../plan/build/text.ts';
import type { Expr } from '../../../plan/plan.ts';
import type { Interval } from './linear.ts';

/** A number of a condition as the spec names it. */
export function nameOf(expr: Expr): string {
  switch (expr.op) {
    case 'metric':
      return expr.of === 'model' ? expr.metric : `${expr.of}.${expr.metric}`;
    case 'measure':
      return expr.measure;
    case 'drift':
      return `${expr.measure}(${nameOf(expr.value)})`;
    case 'table_aggregate': {
      const name = expr.aggregate.split('_')[0]!;
      const [first] = expr.args;
      return `${name}(${first ? nameOf(first) : ''})`;
    }
    case 'column':
      return expr.column;
    case 'feature':
      return expr.name;
    case 'call':
      return expr.fn === 'to_float_int' && expr.args[0] ? nameOf(expr.args[0]) : '…';
    default:
      return '…';
  }
}

/** `auc lies in 0..1`; undefined where nothing is known. */
export function rangeText(expr: Expr, { low, high }: Interval): string | undefined {
  if (expr.type.kind === 'enum' || expr.type.kind === 'string') return undefined;
  const name = nameOf(expr);
  const text = (value: number): string =>
    expr.type.kind === 'duration' ? durationText(value) : String(Number(value.toPrecision(6)));
  const below = low === -Infinity || low < -1e300;
  const above = high === Infinity || high > 1e300 || high >= 2 ** 63;
  if (below && above) return undefined;
  if (low === high) return `${name} is always ${text(low)}`;
  if (above) return `${name} is never below ${text(low)}`;
  if (below) return `${name} is never above ${text(high)}`;
  return `${name} lies in ${text(low)}..${text(high)}`;
}
