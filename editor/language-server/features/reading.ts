import {
  type CodeLens,
  type FoldingRange,
  type InlayHint,
  InlayHintKind,
  type SelectionRange,
  type SignatureHelp,
} from 'vscode-languageserver';
import { knownText } from '../../../compiler/semantics/flow/words.ts';
import { describeFully } from '../../../compiler/semantics/types.ts';
import type { SourceFile } from '../../../compiler/source/text.ts';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import type { Token } from '../../../compiler/syntax/tokens.ts';
import { nodesAt } from '../../../compiler/syntax/visit.ts';
import { positionOf, rangeOf } from '../places.ts';
import type { Understood } from '../workspace.ts';
import { modulesOf } from './items.ts';
import { callAround } from './place.ts';

/** The type of every feature and constant, and the moment from which a feature is known if that is after the prediction. */
export function inlayHints({ file, tree, result }: Understood): InlayHint[] {
  const { program, graph } = result;
  const known = new Map(graph.nodes.map(node => [node.id, node.known]));
  const hints: InlayHint[] = [];
  const typed = (name: ast.Name, value: ast.Expression) => {
    const type = program.typeOf(value);
    if (type.kind === 'unknown') return;
    const label = `: ${describeFully({ ...type, pattern: undefined } as never)}`;
    hints.push({ position: positionOf(file, name.span.end), label, kind: InlayHintKind.Type });
  };
  for (const declaration of tree.declarations) {
    if (declaration.kind === 'Let' && !declaration.type) typed(declaration.name, declaration.value);
    if (declaration.kind !== 'Features') continue;
    for (const item of declaration.items) {
      if (item.kind !== 'Feature') continue;
      if (!item.type) typed(item.name, item.value);
      const late = known
        .get(`${declaration.name.text}.${item.name.text}`)
        ?.latest.filter(m => m.base !== 'at' || m.offset > 0);
      if (item.label && late && late.length > 0) {
        const label = `known ${late
          .map(moment => knownText(moment, null))
          .join(' and ')
          .replaceAll('`', '')}`;
        hints.push({ position: positionOf(file, item.span.end), label, paddingLeft: true });
      }
    }
  }
  return hints;
}

/** Blocks, runs of comments and runs of imports. */
export function foldingRanges(
  file: SourceFile,
  tokens: readonly Token[],
  comments: readonly Token[],
  tree: ast.Module,
): FoldingRange[] {
  const ranges: FoldingRange[] = [];
  const open: number[] = [];
  const add = (start: number, end: number, kind?: string): void => {
    const from = file.position(start).line - 1;
    const to = file.position(end).line - 1;
    if (to > from) ranges.push({ startLine: from, endLine: to, ...(kind ? { kind } : {}) });
  };
  for (const token of tokens) {
    if (token.image === '{') open.push(token.startOffset);
    else if (token.image === '}' && open.length > 0) add(open.pop()!, token.startOffset);
  }
  const first = tree.imports[0];
  const last = tree.imports[tree.imports.length - 1];
  if (first && last) add(first.span.start, last.span.end, 'imports');
  for (let i = 0; i < comments.length; i++) {
    const begin = i;
    while (i + 1 < comments.length && lineOf(file, comments[i + 1]!) === lineOf(file, comments[i]!) + 1) i++;
    const end = comments[i]!;
    add(comments[begin]!.startOffset, end.startOffset + end.image.length, 'comment');
  }
  return ranges;
}
const lineOf = (file: SourceFile, token: Token): number => file.position(token.startOffset).line;

export function selectionRange(file: SourceFile, tree: ast.Module, offset: number): SelectionRange {
  let range: SelectionRange = { range: rangeOf(file, { start: 0, end: file.text.length }) };
  // Each step selects more than the one before.
  let before = `0 ${file.text.length}`;
  for (const node of nodesAt(tree, offset)) {
    const key = `${node.span.start} ${node.span.end}`;
    if (key !== before) range = { range: rangeOf(file, node.span), parent: range };
    before = key;
  }
  return range;
}

/** What can be done with a declaration: run a model or a pipeline, run the tests. */
export function codeLenses(file: SourceFile, tree: ast.Module, uri: string): CodeLens[] {
  return tree.declarations.flatMap(declaration => {
    const name = declaration.kind === 'Test' ? declaration.title : declaration.name.text;
    const lens = (title: string, command: string): CodeLens => ({
      range: rangeOf(file, declaration.name.span),
      command: { title, command, arguments: [{ uri, goal: name }] },
    });
    if (name === '') return [];
    if (declaration.kind === 'Model' || declaration.kind === 'Pipeline')
      return [lens(`run ${name}`, 'mlp.run')];
    return declaration.kind === 'Test' ? [lens('run test', 'mlp.test')] : [];
  });
}

export function signatureHelp(known: Understood, offset: number): SignatureHelp | undefined {
  const call = callAround(known.file.text.slice(0, offset));
  if (!call) return undefined;
  const signatures = modulesOf(known).flatMap(module =>
    module.tree.declarations.flatMap(declaration => {
      if (!('parameters' in declaration) || declaration.name.text !== call.callee) return [];
      const parameters = declaration.parameters.map(one => ({
        label: module.file.text.slice(one.span.start, one.span.end),
        ...(one.doc === undefined ? {} : { documentation: one.doc }),
      }));
      const label = `${call.callee}(${parameters.map(one => one.label).join(', ')})`;
      const documentation =
        declaration.doc === undefined
          ? {}
          : { documentation: { kind: 'markdown' as const, value: declaration.doc } };
      return [
        { label, parameters, ...documentation, names: declaration.parameters.map(one => one.name.text) },
      ];
    }),
  );
  if (signatures.length === 0) return undefined;
  const names = signatures[0]!.names;
  const lastNamed = call.given[call.given.length - 1];
  const named = lastNamed === undefined ? -1 : names.indexOf(lastNamed);
  return {
    signatures: signatures.map(({ names: _, ...signature }) => signature),
    activeSignature: 0,
    activeParameter: named >= 0 ? named : Math.min(call.index, Math.max(0, names.length - 1)),
  };
}
