import type { DocumentSymbol, Location, SymbolInformation, WorkspaceEdit } from 'vscode-languageserver';
import { SymbolKind } from 'vscode-languageserver';
import type { Pieces } from '../../../compiler/pieces.ts';
import { written } from '../../../compiler/semantics/scope.ts';
import type { SourceFile, Span } from '../../../compiler/source/text.ts';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import { definitionOf, meaningOf, nameAt, sameNames } from '../names.ts';
import { rangeOf } from '../places.ts';
import type { Project } from '../project.ts';
import type { Understood } from '../workspace.ts';

export function definition(
  { project, file, tree, result }: Understood,
  offset: number,
): Location | undefined {
  const path = importAt(tree, offset);
  if (path) {
    const target = [...result.program.modules.values()].find(one => one.file.path === path);
    return target && { uri: project.uriOf(target.file), range: rangeOf(target.file, { start: 0, end: 0 }) };
  }
  const name = nameAt(tree, offset);
  const meaning = name && meaningOf(result.program, file, tree, name);
  const at = meaning && definitionOf(meaning);
  return at && { uri: project.uriOf(at.file), range: rangeOf(at.file, at.span) };
}

function importAt(tree: ast.Module, offset: number): string | undefined {
  const item = tree.imports.find(one => one.pathSpan.start <= offset && offset <= one.pathSpan.end);
  if (!item) return undefined;
  return item.form === 'library' ? `${item.path.replaceAll('.', '/')}.mlp` : item.path.replace(/^\.\//, '');
}

export function* references(known: Understood, offset: number, withDefinition: boolean): Pieces<Location[]> {
  const { project, file, tree, result } = known;
  const name = nameAt(tree, offset);
  const meaning = name && meaningOf(result.program, file, tree, name);
  if (!meaning) return [];
  const at = definitionOf(meaning);
  const same = yield* sameNames(result.program, meaning);
  return same
    .filter(one => withDefinition || one.file !== at?.file || one.name.span.start !== at.span.start)
    .map(one => ({ uri: project.uriOf(one.file), range: rangeOf(one.file, one.name.span) }));
}

/** What would be renamed, or why nothing can be. */
export function renamable(
  known: Understood,
  offset: number,
): { readonly span: Span } | { readonly why: string } {
  const { file, tree, result } = known;
  const name = nameAt(tree, offset);
  const meaning = name && meaningOf(result.program, file, tree, name);
  if (!name || !meaning) return { why: 'there is no name here that means something' };
  const at = definitionOf(meaning);
  if (meaning.kind === 'special' || !at) return { why: `\`${name.text}\` is a word of the language` };
  if (at.file.path.startsWith('std/')) return { why: `\`${name.text}\` belongs to the standard library` };
  if (meaning.kind === 'feature' && meaning.item.kind === 'Use')
    return { why: `\`${name.text}\` takes over a column; rename the column in its schema` };
  return { span: name.span };
}

/**
 * A new name everywhere. A column that a view takes over with `use`, or that another file reads under this name, goes
 * along, since those names mean the column; the data's own column stays as it is, so a renamed column is an error there.
 */
export function* rename(
  known: Understood,
  offset: number,
  to: string,
): Pieces<WorkspaceEdit | { readonly why: string }> {
  const allowed = renamable(known, offset);
  if ('why' in allowed) return allowed;
  const { project, file, tree, result } = known;
  const text = to.startsWith('`') ? to : written(to);
  if (!/^(?:[A-Za-z_]\w*|`[^`\n]+`)$/.test(text)) return { why: `\`${to}\` is no name` };
  const meaning = meaningOf(result.program, file, tree, nameAt(tree, offset)!)!;
  const changes: Record<string, { range: ReturnType<typeof rangeOf>; newText: string }[]> = {};
  for (const one of yield* sameNames(result.program, meaning)) {
    const uri = project.uriOf(one.file);
    changes[uri] ??= [];
    changes[uri].push({ range: rangeOf(one.file, one.name.span), newText: text });
  }
  return { changes };
}

const kinds: Partial<Record<ast.Declaration['kind'], SymbolKind>> = {
  Schema: SymbolKind.Struct,
  Enum: SymbolKind.Enum,
  Param: SymbolKind.Constant,
  Let: SymbolKind.Constant,
  Source: SymbolKind.Object,
  Sink: SymbolKind.Object,
  Connection: SymbolKind.Object,
  Validation: SymbolKind.Event,
  Function: SymbolKind.Function,
  AggregateFunction: SymbolKind.Function,
  Component: SymbolKind.Function,
  Trainer: SymbolKind.Function,
  Metric: SymbolKind.Function,
  Policy: SymbolKind.Interface,
  Features: SymbolKind.Class,
  Model: SymbolKind.Class,
  Test: SymbolKind.Method,
};
const kindOf = (declaration: ast.Declaration): SymbolKind => kinds[declaration.kind] ?? SymbolKind.Module;
const titleOf = (declaration: ast.Declaration): string =>
  declaration.kind === 'Test' ? `test "${declaration.title}"` : declaration.name.text;

export function documentSymbols(file: SourceFile, tree: ast.Module): DocumentSymbol[] {
  return tree.declarations
    .filter(one => titleOf(one) !== '')
    .map(declaration => ({
      name: titleOf(declaration),
      detail: declaration.kind === 'AggregateFunction' ? 'aggregate' : declaration.kind.toLowerCase(),
      kind: kindOf(declaration),
      range: rangeOf(file, declaration.span),
      selectionRange: rangeOf(file, within(declaration)),
      children: membersOf(file, declaration),
    }));
}

const within = (declaration: ast.Declaration): Span =>
  declaration.kind === 'Test'
    ? { start: declaration.span.start, end: declaration.span.start }
    : declaration.name.span;

function membersOf(file: SourceFile, declaration: ast.Declaration): DocumentSymbol[] {
  const member = (name: ast.Name, span: Span, kind: SymbolKind): DocumentSymbol[] =>
    name.text === ''
      ? []
      : [{ name: name.text, kind, range: rangeOf(file, span), selectionRange: rangeOf(file, name.span) }];
  if (declaration.kind === 'Schema')
    return declaration.fields.flatMap(field => member(field.name, field.span, SymbolKind.Field));
  if (declaration.kind === 'Enum')
    return declaration.members.flatMap(one => member(one.name, one.span, SymbolKind.EnumMember));
  if (declaration.kind === 'Features')
    return declaration.items.flatMap(item => {
      if (item.kind === 'Feature') return member(item.name, item.span, SymbolKind.Property);
      return item.kind === 'Use'
        ? item.columns.flatMap(name => member(name, name.span, SymbolKind.Property))
        : [];
    });
  return [];
}

/** A piece is a file, which is parsed where it was not yet. */
export function* workspaceSymbols(project: Project, query: string): Pieces<SymbolInformation[]> {
  const wanted = query.toLowerCase();
  const found: SymbolInformation[] = [];
  for (const path of project.files()) {
    yield;
    const parsed = project.parsed(path);
    if (!parsed) continue;
    const { file, tree } = parsed;
    for (const declaration of tree.declarations) {
      const name = titleOf(declaration);
      if (name === '' || !name.toLowerCase().includes(wanted)) continue;
      const location = { uri: project.uriOf(file), range: rangeOf(file, within(declaration)) };
      found.push({ name, kind: kindOf(declaration), location });
    }
  }
  return found;
}
