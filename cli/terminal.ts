/** Colours and progress only on a terminal; `NO_COLOR` and `FORCE_COLOR` are honoured. */
export function useColor(stream: NodeJS.WriteStream): boolean {
  if (process.env['NO_COLOR']) return false;
  if (process.env['FORCE_COLOR'] && process.env['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && process.env['TERM'] !== 'dumb';
}

export const print = (text: string): void =>
  void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
export const printError = (text: string): void =>
  void process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);

/** `12,345`: by hand, as loading the languages of `Intl` takes longer than a check. */
export const countText = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${countText(n)} ${n === 1 ? one : many}`;

const paint =
  (on: number, off: number) =>
  (text: string): string =>
    useColor(process.stdout) ? `\u001b[${on}m${text}\u001b[${off}m` : text;
export const bold = paint(1, 22);
export const dim = paint(2, 22);

const severities = { error: paint(31, 39), warning: paint(33, 39), info: paint(36, 39) } as const;
export const paintSeverity = (severity: keyof typeof severities, text: string): string =>
  severities[severity](text);

/** Columns for prose: those of the terminal, but no more than are good to read; 100 in a pipe. */
export const columns = (): number =>
  process.stdout.isTTY && process.stdout.columns >= 40 ? Math.min(process.stdout.columns, 100) : 100;

/** A paragraph in lines of at most that many columns; a word that is longer stands alone. */
export function wrap(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
