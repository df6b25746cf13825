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
