import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import type { Token } from '../../../compiler/syntax/tokens.ts';
import type { Understood } from '../workspace.ts';
import {
  argumentNames,
  callables,
  columnsOf,
  labelsOf,
  membersOf,
  metricsFor,
  modulesOf,
  ofKinds,
  ofTypeFirst,
  plain,
  typeNames,
  valuesOf,
} from './items.ts';
import { emptyText, quoted, standardValue, textsFor, valuesOfType } from './literals.ts';
import type { Container, NamePlace } from './name-places.ts';
import { callAround, declarationAt, modelView, tasksOf, viewsOf } from './place.ts';
import {
  columnsOfNamed,
  featuresOf,
  modelOf,
  recordFields,
  rowColumns,
  testedView,
  watched,
} from './rows.ts';

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
      return declared(known, place.kinds, declaration);
    case 'called':
      return callables(ofKinds(known, place.kinds));
    case 'constructed':
      return constructors(known, place.makes);
    case 'words':
      return place.words.map(word => plain(word, CompletionItemKind.Keyword));
    case 'columns':
      return inOrderOf(asked, place.of === 'named' ? columnsOfNamed(asked) : rowColumns(known, declaration));
    case 'slices': {
      const view = modelView(known, declaration);
      return view ? groupsFirst([...featuresOf(known, [view.name.text]), ...columnsOf(program, view)]) : [];
    }
    case 'label':
      return labelsOf(program, viewsOf(declaration));
    case 'metric':
      return metricsFor(known, tasksOf(known, declaration));
    case 'type':
      if (asked.before.at(-1)?.image === 'table') return declared(known, ['Schema'], undefined);
      return typeNames(known, declaration?.kind);
    case 'annotation':
      return annotationsAt(known, asked.offset);
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

/** Declarations of these kinds, in the order of the kinds; a declaration is no part of itself, and a constant is a table or none. */
function declared(
  known: Understood,
  kinds: readonly ast.Declaration['kind'][],
  own: ast.Declaration | undefined,
): CompletionItem[] {
  const { program } = known.result;
  const fits = (one: ast.Declaration): boolean =>
    one !== own && (one.kind !== 'Let' || program.typeOf(one.value).kind === 'table');
  return kinds.flatMap(kind => ofKinds(known, [kind], fits));
}

/** Slices are groups of rows: what has few values comes before numbers and times. */
function groupsFirst(columns: CompletionItem[]): CompletionItem[] {
  const isMeasure = ({ detail = '' }: CompletionItem): boolean =>
    /^(int|float|date|datetime|timestamp|duration)\b/.test(detail);
  return [...columns.filter(one => !isMeasure(one)), ...columns.filter(isMeasure)];
}

/** Where a moment is asked for, times come first. */
function inOrderOf({ before }: Asked, columns: CompletionItem[]): CompletionItem[] {
  const [last, other] = [before.at(-1)?.image, before.at(-2)?.image];
  const moment = last === 'at' || last === 'watermark' || (last === 'by' && other === 'split');
  return moment ? ofTypeFirst(columns, 'datetime') : columns;
}

/** Annotations that may stand at a place: in a schema those of columns, an event's time first where a column is a time. */
export function annotationsAt(known: Understood, offset: number): CompletionItem[] {
  const around = declarationAt(known, offset);
  const before = known.file.text.slice(0, offset);
  const inSchema = around?.kind === 'Schema' && offset > around.name.span.end;
  const target = inSchema ? 'column' : around?.kind === 'Param' ? 'param' : undefined;
  const found = ofKinds(
    known,
    ['AnnotationDeclaration'],
    one =>
      one.kind === 'AnnotationDeclaration' &&
      (target === undefined || one.targets.some(({ text }) => text === target)),
  );
  const isTime = /:\s*(datetime|timestamp|date)\b[^\n]*$/.test(before);
  const first = (one: CompletionItem): boolean => isTime && one.label === 'event_time';
  return [...found.filter(first), ...found.filter(one => !first(one))];
}

function constructors(known: Understood, makes: string): CompletionItem[] {
  const fits = (one: ast.Declaration): boolean => one.kind === 'Constructor' && one.makes.text === makes;
  const made = ofKinds(known, ['Constructor'], fits, !unimported.has(makes));
  if (makes === 'target') return made;
  return callables(makes === 'source' ? [...made, ...ofKinds(known, ['Component'])] : made);
}

const viewAround = (declaration: ast.Declaration | undefined): ast.FeaturesDeclaration | undefined =>
  declaration?.kind === 'Features' ? declaration : undefined;

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

/** Values that the first parameter may have come before the names of parameters; those of one parameter need no name. */
function namedArguments(asked: Asked): CompletionItem[] {
  const { known, offset } = asked;
  const call = callAround(known.file.text.slice(0, offset));
  if (!call) return [];
  const owner = calledDeclaration(known, call.callee);
  const isFunction = owner?.kind === 'Function' || owner?.kind === 'AggregateFunction';
  if (isFunction && owner.parameters.length === 1) return [];
  const positional = call.index === 0 && owner?.kind !== 'Trainer';
  return [
    ...(positional ? argumentValues(asked, declarationAt(known, offset)) : []),
    ...argumentNames(known, call),
  ];
}

const DRIFT = (one: ast.Declaration): boolean => one.kind === 'Constructor' && one.makes.text === 'drift';

/** What an expression may read, by what surrounds it. */
function values(asked: Asked, within: Container, declaration: ast.Declaration | undefined): CompletionItem[] {
  const { known, offset } = asked;
  const drift = (): CompletionItem[] => callables(ofKinds(known, ['Constructor'], DRIFT));
  const own = argumentValues(asked, declaration);
  const wide = (): CompletionItem[] => valuesOf(known, offset, declaration, functionParameter(asked));
  switch (within) {
    case 'argument':
      return own.length > 0 ? own : constants(known, declaration);
    case 'constant':
      if (own.length > 0) return own;
      if (declaration?.kind === 'Let') return wide();
      return declaration?.kind === 'Param'
        ? [
            ...valuesOfType(known, textOf(known, declaration.type)),
            ...constants(known, declaration, baseOf(known, declaration.type)),
          ]
        : constants(known, declaration);
    case 'trigger':
      return own.length > 0 ? own : constructors(known, 'trigger');
    case 'release':
      return constructors(known, 'deploy');
    case 'test':
      return [
        ...givenValues(asked, declaration),
        ...(declaration?.kind === 'Test' ? tested(known, declaration) : []),
        ...wide(),
      ];
    case 'service':
      return [
        ...own,
        ...(callAround(known.file.text.slice(0, offset)) ? watched(known, declaration) : []),
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

const textOf = ({ file }: Understood, { span }: ast.Node): string => file.text.slice(span.start, span.end);
const baseOf = (known: Understood, type: ast.Node): string => /^\w*/.exec(textOf(known, type))![0];

/** Params and constants, of a type if one is named. */
export function constants(
  known: Understood,
  own: ast.Declaration | undefined,
  type?: string,
): CompletionItem[] {
  const { program } = known.result;
  const kindOf = (one: ast.Declaration): string | undefined =>
    one.kind === 'Param'
      ? baseOf(known, one.type)
      : one.kind === 'Let'
        ? program.typeOf(one.value).kind
        : undefined;
  return ofKinds(
    known,
    ['Param', 'Let'],
    one => one !== own && kindOf(one) !== 'table' && (type === undefined || kindOf(one) === type),
  );
}

/** In a row that a test gives: values of the column's type. */
function givenValues(asked: Asked, declaration: ast.Declaration | undefined): CompletionItem[] {
  const { before, known } = asked;
  if (before.at(-1)?.image !== ':') return [];
  const column = before.at(-2)?.image;
  const found = recordFields(asked, declaration).find(({ label }) => label === column);
  return found?.detail === undefined ? [] : valuesOfType(known, found.detail);
}

/** The type of the parameter that the cursor stands at, of a function that takes the values of columns. */
function functionParameter({ known, offset }: Asked): string | undefined {
  const call = callAround(known.file.text.slice(0, offset));
  const owner = call && calledDeclaration(known, call.callee);
  if (!call || (owner?.kind !== 'Function' && owner?.kind !== 'AggregateFunction')) return undefined;
  const body = owner.parameters[call.index]?.type.body;
  return body?.kind === 'NamedType' ? body.name.text : undefined;
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
  const found = parameterAround(known, before);
  if (!found) return [];
  const { owner, parameter } = found;
  const texts = textsFor(known, owner, parameter);
  if (texts.length > 0) return texts.map(quoted);
  const { body } = parameter.type;
  if (body.kind === 'EnumType')
    return body.members.map(({ text }) => plain(text, CompletionItemKind.EnumMember));
  if (body.kind === 'TableType') return declared(known, ['Source', 'Features', 'Let'], declaration);
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
    case 'any':
      return watched(known, declaration);
    case 'secret':
      return callables([plain('secret', CompletionItemKind.Function)]);
    default:
      if (owner.name.text === 'secret') return [emptyText];
      return owner.kind === 'Function' || owner.kind === 'AggregateFunction'
        ? []
        : plainValues(known, parameter, declaration);
  }
}

/** A parameter that takes a constant: the default that it has, other values of its type, constants. */
function plainValues(
  known: Understood,
  parameter: ast.Parameter,
  declaration: ast.Declaration | undefined,
): CompletionItem[] {
  const { file } = modulesOf(known).find(({ tree }) =>
    tree.declarations.some(one => 'parameters' in one && one.parameters.includes(parameter)),
  )!;
  const { start, end } = parameter.type.span;
  const type = file.text.slice(start, end);
  const given =
    parameter.default && file.text.slice(parameter.default.span.start, parameter.default.span.end);
  const standard = given === undefined ? [] : [standardValue(given)];
  const base = /^\w*/.exec(type)![0];
  return [...standard, ...valuesOfType(known, type), ...constants(known, declaration, base)];
}

function calledDeclaration(known: Understood, callee: string) {
  for (const module of modulesOf(known))
    for (const one of module.tree.declarations)
      if ('parameters' in one && one.name.text === callee) return one;
  return undefined;
}

/** The parameter whose argument is written at the end of a text, and what is called. */
export function parameterAround(
  known: Understood,
  before: string,
): { readonly owner: ast.Declaration; readonly parameter: ast.Parameter } | undefined {
  const call = callAround(before);
  const owner = call && calledDeclaration(known, call.callee);
  if (!call || !owner) return undefined;
  const name = /([A-Za-z_]\w*)\s*:\s*"?[^",():]*$/.exec(before)?.[1];
  const parameter = owner.parameters.find(one => one.name.text === name) ?? owner.parameters[call.index];
  return parameter && { owner, parameter };
}
