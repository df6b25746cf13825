/** Colours, widths and tables of text for people. */

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const paint = (open: number, close: number) => (text: string) =>
  text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`;
const colored: Style = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
  cyan: paint(36, 39),
};
const same = (text: string) => text;
const plain: Style = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };

export const styleOf = (color: boolean): Style => (color ? colored : plain);

/** On a terminal alone, unless told otherwise by NO_COLOR or FORCE_COLOR. */
export function useColor(stream: { readonly isTTY?: boolean }): boolean {
  if (process.env['NO_COLOR']) return false;
  if (process.env['FORCE_COLOR'] && process.env['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && process.env['TERM'] !== 'dumb';
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what escape sequences are made of
const escapes = /\u001b\[[0-9;]*m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const escapePieces = /(\u001b\[[0-9;]*m)/;
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns that the text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text.replace(escapes, ''))
    width += /\p{Mark}/u.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

/** As wide as the widest of the names that stand at the left of a section, and not so wide that nothing fits beside them. */
export const nameWidth = (names: Iterable<string>): number =>
  Math.min(24, Math.max(12, ...[...names].map(name => widthOf(clean(name)))));

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

/** Cut to the width with an ellipsis; only for text without colours. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    const next = widthOf(character);
    if (used + next > width - 1) break;
    kept += character;
    used += next;
  }
  return width <= 0 ? '' : `${kept}…`;
}

/** A line with colours, cut to the width; a table that is too wide loses its right edge and not its lines. */
export function fit(line: string, width: number): string {
  if (widthOf(line) <= width) return line;
  let left = width - 1;
  const pieces = line.split(escapePieces).map((piece, i) => {
    if (i % 2 === 1) return piece;
    const room = left;
    left -= widthOf(piece);
    if (room < 0) return '';
    return left < 0 ? cut(piece, room + 1) : piece;
  });
  return pieces.join('');
}

/** Text from outside, such as a value of the data, without what would move the cursor. */
export function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replace(escapes, '').replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}

/** Broken at spaces into lines of at most the width; without colours. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}

export interface Column {
  readonly align: 'left' | 'right';
}

/** Cells under each other, each column as wide as its widest cell, two spaces between. */
export function table(rows: readonly (readonly string[])[], columns: readonly Column[]): string[] {
  const widths = columns.map((_, i) => Math.max(0, ...rows.map(row => widthOf(row[i] ?? ''))));
  return rows.map(row =>
    columns
      .map(({ align }, i) =>
        align === 'left' ? padEnd(row[i] ?? '', widths[i]!) : padStart(row[i] ?? '', widths[i]!),
      )
      .join('  ')
      .trimEnd(),
  );
}

export const countText = (count: number): string => count.toLocaleString('en-US');

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 99.5 ? Math.round(value) : Number(value.toPrecision(3))} ${units[unit]}`;
}

/** 0.3 s, 12 s, 2 min 5 s, 3 h 10 min. */
export function durationText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds) % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function shareText(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent >= 9.95) return `${Math.round(percent * 10) / 10}%`;
  return `${Number(percent.toPrecision(2))}%`;
}

/** A metric to four decimals; large ones to four digits. */
export function scoreText(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const size = Math.abs(value);
  if (size >= 1000) return countText(Math.round(value));
  return size >= 10 ? value.toFixed(2) : value.toFixed(4);
}

export function timeText(time: number): string {
  const date = new Date(time);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
