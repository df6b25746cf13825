import type { Expr, MetricExpr, Model, Value } from '../../compiler/plan/plan.ts';
import { metricKey } from './documents.ts';

export interface NeededMetric {
  readonly key: string;
  readonly metric: string;
  readonly args: Readonly<Record<string, Value>>;
  readonly direction: 'higher' | 'lower' | null;
  readonly listed: boolean;
}

/** The metrics to compute: those that `evaluate` lists, and those that the gate reads besides. */
export function metricUses(model: Model): readonly NeededMetric[] {
  const needed = new Map<string, NeededMetric>();
  for (const { metric, args, direction } of model.metrics)
    needed.set(metricKey(metric, args), {
      key: metricKey(metric, args),
      metric,
      args,
      direction,
      listed: true,
    });
  for (const rule of model.gate?.rules ?? [])
    for (const { metric, args } of metricsIn(rule.condition)) {
      const key = metricKey(metric, args);
      if (!needed.has(key)) needed.set(key, { key, metric, args, direction: null, listed: false });
    }
  return [...needed.values()];
}

export function metricsIn(expr: Expr): readonly MetricExpr[] {
  if (expr.op === 'metric') return [expr];
  return expr.op === 'call' ? expr.args.flatMap(metricsIn) : [];
}

export interface NeededSlice {
  readonly by: readonly string[];
  readonly minimum: number;
}

/** The slices to compute: those of `evaluate … by`, and those of the gate's `for each`, under the lesser minimum. */
export function neededSlices(model: Model): readonly NeededSlice[] {
  const needed = new Map<string, NeededSlice>();
  const add = (by: readonly string[], minimum: number) => {
    const key = by.join('\u0000');
    const known = needed.get(key);
    needed.set(key, { by, minimum: known ? Math.min(known.minimum, minimum) : minimum });
  };
  for (const slice of model.slices) add(slice.columns, slice.minimum);
  for (const rule of model.gate?.rules ?? []) if (rule.forEach) add(rule.forEach.by, rule.forEach.minimum);
  return [...needed.values()];
}
