import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import { suggest } from '../../compiler/diagnostics/suggest.ts';
import type { Plan, Step } from '../../compiler/plan/plan.ts';
import { goalSteps, goals } from '../../compiler/plan/steps.ts';
import { fault } from '../data/faults.ts';
import type { NotRun } from '../store/records.ts';
import type { MlpError } from './contract.ts';

export interface Goal {
  /** As asked for; `everything` when nothing was. */
  readonly label: string;
  /** The steps it needs, each after those it waits for. */
  readonly steps: readonly Step[];
  readonly notRun: readonly NotRun[];
  /** Models that are goals themselves: what passes their gate becomes champion at once. */
  readonly models: ReadonlySet<string>;
}

/**
 * A goal is the name of a declaration or of a step; a pipeline stands for its goals, a source brings the validations
 * that guard it. Without one, every model is a goal, or all data steps where there is no model.
 */
export function resolveGoal(plan: Plan, goal?: string, goals?: readonly string[]): Goal {
  const names = goals ?? (goal === undefined ? defaultGoals(plan) : (plan.pipelines[goal]?.goals ?? [goal]));
  const wanted = names.flatMap(name => [name, ...guardsOf(plan, name)]);
  const found = wanted.map(name => goalSteps(plan, name));
  if (goal !== undefined && goals === undefined && !found.some(Boolean)) throw unknownGoal(plan, goal);
  const needed = new Set(found.flatMap(steps => (steps?.needed ?? []).map(step => step.id)));
  const label = goal ?? (names.length === 1 ? names[0]! : 'everything');
  return {
    label,
    steps: plan.steps.filter(step => needed.has(step.id)),
    notRun: plan.steps
      .filter(step => !needed.has(step.id))
      .map(({ id, kind, of }) => ({ step: id, kind, of, why: `beyond the goal ${label}` })),
    models: new Set(names.filter(name => plan.models[name])),
  };
}

function defaultGoals(plan: Plan): readonly string[] {
  const models = Object.keys(plan.models);
  if (models.length > 0) return models;
  return [...Object.keys(plan.sources), ...Object.keys(plan.views)];
}

function guardsOf(plan: Plan, name: string): readonly string[] {
  return Object.entries(plan.validations).flatMap(([id, { on }]) => (on === name ? [id] : []));
}

function unknownGoal(plan: Plan, goal: string): MlpError {
  const names = goals(plan).filter(name => !plan.steps.some(step => step.id === name && step.of !== name));
  return fault(runMessages.unknownGoal, { goal, near: suggest(goal, goals(plan)), goals: names });
}
