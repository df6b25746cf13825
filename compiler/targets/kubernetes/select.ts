import type { Pipeline, Plan, Step } from '../../plan/plan.ts';
import { goalSteps } from '../../plan/steps.ts';
import { projectName, type TargetOptions } from '../target.ts';

/** One workflow to emit. */
export interface Selection {
  /** The pipeline's name, or the project's for goals that belong to none. */
  readonly name: string;
  readonly pipeline: Pipeline | null;
  readonly goals: readonly string[];
  /** What the goals need, in order. */
  readonly steps: readonly Step[];
}

/**
 * The workflows: one for each pipeline, restricted to the goals asked for if any are; goals outside all pipelines, and
 * the models of a spec without pipelines, get one workflow of the project's name. Unknown goals are ignored here.
 */
export function select(plan: Plan, options: TargetOptions): readonly Selection[] {
  const pipelines = Object.entries(plan.pipelines);
  const asked = options.goals ?? [];
  const selections: Selection[] = [];
  const covered = new Set<string>();
  for (const [name, pipeline] of pipelines) {
    const all = stepsOf(plan, pipeline.goals);
    const inside = asked.filter(goal => goal === name || isInside(plan, goal, all));
    for (const goal of inside) covered.add(goal);
    if (asked.length && inside.length === 0) continue;
    const goals = asked.length === 0 || inside.includes(name) ? pipeline.goals : inside;
    selections.push({ name, pipeline, goals, steps: stepsOf(plan, goals) });
  }
  const rest = asked.length ? asked.filter(goal => !covered.has(goal) && goalSteps(plan, goal)) : [];
  const goals = asked.length || pipelines.length ? rest : Object.keys(plan.models);
  if (goals.length) {
    const project = projectName(plan, options);
    const name = plan.pipelines[project] ? `${project}_goals` : project;
    selections.push({ name, pipeline: null, goals, steps: stepsOf(plan, goals) });
  }
  return selections;
}

function stepsOf(plan: Plan, goals: readonly string[]): readonly Step[] {
  const needed = new Set(goals.flatMap(goal => goalSteps(plan, goal)?.needed ?? []));
  return plan.steps.filter(step => needed.has(step));
}

/** Whether all a goal needs is done by these steps. */
function isInside(plan: Plan, goal: string, steps: readonly Step[]): boolean {
  const found = goalSteps(plan, goal);
  return found?.needed.every(step => steps.includes(step)) ?? false;
}
