import type { TokenType } from 'chevrotain';
import type { SourceFile } from '../source/text.ts';
import { type BlockKind, declarationKeywords, itemKeywords } from './keywords.ts';
import type { Token } from './tokens.ts';
import * as t from './tokens.ts';

/**
 * What the lines of a file with mistakes show. White space means nothing in a correct file, so this is computed only
 * after the strict pass has failed, and only to keep mistakes local:
 *
 * - Brackets are paired as written if that works out. Otherwise each declaration (a declaration keyword at the
 *   margin) is looked at alone, and in one whose brackets do not pair, the indentation decides: a line that is not
 *   indented more than the line of an open bracket ends what the bracket opened, and a `}` first on its line belongs
 *   to the block that was opened on a line of the same indentation.
 * - In braces an item begins at a token that is first on its line and is a name before `=` or `:`, or stands in the
 *   column of the block's items, or is an item keyword of the block; in a file, at a name in the margin.
 */
export class Layout {
  /** Opening bracket: index of its partner, or `-1 - end` if it has none, `end` being the first token outside. */
  readonly match: Int32Array;
  /** For every token: where the item that it begins ends at the latest: next item, or closing bracket, of its level. */
  readonly boundary: Int32Array;
  private readonly file: SourceFile;
  private readonly tokens: readonly Token[];
  /** Column of a token that is first on its line, else -1. */
  private readonly column: Int32Array;

  constructor(file: SourceFile, tokens: readonly Token[]) {
    this.file = file;
    this.tokens = tokens;
    this.column = this.columns();
    this.match = new Int32Array(tokens.length).fill(STRAY);
    this.boundary = new Int32Array(tokens.length);
    if (!this.pairAsWritten(0, tokens.length)) this.pairByDeclaration();
    this.findBoundaries(this.itemStarts());
  }

  /** The first token beyond the block that this bracket opened. */
  endOf(open: number): number {
    const partner = this.match[open]!;
    return partner >= 0 ? partner : -1 - partner;
  }

  private columns(): Int32Array {
    const { lines, text } = this.file;
    const columns = new Int32Array(this.tokens.length).fill(-1);
    let line = 0;
    let last = -1;
    for (let i = 0; i < this.tokens.length; i++) {
      const start = this.tokens[i]!.startOffset;
      while (line + 1 < lines.length && lines[line + 1]! <= start) line++;
      if (line !== last) columns[i] = width(text, lines[line]!, start);
      last = line;
      // A token of several lines ends on another one than it began.
      const end = start + this.tokens[i]!.image.length;
      while (line + 1 < lines.length && lines[line + 1]! < end) line++;
      if (line !== last) last = line;
    }
    return columns;
  }

  /** Pairs brackets by kind alone; false if they do not work out. */
  private pairAsWritten(from: number, to: number): boolean {
    const open: number[] = [];
    for (let i = from; i < to; i++) {
      const type = this.tokens[i]!.tokenType;
      if (CLOSER.has(type)) open.push(i);
      else if (OPENER.has(type)) {
        const last = open.pop();
        if (last === undefined || CLOSER.get(this.tokens[last]!.tokenType) !== type) return false;
        this.match[last] = i;
        this.match[i] = last;
      }
    }
    return open.length === 0;
  }

  private pairByDeclaration(): void {
    this.match.fill(STRAY);
    let from = 0;
    for (let i = 1; i <= this.tokens.length; i++) {
      if (i < this.tokens.length && !this.declares(i)) continue;
      if (!this.pairAsWritten(from, i)) {
        this.match.fill(STRAY, from, i);
        this.pairByIndentation(from, i);
      }
      from = i;
    }
  }

  /** A declaration keyword at the margin, before a name or title. */
  private declares(index: number): boolean {
    if (this.column[index] !== 0) return false;
    const token = this.tokens[index]!;
    const next = this.tokens[index + 1];
    return (
      DECLARATIONS.has(token.image) && next !== undefined && (isWord(next) || next.tokenType === t.StringText)
    );
  }

  private pairByIndentation(from: number, to: number): void {
    const open: OpenBracket[] = [];
    let indent = 0;
    const leave = (end: number) => {
      this.match[open.pop()!.index] = -1 - end;
    };
    for (let i = from; i < to; i++) {
      const type = this.tokens[i]!.tokenType;
      const column = this.column[i]!;
      if (column >= 0) {
        indent = column;
        const top = open.at(-1);
        if (top !== undefined && top.items < 0) top.items = column;
        if (!OPENER.has(type) && isStart(this.tokens[i]!)) {
          while (open.length > 0 && endsHere(open.at(-1)!, column)) leave(i);
        }
      }
      if (CLOSER.has(type)) open.push({ index: i, type, indent, items: -1 });
      else if (OPENER.has(type)) {
        const partner = partnerOf(open, OPENER.get(type)!, column);
        if (partner < 0) continue;
        while (open.length - 1 > partner) leave(i);
        const { index } = open.pop()!;
        this.match[index] = i;
        this.match[i] = index;
      }
    }
    while (open.length > 0) leave(to);
  }

  /** Tokens that begin an item, by the rules above. */
  private itemStarts(): Uint8Array {
    const starts = new Uint8Array(this.tokens.length);
    const levels: Level[] = [
      { block: 'file', items: 0, word: '', annotated: false, end: this.tokens.length, brace: true },
    ];
    for (let i = 0; i < this.tokens.length; i++) {
      while (levels.length > 1 && i >= levels.at(-1)!.end) levels.pop();
      const token = this.tokens[i]!;
      const level = levels.at(-1)!;
      const column = this.column[i]!;
      if (level.brace && column >= 0) {
        if (level.items < 0) level.items = column;
        if (this.startsItem(i, level)) starts[i] = 1;
      }
      if (level.brace && (starts[i] === 1 || level.word === '')) level.word = token.image;
      if (!CLOSER.has(token.tokenType)) continue;
      const brace = token.tokenType === t.LCurly;
      levels.push({
        block: blockOf(level),
        items: -1,
        word: '',
        annotated: false,
        end: this.endOf(i),
        brace,
      });
    }
    return starts;
  }

  private startsItem(index: number, level: Level): boolean {
    const token = this.tokens[index]!;
    if (!isStart(token)) return false;
    const next = this.tokens[index + 1]?.tokenType;
    const column = this.column[index]!;
    const named = isWord(token) && (next === t.Equals || next === t.Colon);
    // Columns alone decide in a file; a line that begins with a value can only be an item where values are items.
    const aligned = level.block === 'file' ? column === 0 && !isLiteral(token) : column <= level.items;
    const keyword =
      level.block !== 'file' &&
      (itemKeywords[level.block] as readonly { word: string }[]).some(k => k.word === token.image);
    if (!named && !aligned && !(keyword && !CONTINUES.has(token.image))) return false;
    // An annotation and what it stands before are one item.
    const annotated = level.annotated;
    level.annotated = token.tokenType === t.At;
    return !annotated;
  }

  private findBoundaries(starts: Uint8Array): void {
    const count = this.tokens.length;
    // Blocks without an end of their own, by where the layout ends them.
    const endings = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      if (!CLOSER.has(this.tokens[i]!.tokenType) || this.match[i]! >= 0) continue;
      endings.set(this.endOf(i), (endings.get(this.endOf(i)) ?? 0) + 1);
    }
    // What ends a bracket ends the item that the bracket stands in.
    for (const end of endings.keys()) {
      if (end < count && !OPENER.has(this.tokens[end]!.tokenType)) starts[end] = 1;
    }
    const levels: number[] = [count];
    for (let n = endings.get(count) ?? 0; n > 0; n--) levels.push(count);
    for (let i = count - 1; i >= 0; i--) {
      const type = this.tokens[i]!.tokenType;
      if (CLOSER.has(type) && levels.length > 1) levels.pop();
      this.boundary[i] = levels.at(-1)!;
      const stray = OPENER.has(type) && this.match[i]! < 0;
      if (starts[i] === 1 || stray) levels[levels.length - 1] = i;
      if (OPENER.has(type) && !stray) levels.push(i);
      for (let n = endings.get(i) ?? 0; n > 0; n--) levels.push(i);
    }
  }
}

interface OpenBracket {
  readonly index: number;
  readonly type: TokenType;
  /** Indentation of the line that the bracket stands on. */
  readonly indent: number;
  /** Column of the first line inside, -1 if none was seen. */
  items: number;
}
interface Level {
  readonly block: BlockKind | 'file';
  items: number;
  /** The word that began the current item. */
  word: string;
  annotated: boolean;
  readonly end: number;
  readonly brace: boolean;
}

/** No partner and no end. */
const STRAY = -0x40000000;

const CLOSER: ReadonlyMap<TokenType, TokenType> = new Map([
  [t.LCurly, t.RCurly],
  [t.LParen, t.RParen],
  [t.LSquare, t.RSquare],
]);
const OPENER: ReadonlyMap<TokenType, TokenType> = new Map([...CLOSER].map(([open, close]) => [close, open]));
const DECLARATIONS: ReadonlySet<string> = new Set(declarationKeywords.map(({ word }) => word));
/** Item keywords that also go on with an item: on a line of their own they end nothing. */
const CONTINUES: ReadonlySet<string> = new Set(['on', 'at', 'log', 'score', 'source', 'sink']);
const FOREIGN: ReadonlySet<string> = new Set([
  'component',
  'trainer',
  'metric',
  'aggregate',
  'function',
  'constructor',
]);
const LITERALS: ReadonlySet<TokenType> = new Set([
  t.Int,
  t.Float,
  t.Percent,
  t.Duration,
  t.Size,
  t.Rate,
  t.StringText,
  t.RawString,
  t.Time,
]);

const isLiteral = (token: Token): boolean => LITERALS.has(token.tokenType);
const isWord = (token: Token): boolean =>
  token.tokenType === t.Identifier || t.Identifier.categoryMatchesMap![token.tokenTypeIdx] === true;
/** Reserved words and operators go on with what stands before them. */
const isStart = (token: Token): boolean => isWord(token) || isLiteral(token) || token.tokenType === t.At;

/** The kind of block that a `{` opens, by the word that began the item which it stands in. */
function blockOf({ word, block }: Level): BlockKind {
  if (FOREIGN.has(word)) return 'foreign';
  if (word === 'source' && block !== 'file') return 'settings';
  return Object.hasOwn(itemKeywords, word) ? (word as BlockKind) : 'settings';
}

/** Whether a line at this column lies outside; a block whose own lines are not indented says nothing of itself. */
const endsHere = (bracket: OpenBracket, column: number): boolean =>
  column <= bracket.indent && (bracket.type !== t.LCurly || bracket.items > bracket.indent);

/** The open bracket that a closing one belongs to: an index into `open`, or -1. */
function partnerOf(open: readonly OpenBracket[], type: TokenType, column: number): number {
  let nearest = -1;
  for (let i = open.length - 1; i >= 0; i--) {
    const bracket = open[i]!;
    if (bracket.type !== type) {
      // A round or square bracket closes nothing beyond the braces that it stands in.
      if (bracket.type === t.LCurly) break;
      continue;
    }
    if (nearest < 0) nearest = i;
    if (type !== t.LCurly || column < 0) break;
    if (bracket.indent === column) return i;
  }
  return nearest;
}

/** Columns with tabs counted to the next multiple of four; only compared with each other. */
function width(text: string, from: number, to: number): number {
  let column = 0;
  for (let i = from; i < to; i++) column += text.charCodeAt(i) === 9 ? 4 - (column % 4) : 1;
  return column;
}
