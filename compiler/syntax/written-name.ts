import { reservedWords } from './keywords.ts';

const reserved: ReadonlySet<string> = new Set(reservedWords);

/** A name as it is written in a spec: in back-ticks where it is a reserved word or holds other letters. */
export const nameText = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `\`${name}\``;
