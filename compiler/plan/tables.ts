import type { Expr, FeatureView } from './plan.ts';
import { children } from './walk.ts';

/** The tables that a view reads, each once: its source, then joined and windowed ones as they come. */
export function tablesOf(view: FeatureView): string[] {
  const tables = new Set([view.source, ...view.joins.map(join => join.table)]);
  const visit = (expr: Expr): void => {
    if (expr.op === 'window') tables.add(expr.table);
    for (const child of children(expr)) visit(child);
  };
  for (const join of view.joins) for (const { own } of join.on) visit(own);
  for (const feature of view.features) visit(feature.expr);
  return [...tables];
}
