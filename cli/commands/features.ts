import type { Command } from 'commander';
import { type ProjectOptions, planOf, withProjectOptions } from '../compile.ts';
import { usageError } from '../errors.ts';
import { generatedProgram } from '../program.ts';
import { loadRuntime } from '../runtime.ts';
import { printError } from '../terminal.ts';

export function define(command: Command): void {
  // Options of a command below this one are its own.
  command.enablePositionalOptions();
  withProjectOptions(command.command('materialize'))
    .description(
      'move rows that views join and look back on into the online store: what is new since the last time',
    )
    .argument(
      '[names...]',
      'views, or models or deployments for the views of their model (default: all views)',
    )
    .option('--from <time>', 'answer for moments of prediction from here on (default: from now on)')
    .option('--to <time>', 'only rows that happened before')
    .option('--keep <days>', 'how long a version that is no longer filled stays', '7')
    .option('--json', 'print what was moved as JSON')
    .action(materialize);
}

interface MaterializeOptions extends ProjectOptions {
  readonly from?: string;
  readonly to?: string;
  readonly keep: string;
  readonly json?: boolean;
}

async function materialize(names: readonly string[], options: MaterializeOptions): Promise<void> {
  const { root, plan, warnings } = planOf(options);
  if (warnings && !options.json) printError(warnings);
  const [runtime, { program }] = await Promise.all([loadRuntime(root), generatedProgram(root, plan)]);
  const days = Number(options.keep);
  if (!(days >= 0)) throw usageError(`--keep is a number of days, not ${options.keep}`);
  const argv = ['features', 'materialize', ...names, '--root', root, '--keep', String(days * 86_400_000)];
  if (options.from !== undefined) argv.push('--from', options.from);
  if (options.to !== undefined) argv.push('--to', options.to);
  if (options.json) argv.push('--json');
  process.exitCode = await runtime.main(program, argv, {
    onWrongUsage(message) {
      throw usageError(message, 'mlp features --help lists the commands');
    },
  });
}
