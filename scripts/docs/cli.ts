import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { define } from '../../cli/commands/check.ts';
import { commands } from '../../cli/commands.mjs';
import { code, join, table } from './markdown.ts';

const folder = path.join(import.meta.dirname, '../../cli/commands');
type Command = Parameters<typeof define>[0];
/** The command line's own version of the package, not the one that another package brings to the root. */
const { Command: NewCommand } = createRequire(path.join(folder, 'check.ts'))('commander') as {
  Command: new (name: string) => Command;
};

/** A command as the page shows it, between these marks; the prose around them is written by hand. */
const begin = (name: string): string => `<!-- options of ${name}: generated -->`;
const END = '<!-- end -->';

/** `docs/cli.md` with each command's arguments and options put in anew. */
export async function commandLine(page: string): Promise<string> {
  let text = page;
  for (const { name } of commands) {
    const from = text.indexOf(begin(name));
    const to = text.indexOf(END, from);
    if (from < 0 || to < 0) throw new Error(`docs/cli.md has no section with "${begin(name)}" … "${END}"`);
    const made = join([begin(name), await options(name), END]);
    text = text.slice(0, from) + made + text.slice(to + END.length);
  }
  const strange = [...text.matchAll(/<!-- options of (\S+): generated -->/g)]
    .map(match => match[1]!)
    .find(name => !commands.some(command => command.name === name));
  if (strange !== undefined) throw new Error(`docs/cli.md shows options of ${strange}, which is no command`);
  return text;
}

async function options(name: string): Promise<string> {
  const file = pathToFileURL(path.join(folder, `${name}.ts`)).href;
  const module = (await import(file)) as { define(command: Command): void };
  const command = new NewCommand(name);
  module.define(command);
  return join([code(`mlp ${name} ${command.usage()}`), parameters(command)]);
}

function parameters(command: Command): string {
  const rows = [
    ...command.registeredArguments.map(argument => [code(argument.name()), argument.description, '']),
    ...command.options.map(option => [
      code(option.flags),
      `${option.description}${option.mandatory ? ' (must be given)' : ''}`,
      shownDefault(option.defaultValue),
    ]),
  ];
  return table(['argument or option', 'means', 'default'], rows);
}

const shownDefault = (value: unknown): string =>
  value === undefined || (Array.isArray(value) && value.length === 0) ? '' : code(String(value));
