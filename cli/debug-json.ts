import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { renderJson } from '../compiler/diagnostics/render-json.ts';
import type { SourceFile, Span } from '../compiler/source/text.ts';
import { endOf, type Token } from '../compiler/syntax/tokens.ts';
import type { Range, TokensDocument, TreeDocument } from './documents.ts';

/** Stages of the compiler as documents, for `mlp debug --json`. */

function rangeOf(file: SourceFile, { start, end }: Span): Range {
  const from = file.position(start);
  const to = file.position(end);
  return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

export function tokensDocument(
  file: SourceFile,
  tokens: readonly Token[],
  diagnostics: readonly Diagnostic[],
): TokensDocument {
  const inOrder = [...tokens].sort((a, b) => a.startOffset - b.startOffset);
  return {
    version: 'tokens/1',
    file: file.path,
    tokens: inOrder.map(token => ({
      kind: token.tokenType.name,
      text: token.image,
      range: rangeOf(file, { start: token.startOffset, end: endOf(token) }),
    })),
    diagnostics: renderJson(diagnostics).diagnostics,
  };
}

export function treeDocument(
  file: SourceFile,
  tree: object,
  diagnostics: readonly Diagnostic[],
): TreeDocument {
  return {
    version: 'tree/1',
    file: file.path,
    tree: withRanges(tree, file),
    diagnostics: renderJson(diagnostics).diagnostics,
  };
}

const isSpan = (value: unknown): value is Span =>
  value !== null && typeof value === 'object' && 'start' in value && 'end' in value;

/** Offsets become lines and columns, integers of 64 bits become texts. */
function withRanges(value: unknown, file: SourceFile): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(item => withRanges(item, file));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) =>
      isSpan(field)
        ? [key === 'span' ? 'range' : key.replace(/Span$/, 'Range'), rangeOf(file, field)]
        : [key, withRanges(field, file)],
    ),
  );
}
