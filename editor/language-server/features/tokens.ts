import type { SemanticTokens, SemanticTokensLegend } from 'vscode-languageserver';
import type { Symbol as Meaning, Program } from '../../../compiler/semantics/program.ts';
import type { SourceFile } from '../../../compiler/source/text.ts';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import { visit } from '../../../compiler/syntax/visit.ts';
import { meaningOf } from '../names.ts';

const types = [
  'type',
  'enum',
  'enumMember',
  'class',
  'function',
  'variable',
  'parameter',
  'property',
  'decorator',
  'namespace',
  'macro',
] as const;
const modifiers = ['declaration', 'readonly', 'defaultLibrary'] as const;
export const legend: SemanticTokensLegend = { tokenTypes: [...types], tokenModifiers: [...modifiers] };

type Kind = (typeof types)[number];

/** What each name is, for colours that the text alone cannot tell. */
export function semanticTokens(program: Program, file: SourceFile, tree: ast.Module): SemanticTokens {
  const found: {
    readonly start: number;
    readonly length: number;
    readonly type: number;
    readonly modifiers: number;
  }[] = [];
  visit(tree, node => {
    if (node.kind !== 'Name') return;
    const name = node as ast.Name;
    const meaning = meaningOf(program, file, tree, name);
    const kind = meaning && kindOf(meaning);
    const { start, end } = name.span;
    if (!kind || end <= start) return;
    found.push({
      start,
      length: end - start,
      type: types.indexOf(kind),
      modifiers: modifiersOf(meaning, file, name),
    });
  });
  found.sort((a, b) => a.start - b.start);
  return { data: encoded(file, found) };
}

function encoded(
  file: SourceFile,
  found: readonly { start: number; length: number; type: number; modifiers: number }[],
): number[] {
  const data: number[] = [];
  let line = 0;
  let column = 0;
  let last = -1;
  for (const one of found) {
    if (one.start === last) continue;
    last = one.start;
    const at = file.position(one.start);
    const sameLine = at.line - 1 === line;
    data.push(
      at.line - 1 - line,
      at.column - 1 - (sameLine ? column : 0),
      one.length,
      one.type,
      one.modifiers,
    );
    line = at.line - 1;
    column = at.column - 1;
  }
  return data;
}

function kindOf(meaning: Meaning): Kind | undefined {
  switch (meaning.kind) {
    case 'column':
    case 'feature':
      return 'property';
    case 'join':
      return 'namespace';
    case 'parameter':
      return 'parameter';
    case 'member':
      return 'enumMember';
    case 'special':
      return 'macro';
    case 'declaration':
      return ofDeclaration(meaning.declaration.kind);
  }
}

function ofDeclaration(kind: ast.Declaration['kind']): Kind {
  switch (kind) {
    case 'Schema':
      return 'type';
    case 'Enum':
      return 'enum';
    case 'AnnotationDeclaration':
      return 'decorator';
    case 'Function':
    case 'AggregateFunction':
    case 'Component':
    case 'Trainer':
    case 'Policy':
    case 'Constructor':
    case 'Metric':
      return 'function';
    case 'Features':
    case 'Model':
      return 'class';
    default:
      return 'variable';
  }
}

function modifiersOf(meaning: Meaning, file: SourceFile, name: ast.Name): number {
  let bits = 0;
  if (meaning.kind === 'declaration') {
    if (meaning.file === file && meaning.declaration.name === name) bits |= 1;
    if (['Let', 'Param'].includes(meaning.declaration.kind)) bits |= 2;
    if (meaning.file.path.startsWith('std/')) bits |= 4;
  }
  return bits;
}
