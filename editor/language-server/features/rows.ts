import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import type { Understood } from '../workspace.ts';
import { columnsIn, columnsOf, plain, tableColumns } from './items.ts';
import type { Asked } from './offers.ts';
import { modelView, viewsOf } from './place.ts';

/** The rows that a place is about: their columns and features. */

/** Columns of the rows that a declaration is about. */
export function rowColumns(known: Understood, declaration: ast.Declaration | undefined): CompletionItem[] {
  const { program } = known.result;
  switch (declaration?.kind) {
    case 'Features':
      return columnsOf(program, declaration);
    case 'Source':
      return schemaColumns(known, declaration.row.text);
    case 'Schema':
      return schemaColumns(known, declaration.name.text);
    case 'Validation':
      return tableItems(known, declaration.on);
    case 'Model': {
      const view = modelView(known, declaration);
      return view ? columnsOf(program, view) : [];
    }
    default:
      return [];
  }
}

export function schemaColumns({ result }: Understood, schema: string): CompletionItem[] {
  const columns = result.program.schemaOf(schema)?.columns ?? [];
  return [...columns].map(([name, { field }]) => plain(name, CompletionItemKind.Field, undefined, field.doc));
}

export const fields = (columns: ReturnType<typeof columnsIn>): CompletionItem[] =>
  columns.map(([name, detail, doc]) => plain(name, CompletionItemKind.Field, detail, doc));

export const tableItems = ({ result }: Understood, table: ast.Name): CompletionItem[] =>
  fields(tableColumns(result.program, table));

/** `labels from flights on (…)`: the table that is named before. */
export function columnsOfNamed({ known, before }: Asked): CompletionItem[] {
  const at = before.findLastIndex(({ image }) => image === 'from');
  return tableNamed(known, before[at + 1]?.image);
}

export function tableNamed(known: Understood, name: string | undefined): CompletionItem[] {
  const { program } = known.result;
  for (const kind of ['Source', 'Features', 'Let'] as const)
    for (const one of program.declarations(kind))
      if (one.name.text === name) return fields(columnsIn(program, one));
  return [];
}

export function featuresOf(
  { result }: Understood,
  views: readonly string[],
  labels = false,
): CompletionItem[] {
  return result.program
    .declarations('Features')
    .filter(view => views.includes(view.name.text))
    .flatMap(view =>
      columnsIn(result.program, view).filter(([name]) =>
        view.items.every(item => item.kind !== 'Feature' || item.name.text !== name || labels || !item.label),
      ),
    )
    .map(([name, detail, doc]) => plain(name, CompletionItemKind.Property, detail, doc));
}

/** The model that a declaration is, serves or watches. */
export function modelOf(
  { result }: Understood,
  declaration: ast.Declaration | undefined,
): ast.Declaration | undefined {
  const { program } = result;
  if (declaration?.kind === 'Monitor') {
    const served = program
      .declarations('Deployment')
      .find(({ name }) => name.text === declaration.on.text)
      ?.items.find((item): item is Extract<ast.DeploymentItem, { kind: 'Serve' }> => item.kind === 'Serve');
    return program.declarations('Model').find(({ name }) => name.text === served?.model.text);
  }
  return declaration;
}

/** Columns of a row that a test gives: of the table before the bracket, else of what is tested. */
export function recordFields(
  { known, before }: Asked,
  declaration: ast.Declaration | undefined,
): CompletionItem[] {
  const { program } = known.result;
  const at = before.findLastIndex(({ image }) => image === 'given');
  const table = before[at + 1]?.image;
  if (table !== '{') return tableNamed(known, table);
  if (declaration?.kind !== 'Test') return [];
  const view = testedView(known, declaration);
  if (view) return columnsOf(program, view);
  const tested = program.declarations('Function').find(({ name }) => name.text === declaration.of.text);
  return (tested?.parameters ?? []).map(one => plain(one.name.text, CompletionItemKind.Variable));
}

/** The view that a test is of, or whose features what it is of serves. */
export function testedView(
  known: Understood,
  { of }: ast.TestDeclaration,
): ast.FeaturesDeclaration | undefined {
  const { program } = known.result;
  const view = program.declarations('Features').find(({ name }) => name.text === of.text);
  if (view) return view;
  const deployment = program.declarations('Deployment').find(({ name }) => name.text === of.text);
  const serve = deployment?.items.find(item => item.kind === 'Serve');
  const model = serve && program.declarations('Model').find(({ name }) => name.text === serve.model.text);
  return modelView(known, model);
}

/** What the model reads that a monitor watches: the values whose drift is measured. */
export const watched = (known: Understood, declaration: ast.Declaration | undefined): CompletionItem[] =>
  declaration?.kind === 'Monitor' ? featuresOf(known, viewsOf(modelOf(known, declaration))) : [];
