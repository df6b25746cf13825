import type { Plan } from '../../compiler/plan/plan.ts';

/** The relation's name in the program's SQL. */
export function relationOf(plan: Plan, name: string): string {
  if (name in plan.sources) return `source:${name}`;
  return name in plan.views ? `view:${name}` : `component:${name}`;
}
