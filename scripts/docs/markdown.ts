/** Text that is Markdown already, in a cell of a table: no line break, no bar that would end the cell. */
export const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();

/** Code in a line, whatever back-ticks it holds. */
export function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}

/** A block of code, fenced by more back-ticks than it holds. */
export function block(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n+$/, '')}\n${fence}`;
}

/** A place that links can name, unchanged when a heading is worded anew. */
export const anchor = (id: string): string => `<a id="${id}"></a>`;

/** A table of Markdown cells; a column that is empty in every row is left out, but for the first. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept = head.map((_, i) => i).filter(i => i === 0 || rows.some(row => row[i] !== ''));
  const line = (cells: readonly string[]): string => `| ${kept.map(i => cell(cells[i] ?? '')).join(' | ')} |`;
  return [line(head), `|${kept.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Paragraphs and blocks, an empty line between any two. */
export const join = (parts: readonly string[]): string => parts.filter(part => part !== '').join('\n\n');
