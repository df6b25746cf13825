import type { SourceFile } from '../source/text.ts';
import { DocComment, endOf, type Token } from './tokens.ts';

/** What the `///` comments of a file document. */
export interface DocTexts {
  /** By the index of the token before which the comment stands. */
  readonly before: ReadonlyMap<number, string>;
  /** A comment at the top, set off from the first declaration by an empty line, or before an import. */
  readonly module?: string;
  /** Lines of comments that stand before nothing. */
  readonly lost: readonly Token[];
}

/** The one place where `///` comments find what they document: the lines right before a token belong to it. */
export function docComments(
  file: SourceFile,
  tokens: readonly Token[],
  comments: readonly Token[],
): DocTexts {
  const before = new Map<number, string>();
  const lost: Token[] = [];
  let module: string | undefined;
  let next = 0;
  let lines: Token[] = [];
  for (let i = 0; i < comments.length; i++) {
    const comment = comments[i]!;
    if (comment.tokenType !== DocComment) continue;
    lines.push(comment);
    while (next < tokens.length && tokens[next]!.startOffset < comment.startOffset) next++;
    const following = comments[i + 1];
    const token = tokens[next];
    const goesOn =
      following?.tokenType === DocComment &&
      (token === undefined || following.startOffset < token.startOffset);
    if (goesOn && !gap(file, comment, following)) continue;
    const text = lines.map(line => line.image.slice(3).replace(/^ /, '').trimEnd()).join('\n');
    const first = next === 0 && lines[0] === comments.find(c => c.tokenType === DocComment);
    const told = lines;
    lines = [];
    if (first && (goesOn || token === undefined || token.image === 'import' || gap(file, comment, token)))
      module = text;
    else if (!goesOn && token !== undefined) before.set(next, text);
    else lost.push(...told);
  }
  return module === undefined ? { before, lost } : { before, module, lost };
}

/** The lines of documentation right before a token. */
export function docLinesBefore(
  index: number,
  tokens: readonly Token[],
  comments: readonly Token[],
): readonly Token[] {
  const from = index === 0 ? 0 : endOf(tokens[index - 1]!);
  const to = tokens[index]!.startOffset;
  return comments.filter(c => c.tokenType === DocComment && c.startOffset >= from && c.startOffset < to);
}

/** Whether an empty line stands between the two. */
const gap = (file: SourceFile, first: Token, second: Token): boolean =>
  /\n[ \t\r]*\n/.test(file.text.slice(endOf(first), second.startOffset));
