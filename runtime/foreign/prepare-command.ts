import type { Plan } from '../../compiler/plan/plan.ts';
import { resolveGoal } from '../engine/goals.ts';
import { prepareSteps } from './prepare.ts';

export interface PrepareCommand {
  readonly root: string;
  readonly goal?: string | undefined;
}

/** Makes what the steps of a goal, or all steps, need beside themselves, so that they run without a network. */
export async function prepare(
  plan: Plan,
  { root, goal }: PrepareCommand,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<void> {
  const steps = goal === undefined ? plan.steps : resolveGoal(plan, goal).steps;
  const prepared = await prepareSteps(plan, steps, { root, signal, progress: tell });
  for (const { folder, packages, made } of prepared)
    tell(
      `${made ? 'made' : 'there already'}: ${folder} (Python, ${packages.length > 0 ? packages.join(', ') : 'no packages'})`,
    );
  if (prepared.length === 0) tell('nothing to prepare: no step needs anything beside itself');
}
