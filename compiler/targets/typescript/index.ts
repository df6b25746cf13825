import { unsupported } from '../local/capabilities.ts';
import type { Target } from '../target.ts';

/** A typed program on `mlp-runtime`: what `mlp run` runs, and what every pod and CI job runs. */
export const typescript: Target = {
  name: 'typescript',
  summary: 'a typed TypeScript program on the runtime package',
  /** The program carries the whole plan; only a view or a validation that has no code yet cannot be written. */
  capabilities(plan) {
    return unsupported(
      plan,
      plan.steps.filter(({ kind }) => kind === 'features' || kind === 'validate'),
    );
  },
  async emit(plan, options) {
    const { emitProgram } = await import('./emit.ts');
    return emitProgram(plan, options);
  },
};
export { transpile } from './transpile.ts';
