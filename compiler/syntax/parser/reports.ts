import { EOF, type IToken } from 'chevrotain';
import type { At } from '../../diagnostics/define.ts';
import type { Diagnostic, Edit } from '../../diagnostics/diagnostic.ts';
import { syntaxMessages as messages } from '../../diagnostics/messages/syntax.ts';
import type { Span } from '../../source/text.ts';
import type { StringValue } from '../literals.ts';
import * as t from '../tokens.ts';
import { endOf, type Token } from '../tokens.ts';
import { END, type EnteredRule, type ParserBase } from './base.ts';
import type { Rule } from './grammar.ts';

/** Calls a rule in the middle of another one. */
export const run = <T>(parser: ParserBase, rule: Rule<T>): T =>
  parser.subruleInternal(rule as unknown as EnteredRule) as T;

/** What is reported in the recovering pass, and where: one thing for each token that is taken. */
export class Reports {
  readonly diagnostics: Diagnostic[] = [];
  protected readonly parser: ParserBase;
  /** The token at which something was reported last: nothing more is said until another one is taken. */
  protected reported = -1;

  constructor(parser: ParserBase) {
    this.parser = parser;
  }

  protected add(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
    this.silence();
  }

  protected silence(): void {
    this.reported = this.parser.currIdx + 1;
  }

  /** Whether what follows is the consequence of something that was reported. */
  protected silenced(): boolean {
    if (this.afterBrokenString()) this.silence();
    return this.reported === this.parser.currIdx + 1;
  }

  /** A string or quoted name without its end has taken the rest of its line with it. */
  protected afterBrokenString(): boolean {
    const last = this.parser.tokVector[this.parser.currIdx];
    if (last?.tokenType === t.QuotedName) return last.image.startsWith('`') && !/.`$/.test(last.image);
    const isString = last?.tokenType === t.StringText || last?.tokenType === t.RawString;
    return isString && (last.payload as StringValue).closed === false;
  }

  expected(what: string): void {
    if (!this.silenced()) {
      const after = this.previousText();
      const facts = { what, found: this.found(), ...(after === undefined ? {} : { after }) };
      this.add(messages.expected(facts, this.at(this.place())));
    }
    this.silence();
  }

  // --- Places and words ---

  protected indexOf(token: Token): number {
    const tokens = this.parser.tokVector;
    let low = 0;
    let high = tokens.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tokens[middle]!.startOffset < token.startOffset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  protected at(span: Span): At {
    return { file: this.parser.file, span };
  }

  protected edit(start: number, end: number, text: string): Edit {
    return { file: this.parser.file, span: { start, end }, text };
  }

  protected fix(text: string, start: number, end: number) {
    const title = text === '' ? 'Remove it' : `Replace with \`${text}\``;
    return { title, edits: [this.edit(start, end, text)] };
  }

  /** The token in question if it stands on the same line, else the end of that line's text. */
  protected place(): Span {
    const { parser } = this;
    const next = parser.LA(1);
    const end = parser.end();
    return next === END || this.startsLine(next) ? { start: end, end } : spanOf(next);
  }

  protected found(): string {
    const { parser } = this;
    const next = parser.LA(1);
    const beyond = next === END ? parser.tokVector[parser.limit] : next;
    if (beyond === undefined) return 'the end of the file';
    return this.startsLine(beyond) ? 'the end of the line' : describe(beyond);
  }

  protected startsLine(token: IToken): boolean {
    const between = this.parser.file.text.slice(this.parser.end(), token.startOffset);
    return /[\r\n]/.test(between);
  }

  protected atMargin(token: IToken): boolean {
    const before = token.startOffset === 0 ? '\n' : this.parser.file.text[token.startOffset - 1]!;
    return before === '\n' || before === '\r';
  }

  protected previousText(): string | undefined {
    const last = this.parser.tokVector[this.parser.currIdx];
    return last === undefined || last.image.length > 30 || /[\r\n`]/.test(last.image)
      ? undefined
      : last.image;
  }
}

export const spanOf = (token: IToken): Span => ({ start: token.startOffset, end: endOf(token) });

export function describe(token: IToken): string {
  if (token.tokenType === EOF) return 'the end of the file';
  if (token.tokenType === t.StringText || token.tokenType === t.RawString) {
    return token.image.length > 24 || /[\r\n]/.test(token.image) ? 'a string' : `the string ${token.image}`;
  }
  if (token.image.length > 40) return 'a very long name or number';
  return token.image.includes('`') ? token.image : `\`${token.image}\``;
}
