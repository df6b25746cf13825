import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { syntaxMessages } from '../diagnostics/messages/syntax.ts';
import type { SourceFile } from '../source/text.ts';
import type { Module } from './ast/index.ts';
import { type DocTexts, docComments, docLinesBefore } from './comments.ts';
import { Layout } from './layout.ts';
import { tokenize } from './lexer.ts';
import { GIVE_UP } from './parser/base.ts';
import type { Grammar } from './parser/grammar.ts';
import { onceALine } from './parser/once-a-line.ts';
import { sharedParser } from './parser/parser.ts';
import { withRepairs } from './parser/repairs.ts';
import { endOf, type Token } from './tokens.ts';

export interface ParseResult {
  readonly module: Module;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** All tokens in order, without comments; with `strays` and white space they make up the text. */
  readonly tokens: readonly Token[];
  readonly comments: readonly Token[];
  /** Text that is no token of the language, reported. */
  readonly strays: readonly Token[];
  /** All words outside of comments. */
  readonly words: Iterable<string>;
}

/**
 * Text to tree. A correct file is parsed once, strictly; one with mistakes a second time, in recovery, which gives
 * the tree of all that could be understood. See `parser/base.ts`.
 */
export function parse(file: SourceFile): ParseResult {
  const { tokens, strays, comments, words, diagnostics: lexical } = tokenize(file);
  const docs = docComments(file, tokens, comments);
  const parser = sharedParser();
  const strict = strictly(parser, file, tokens, docs.before);
  const { module, diagnostics } = strict ?? recovering(parser, file, tokens, docs.before);
  // Where something is broken, what its comment documents may be unknown.
  const stray = strict ? strayDocs(file, docs, parser.docsRead, tokens, comments) : [];
  const documented = docs.module === undefined ? module : { ...module, doc: docs.module };
  return {
    module: documented,
    diagnostics: onceALine(inOrder([...lexical, ...diagnostics, ...stray])),
    tokens,
    comments,
    strays,
    words,
  };
}

/** `///` comments that document nothing. */
function strayDocs(
  file: SourceFile,
  docs: DocTexts,
  read: ReadonlySet<number>,
  tokens: readonly Token[],
  comments: readonly Token[],
): Diagnostic[] {
  const lines = [...docs.lost];
  if (read.size < docs.before.size)
    for (const index of docs.before.keys())
      if (!read.has(index)) lines.push(...docLinesBefore(index, tokens, comments));
  return lines.map(line => {
    const at = { start: line.startOffset, end: endOf(line) };
    const edit = { file, span: { start: at.start, end: at.start + 3 }, text: '//' };
    const fixes = [{ title: 'Make it a plain comment', edits: [edit] }];
    return syntaxMessages.strayDoc({}, { file, span: at, fixes });
  });
}

interface Parsed {
  readonly module: Module;
  readonly diagnostics: readonly Diagnostic[];
}
type Docs = ReadonlyMap<number, string>;

function strictly(
  parser: Grammar,
  file: SourceFile,
  tokens: readonly Token[],
  docs: Docs,
): Parsed | undefined {
  parser.prepare(file, tokens, docs);
  try {
    const module = parser.module();
    return parser.currIdx === tokens.length - 1 ? { module, diagnostics: parser.findings } : undefined;
  } catch (error) {
    if (error === GIVE_UP) return undefined;
    throw error;
  }
}

/** The pass that a file with mistakes goes through; it makes the same tree of one without. */
export function recovering(parser: Grammar, file: SourceFile, found: readonly Token[], docs: Docs): Parsed {
  const { tokens, docs: before, diagnostics: opened } = withRepairs(file, found, docs);
  parser.prepare(file, tokens, before);
  const diagnostics = parser.recoverWith(new Layout(file, tokens));
  const module = parser.module();
  return { module, diagnostics: opened.length === 0 ? diagnostics : [...opened, ...diagnostics] };
}

const inOrder = (diagnostics: Diagnostic[]): Diagnostic[] =>
  diagnostics.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
