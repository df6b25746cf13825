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

/** `docs/cli.md` with each command's arguments and options put in anew; a new command gets a section. */
export async function commandLine(page: string): Promise<string> {
  let text = withSections(page);
  for (const { name } of commands) {
    const from = text.indexOf(begin(name));
    const to = text.indexOf(END, from);
    if (to < 0) throw new Error(`docs/cli.md: "${begin(name)}" has no "${END}" after it`);
    const made = join([begin(name), await options(name), END]);
    text = text.slice(0, from) + made + text.slice(to + END.length);
  }
  return text;
}

/** Sections that no command has any more are an error, since their prose was written by hand. */
function withSections(page: string): string {
  const stranger = [...page.matchAll(/<!-- options of (\S+): generated -->/g)]
    .map(match => match[1]!)
    .find(name => !commands.some(command => command.name === name));
  if (stranger !== undefined)
    throw new Error(`docs/cli.md shows options of ${stranger}, which is no command`);
  let text = page;
  for (const [i, { name, summary }] of commands.entries()) {
    if (text.includes(begin(name))) continue;
    const next = commands.slice(i + 1).find(command => text.includes(begin(command.name)));
    const at = next === undefined ? text.length : text.indexOf(`## mlp ${next.name}\n`);
    const sentence = `${summary[0]!.toUpperCase()}${summary.slice(1)}.`;
    const section = join([`## mlp ${name}`, sentence, `${begin(name)}\n${END}`]);
    text = `${text.slice(0, at).trimEnd()}\n\n${section}\n\n${text.slice(at)}`;
  }
  return `${text.trimEnd()}\n`;
}

async function options(name: string): Promise<string> {
  const file = pathToFileURL(path.join(folder, `${name}.ts`)).href;
  const module = (await import(file)) as { define(command: Command): void };
  const command = new NewCommand(name);
  module.define(command);
  if (command.commands.length === 0)
    return join([code(`mlp ${name} ${command.usage()}`), parameters(command)]);
  const parts = command.commands.map(sub => {
    const does = `${sub.description()[0]!.toUpperCase()}${sub.description().slice(1)}.`;
    return join([`${code(`mlp ${name} ${sub.name()} ${sub.usage()}`)}\n\n${does}`, parameters(sub)]);
  });
  return join(parts);
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
