import type { Diagnostic, Severity } from './diagnostic.ts';
import { messageByCode } from './registry.ts';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/**
 * Workflow commands, one a line, by which GitHub Actions shows diagnostics beside the code of a pull request. Paths must be
 * relative to the root of the repository. Columns are given only within one line, since GitHub takes no others.
 */
export function renderGithub(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(diagnostic => `${annotation(diagnostic)}\n`).join('');
}

function annotation({ code, severity, message, hint, file, span, labels }: Diagnostic): string {
  const from = file.position(span.start);
  // A span that ends at the beginning of a line does not reach into it.
  const last = file.position(Math.max(span.start, span.end - 1)).line;
  const columns =
    last === from.line
      ? { col: from.column, endColumn: from.column + Math.max(1, span.end - span.start) }
      : {};
  const title = messageByCode(code)?.definition.title;
  const properties = {
    file: file.path,
    line: from.line,
    endLine: last,
    ...columns,
    title: title === undefined ? code : `${code}: ${title}`,
  };
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  const places = labels.map(label => {
    const { line, column } = label.file.position(label.span.start);
    return `${label.file.path}:${line}:${column}: ${label.message}`;
  });
  const text = [message, ...(hint === undefined ? [] : [hintLine(hint)]), ...places].join('\n');
  return `::${COMMANDS[severity]} ${listed.join(',')}::${data(text)}`;
}

const hintLine = (hint: string): string => (/^did you mean/.test(hint) ? hint : `hint: ${hint}`);

/** The runner's own escaping: the percent sign first, as the others are written with it. */
const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
