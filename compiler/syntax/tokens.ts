import { type CustomPatternMatcherFunc, createToken, type IToken, Lexer, type TokenType } from 'chevrotain';
import { type ContextualWord, contextualWords, type ReservedWord, reservedWords } from './keywords.ts';

/** A token of the lexer. `payload` is the decoded value of a literal. */
export type Token = IToken;

/** The payload of a literal that means nothing, which was reported. */
export const NO_VALUE: unique symbol = Symbol('no value');

export const startOf = (token: Token): number => token.startOffset;
export const endOf = (token: Token): number => token.startOffset + token.image.length;

/** Gives a token another type; its text stays. */
export function retype(token: Token, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx!;
}

/** A set of token types, for a look-up by the number of a type. */
export function tokenSet(...types: readonly TokenType[]): readonly (boolean | undefined)[] {
  const set: boolean[] = [];
  for (const type of types) set[type.tokenTypeIdx!] = true;
  return set;
}

const matched = (text: string): RegExpExecArray => [text] as unknown as RegExpExecArray;

/** A block comment; one that is never closed ends where the spec seems to go on. */
const blockComment: CustomPatternMatcherFunc = (text, offset) => {
  if (!text.startsWith('/*', offset)) return null;
  const end = text.indexOf('*/', offset + 2);
  return matched(text.slice(offset, end < 0 ? beforeSpec(text, offset + 2, SPEC_LINE) : end + 2));
};

/** Lines that are not the text of a comment or a query, but of a spec. */
const SPEC_LINE =
  /(?:\r\n?|\n)(?=[ \t]*(?:[})]|[A-Za-z_]\w*[ \t]*[:=][^/]|(?:use|join|label|key|predict|split|train|evaluate|require|warn|@)\b|\r?\n|$))/g;
const DECLARATION_LINE =
  /(?:\r\n?|\n)(?=(?:import|schema|enum|param|let|connection|source|sink|validation|function|features|component|trainer|metric|policy|model|deployment|monitor|pipeline|environment|test)[ \t]+["\w])/g;

function beforeSpec(text: string, from: number, line: RegExp): number {
  line.lastIndex = from;
  return line.exec(text)?.index ?? text.length;
}

let counted = { text: '', odd: false };

/** Whether the block strings of a text do not come out even: one of them is not closed. */
function isOneOpen(text: string): boolean {
  if (counted.text !== text) counted = { text, odd: text.split('"""').length % 2 === 0 };
  return counted.odd;
}

/**
 * The end of a block string whose text begins at `from`. Where one of a file is not closed, it is the one that would
 * hold the beginning of a declaration: it ends with its first line.
 */
function blockStringEnd(text: string, from: number): number {
  const end = text.indexOf('"""', from);
  if (!isOneOpen(text)) return end < 0 ? text.length : end + 3;
  const declaration = beforeSpec(text, from, DECLARATION_LINE);
  if (end >= 0 && declaration > end) return end + 3;
  const line = text.slice(from).search(/[\r\n]/);
  return declaration < text.length && line >= 0 ? from + line : text.length;
}

/** The end of a one-line string that began at `from`: after its quote, or before the line break if there is none. */
function lineStringEnd(text: string, from: number, escapes: boolean): number {
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34 /* " */) return i + 1;
    if (c === 10 || c === 13) return i;
    if (escapes && c === 92 /* \ */) {
      const next = text.charCodeAt(i + 1);
      if (next !== 10 && next !== 13) i++;
    }
  }
  return text.length;
}

const stringLiteral: CustomPatternMatcherFunc = (text, offset) => {
  if (text.charCodeAt(offset) !== 34) return null;
  if (text.startsWith('"""', offset)) {
    return matched(text.slice(offset, blockStringEnd(text, offset + 3)));
  }
  return matched(text.slice(offset, lineStringEnd(text, offset + 1, true)));
};

const rawStringLiteral: CustomPatternMatcherFunc = (text, offset) => {
  if (!text.startsWith('r"', offset)) return null;
  return matched(text.slice(offset, lineStringEnd(text, offset + 2, false)));
};

/** Letters beyond ASCII are let in here, so that a foreign name is one token and one error. */
const WORD =
  /[A-Za-z_\u00aa-\u1fff\u2c00-\u2dff\u3040-\ud7ff\uf900-\ufdff][\w\u00aa-\u1fff\u2c00-\u2dff\u3040-\ud7ff\uf900-\ufdff]*/;

const fixed = (name: string, pattern: string, label = `\`${pattern}\``): TokenType =>
  createToken({ name, pattern, label });

export const WhiteSpace = createToken({
  name: 'WhiteSpace',
  pattern: /[ \t\r\n\f\v\ufeff]+/,
  group: Lexer.SKIPPED,
});
export const BlockComment = createToken({
  name: 'BlockComment',
  pattern: blockComment,
  start_chars_hint: ['/'],
  line_breaks: true,
  group: 'comments',
});
export const DocComment = createToken({
  name: 'DocComment',
  pattern: /\/\/\/(?!\/)[^\r\n]*/,
  start_chars_hint: ['/'],
  group: 'comments',
});
export const LineComment = createToken({ name: 'LineComment', pattern: /\/\/[^\r\n]*/, group: 'comments' });

export const Identifier = createToken({ name: 'Identifier', pattern: WORD, label: 'a name' });
export const QuotedName = createToken({
  name: 'QuotedName',
  pattern: /`[^`\r\n]*`?/,
  categories: [Identifier],
  label: 'a name',
});

// Literals. A number is one greedy token with whatever sticks to it; the lexer sorts them by suffix afterwards.
export const Time = createToken({
  name: 'Time',
  // What other languages write for a date is read as one too, to be told as one.
  pattern:
    /\d{4}-\d{2}-\d{2}(?:(?:[Tt][\d:]*| \d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:[Zz]|[+-]\d[\d:]*)?)?\w*|(?:\d{4}[/.]\d\d?[/.]\d\d?|\d\d?[/.]\d\d?[/.]\d{4})(?![\w/.])/,
  label: 'a date or time',
});
export const Int = createToken({
  name: 'Int',
  pattern: /\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d[\d_]*)?(?:%|[A-Za-z_][A-Za-z0-9_]*)?/,
  label: 'a whole number',
});
export const Float = createToken({ name: 'Float', pattern: Lexer.NA, label: 'a number' });
export const Percent = createToken({ name: 'Percent', pattern: Lexer.NA, label: 'a percentage' });
export const Duration = createToken({ name: 'Duration', pattern: Lexer.NA, label: 'a duration' });
export const Size = createToken({ name: 'Size', pattern: Lexer.NA, label: 'a size' });
export const Rate = createToken({ name: 'Rate', pattern: Lexer.NA, label: 'a rate' });
export const StringText = createToken({
  name: 'String',
  pattern: stringLiteral,
  start_chars_hint: ['"'],
  line_breaks: true,
  label: 'a string',
});
export const RawString = createToken({
  name: 'RawString',
  pattern: rawStringLiteral,
  start_chars_hint: ['r'],
  line_breaks: false,
  label: 'a raw string',
});

// Mistakes that the lexer knows by sight; each is reported and then stands for what was meant.
export const SingleQuoted = createToken({ name: 'SingleQuoted', pattern: /'[^'\r\n]*'/ });
export const CurlyQuoted = createToken({
  name: 'CurlyQuoted',
  pattern: /[\u201c\u201d\u201e][^\u201c\u201d\u201e"\r\n]*["\u201c\u201d]/,
});
export const LeadingDot = createToken({ name: 'LeadingDot', pattern: /\.\d[\d_]*(?:[eE][+-]?\d+)?%?/ });
export const HashComment = createToken({ name: 'HashComment', pattern: /#[^\r\n]*/ });
export const ForeignOperator = createToken({
  name: 'ForeignOperator',
  pattern: /&&|\|\||===|!==|<>|=<|:=|\*\*|!(?!=)|[≤≥≠×÷−]/,
  line_breaks: false,
});
export const PercentSign = createToken({ name: 'PercentSign', pattern: '%' });
export const Semicolon = createToken({ name: 'Semicolon', pattern: ';' });
/** Text that is no token of the language; never reaches the parser. */
export const Stray = createToken({ name: 'Stray', pattern: Lexer.NA });

export const LCurly = fixed('LCurly', '{');
export const RCurly = fixed('RCurly', '}');
export const LParen = fixed('LParen', '(');
export const RParen = fixed('RParen', ')');
export const LSquare = fixed('LSquare', '[');
export const RSquare = fixed('RSquare', ']');
export const Comma = fixed('Comma', ',');
export const Colon = fixed('Colon', ':');
export const At = fixed('At', '@');
export const Question = fixed('Question', '?');
export const Coalesce = fixed('Coalesce', '??');
export const Arrow = fixed('Arrow', '->');
export const FatArrow = fixed('FatArrow', '=>');
export const Ellipsis = fixed('Ellipsis', '...');
export const DotDot = fixed('DotDot', '..');
export const Dot = fixed('Dot', '.');
export const EqualEqual = fixed('EqualEqual', '==');
export const NotEqual = fixed('NotEqual', '!=');
export const LessEqual = fixed('LessEqual', '<=');
export const GreaterEqual = fixed('GreaterEqual', '>=');
export const Less = fixed('Less', '<');
export const Greater = fixed('Greater', '>');
export const Equals = fixed('Equals', '=');
export const Plus = fixed('Plus', '+');
export const Minus = fixed('Minus', '-');
export const Star = fixed('Star', '*');
export const Slash = fixed('Slash', '/');

const title = (word: string): string => `Kw${word[0]!.toUpperCase()}${word.slice(1)}`;

/**
 * Keyword tokens. The lexer sees one kind of word; a table then gives each its type. A contextual keyword belongs
 * to the category of names, so the parser takes it wherever a name may stand.
 */
export const kw = Object.fromEntries([
  ...reservedWords.map(word => [
    word,
    createToken({ name: title(word), pattern: Lexer.NA, label: `\`${word}\`` }),
  ]),
  ...contextualWords.map(word => [
    word,
    createToken({ name: title(word), pattern: Lexer.NA, label: `\`${word}\``, categories: [Identifier] }),
  ]),
]) as Record<ReservedWord | ContextualWord, TokenType>;

/** Word to keyword type: a map, since `constructor` is a word of the language. */
export const keywordTypes: ReadonlyMap<string, TokenType> = new Map(Object.entries(kw));
export const reserved: ReadonlySet<TokenType> = new Set(reservedWords.map(word => kw[word]));

/** In the order in which the lexer tries them. */
export const lexerTokens: TokenType[] = [
  WhiteSpace,
  DocComment,
  LineComment,
  BlockComment,
  RawString,
  Identifier,
  Time,
  Int,
  StringText,
  QuotedName,
  SingleQuoted,
  CurlyQuoted,
  LCurly,
  RCurly,
  LParen,
  RParen,
  LSquare,
  RSquare,
  ForeignOperator,
  Comma,
  Colon,
  At,
  Coalesce,
  Question,
  Arrow,
  FatArrow,
  Ellipsis,
  DotDot,
  LeadingDot,
  Dot,
  EqualEqual,
  NotEqual,
  LessEqual,
  GreaterEqual,
  Less,
  Greater,
  Equals,
  Plus,
  Minus,
  Star,
  Slash,
  PercentSign,
  Semicolon,
  HashComment,
];

/** What the parser must know: all that can reach it. */
export const parserTokens: TokenType[] = [
  ...lexerTokens,
  Float,
  Percent,
  Duration,
  Size,
  Rate,
  ...Object.values(kw),
];

/** Tokens that are a value by themselves. */
export const LITERALS: ReadonlySet<TokenType> = new Set([
  Int,
  Float,
  Percent,
  Duration,
  Size,
  Rate,
  StringText,
  RawString,
  Time,
  kw.true,
  kw.false,
  kw.null,
]);
