import type { Command } from 'commander';
import {
  type AnyMessage,
  allMessages,
  examplesOf,
  messageByCode,
  phases,
  titleOf,
} from '../../compiler/diagnostics/registry.ts';
import { suggest } from '../../compiler/diagnostics/suggest.ts';
import type { Explained } from '../documents.ts';
import { CommandError } from '../errors.ts';
import { highlight } from '../highlight.ts';
import { bold, columns, dim, paintSeverity, print, wrap } from '../terminal.ts';

type Definition = AnyMessage['definition'];

export function define(command: Command): void {
  command
    .argument('[code]', 'a code such as MLP4001, or a word to look for; without one, all codes are listed')
    .option('--json', 'print as JSON')
    .action(run);
}

function run(code: string | undefined, options: { json?: boolean }): void {
  if (code === undefined) {
    const all = allMessages().map(message => message.definition);
    print(options.json ? JSON.stringify(all.map(facts), null, 2) : list(all));
    return;
  }
  const found = lookUp(code);
  if (options.json) print(JSON.stringify(found.length === 1 ? facts(found[0]!) : found.map(facts), null, 2));
  else print(found.length === 1 ? page(found[0]!) : list(found));
}

/** One definition by its code, `MLP4001`, `mlp4001` or `4001`; or all whose titles have a word. */
function lookUp(code: string): Definition[] {
  const number = /^(?:mlp[-_ ]?)?(\d{1,4})$/i.exec(code.trim())?.[1];
  const message = number === undefined ? undefined : messageByCode(`MLP${number.padStart(4, '0')}`);
  if (message) return [message.definition];
  const all = allMessages().map(one => one.definition);
  if (number === undefined) {
    const word = code.toLowerCase();
    const fitting = all.filter(({ title }) => title.toLowerCase().includes(word));
    if (fitting.length > 0) return fitting;
  }
  throw new CommandError(`there is no code ${code}`, { hint: nearest(code, number, all) });
}

function nearest(code: string, number: string | undefined, all: readonly Definition[]): string {
  const wanted = number === undefined ? code.toUpperCase() : `MLP${number.padStart(4, '0')}`;
  const near = suggest(
    wanted,
    all.map(one => one.code),
  );
  const found = all.find(one => one.code === near);
  if (!found) return 'mlp explain lists them all';
  return `did you mean ${found.code} (${found.title})? mlp explain lists them all`;
}

const facts = ({ code, severity, title, explanation }: Definition): Explained => ({
  code,
  severity,
  title,
  ...explanation,
});

function list(wanted: readonly Definition[]): string {
  const chosen = new Set(wanted);
  return phases
    .map(({ title, messages }) => {
      const shown = Object.values<AnyMessage>(messages)
        .map(message => message.definition)
        .filter(definition => chosen.has(definition))
        .sort((a, b) => (a.code < b.code ? -1 : 1));
      const lines = shown.map(
        d => `  ${d.code}  ${paintSeverity(d.severity, d.severity.padEnd(7))}  ${titleOf(d)}`,
      );
      return lines.length === 0 ? '' : `${bold(title)}\n${lines.join('\n')}\n`;
    })
    .filter(Boolean)
    .join('\n');
}

function page(definition: Definition): string {
  const { code, severity, explanation } = definition;
  const width = columns();
  const examples = examplesOf(definition);
  const sample = (label: string, spec: string): string[] => [
    bold(label),
    '',
    (examples?.language === 'mlp' ? highlight(spec.trim()) : spec.trim()).replace(/^(?=.)/gm, '    '),
    '',
  ];
  return [
    `${paintSeverity(severity, `${severity} ${code}`)}: ${bold(titleOf(definition))}`,
    '',
    ...explanation.text
      .trim()
      .split(/\n{2,}/)
      .flatMap(paragraph => [wrap(paragraph, width), '']),
    ...(examples ? [...sample('Wrong', examples.wrong), ...sample('Right', examples.right)] : []),
    dim(`mlp explain --json ${code} prints the same for programs`),
  ].join('\n');
}
