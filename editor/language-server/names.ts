import type { Pieces } from '../../compiler/pieces.ts';
import type { Symbol as Meaning, Program } from '../../compiler/semantics/program.ts';
import type { SourceFile, Span } from '../../compiler/source/text.ts';
import type * as ast from '../../compiler/syntax/ast/index.ts';
import { nodesAt, visit } from '../../compiler/syntax/visit.ts';

/** A name in a file, with what it means. */
export interface Occurrence {
  readonly file: SourceFile;
  readonly name: ast.Name;
  readonly meaning: Meaning;
}

/** The innermost name at an offset; the end of a name belongs to it. */
export function nameAt(tree: ast.Module, offset: number): ast.Name | undefined {
  const path = nodesAt(tree, offset);
  const last = path[path.length - 1];
  if (last?.kind === 'Name') return last as ast.Name;
  // A cursor right behind a name stands where its neighbour begins.
  const before = offset > 0 ? nodesAt(tree, offset - 1) : [];
  const left = before[before.length - 1];
  return left?.kind === 'Name' && left.span.end === offset ? (left as ast.Name) : undefined;
}

/** Where a meaning is written down first: the node whose name it is. */
export function definitionOf(
  meaning: Meaning,
): { readonly file: SourceFile; readonly span: Span } | undefined {
  switch (meaning.kind) {
    case 'declaration':
      return { file: meaning.file, span: meaning.declaration.name.span };
    case 'column':
      return { file: meaning.file, span: meaning.field.name.span };
    case 'feature': {
      const { item, file, name } = meaning;
      if (item.kind === 'Feature') return { file, span: item.name.span };
      const column = item.columns.find(one => one.text === name);
      return { file, span: (column ?? item).span };
    }
    case 'join':
      return { file: meaning.file, span: (meaning.clause.alias ?? meaning.clause.table).span };
    case 'parameter':
      return { file: meaning.file, span: meaning.parameter.name.span };
    case 'member': {
      const members = meaning.enum.kind === 'Enum' ? meaning.enum.members.map(m => m.name) : [];
      const member = members.find(one => one.text === meaning.name);
      return { file: meaning.file, span: (member ?? meaning.enum).span };
    }
    case 'special':
      return undefined;
  }
}

/** Two names mean the same where this is equal. */
export function identityOf(meaning: Meaning): string {
  if (meaning.kind === 'special') return `special ${meaning.name}`;
  const at = definitionOf(meaning)!;
  return `${at.file.path} ${at.span.start} ${at.span.end}`;
}

/** The meaning of a name: what it refers to, or, where it is declared, what it declares. */
export function meaningOf(
  program: Program,
  file: SourceFile,
  tree: ast.Module,
  name: ast.Name,
): Meaning | undefined {
  return program.symbolOf(name) ?? declaredBy(program, file, tree, name);
}

function declaredBy(
  program: Program,
  file: SourceFile,
  tree: ast.Module,
  name: ast.Name,
): Meaning | undefined {
  const path = nodesAt(tree, name.span.start);
  const at = path.indexOf(name);
  const parent = path[at - 1];
  if (!parent) return undefined;
  switch (parent.kind) {
    case 'Field': {
      const schema = path.find((node): node is ast.SchemaDeclaration => node.kind === 'Schema');
      const field = parent as ast.Field;
      return (
        schema && {
          kind: 'column',
          name: name.text,
          field,
          schema: schema.name.text,
          of: schema.name.text,
          file,
        }
      );
    }
    case 'Feature':
    case 'Use': {
      const view = path.find((node): node is ast.FeaturesDeclaration => node.kind === 'Features');
      const item = parent as ast.FeatureItem | ast.UseClause;
      return view && { kind: 'feature', name: name.text, view, item, of: view.name.text, file };
    }
    case 'Join':
      return { kind: 'join', name: name.text, clause: parent as ast.JoinClause, file };
    case 'Parameter':
      return { kind: 'parameter', name: name.text, parameter: parent as ast.Parameter, file };
    case 'EnumMember': {
      const owner = path.find((node): node is ast.EnumDeclaration => node.kind === 'Enum');
      return owner && { kind: 'member', name: name.text, enum: owner, file };
    }
    default: {
      const declaration = tree.declarations.find(one => one.kind !== 'Test' && one.name === name);
      void program;
      return declaration && { kind: 'declaration', name: name.text, declaration, file };
    }
  }
}

/** Every name of a file that means something. */
function occurrencesIn(program: Program, file: SourceFile, tree: ast.Module): Occurrence[] {
  const names: ast.Name[] = [];
  visit(tree, node => {
    if (node.kind === 'Name') names.push(node as ast.Name);
  });
  return names.flatMap(name => {
    const meaning = meaningOf(program, file, tree, name);
    return meaning ? [{ file, name, meaning }] : [];
  });
}

/** All names that mean the same, those that declare it among them; a piece is a file. */
export function* sameNames(program: Program, meaning: Meaning): Pieces<Occurrence[]> {
  const identity = identityOf(meaning);
  const seen = new Set<string>();
  const found: Occurrence[] = [];
  for (const { file, tree, library } of program.modules.values()) {
    if (library) continue;
    for (const one of occurrencesIn(program, file, tree)) {
      if (identityOf(one.meaning) !== identity) continue;
      const key = `${one.file.path} ${one.name.span.start}`;
      if (seen.has(key)) continue;
      seen.add(key);
      found.push(one);
    }
    yield;
  }
  return found;
}
