import type { Command } from 'commander';
import { allMessages, messageByCode, phases } from '../../compiler/diagnostics/registry.ts';
import { CommandError } from '../errors.ts';
import { print, useColor } from '../terminal.ts';

export function define(command: Command): void {
  command
    .argument('[code]', 'a code such as MLP4001; without one, all codes are listed')
    .option('--json', 'print as JSON')
    .action(run);
}

function run(code: string | undefined, options: { json?: boolean }): void {
  if (code === undefined) {
    print(
      options.json
        ? JSON.stringify(
            allMessages().map(m => facts(m.definition)),
            null,
            2,
          )
        : list(),
    );
    return;
  }
  const normal = /^\d{4}$/.test(code) ? `MLP${code}` : code;
  const message = messageByCode(normal);
  if (!message) {
    throw new CommandError(`there is no code ${code}`, { hint: 'mlp explain lists them all' });
  }
  print(options.json ? JSON.stringify(facts(message.definition), null, 2) : page(message.definition));
}

type Definition = NonNullable<ReturnType<typeof messageByCode>>['definition'];

const facts = ({ code, severity, title, explanation }: Definition) => ({
  code,
  severity,
  title,
  ...explanation,
});

function list(): string {
  return phases
    .map(({ title, messages }) => {
      const definitions = Object.values(messages as Record<string, { definition: Definition }>).map(
        m => m.definition,
      );
      if (definitions.length === 0) return '';
      const lines = definitions.map(d => `  ${d.code}  ${d.severity.padEnd(7)}  ${d.title}`);
      return `${bold(title)}\n${lines.join('\n')}\n`;
    })
    .filter(Boolean)
    .join('\n');
}

function page({ code, severity, title, explanation }: Definition): string {
  const indent = (text: string) => text.trim().replace(/^(?=.)/gm, '    ');
  const examples = explanation.wrong.trim()
    ? `\n${bold('Wrong')}\n\n${indent(explanation.wrong)}\n\n${bold('Right')}\n\n${indent(explanation.right)}\n`
    : '';
  return `${bold(`${code}: ${title}`)} (${severity})\n\n${explanation.text.trim()}\n${examples}`;
}

const bold = (text: string): string => (useColor(process.stdout) ? `\u001b[1m${text}\u001b[0m` : text);
