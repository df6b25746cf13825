import type { Expr, FeatureView, Plan, WindowExpr } from '../../compiler/plan/plan.ts';
import type { Database } from '../data/duckdb.ts';
import { identifier } from '../data/sql.ts';
import { relationOf } from './relations.ts';

/**
 * A label that looks ahead is known only where the data reach to the end of its window: later rows would get a label
 * counted from half a window. Returns the view's SQL with such labels null; `split` drops and counts those rows.
 */
export async function completeLabels(
  database: Database,
  plan: Plan,
  view: FeatureView,
  sql: string,
): Promise<string> {
  const replaced: string[] = [];
  for (const feature of view.features) {
    if (!feature.label) continue;
    const conditions: string[] = [];
    for (const window of windowsAhead(feature.expr)) {
      const end = await lastEvent(database, plan, window);
      if (end === null) continue;
      conditions.push(`epoch_ms(__at::TIMESTAMP) + ${window.length} > ${end}`);
    }
    if (conditions.length === 0) continue;
    const name = identifier(feature.name);
    replaced.push(`CASE WHEN ${conditions.join(' OR ')} THEN NULL ELSE ${name} END AS ${name}`);
  }
  return replaced.length === 0 ? sql : `SELECT * REPLACE (${replaced.join(', ')}) FROM (${sql})`;
}

async function lastEvent(database: Database, plan: Plan, window: WindowExpr): Promise<number | null> {
  const relation = identifier(relationOf(plan, window.table));
  const [row] = await database.rows(
    `SELECT epoch_ms(max(${identifier(window.eventTime)})::TIMESTAMP) AS last FROM ${relation}`,
  );
  return row!['last'] === null ? null : Number(row!['last']);
}

function windowsAhead(expr: Expr): readonly WindowExpr[] {
  if (expr.op === 'window') {
    const inner = [expr.value, expr.where].flatMap(part => (part === null ? [] : windowsAhead(part)));
    return expr.direction === 'next' ? [expr, ...inner] : inner;
  }
  return expr.op === 'call' ? expr.args.flatMap(windowsAhead) : [];
}
