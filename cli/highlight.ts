import { SourceFile } from '../compiler/source/text.ts';
import { declarationKeywords } from '../compiler/syntax/keywords.ts';
import { tokenize } from '../compiler/syntax/lexer.ts';
import { endOf } from '../compiler/syntax/tokens.ts';
import { useColor } from './terminal.ts';

const RESERVED = new Set(
  'and or not in is null true false if then else match matching over by import'.split(' '),
);

/** A spec in the colours of a terminal: keywords, literals, annotations and comments. */
export function highlight(text: string): string {
  if (!useColor(process.stdout)) return text;
  const { tokens, comments } = tokenize(new SourceFile('shown.mlp', text));
  const words = new Set(declarationKeywords.map(({ word }) => word as string));
  const pieces = [
    ...comments.map(comment => ({ from: comment.startOffset, to: endOf(comment), colour: 2 })),
    ...tokens.flatMap(token => {
      const colour = colourOf(token.image, text, token.startOffset, words);
      return colour === undefined ? [] : [{ from: token.startOffset, to: endOf(token), colour }];
    }),
  ].sort((a, b) => a.from - b.from);
  let result = '';
  let at = 0;
  for (const { from, to, colour } of pieces) {
    result += `${text.slice(at, from)}${painted(text.slice(from, to), colour)}`;
    at = to;
  }
  return result + text.slice(at);
}

/** Line by line, as indentation is put before each. */
const painted = (text: string, colour: number): string =>
  text.replace(/^.+$/gm, line => `\u001b[${colour}m${line}\u001b[${colour === 2 ? 22 : 39}m`);

function colourOf(
  image: string,
  text: string,
  start: number,
  words: ReadonlySet<string>,
): number | undefined {
  if (/^(r?"|\d)/.test(image)) return 32;
  if (image === '@' || text[start - 1] === '@') return 33;
  // A declaration's keyword stands at the margin; anywhere else the word may be a name.
  const margin = start === 0 || text[start - 1] === '\n';
  return RESERVED.has(image) || (margin && words.has(image)) ? 35 : undefined;
}
