import type { Command } from 'commander';
import { type ProjectOptions, planOf, withProjectOptions } from '../compile.ts';
import { generatedProgram } from '../program.ts';
import { loadRuntime } from '../runtime.ts';

export function define(command: Command): void {
  withProjectOptions(command)
    .argument('[goal]', 'make what this goal needs (default: what any step needs)')
    .action(prepare);
}

/** Makes Python environments beforehand, so that a run needs no network for them. */
async function prepare(goal: string | undefined, options: ProjectOptions): Promise<void> {
  const { root, plan } = planOf(options);
  const [runtime, { program }] = await Promise.all([loadRuntime(root), generatedProgram(root, plan)]);
  const argv = ['prepare', ...(goal === undefined ? [] : [goal]), '--root', root];
  process.exitCode = await runtime.main(program, argv);
}
