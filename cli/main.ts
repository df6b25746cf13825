import { Command, CommanderError } from 'commander';
import * as check from './commands/check.ts';
import * as explain from './commands/explain.ts';
import * as fmt from './commands/fmt.ts';
import * as lint from './commands/lint.ts';
import { commands } from './commands.mjs';
import { elsewhereHint } from './elsewhere.ts';
import { EXIT, fileFault, isCommandError } from './errors.ts';
import { loadCommand } from './load.ts';
import { printError, useColor } from './terminal.ts';

declare const MLP_VERSION: string | undefined;
export const version = typeof MLP_VERSION === 'undefined' ? '0.0.0-source' : MLP_VERSION;

/** What each file in `commands/` exports: the command with its options, and what it does. */
export interface CommandModule {
  define(command: Command): void;
}

/** Commands that start from the snapshot live in the main bundle (`bin/mlp` names the same ones). */
const resident: Readonly<Record<string, CommandModule>> = { check, explain, fmt, lint };

const EXIT_CODES = `
Exit codes: 0 fine, 1 the spec or the run is at fault, 2 wrong usage, 3 a gate or a validation refused,
130 cancelled.
A command's own options: mlp COMMAND --help`;

async function makeProgram(argv: readonly string[]): Promise<Command> {
  const program = new Command('mlp')
    .description('One typed spec for a machine-learning pipeline: check it, run it, generate its targets.')
    .version(version, '-v, --version')
    .helpCommand('help [command]')
    .addHelpText('after', EXIT_CODES)
    .exitOverride();
  const asked = argv.find(a => !a.startsWith('-'));
  const target = asked === 'help' ? argv[argv.indexOf('help') + 1] : asked;
  for (const { name, summary } of commands) {
    const command = program
      .command(name)
      .summary(summary)
      .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`);
    command.exitOverride().showHelpAfterError('(mlp COMMAND --help shows the options)');
    // Only the command that was asked for is loaded: start-up time counts.
    if (name !== target) continue;
    const module = resident[name] ?? (await loadCommand<CommandModule>(name));
    module.define(command);
  }
  return program;
}

/** Runs one command line; returns the exit code. Only a bug of ours shows a stack trace. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const program = await makeProgram(argv);
    if (argv.length === 0) {
      program.outputHelp();
      return EXIT.usage;
    }
    process.exitCode = EXIT.ok;
    await program.parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    return report(error);
  }
}

/** Errors told in words: ours, and those of the runtime (`MlpError`), recognised by shape as it is another bundle. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    const hint = elsewhereHint(error.message);
    if (hint !== undefined) printError(`  hint: ${hint}`);
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  const bold = (text: string) => (useColor(process.stderr) ? `\u001b[1;31m${text}\u001b[0m` : text);
  const told = error as {
    name?: string;
    code?: string;
    message: string;
    hint?: string;
    exitCode?: number;
    place?: string;
  };
  if (isCommandError(error) || told?.name === 'MlpError') {
    const code = isCommandError(error) ? '' : ` ${told.code}`;
    printError(`${bold(`error${code}:`)} ${told.message}`);
    if (told.place) printError(`  at ${told.place}`);
    if (told.hint) printError(`  hint: ${told.hint}`);
    return told.exitCode ?? EXIT.fault;
  }
  if ((error as { code?: string })?.code === 'EPIPE') return EXIT.ok;
  const fault = fileFault(error);
  if (fault !== undefined) {
    printError(`${bold('error:')} ${fault}`);
    return EXIT.fault;
  }
  printError(`${bold('internal error:')} this is a bug in mlp ${version}, please report it`);
  printError(String((error as Error)?.stack ?? error));
  return 70;
}
