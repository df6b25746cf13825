import type { Command } from 'commander';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { serve } from '../../editor/language-server/server.ts';
import { version } from '../main.ts';

export function define(command: Command): void {
  command
    .option('--stdio', 'speak over standard input and output (the only way, and the default)')
    .action(() => run());
}

function run(): Promise<void> {
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  serve(connection, { version });
  // The library ends the process when the editor says so, or when it goes away.
  return new Promise(() => {});
}
