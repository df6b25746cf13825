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
  withProjectOptions(command.command('get'))
    .description(
      'write the features of entities at given moments into a file, as they were computed for training',
    )
    .argument('<view>', 'a feature view, or a model or deployment for the first view of its model')
    .option(
      '--at <file|time>',
      'a file of entities and moments (.parquet, .csv), or a moment for all entities (default: the latest row of each)',
    )
    .option('--moment <column>', "the file's column with the moments (default: at, or the view's own)")
    .option('--model <name>', "the model whose champion's fitted values are meant, of a view that has such")
    .option('--key <column=value>', 'one entity instead of all; may be repeated', collect, [])
    .option('--labels', 'labels too, with the moment from which they are known')
    .requiredOption('--out <file>', 'where to: .parquet or .csv')
    .option('--json', 'print what was written as JSON')
    .action(get);
}

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

interface GetOptions extends ProjectOptions {
  readonly at?: string;
  readonly moment?: string;
  readonly model?: string;
  readonly key: readonly string[];
  readonly labels?: boolean;
  readonly out: string;
  readonly json?: boolean;
}

async function get(view: string, options: GetOptions): Promise<void> {
  const argv = ['features', 'get', view, '--out', options.out];
  for (const name of ['at', 'moment', 'model'] as const)
    if (options[name] !== undefined) argv.push(`--${name}`, options[name]);
  for (const key of options.key) argv.push('--key', key);
  if (options.labels) argv.push('--labels');
  await carryOut(argv, options);
}

interface MaterializeOptions extends ProjectOptions {
  readonly from?: string;
  readonly to?: string;
  readonly keep: string;
  readonly json?: boolean;
}

async function materialize(names: readonly string[], options: MaterializeOptions): Promise<void> {
  const days = Number(options.keep);
  if (!(days >= 0)) throw usageError(`--keep is a number of days, not ${options.keep}`);
  const argv = ['features', 'materialize', ...names, '--keep', String(days * 86_400_000)];
  if (options.from !== undefined) argv.push('--from', options.from);
  if (options.to !== undefined) argv.push('--to', options.to);
  await carryOut(argv, options);
}

/** By the generated program's own command line, as in a pod. */
async function carryOut(
  argv: readonly string[],
  options: ProjectOptions & { readonly json?: boolean },
): Promise<void> {
  const { root, plan, warnings } = planOf(options);
  if (warnings && !options.json) printError(warnings);
  const [runtime, { program }] = await Promise.all([loadRuntime(root), generatedProgram(root, plan)]);
  process.exitCode = await runtime.main(
    program,
    [...argv, '--root', root, ...(options.json ? ['--json'] : [])],
    {
      onWrongUsage(message) {
        throw usageError(message, 'mlp features --help lists the commands');
      },
    },
  );
}
