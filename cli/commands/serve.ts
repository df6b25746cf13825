import type { Command } from 'commander';
import { type ProjectOptions, planOf, withProjectOptions } from '../compile.ts';
import { usageError } from '../errors.ts';
import { generatedProgram } from '../program.ts';
import { loadRuntime } from '../runtime.ts';
import { printError } from '../terminal.ts';

interface ServeOptions extends ProjectOptions {
  readonly port?: string;
  readonly host?: string;
  readonly accessLog?: boolean;
}

export function define(command: Command): void {
  withProjectOptions(command)
    .argument('[deployment]', 'the deployment to serve (default: the only one)')
    .option('--port <n>', 'the port to listen on; 0: any that is free (default: 8080)')
    .option(
      '--host <address>',
      'the address to listen on (default: 127.0.0.1, which no other machine reaches)',
    )
    .option('--access-log', 'print a line of JSON on standard error for each request')
    .action(serve);
}

/** What serves is the generated program, by its own command line, here and in a pod. */
async function serve(deployment: string | undefined, options: ServeOptions): Promise<void> {
  const { root, plan, warnings } = planOf(options);
  if (warnings) printError(warnings);
  const [runtime, { program }] = await Promise.all([loadRuntime(root), generatedProgram(root, plan)]);
  const argv = [
    'serve',
    ...(deployment === undefined ? [] : [deployment]),
    ...(options.port === undefined ? [] : ['--port', options.port]),
    ...(options.host === undefined ? [] : ['--host', options.host]),
    ...(options.accessLog ? ['--access-log'] : []),
    '--root',
    root,
  ];
  process.exitCode = await runtime.main(program, argv, {
    onWrongUsage(message) {
      throw usageError(message, 'mlp serve --help lists the options');
    },
  });
}
