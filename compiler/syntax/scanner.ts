import { type ILexingResult, type IToken, Lexer, type TokenType } from 'chevrotain';
import * as t from './tokens.ts';

/** A pattern as Chevrotain has prepared it. */
interface PatternConfig {
  readonly pattern: string | RegExp | { exec(text: string, at: number, ...more: unknown[]): string[] | null };
  /** The character that the pattern is, if it is one. */
  readonly short: number | false;
  readonly isCustom: boolean;
  /** Where its tokens go: with the others (`false`), into a group, or nowhere. */
  readonly group: string | false | undefined;
  readonly tokenType: TokenType;
  readonly tokenTypeIdx: number;
}

const LETTER = 1;
const DIGIT = 2;
const SPACE = 3;

/** Of the first 128 characters, what the two most frequent kinds of tokens, words and white space, are made of. */
const KIND = new Uint8Array(128);
for (let c = 0; c < 26; c++) KIND[65 + c] = KIND[97 + c] = LETTER;
KIND[95 /* _ */] = LETTER;
for (let c = 48; c < 58; c++) KIND[c] = DIGIT;
for (const c of ' \t\r\n\f\v') KIND[c.charCodeAt(0)] = SPACE;
const SMALL_R = 114;

/**
 * Chevrotain's lexer, with a shorter way through text without mistakes: a check spends most of its time in code that has
 * run a few times only, where every call counts, and Chevrotain makes five calls a token for positions, modes and payloads that this language
 * does not have. The token definitions, their order and their tables are Chevrotain's; a text in which no token begins
 * somewhere goes through its own loop from the start, which finds the next beginning.
 */
export class Scanner extends Lexer {
  declare readonly defaultMode: string;
  declare readonly charCodeToPatternIdxToConfig: Readonly<
    Record<string, readonly (readonly PatternConfig[])[]>
  >;

  override tokenize(text: string): ILexingResult {
    return this.quickly(text) ?? super.tokenize(text);
  }

  private quickly(text: string): ILexingResult | undefined {
    const tables = this.charCodeToPatternIdxToConfig[this.defaultMode]!;
    const tokens: IToken[] = [];
    const groups: Record<string, IToken[]> = { comments: [] };
    const wordType = t.Identifier;
    const wordIndex = wordType.tokenTypeIdx!;
    const end = text.length;
    let at = 0;
    while (at < end) {
      const code = text.charCodeAt(at);
      const kind = code < 128 ? KIND[code] : 0;
      if (kind === SPACE) {
        at++;
        continue;
      }
      if (kind === LETTER && (code !== SMALL_R || text.charCodeAt(at + 1) !== 34) /* r" */) {
        const after = wordEnd(text, at + 1, end);
        if (after < 0) return undefined;
        tokens.push({
          image: text.substring(at, after),
          startOffset: at,
          tokenTypeIdx: wordIndex,
          tokenType: wordType,
        });
        at = after;
        continue;
      }
      const length = code < 256 ? take(text, at, code, tables[code], tokens, groups) : 0;
      if (length === 0) return undefined;
      at += length;
    }
    return { tokens, groups, errors: [] };
  }
}

/** Where a word ends; less than nothing if it goes on with letters beyond ASCII. */
function wordEnd(text: string, from: number, end: number): number {
  let at = from;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code >= 128) return -1;
    const kind = KIND[code];
    if (kind !== LETTER && kind !== DIGIT) break;
  }
  return at;
}

/** Takes the first pattern that matches; the length of the token, nothing if none does. */
function take(
  text: string,
  at: number,
  code: number,
  configs: readonly PatternConfig[] | undefined,
  tokens: IToken[],
  groups: Record<string, IToken[]>,
): number {
  if (configs === undefined) return 0;
  for (let i = 0; i < configs.length; i++) {
    const config = configs[i]!;
    const image = imageOf(config, text, at, code, tokens, groups);
    if (image === '') continue;
    const { group, tokenType, tokenTypeIdx } = config;
    if (group !== undefined) {
      const into = group === false ? tokens : groups[group]!;
      into.push({ image, startOffset: at, tokenTypeIdx, tokenType });
    }
    return image.length;
  }
  return 0;
}

function imageOf(
  { pattern, short, isCustom }: PatternConfig,
  text: string,
  at: number,
  code: number,
  tokens: readonly IToken[],
  groups: Readonly<Record<string, readonly IToken[]>>,
): string {
  if (short !== false) return code === short ? (pattern as string) : '';
  if (isCustom)
    return (
      (pattern as { exec(...args: unknown[]): string[] | null }).exec(text, at, tokens, groups)?.[0] ?? ''
    );
  const expression = pattern as RegExp;
  expression.lastIndex = at;
  return expression.test(text) ? text.substring(at, expression.lastIndex) : '';
}
