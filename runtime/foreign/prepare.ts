/** Making the Python environments that steps need before the steps run, so that their time is their own. */

import { foreignCode } from '../../compiler/plan/foreign.ts';
import type { Foreign, Plan, Step } from '../../compiler/plan/plan.ts';

export interface PrepareOptions {
  readonly root: string;
  readonly signal: AbortSignal;
  progress?(message: string): void;
}

export interface Prepared {
  readonly folder: string;
  readonly packages: readonly string[];
  readonly made: boolean;
}

/** What the steps need beside themselves, each once. Throws MLP8801, MLP8802. */
export async function prepareSteps(
  plan: Plan,
  steps: readonly Step[],
  options: PrepareOptions,
): Promise<readonly Prepared[]> {
  const prepared = new Map<string, Prepared>();
  for (const { run } of steps.flatMap(step => foreignCode(plan, step))) {
    if (run.language !== 'python') continue;
    const { pythonEnvironment } = await import('./python/environment.ts');
    const { folder, made } = await pythonEnvironment({ ...options, packages: run.packages, at: atOf(run) });
    if (!prepared.has(folder)) prepared.set(folder, { folder, packages: run.packages, made });
  }
  return [...prepared.values()];
}

const atOf = (run: Foreign): number => run.at ?? 0;
