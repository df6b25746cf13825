import type { Expr, MetricExpr } from '../plan/plan.ts';
import { bare, numberOf } from './rows.ts';

/** A condition on a metric: against a number, or against the same metric of another model, which it may miss or must beat by a margin. */
export type Margin =
  | { readonly kind: 'number'; readonly metric: string; readonly threshold: number }
  | {
      readonly kind: 'model';
      readonly metric: string;
      readonly of: 'champion' | 'baseline';
      /** How much better than the other it must be; negative: how much worse it may be. */
      readonly margin: number;
      /** What stands for the other where there is none. */
      readonly fallback: number | undefined;
    };

interface Sum {
  readonly terms: readonly {
    readonly metric: MetricExpr;
    readonly sign: number;
    readonly fallback?: number;
  }[];
  readonly constant: number;
}

/** What a condition asks of one metric; undefined for anything more complicated. */
export function marginOf(condition: Expr): Margin | undefined {
  if (condition.op !== 'call' || !['ge', 'gt', 'le', 'lt'].includes(condition.fn)) return undefined;
  const [left, right] = condition.args;
  const [a, b] = [left && sumOf(left), right && sumOf(right)];
  if (!a || !b) return undefined;
  const turned = condition.fn === 'le' || condition.fn === 'lt' ? -1 : 1;
  const terms = [...a.terms, ...b.terms.map(term => ({ ...term, sign: -term.sign }))];
  const constant = a.constant - b.constant;
  const own = terms.find(({ metric }) => metric.of === 'model');
  if (!own) return undefined;
  const { metric } = own.metric;
  if (terms.length === 1) return { kind: 'number', metric, threshold: -constant / own.sign };
  const other = terms.find(term => term !== own);
  if (terms.length !== 2 || !other || other.sign !== -own.sign || other.metric.metric !== metric)
    return undefined;
  if (other.metric.of === 'model') return undefined;
  // own - other >= -constant, where more is better; where less is, both sides are turned.
  const margin = -constant * own.sign * (own.sign === turned ? 1 : -1);
  return { kind: 'model', metric, of: other.metric.of, margin, fallback: other.fallback };
}

function sumOf(expr: Expr): Sum | undefined {
  const inside = bare(expr);
  const constant = numberOf(inside);
  if (constant !== undefined) return { terms: [], constant };
  if (inside.op === 'metric') return { terms: [{ metric: inside, sign: 1 }], constant: 0 };
  if (inside.op !== 'call') return undefined;
  const [left, right] = inside.args;
  if (inside.fn === 'coalesce' && left && right) {
    const metric = bare(left);
    const fallback = numberOf(right);
    if (metric.op !== 'metric' || fallback === undefined) return undefined;
    return { terms: [{ metric, sign: 1, fallback }], constant: 0 };
  }
  if (inside.fn !== 'add' && inside.fn !== 'sub') return undefined;
  const [a, b] = [left && sumOf(left), right && sumOf(right)];
  if (!a || !b) return undefined;
  const sign = inside.fn === 'sub' ? -1 : 1;
  return {
    terms: [...a.terms, ...b.terms.map(term => ({ ...term, sign: sign * term.sign }))],
    constant: a.constant + sign * b.constant,
  };
}

/** Whether a condition looks at a metric of this model anywhere. */
export function readsMetric(
  condition: Expr,
  of: MetricExpr['of'],
  visit: (expr: Expr) => readonly Expr[],
): boolean {
  if (condition.op === 'metric') return condition.of === of;
  return visit(condition).some(child => readsMetric(child, of, visit));
}
