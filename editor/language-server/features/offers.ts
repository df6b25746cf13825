import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import type { Token } from '../../../compiler/syntax/tokens.ts';
import type { Understood } from '../workspace.ts';
import {
  argumentNames,
  callables,
  columnsIn,
  columnsOf,
  labelsOf,
  membersOf,
  metricsFor,
  modulesOf,
  ofKinds,
  plain,
  tableColumns,
  typeNames,
  valuesOf,
} from './items.ts';
import type { Container, NamePlace } from './name-places.ts';
import { callAround, declarationAt, modelView, tasksOf, viewsOf } from './place.ts';

/** Constructors that a clause sees without an import. */
const unimported: ReadonlySet<string> = new Set(['loader', 'trigger', 'deploy', 'target']);

/** Where a completion is asked: the file as understood, and what stands before in the declaration. */
export interface Asked {
  readonly known: Understood;
  readonly offset: number;
  readonly before: readonly Token[];
}

/** What a name may be here, the likeliest first. */
export function offersFor(asked: Asked, place: NamePlace): CompletionItem[] {
  const { known } = asked;
  const { program } = known.result;
  const declaration = declarationAt(known, asked.offset);
  switch (place.kind) {
    case 'free':
      return [];
    case 'declared':
      return ofKinds(known, place.kinds);
    case 'called':
      return callables(ofKinds(known, place.kinds));
    case 'constructed':
      return constructors(known, place.makes);
    case 'words':
      return place.words.map(word => plain(word, CompletionItemKind.Keyword));
    case 'columns':
      return place.of === 'named' ? columnsOfNamed(asked) : rowColumns(known, declaration);
    case 'slices': {
      const view = modelView(known, declaration);
      return view ? [...featuresOf(known, [view.name.text]), ...columnsOf(program, view)] : [];
    }
    case 'label':
      return labelsOf(program, viewsOf(declaration));
    case 'metric':
      return metricsFor(known, tasksOf(known, declaration));
    case 'type':
      return typeNames(known);
    case 'annotation':
      return ofKinds(known, ['AnnotationDeclaration']);
    case 'member':
      return membersOf(known, asked.before.at(-2)?.image ?? '', viewAround(declaration));
    case 'left out':
      return featuresOf(known, viewsOf(modelOf(known, declaration)));
    case 'trainer parameter':
      return trainerParameters(known, declaration);
    case 'settings':
      return argumentNames(known, { callee: calleeBefore(asked.before), given: [] });
    case 'record field':
      return recordFields(asked, declaration);
    case 'argument':
      return namedArguments(asked);
    case 'expression':
      return values(asked, place.in, declaration);
  }
}

function constructors(known: Understood, makes: string): CompletionItem[] {
  const fits = (one: ast.Declaration): boolean => one.kind === 'Constructor' && one.makes.text === makes;
  const made = ofKinds(known, ['Constructor'], fits, !unimported.has(makes));
  if (makes === 'target') return made;
  return callables(makes === 'source' ? [...made, ...ofKinds(known, ['Component'])] : made);
}

const viewAround = (declaration: ast.Declaration | undefined): ast.FeaturesDeclaration | undefined =>
  declaration?.kind === 'Features' ? declaration : undefined;

/** Columns of the rows that a declaration is about. */
function rowColumns(known: Understood, declaration: ast.Declaration | undefined): CompletionItem[] {
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

function schemaColumns({ result }: Understood, schema: string): CompletionItem[] {
  const columns = result.program.schemaOf(schema)?.columns ?? [];
  return [...columns].map(([name, { field }]) => plain(name, CompletionItemKind.Field, undefined, field.doc));
}

const fields = (columns: ReturnType<typeof columnsIn>): CompletionItem[] =>
  columns.map(([name, detail, doc]) => plain(name, CompletionItemKind.Field, detail, doc));

const tableItems = ({ result }: Understood, table: ast.Name): CompletionItem[] =>
  fields(tableColumns(result.program, table));

/** `labels from flights on (…)`: the table that is named before. */
function columnsOfNamed({ known, before }: Asked): CompletionItem[] {
  const at = before.findLastIndex(({ image }) => image === 'from');
  return tableNamed(known, before[at + 1]?.image);
}

function tableNamed(known: Understood, name: string | undefined): CompletionItem[] {
  const { program } = known.result;
  for (const kind of ['Source', 'Features', 'Let'] as const)
    for (const one of program.declarations(kind))
      if (one.name.text === name) return fields(columnsIn(program, one));
  return [];
}

function featuresOf({ result }: Understood, views: readonly string[], labels = false): CompletionItem[] {
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
function modelOf(
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

function trainerParameters(known: Understood, declaration: ast.Declaration | undefined): CompletionItem[] {
  if (declaration?.kind !== 'Model') return [];
  const train = declaration.items.find((item): item is ast.Train => item.kind === 'Train');
  return train?.trainer.kind === 'Call'
    ? argumentNames(known, { callee: train.trainer.callee.text, given: [] })
    : [];
}

/** The name before the bracket that is open. */
function calleeBefore(before: readonly Token[]): string {
  let depth = 0;
  for (let i = before.length - 1; i > 0; i--) {
    if (before[i]!.image === '}') depth++;
    else if (before[i]!.image === '{' && depth-- === 0) return before[i - 1]!.image;
  }
  return '';
}

function namedArguments({ known, offset }: Asked): CompletionItem[] {
  const call = callAround(known.file.text.slice(0, offset));
  return call ? argumentNames(known, call) : [];
}

/** Columns of a row that a test gives: of the table before the bracket, else of what is tested. */
function recordFields({ known, before }: Asked, declaration: ast.Declaration | undefined): CompletionItem[] {
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
function testedView(known: Understood, { of }: ast.TestDeclaration): ast.FeaturesDeclaration | undefined {
  const { program } = known.result;
  const view = program.declarations('Features').find(({ name }) => name.text === of.text);
  if (view) return view;
  const deployment = program.declarations('Deployment').find(({ name }) => name.text === of.text);
  const serve = deployment?.items.find(item => item.kind === 'Serve');
  const model = serve && program.declarations('Model').find(({ name }) => name.text === serve.model.text);
  return modelView(known, model);
}

const DRIFT = (one: ast.Declaration): boolean => one.kind === 'Constructor' && one.makes.text === 'drift';

/** What an expression may read, by what surrounds it. */
function values(asked: Asked, within: Container, declaration: ast.Declaration | undefined): CompletionItem[] {
  const { known, offset } = asked;
  const drift = (): CompletionItem[] => callables(ofKinds(known, ['Constructor'], DRIFT));
  const own = argumentValues(asked, declaration);
  const wide = (): CompletionItem[] => valuesOf(known, offset, declaration);
  switch (within) {
    case 'argument':
      return own.length > 0
        ? own
        : [...ofKinds(known, ['Param', 'Let']), ...callables(ofKinds(known, ['Function']))];
    case 'trigger':
      return own.length > 0 ? own : constructors(known, 'trigger');
    case 'release':
      return constructors(known, 'deploy');
    case 'test':
      return declaration?.kind === 'Test' ? [...tested(known, declaration), ...wide()] : wide();
    case 'service':
      return [
        ...own,
        ...measures(known),
        ...metricsFor(known, tasksOf(known, modelOf(known, declaration))),
        ...drift(),
      ];
    case 'table':
      return [...own, ...wide(), ...drift()];
    default:
      return [...own, ...wide()];
  }
}

function tested(known: Understood, test: ast.TestDeclaration): CompletionItem[] {
  const view = testedView(known, test);
  return view ? featuresOf(known, [view.name.text], true) : [];
}

/** What can be measured of a running service. */
const measures = (known: Understood): CompletionItem[] =>
  ofKinds(
    known,
    ['Metric'],
    one => one.kind === 'Metric' && one.tasks.some(({ text }) => text === 'service'),
    false,
  );

/** By the type of the parameter that the cursor stands at: names of declarations, columns, members. */
function argumentValues(
  { known, offset }: Asked,
  declaration: ast.Declaration | undefined,
): CompletionItem[] {
  const before = known.file.text.slice(0, offset);
  const call = callAround(before);
  const parameter = call && parameterAt(known, call, /([A-Za-z_]\w*)\s*:\s*\w*$/.exec(before)?.[1]);
  if (!parameter) return [];
  const { body } = parameter.type;
  if (body.kind === 'EnumType')
    return body.members.map(({ text }) => plain(text, CompletionItemKind.EnumMember));
  if (body.kind === 'TableType') return ofKinds(known, ['Source', 'Features', 'Let']);
  if (body.kind !== 'NamedType') return [];
  switch (body.name.text) {
    case 'source':
      return ofKinds(known, ['Source']);
    case 'monitor':
      return ofKinds(known, ['Monitor']);
    case 'connection':
      return ofKinds(known, ['Connection']);
    case 'column':
      return rowColumns(known, declaration);
    case 'metric':
      return metricsFor(known, tasksOf(known, declaration));
    case 'secret':
      return callables([plain('secret', CompletionItemKind.Function)]);
    default:
      return [];
  }
}

function parameterAt(
  known: Understood,
  { callee, index }: { readonly callee: string; readonly index: number },
  name: string | undefined,
): ast.Parameter | undefined {
  for (const module of modulesOf(known))
    for (const one of module.tree.declarations)
      if ('parameters' in one && one.name.text === callee)
        return one.parameters.find(parameter => parameter.name.text === name) ?? one.parameters[index];
  return undefined;
}
