import type { BaseParser, Rule, TokenType } from 'chevrotain';
import type { SourceFile } from '../../../compiler/source/text.ts';
import { tokenize } from '../../../compiler/syntax/lexer.ts';
import { sharedParser } from '../../../compiler/syntax/parser/parser.ts';
import * as t from '../../../compiler/syntax/tokens.ts';
import { nextAfter } from './grammar-walk.ts';

/** What the grammar allows at a place. */
export interface Expected {
  /** Keywords, in the order of the grammar. */
  readonly words: readonly string[];
  /** Rules of which a name may come next, each from the declaration down; empty: no name may. */
  readonly names: readonly (readonly string[])[];
  readonly annotation: boolean;
  /** The declaration's tokens before the place. */
  readonly before: readonly t.Token[];
}

/** Longer declarations are not looked into: the search walks all of their tokens. */
const longest = 5_000;

/**
 * What may come next, by the grammar itself: the parser is asked what could follow the declaration's tokens up to the word
 * that is being written. Undefined where what stands before is not correct.
 */
export function expectedAt(file: SourceFile, offset: number): Expected | undefined {
  const { tokens } = tokenize(file);
  const before = tokens.filter(token => t.endOf(token) <= offset);
  const last = before.at(-1);
  // The word at the cursor is what is asked about.
  if (last && t.endOf(last) === offset && /\w$/.test(last.image)) before.pop();
  const from = before.findLastIndex((token, i) => beginsDeclaration(file, before, i, token));
  if (from < 0 || before.length - from > longest) return undefined;
  const rule = before[from]!.tokenType === t.kw.import ? 'importClause' : 'declaration';
  const start = productions().get(rule)!;
  const written = before.slice(from);
  const whole = nextAfter(start, written);
  const found = whole.length > 0 ? whole : nextAfter(start, itemAlone(file.text, written, offset));
  if (found.length === 0) return undefined;
  return {
    words: [...new Set(found.flatMap(({ type }) => wordOf.get(type) ?? []))],
    names: found.filter(({ type }) => type === t.Identifier).map(({ rules }) => rules),
    annotation: found.some(({ type }) => type === t.At),
    before: written,
  };
}

/** Where an item before this one is broken: the heads of the blocks that are open, and what stands on the last line. */
function itemAlone(text: string, tokens: readonly t.Token[], offset: number): t.Token[] {
  const lineOf = (i: number): number => {
    let first = i;
    const gap = (): string => text.slice(t.endOf(tokens[first - 1]!), tokens[first]!.startOffset);
    while (first > 0 && !/[\r\n]/.test(gap())) first--;
    return first;
  };
  const open: number[] = [];
  tokens.forEach(({ tokenType }, i) => {
    if (tokenType === t.LCurly) open.push(i);
    else if (tokenType === t.RCurly) open.pop();
  });
  const heads = open.flatMap((at, i) => tokens.slice(i === 0 ? 0 : lineOf(at), at + 1));
  const begun = !/[\r\n]/.test(text.slice(t.endOf(tokens.at(-1)!), offset));
  const from = begun ? lineOf(tokens.length - 1) : tokens.length;
  return [...heads, ...tokens.slice(Math.max(from, (open.at(-1) ?? -1) + 1))];
}

const wordOf: ReadonlyMap<TokenType, string> = new Map(
  [...t.keywordTypes].map(([word, type]) => [type, word]),
);

let rules: ReadonlyMap<string, Rule> | undefined;

function productions(): ReadonlyMap<string, Rule> {
  rules ??= new Map(Object.entries((sharedParser() as unknown as BaseParser).getGAstProductions()));
  return rules;
}

/** A keyword or an annotation at the margin, as the parser's own recovery takes it. */
function beginsDeclaration(
  { text }: SourceFile,
  tokens: readonly t.Token[],
  i: number,
  token: t.Token,
): boolean {
  const before = text[token.startOffset - 1];
  const atMargin = before === undefined || before === '\n' || before === '\r';
  if (!atMargin || tokens[i - 1]?.tokenType === t.At) return false;
  return /^[a-z]/.test(token.image) || (token.tokenType === t.At && tokens[i - 1]?.tokenType !== t.RParen);
}
