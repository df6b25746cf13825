import { planHash } from './hash.ts';
import type { Plan, ValueGraph } from './plan.ts';
import { buildSteps, type Draft, type Needs } from './steps.ts';
import { drawGraph, whole } from './values.ts';

/** Adds to a draft what follows from it: the graph of values, the steps and the hash. */
export function finishPlan(
  draft: Draft,
  needs?: ReadonlyMap<string, Needs>,
  graph: ValueGraph = drawGraph(draft),
): Plan {
  const plan = { ...draft, graph: whole(graph), steps: buildSteps(draft, needs) };
  return { ...plan, hash: planHash(plan) };
}
