import type { Model, Plan } from '../../compiler/plan/plan.ts';
import { expressionSql } from '../../compiler/sql/expression.ts';
import { identifier } from '../data/sql.ts';
import { featureColumn } from './part-columns.ts';

/** A model's `where` as SQL over the columns of its views' rows; null when there is none. */
export function whereSql(plan: Plan, model: Model): string | null {
  if (model.where === null) return null;
  return expressionSql(model.where, {
    column: ref => identifier(`source.${ref.column}`),
    feature: ref => identifier(featureColumn(plan, model, ref.name, ref.type).name),
  });
}
