import { Lexer, type TokenType } from 'chevrotain';
import type { Diagnostic, Fix } from '../diagnostics/diagnostic.ts';
import { syntaxMessages as messages } from '../diagnostics/messages/syntax.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { type SourceFile, span } from '../source/text.ts';
import {
  inDays,
  type NumberFault,
  readNumber,
  readString,
  readTime,
  unitSynonyms,
  units,
} from './literals.ts';
import { Scanner } from './scanner.ts';
import * as t from './tokens.ts';
import { endOf, type Token, tokenSet } from './tokens.ts';

export interface Lexed {
  /** What the parser reads, in order. */
  readonly tokens: Token[];
  /** Text that is no token and was reported: stray characters, semicolons. */
  readonly strays: readonly Token[];
  readonly comments: readonly Token[];
  readonly diagnostics: readonly Diagnostic[];
  /** All words in it that are not in a comment: names, keywords, and what a string is made of. */
  readonly words: Iterable<string>;
}

let lexer: Lexer | undefined;

/** One lexer for all files: building it costs milliseconds. */
function sharedLexer(): Lexer {
  lexer ??= new Scanner(t.lexerTokens, {
    positionTracking: 'onlyOffset',
    ensureOptimizations: true,
    skipValidations: true,
  });
  return lexer;
}

/** For the test that the token definitions are sound. */
export const validatedLexer = (): Lexer =>
  new Lexer(t.lexerTokens, { positionTracking: 'onlyOffset', ensureOptimizations: true });

/**
 * Text to tokens. Chevrotain cuts the text; then one walk gives words their keyword types, reads the values of
 * literals into `payload`, and reports what is no token, so that the parser meets only the language.
 */
export function tokenize(file: SourceFile): Lexed {
  const result = sharedLexer().tokenize(file.text);
  const sorter = new Sorter(file);
  const cut = result.tokens;
  for (let i = 0; i < cut.length; i++) sorter.take(cut[i]!);
  for (const { offset, length } of result.errors) sorter.characters(offset, length);
  const comments = result.groups['comments'] ?? [];
  sorter.comments(comments);
  const { tokens, strays, diagnostics } = sorter;
  return { tokens, strays, comments, diagnostics, words: sorter.words.keys() };
}

const NUMBER_TYPES = {
  Int: t.Int,
  Float: t.Float,
  Percent: t.Percent,
  Duration: t.Duration,
  Size: t.Size,
  Rate: t.Rate,
} as const;

/** Tokens that are no words and not simply punctuation, by the number of their type. */
const LOOKED_AT = tokenSet(
  ...[t.Int, t.Time, t.StringText, t.RawString, t.QuotedName, t.SingleQuoted, t.CurlyQuoted],
  ...[t.LeadingDot, t.ForeignOperator, t.PercentSign, t.Semicolon, t.HashComment],
);

const FOREIGN: Readonly<Record<string, { readonly type: TokenType; readonly text: string }>> = {
  '&&': { type: t.kw.and, text: 'and' },
  '||': { type: t.kw.or, text: 'or' },
  '!': { type: t.kw.not, text: 'not' },
  '===': { type: t.EqualEqual, text: '==' },
  '!==': { type: t.NotEqual, text: '!=' },
  '<>': { type: t.NotEqual, text: '!=' },
  '=<': { type: t.LessEqual, text: '<=' },
  ':=': { type: t.Equals, text: '=' },
  '≤': { type: t.LessEqual, text: '<=' },
  '≥': { type: t.GreaterEqual, text: '>=' },
  '≠': { type: t.NotEqual, text: '!=' },
  '×': { type: t.Star, text: '*' },
  '÷': { type: t.Slash, text: '/' },
  '−': { type: t.Minus, text: '-' },
};

interface Word {
  readonly text: string;
  readonly type: TokenType | undefined;
  readonly foreign: boolean;
}
const NONE: readonly string[] = [];
const WORDS = /[A-Za-z_][A-Za-z0-9_]*/g;

class Sorter {
  readonly tokens: Token[] = [];
  readonly strays: Token[] = [];
  readonly diagnostics: Diagnostic[] = [];
  /** By its text: one text for all tokens of the same word, which is kept and hashed once, and its keyword type. */
  readonly words = new Map<string, Word>();
  private readonly file: SourceFile;

  constructor(file: SourceFile) {
    this.file = file;
  }

  take(token: Token): void {
    if (token.tokenType === t.Identifier) {
      if (this.detachedUnit(token)) return;
      this.word(token);
    } else if (LOOKED_AT[token.tokenTypeIdx] === true && !this.special(token)) return;
    this.tokens.push(token);
  }

  /** What needs a second look; false for what the parser shall not see. */
  private special(token: Token): boolean {
    switch (token.tokenType) {
      case t.Int:
        if (this.thousands(token)) return false;
        this.number(token);
        break;
      case t.Time:
        this.time(token);
        break;
      case t.StringText:
      case t.RawString:
        this.string(token);
        break;
      case t.QuotedName:
        this.quotedName(token);
        break;
      case t.SingleQuoted:
      case t.CurlyQuoted:
        this.foreignQuotes(token);
        break;
      case t.LeadingDot:
        this.leadingDot(token);
        break;
      case t.ForeignOperator:
        this.foreignOperator(token);
        break;
      case t.PercentSign:
        this.percentSign(token);
        return false;
      case t.Semicolon:
        this.report(messages.semicolon({}, this.at(token, '')), token);
        return false;
      case t.HashComment:
        this.report(
          messages.hashComment({ sign: '#' }, this.at(token, `//${token.image.slice(1)}`, 1)),
          token,
        );
        return false;
    }
    return true;
  }

  /** Characters that begin no token, as one run. */
  characters(offset: number, length: number): void {
    const text = this.file.text.slice(offset, offset + length);
    const place = { file: this.file, span: span(offset, offset + length) };
    const stray = { image: text, startOffset: offset } as Token;
    t.retype(stray, t.Stray);
    const blanks = /^[\u00a0\u2000-\u200a\u202f\u205f\u3000]+$/.test(text);
    const fixes = blanks ? [this.replace(offset, offset + length, ' ')] : [];
    this.report(messages.unexpectedCharacters({ text }, { ...place, fixes }), stray);
  }

  comments(comments: readonly Token[]): void {
    for (const comment of comments) {
      if (comment.tokenType !== t.BlockComment) continue;
      if (comment.image.length > 3 && comment.image.endsWith('*/')) continue;
      const at = { file: this.file, span: span(comment.startOffset, comment.startOffset + 2) };
      this.diagnostics.push(messages.unterminatedComment({}, at));
    }
  }

  private word(token: Token): void {
    const known = this.words.get(token.image) ?? this.newWord(token.image);
    token.image = known.text;
    if (known.type !== undefined) t.retype(token, known.type);
    else if (known.foreign) {
      const text = token.image;
      this.diagnostics.push(messages.foreignName({ text }, this.at(token, `\`${text}\``)));
    }
  }

  private newWord(text: string): Word {
    const type = t.keywordTypes.get(text);
    const word = { text, type, foreign: type === undefined && NOT_ASCII.test(text) };
    this.words.set(text, word);
    return word;
  }

  /** `12 hours`: a word for a unit behind a number, where no item begins. */
  private detachedUnit(token: Token): boolean {
    const before = this.tokens[this.tokens.length - 1];
    if (before === undefined || (before.tokenType !== t.Int && before.tokenType !== t.Float)) return false;
    if (!UNIT_WORD.test(token.image)) return false;
    if (token.startOffset !== endOf(before) + 1 || this.file.text[endOf(before)] !== ' ') return false;
    if (/^\s*[=:(.]/.test(this.file.text.slice(endOf(token), endOf(token) + 40))) return false;
    const unit = token.image;
    const digits = before.image;
    if (!unit.endsWith('s') && digits !== '1') return false;
    const days = inDays(digits, unit);
    const synonym = unitSynonyms[unit];
    const text = days ?? `${digits}${synonym}`;
    const meant = readNumber(text);
    if (meant.kind === 'Int' || meant.fault !== undefined) return false;
    const at = {
      file: this.file,
      span: span(token.startOffset, endOf(token)),
      fixes: [this.replace(before.startOffset, endOf(token), text)],
      ...(days === undefined ? {} : { hint: `write it in days: \`${days}\`` }),
    };
    before.image = this.file.text.slice(before.startOffset, endOf(token));
    before.payload = meant.value;
    t.retype(before, NUMBER_TYPES[meant.kind]);
    this.diagnostics.push(messages.unknownUnit({ unit, digits, ...(synonym ? { synonym } : {}) }, at));
    return true;
  }

  /** `10,000`: only where the group behind the comma is no number of its own. */
  private thousands(token: Token): boolean {
    // Hardly any number is of this form, and all of a project are asked.
    if (token.image.length !== 3 || token.image[0] !== '0') return false;
    const [before, comma] = this.tokens.slice(-2);
    if (!/^0\d\d$/.test(token.image) || before?.tokenType !== t.Int || comma?.tokenType !== t.Comma)
      return false;
    if (comma.startOffset !== endOf(before) || token.startOffset !== endOf(comma)) return false;
    this.tokens.pop();
    before.image = this.file.text.slice(before.startOffset, endOf(token));
    const meant = before.image.replaceAll(',', '_');
    before.payload = readNumber(meant).value;
    const why = 'its digits are grouped by `_`, not by commas';
    const at = { ...this.at(before, meant), hint: `write \`${meant}\`` };
    this.diagnostics.push(messages.badNumber({ text: before.image, why }, at));
    return true;
  }

  private number(token: Token): void {
    const { kind, value, fault } = readNumber(token.image);
    token.payload = fault !== undefined && !('repair' in fault) ? t.NO_VALUE : value;
    if (kind !== 'Int') t.retype(token, NUMBER_TYPES[kind]);
    if (fault !== undefined) this.numberFault(token, fault);
  }

  private numberFault(token: Token, fault: NumberFault): void {
    if (fault.what === 'form') {
      const at = this.at(token, fault.repair);
      this.diagnostics.push(messages.badNumber({ text: token.image, why: fault.why }, at));
      return;
    }
    const { unit, digits } = fault;
    if (this.calendarUnit(token, unit, digits)) return;
    const synonym = Object.hasOwn(unitSynonyms, unit) ? unitSynonyms[unit] : suggest(unit, units);
    const start = token.startOffset + digits.length;
    const fixes = synonym === undefined ? [] : [this.replace(start, endOf(token), synonym)];
    if (synonym !== undefined) {
      const meant = readNumber(digits + synonym);
      if (meant.kind !== 'Int') t.retype(token, NUMBER_TYPES[meant.kind]);
      token.payload = meant.fault === undefined ? meant.value : t.NO_VALUE;
    }
    const at = { file: this.file, span: span(start, endOf(token)), fixes };
    this.diagnostics.push(messages.unknownUnit({ unit, digits, ...(synonym ? { synonym } : {}) }, at));
  }

  /** `2w`: a unit of the calendar is written in days. */
  private calendarUnit(token: Token, unit: string, digits: string): boolean {
    const meant = inDays(digits, unit);
    if (meant === undefined) return false;
    t.retype(token, t.Duration);
    token.payload = readNumber(meant).value;
    const at = {
      ...this.at(token, meant),
      span: span(token.startOffset + digits.length, endOf(token)),
      hint: `write it in days: \`${meant}\``,
    };
    this.diagnostics.push(messages.unknownUnit({ unit, digits }, at));
    return true;
  }

  private time(token: Token): void {
    const value = readTime(token.image);
    token.payload = value.fault === undefined ? value.form : t.NO_VALUE;
    if (value.fault === undefined) return;
    const [meant, ...others] = value.meant ?? [];
    const at = this.at(token, others.length === 0 ? meant : undefined);
    const hint =
      meant === undefined
        ? {}
        : { hint: `write ${[meant, ...others].map(one => `\`${one}\``).join(' or ')}` };
    this.diagnostics.push(messages.badTime({ text: token.image, why: value.fault }, { ...at, ...hint }));
  }

  private string(token: Token): void {
    const value = readString(token.image);
    token.payload = value;
    for (const word of value.value.match(WORDS) ?? NONE) if (!this.words.has(word)) this.newWord(word);
    if (!value.closed) {
      const quote = value.block ? '"""' : '"';
      const at = {
        file: this.file,
        span: span(token.startOffset, value.block ? token.startOffset + 3 : endOf(token)),
      };
      this.diagnostics.push(messages.unterminatedString({ quote }, at));
    }
    for (const { offset, length } of value.badEscapes) {
      const start = token.startOffset + offset;
      const text = this.file.text.slice(start, start + length);
      const fixes = [this.replace(start, start, '\\')];
      this.diagnostics.push(
        messages.badEscape({ text }, { file: this.file, span: span(start, start + length), fixes }),
      );
    }
  }

  private quotedName(token: Token): void {
    if (token.image.length > 2 && token.image.endsWith('`')) {
      this.newWord(token.image.slice(1, -1));
      return;
    }
    this.diagnostics.push(messages.badQuotedName({ empty: token.image === '``' }, this.at(token)));
  }

  private foreignQuotes(token: Token): void {
    const body = token.image.slice(1, -1);
    t.retype(token, t.StringText);
    token.payload = { value: body, raw: false, block: false, closed: true, badEscapes: [] };
    const repaired = `"${body.replace(/(?<!\\)"/g, '\\"')}"`;
    this.diagnostics.push(messages.foreignQuotes({ quote: token.image[0]! }, this.at(token, repaired)));
  }

  private leadingDot(token: Token): void {
    const before = this.tokens.at(-1);
    const { kind, value } = readNumber(`0${token.image}`);
    t.retype(token, NUMBER_TYPES[kind]);
    token.payload = value;
    // `1.5.2`: a second point in a number is another mistake than a missing zero.
    const attached = before !== undefined && endOf(before) === token.startOffset;
    if (attached)
      this.diagnostics.push(
        messages.badNumber({ text: token.image, why: 'it has two points' }, this.at(token)),
      );
    else this.diagnostics.push(messages.bareDot({ side: 'before' }, this.at(token, `0${token.image}`)));
  }

  private foreignOperator(token: Token): void {
    const meant = Object.hasOwn(FOREIGN, token.image) ? FOREIGN[token.image]! : undefined;
    const found = token.image;
    if (meant === undefined) {
      t.retype(token, t.Star);
      this.diagnostics.push(
        messages.foreignOperator({ found }, { ...this.at(token), hint: 'write `pow(a, b)`' }),
      );
      return;
    }
    t.retype(token, meant.type);
    const repair = found === '!' ? 'not ' : meant.text;
    this.diagnostics.push(messages.foreignOperator({ found, meant: meant.text }, this.at(token, repair)));
  }

  /** `5 %` is a percentage with a space; any other `%` is the remainder of other languages. */
  private percentSign(token: Token): void {
    const before = this.tokens.at(-1);
    const next = /^\s*[\w("]/.test(
      this.file.text.slice(endOf(token), endOf(token) + 40).split(/[\r\n]/, 1)[0]!,
    );
    const number = before?.tokenType === t.Int || before?.tokenType === t.Float;
    if (number && before && !next) {
      const text = this.file.text.slice(before.startOffset, endOf(before));
      // `.5 %` has its missing zero reported already.
      before.payload = readNumber(`${text.startsWith('.') ? '0' : ''}${text}%`).value;
      t.retype(before, t.Percent);
      const fixes = [this.replace(endOf(before), token.startOffset, '')];
      this.report(messages.detachedPercent({ number: text }, { ...this.at(token), fixes }), token);
    } else {
      t.retype(token, t.Star);
      this.tokens.push(token);
      this.diagnostics.push(
        messages.foreignOperator({ found: '%' }, { ...this.at(token), hint: 'write `mod(a, b)`' }),
      );
    }
  }

  private report(diagnostic: Diagnostic, token: Token): void {
    this.strays.push(token);
    this.diagnostics.push(diagnostic);
  }

  /** The place of a token, with the fix that replaces it, if its replacement is known. */
  private at(token: Token, replacement?: string, length = token.image.length) {
    const place = span(token.startOffset, token.startOffset + length);
    const fixes =
      replacement === undefined ? [] : [this.replace(token.startOffset, endOf(token), replacement)];
    return { file: this.file, span: place, fixes };
  }

  private replace(start: number, end: number, text: string): Fix {
    const title =
      text === '' ? 'Remove it' : start === end ? `Insert \`${text}\`` : `Replace with \`${text}\``;
    return { title, edits: [{ file: this.file, span: span(start, end), text }] };
  }
}

const UNIT_WORD = /^(minutes?|mins|seconds?|secs?|hours?|hrs?|days?|weeks?|months?|years?)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what ASCII means
const NOT_ASCII = /[^\x00-\x7f]/;
