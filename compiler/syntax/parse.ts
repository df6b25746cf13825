import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../source/text.ts';
import type { Module } from './ast/index.ts';
import { docComments } from './comments.ts';
import { Layout } from './layout.ts';
import { tokenize } from './lexer.ts';
import { GIVE_UP } from './parser/base.ts';
import type { Grammar } from './parser/grammar.ts';
import { sharedParser } from './parser/parser.ts';
import type { Token } from './tokens.ts';

export interface ParseResult {
  readonly module: Module;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** All tokens in order, without comments; with `strays` and white space they make up the text. */
  readonly tokens: readonly Token[];
  readonly comments: readonly Token[];
  /** Text that is no token of the language, reported. */
  readonly strays: readonly Token[];
}

/**
 * Text to tree. A correct file is parsed once, strictly; one with mistakes a second time, in recovery, which gives
 * the tree of all that could be understood. See `parser/base.ts`.
 */
export function parse(file: SourceFile): ParseResult {
  const { tokens, strays, comments, diagnostics: lexical } = tokenize(file);
  const docs = docComments(file, tokens, comments);
  const parser = sharedParser();
  const { module, diagnostics } =
    strictly(parser, file, tokens, docs.before) ?? recovering(parser, file, tokens, docs.before);
  const documented = docs.module === undefined ? module : { ...module, doc: docs.module };
  return { module: documented, diagnostics: inOrder([...lexical, ...diagnostics]), tokens, comments, strays };
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

function recovering(parser: Grammar, file: SourceFile, tokens: readonly Token[], docs: Docs): Parsed {
  parser.prepare(file, tokens, docs);
  const diagnostics = parser.recoverWith(new Layout(file, tokens));
  const module = parser.module();
  return { module, diagnostics };
}

const inOrder = (diagnostics: Diagnostic[]): Diagnostic[] =>
  diagnostics.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
