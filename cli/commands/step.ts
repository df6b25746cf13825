import type { Command } from 'commander';
import { type ProjectOptions, planOf, withProjectOptions } from '../compile.ts';
import { generatedProgram } from '../program.ts';
import { loadRuntime } from '../runtime.ts';

interface StepOptions extends ProjectOptions {
  readonly in: string;
  readonly out: string;
  readonly params?: string;
}

export function define(command: Command): void {
  withProjectOptions(command)
    .argument('<step>', 'the step, as mlp graph names it')
    .requiredOption('--in <folder>', 'folder of the input artifacts, each in a folder with its name')
    .requiredOption('--out <folder>', 'folder for the outputs and result.json')
    .option('--params <file>', 'a params/1 document')
    .action(run);
}

async function run(step: string, options: StepOptions): Promise<void> {
  const { root, plan } = planOf(options);
  const [runtime, { program }] = await Promise.all([loadRuntime(root), generatedProgram(root, plan)]);
  const params = options.params === undefined ? [] : ['--params', options.params];
  process.exitCode = await runtime.main(program, [
    'step',
    step,
    '--in',
    options.in,
    '--out',
    options.out,
    ...params,
    '--root',
    root,
  ]);
}
