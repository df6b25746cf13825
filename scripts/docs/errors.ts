import { type AnyMessage, examplesOf, phases, titleOf } from '../../compiler/diagnostics/registry.ts';
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
        messages.map(({ definition: d }) => [
          `[${d.code}](#${d.code.toLowerCase()})`,
          titleOf(d),
          d.severity,
        ]),
      ),
      ...messages.map(entry),
    ]),
  ])}\n`;
}

function entry({ definition }: AnyMessage): string {
  const { code: id, severity, explanation } = definition;
  const examples = examplesOf(definition);
  return join([
    `${anchor(id.toLowerCase())}\n\n### ${id}: ${titleOf(definition)}`,
    severity === 'error' ? '' : `Severity: ${severity}.`,
    explanation.text,
    ...(examples
      ? [
          sample('Wrong', examples.wrong, examples.language),
          sample('Right', examples.right, examples.language),
        ]
      : []),
  ]);
}

function sample(label: string, text: string, language: string): string {
  if (text.trim() === '') return `${label}: ${code(JSON.stringify(text))}.`;
  return `${label}:\n\n${block(language, text)}`;
}
