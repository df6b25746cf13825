import { type AnyMessage, phases } from '../../compiler/diagnostics/registry.ts';
import { anchor, block, code, join, table } from './markdown.ts';

const INTRO = `Every message that \`mlp\` gives has a code; the first digit tells the phase. \`mlp explain MLP4001\` prints one of these
entries. What stands under *Wrong* gives the message, what stands under *Right* does not; tests compile both.`;

/** `docs/errors.md`: all codes of the registry by phase, each with its explanation and its two specs. */
export function errorIndex(generated: string): string {
  const chapters = phases.map(phase => ({
    id: phase.title.toLowerCase(),
    title: phase.title,
    messages: Object.values(phase.messages as Readonly<Record<string, AnyMessage>>).toSorted((a, b) =>
      a.definition.code.localeCompare(b.definition.code),
    ),
  }));
  const overview = chapters.map(({ id, title, messages }) => [
    `[${title}](#${id})`,
    `${messages[0]?.definition.code ?? ''} to ${messages.at(-1)?.definition.code ?? ''}`,
    String(messages.length),
  ]);
  return `${join([
    generated,
    '# Errors and warnings',
    INTRO,
    table(['phase', 'codes', 'how many'], overview),
    ...chapters.flatMap(({ title, messages }) => [
      `## ${title}`,
      table(
        ['code', 'title', 'severity'],
        messages.map(({ definition: d }) => [`[${d.code}](#${d.code.toLowerCase()})`, d.title, d.severity]),
      ),
      ...messages.map(entry),
    ]),
  ])}\n`;
}

function entry({ definition }: AnyMessage): string {
  const { code: id, title, severity, explanation } = definition;
  return join([
    `${anchor(id.toLowerCase())}\n\n### ${id}: ${title}`,
    severity === 'error' ? '' : `Severity: ${severity}.`,
    explanation.text,
    sample('Wrong', explanation.wrong),
    sample('Right', explanation.right),
  ]);
}

/** A few mistakes, such as a file of five megabytes, have no example that a page can show. */
function sample(label: string, text: string): string {
  if (text === '') return '';
  if (text.trim() === '') return `${label}: ${code(JSON.stringify(text))}.`;
  return `${label}:\n\n${block('mlp', text)}`;
}
