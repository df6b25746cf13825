import { planHash } from './hash.ts';
import type { Plan } from './plan.ts';
import { buildSteps, type Draft, type Needs } from './steps.ts';
import { buildGraph } from './values.ts';

/** Adds to a draft what follows from it: the graph of values, the steps and the hash. */
export function finishPlan(draft: Draft, needs?: ReadonlyMap<string, Needs>): Plan {
  const plan = { ...draft, graph: buildGraph(draft), steps: buildSteps(draft, needs) };
  return { ...plan, hash: planHash(plan) };
}
