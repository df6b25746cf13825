import type { Severity } from './diagnostic.ts';

type Paint = (text: string) => string;

/** How the parts of a rendered diagnostic look. */
export type Colours = Readonly<Record<Severity | 'strong' | 'dim', Paint>>;

const same: Paint = text => text;
const ansi =
  (on: number, off: number): Paint =>
  text =>
    text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;

export const plain: Colours = { error: same, warning: same, info: same, strong: same, dim: same };

export const colours: Colours = {
  error: ansi(31, 39),
  warning: ansi(33, 39),
  info: ansi(36, 39),
  strong: ansi(1, 22),
  dim: ansi(2, 22),
};
