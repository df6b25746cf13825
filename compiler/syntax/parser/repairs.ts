import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { syntaxMessages } from '../../diagnostics/messages/syntax.ts';
import type { SourceFile } from '../../source/text.ts';
import { itemKeywords } from '../keywords.ts';
import * as t from '../tokens.ts';
import { endOf, type Token } from '../tokens.ts';
import { isName } from './base.ts';
import { meantDeclaration } from './meant.ts';

/** Declarations whose items stand in braces. */
const BLOCKS = new Set([
  ...['schema', 'enum', 'features', 'model', 'deployment', 'monitor'],
  ...['pipeline', 'environment', 'validation', 'policy'],
] as const);
type Block = typeof BLOCKS extends Set<infer B> ? B : never;

interface Repaired {
  readonly tokens: readonly Token[];
  readonly docs: ReadonlyMap<number, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** `-- remark` alone on its line, as in SQL. */
const DASHES = /^--[ \t]+[A-Za-z][\w '"`,.;:!?()-]*$/;

/** The index of the first token behind a line that is a remark of SQL, which is reported; undefined for other lines. */
function behindRemark(
  file: SourceFile,
  tokens: readonly Token[],
  index: number,
  diagnostics: Diagnostic[],
): number | undefined {
  const first = tokens[index]!;
  if (first.tokenType !== t.Minus || tokens[index + 1]?.tokenType !== t.Minus) return undefined;
  if (!startsLine(file.text, first, 0, true)) return undefined;
  const { startOffset: start } = first;
  const end = file.text.slice(start).search(/[\r\n]|$/) + start;
  const line = file.text.slice(start, end);
  if (!DASHES.test(line)) return undefined;
  const text = `//${line.slice(2)}`;
  const fixes = [{ title: `Replace with \`${text}\``, edits: [{ file, span: { start, end }, text }] }];
  const at = { file, span: { start, end: start + 2 }, fixes };
  diagnostics.push(syntaxMessages.hashComment({ sign: '--' }, at));
  let next = index;
  while (tokens[next] !== undefined && tokens[next]!.startOffset < end) next++;
  return next;
}

/**
 * Before a file with mistakes is read: leaves out remarks as SQL has them, and puts the `{` that is missing behind the first line of a declaration, where indented lines follow that are items of it;
 * a `:` in its place is taken for it. Without it each of these lines would be a mistake.
 */
export function withRepairs(
  file: SourceFile,
  tokens: readonly Token[],
  docs: ReadonlyMap<number, string>,
): Repaired {
  const made: Token[] = [];
  const moved = new Map<number, string>();
  const diagnostics: Diagnostic[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const behind = behindRemark(file, tokens, i, diagnostics);
    if (behind !== undefined) {
      i = behind - 1;
      continue;
    }
    const doc = docs.get(i);
    if (doc !== undefined) moved.set(made.length, doc);
    const last = lastOfHeader(file.text, tokens, i);
    made.push(tokens[i]!);
    if (last === undefined) continue;
    while (i < last) made.push(tokens[++i]!);
    const end = tokens[last]!;
    const colon = end.tokenType === t.Colon;
    if (colon) made.pop();
    const start = colon ? end.startOffset : endOf(end);
    made.push(brace(start));
    const span = { start, end: colon ? endOf(end) : start };
    const text = colon && file.text[start - 1] === ' ' ? '{' : ' {';
    const fixes = [{ title: colon ? 'Replace with `{`' : 'Insert `{`', edits: [{ file, span, text }] }];
    const facts = { what: '`{`', found: colon ? '`:`' : 'the end of the line' };
    diagnostics.push(syntaxMessages.expected(facts, { file, span, fixes }));
  }
  return diagnostics.length === 0
    ? { tokens, docs, diagnostics }
    : { tokens: made, docs: moved, diagnostics };
}

function brace(startOffset: number): Token {
  const token = { image: '{', startOffset } as Token;
  t.retype(token, t.LCurly);
  return token;
}

/** The last token of a declaration's first line that lacks its `{`; undefined where nothing is missing. */
function lastOfHeader(text: string, tokens: readonly Token[], index: number): number | undefined {
  const first = tokens[index]!;
  if (!startsLine(text, first, 0) || !isName(first)) return undefined;
  const word = BLOCKS.has(first.image as Block) ? first.image : meantDeclaration(first.image);
  if (word === undefined || !BLOCKS.has(word as Block) || !tokens[index + 1] || !isName(tokens[index + 1]!))
    return undefined;
  const lineEnd = text.slice(first.startOffset).search(/[\r\n]|$/) + first.startOffset;
  let last = index;
  while (tokens[last + 1] !== undefined && tokens[last + 1]!.startOffset < lineEnd) last++;
  const header = tokens.slice(index, last + 1);
  if (header.some(({ tokenType }) => OPENS.has(tokenType))) return undefined;
  // What follows is in braces if one of its lines, up to the next at the margin, is an item.
  for (let i = last + 1; i < tokens.length && !startsLine(text, tokens[i]!, 0) && i < last + LOOKED_AT; i++)
    if (beginsItem(text, tokens, i, word as Block)) return last;
  return undefined;
}

const LOOKED_AT = 200;
const OPENS: ReadonlySet<unknown> = new Set([t.LCurly, t.RCurly, t.Equals]);

function beginsItem(text: string, tokens: readonly Token[], index: number, block: Block): boolean {
  const [first, second] = [tokens[index], tokens[index + 1]];
  if (!first || !second || !isName(first) || !startsLine(text, first, 1)) return false;
  if (block === 'enum') return true;
  if ((block === 'schema' || block === 'features') && SIGNS.has(second.tokenType)) return true;
  return (itemKeywords[block] as readonly { word: string }[]).some(({ word }) => word === first.image);
}

const SIGNS: ReadonlySet<unknown> = new Set([t.Colon, t.Equals]);

/** Whether a token is the first of its line, at the margin or at least so far from it. */
function startsLine(text: string, { startOffset }: Token, least: number, anywhere = false): boolean {
  let before = startOffset - 1;
  while (before >= 0 && (text[before] === ' ' || text[before] === '\t')) before--;
  if (before >= 0 && text[before] !== '\n' && text[before] !== '\r') return false;
  const indented = startOffset - 1 - before;
  return anywhere || (least === 0 ? indented === 0 : indented >= least);
}
