import { githubActions } from './github-actions/index.ts';
import { kubernetes } from './kubernetes/index.ts';
import type { Target } from './target.ts';
import { typescript } from './typescript/index.ts';

export * from './manifest.ts';
export * from './target.ts';
export { unsupported } from './local/capabilities.ts';
export { transpile } from './typescript/transpile.ts';

/** The back ends of `mlp build --target`, by name. Running on this machine (`mlp run`) runs what `typescript` emits. */
export const targets: Readonly<Record<string, Target>> = {
  [typescript.name]: typescript,
  [kubernetes.name]: kubernetes,
  [githubActions.name]: githubActions,
};
