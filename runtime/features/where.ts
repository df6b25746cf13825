import type { Model, Plan } from '../../compiler/plan/plan.ts';

/** A model's `where` as SQL over the columns of its views' rows. */
export function whereSql(_plan: Plan, _model: Model): string {
  throw new Error('placeholder until compiler/sql lands');
}
