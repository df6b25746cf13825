import { fileURLToPath } from 'node:url';
import { requireFile, targetOf } from './code.ts';
import { pythonEnvironment, pythonVariables } from './python/environment.ts';
import type { Language } from './run-job.ts';

/** Beside this module in the sources, beside the bundle in the package. */
const harness = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './python/harness.py' : './harness.py', import.meta.url),
);

/** `run python "steps/moods.py:score"`: the harness calls the function in the environment of its packages. */
export const python: Language = {
  answers: true,
  async command({ around, run, what, at }, { file }) {
    const code = requireFile(what, run, around.root, at);
    const { root, signal, progress } = around;
    const environment = await pythonEnvironment({ root, packages: run.packages, at, signal, progress });
    return {
      program: environment.python,
      args: [harness, file, code, targetOf(run).name!],
      env: pythonVariables(environment.folder),
    };
  },
};
