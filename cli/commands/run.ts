import type { Command } from 'commander';
import { type ProjectOptions, planOf, withProjectOptions } from '../compile.ts';
import { usageError } from '../errors.ts';
import { generatedProgram } from '../program.ts';
import { loadRuntime } from '../runtime.ts';
import { printError } from '../terminal.ts';

interface RunOptions extends ProjectOptions {
  readonly from?: string;
  readonly to?: string;
  readonly try?: readonly string[];
  readonly force?: boolean;
  readonly jobs?: string;
  readonly memory?: string;
  readonly html?: string;
  readonly json?: boolean;
}

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

export function define(command: Command): void {
  withProjectOptions(command)
    .argument('[goal]', 'a model, view, validation, source, pipeline or step (default: all models)')
    .option('--from <time>', 'only rows from this time on, 2001-03-01 or 2001-03-01T18:15:00Z')
    .option('--to <time>', 'only rows before this time')
    .option(
      '--try <model.param=value>',
      'a trainer parameter for this run alone; may be repeated',
      collect,
      [],
    )
    .option('--force', 'run every step, even where its result is known')
    .option('--jobs <n>', 'steps at once (default: as processors and memory allow)')
    .option('--memory <size>', 'memory for all steps together, such as 2GiB')
    .option('--html <file>', 'write the report as one page')
    .option('--json', 'print the outcome as JSON')
    .action(run);
}

/** What is run is the generated program, by its own command line: one way of running, here and in a pod. */
async function run(goal: string | undefined, options: RunOptions): Promise<void> {
  const { root, plan, warnings } = planOf(options);
  if (warnings && !options.json) printError(warnings);
  const [runtime, { program }] = await Promise.all([loadRuntime(root), generatedProgram(root, plan)]);
  const argv = [
    'run',
    ...(goal === undefined ? [] : [goal]),
    ...(options.from === undefined ? [] : ['--from', options.from]),
    ...(options.to === undefined ? [] : ['--to', options.to]),
    ...(options.try ?? []).flatMap(assignment => ['--try', assignment]),
    ...(options.force ? ['--force'] : []),
    ...(options.jobs === undefined ? [] : ['--jobs', options.jobs]),
    ...(options.memory === undefined ? [] : ['--memory', options.memory]),
    ...(options.html === undefined ? [] : ['--html', options.html]),
    ...(options.json ? ['--json'] : []),
    '--root',
    root,
  ];
  process.exitCode = await runtime.main(program, argv, {
    onWrongUsage(message) {
      throw usageError(message, 'mlp run --help lists the options');
    },
  });
}
