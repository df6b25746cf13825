import { type CompletionItem, CompletionItemKind, InsertTextFormat } from 'vscode-languageserver';
import type { Program } from '../../../compiler/semantics/program.ts';
import { written } from '../../../compiler/semantics/scope.ts';
import { describeFully } from '../../../compiler/semantics/types.ts';
import { importPath, relativePath } from '../../../compiler/source/modules.ts';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import type { Understood } from '../workspace.ts';
import { comparedMembers, tasksOf } from './place.ts';

/** A suggestion; a name that must be quoted is put in with its back-ticks. */
export const plain = (
  label: string,
  kind: CompletionItemKind,
  detail?: string,
  doc?: string,
): CompletionItem => ({
  label,
  kind,
  ...(detail === undefined ? {} : { detail }),
  ...(doc === undefined ? {} : { documentation: { kind: 'markdown', value: doc } }),
  ...(written(label) === label ? {} : { insertText: written(label) }),
});

/** A keyword with the rest of its item as a snippet: names and dots become places to fill in. */
export function keyword({ word, form }: { readonly word: string; readonly form: string }): CompletionItem {
  return {
    label: word,
    kind: CompletionItemKind.Keyword,
    detail: form,
    insertText: snippetOf(word, form),
    insertTextFormat: InsertTextFormat.Snippet,
  };
}

function snippetOf(word: string, form: string): string {
  let next = 1;
  const rest = form
    .slice(word.length)
    .replace(/[$}\\]/g, '\\$&')
    .replace(
      /\b(?:name|Name|Row|View|type|value|column|source|condition|expression|label|model|deployment|trainer|metric|table|key|goal|low|high|title|file|function|views?|task)\b|…/g,
      match => `\${${next++}:${match}}`,
    )
    .replace(/ \{ (.*) \\\}$/, ' {\n  $1\n\\}');
  return `${word}${rest}`;
}

function detailOf(program: Program, declaration: ast.Declaration): string {
  if (declaration.kind === 'Let') return describeFully(program.typeOf(declaration.value));
  if ('parameters' in declaration) {
    const parameters = declaration.parameters.map(one => one.name.text + (one.default ? '?' : ''));
    return `${declaration.name.text}(${parameters.join(', ')})`;
  }
  return declaration.kind.toLowerCase();
}

const icons: Partial<Record<ast.Declaration['kind'], CompletionItemKind>> = {
  Function: CompletionItemKind.Function,
  AggregateFunction: CompletionItemKind.Function,
  Trainer: CompletionItemKind.Class,
  Metric: CompletionItemKind.Value,
  Enum: CompletionItemKind.Enum,
  Schema: CompletionItemKind.Struct,
  Features: CompletionItemKind.Class,
  Model: CompletionItemKind.Class,
  Param: CompletionItemKind.Constant,
  Let: CompletionItemKind.Constant,
};

function item(program: Program, declaration: ast.Declaration): CompletionItem {
  const kind = icons[declaration.kind] ?? CompletionItemKind.Variable;
  return plain(declaration.name.text, kind, detailOf(program, declaration), declaration.doc);
}

/** The modules of the program, and those of the project and the library that it does not import. */
export function modulesOf({ project, result }: Understood): readonly ModuleTree[] {
  const { modules } = result.program;
  const others = project
    .files()
    .filter(path => !modules.has(path))
    .flatMap(path => project.parsed(path) ?? []);
  return [...modules.values(), ...others, ...project.library().filter(({ file }) => !modules.has(file.path))];
}
type ModuleTree = ReturnType<Understood['project']['library']>[number];

/**
 * Names of declarations of these kinds that pass a test: visible ones, then those that an import would bring, unless none is
 * needed.
 */
export function ofKinds(
  known: Understood,
  kinds: readonly ast.Declaration['kind'][],
  fits: (declaration: ast.Declaration) => boolean = () => true,
  imports = true,
): CompletionItem[] {
  const { file, tree, result } = known;
  const visible: CompletionItem[] = [];
  const others: CompletionItem[] = [];
  const imported = new Set(tree.imports.flatMap(one => one.names.map(name => name.name.text)));
  for (const module of modulesOf(known))
    for (const declaration of module.tree.declarations) {
      const name = declaration.name.text;
      const hidden = name === '' || (name.startsWith('_') && module.file !== file);
      if (hidden || !kinds.includes(declaration.kind) || !fits(declaration)) continue;
      const own = module.file === file || module.file.path === 'std/prelude.mlp' || imported.has(name);
      const shown = item(result.program, declaration);
      if (own || !imports || declaration.kind === 'AnnotationDeclaration') visible.push(shown);
      else others.push(withImport(known, shown, module.file.path));
    }
  return [...visible, ...others];
}

const columnTypes = ['bool', 'int', 'float', 'string', 'date', 'datetime', 'timestamp', 'duration'];
const rareTypes = ['size', 'rate', 'blob', 'vector'];

/** Columns have plain types and enums; what takes parameters takes tables, metrics and models too. */
export function typeNames(known: Understood, around: ast.Declaration['kind'] | undefined): CompletionItem[] {
  const words = (names: readonly string[]) => names.map(name => plain(name, CompletionItemKind.Keyword));
  if (around === 'Schema' || around === 'Param')
    return [...words(columnTypes), ...ofKinds(known, ['Enum']), ...words(rareTypes)];
  const first = around === 'Component' ? ['table'] : around === 'Policy' ? ['metric'] : [];
  const names = [...first, ...columnTypes, ...rareTypes, 'table', 'metric', 'model'];
  return [...words(names), ...ofKinds(known, ['Schema', 'Enum'])];
}

/** A name with the import that it needs. */
function withImport({ file, tree }: Understood, shown: CompletionItem, path: string): CompletionItem {
  const from = path.startsWith('std/')
    ? `std.${path.slice(4, -4)}`
    : JSON.stringify(importPath(file.path, path));
  const last = tree.imports[tree.imports.length - 1];
  const line = last ? file.position(last.span.end).line : 0;
  const same = tree.imports.find(one => (one.form === 'library' ? one.path : `"${one.path}"`) === from);
  const end = same?.names[same.names.length - 1]?.span.end;
  const at = end === undefined ? { line, character: 0 } : lineAndColumn(file.position(end));
  const newText = end === undefined ? `import ${from} { ${shown.label} }\n` : `, ${shown.label}`;
  return {
    ...shown,
    detail: `${shown.detail ?? ''} · import from ${from}`,
    additionalTextEdits: [{ range: { start: at, end: at }, newText }],
  };
}
const lineAndColumn = ({ line, column }: { line: number; column: number }) => ({
  line: line - 1,
  character: column - 1,
});

/** What is called, with its brackets. */
export const callables = (items: readonly CompletionItem[]): CompletionItem[] =>
  items.map(one => ({
    ...one,
    insertText: `${written(one.label)}($0)`,
    insertTextFormat: InsertTextFormat.Snippet,
  }));

export function exportsOf(known: Understood, path: string): CompletionItem[] {
  const { result, file } = known;
  const at = path.startsWith('std.') ? `${path.replaceAll('.', '/')}.mlp` : relativePath(file.path, path);
  const module = modulesOf(known).find(one => one.file.path === at);
  return (module?.tree.declarations ?? [])
    .filter(one => !one.name.text.startsWith('_') && one.kind !== 'Test')
    .map(one => item(result.program, one));
}

/** Columns of the table that a view is computed from. */
export function columnsOf(program: Program, view: ast.FeaturesDeclaration): CompletionItem[] {
  return tableColumns(program, view.from).map(([name, detail, doc]) =>
    plain(name, CompletionItemKind.Field, detail, doc),
  );
}

type ColumnItem = [name: string, detail: string, doc: string | undefined];

export function tableColumns(program: Program, table: ast.Name): ColumnItem[] {
  const symbol = program.symbolOf(table);
  return symbol?.kind === 'declaration' ? columnsIn(program, symbol.declaration) : [];
}

/** The columns of what a declaration makes. */
export function columnsIn(program: Program, declaration: ast.Declaration): ColumnItem[] {
  if (declaration.kind === 'Source') {
    const schema = program.schemaOf(declaration.row.text);
    return [...(schema?.columns ?? [])].map(([name, { type, field }]) => [
      name,
      describeFully(type),
      field.doc,
    ]);
  }
  if (declaration.kind === 'Features') {
    const columns = new Map(tableColumns(program, declaration.from).map(one => [one[0], one]));
    return declaration.items.flatMap((one): ColumnItem[] => {
      if (one.kind === 'Use')
        return one.columns.map(({ text }) => columns.get(text) ?? [text, 'column', undefined]);
      return one.kind === 'Feature'
        ? [[one.name.text, describeFully(program.typeOf(one.value)), one.doc]]
        : [];
    });
  }
  if (declaration.kind !== 'Let') return [];
  const { row } = program.typeOf(declaration.value);
  const schema = row === undefined ? undefined : program.schemaOf(row);
  return [...(schema?.columns ?? [])].map(([name, { type, field }]) => [
    name,
    describeFully(type),
    field.doc,
  ]);
}

export function membersOf(
  known: Understood,
  object: string,
  view: ast.FeaturesDeclaration | undefined,
): CompletionItem[] {
  const { program } = known.result;
  const join = view?.items.find(
    (one): one is ast.JoinClause => one.kind === 'Join' && (one.alias ?? one.table).text === object,
  );
  if (join)
    return tableColumns(program, join.table).map(([name, detail, doc]) =>
      plain(name, CompletionItemKind.Field, detail, doc),
    );
  if (object === 'champion' || object === 'baseline') return metrics(program);
  for (const one of modulesOf(known).flatMap(({ tree }) => tree.declarations))
    if (one.kind === 'Enum' && one.name.text === object)
      return one.members.map(member =>
        plain(member.name.text, CompletionItemKind.EnumMember, object, member.doc),
      );
  return [];
}

export function labelsOf(program: Program, views: readonly string[]): CompletionItem[] {
  return program
    .declarations('Features')
    .filter(view => views.length === 0 || views.includes(view.name.text))
    .flatMap(view => view.items.flatMap(one => (one.kind === 'Feature' && one.label ? [one] : [])))
    .map(one =>
      plain(one.name.text, CompletionItemKind.Property, describeFully(program.typeOf(one.value)), one.doc),
    );
}

const metrics = (program: Program): CompletionItem[] =>
  [...program.modules.values()].flatMap(module =>
    module.tree.declarations.flatMap(one => (one.kind === 'Metric' ? [item(program, one)] : [])),
  );

/** Metrics that fit the model's task; all where that is not known. */
export function metricsFor(known: Understood, tasks: readonly string[]): CompletionItem[] {
  return ofKinds(
    known,
    ['Metric'],
    one =>
      one.kind === 'Metric' &&
      (tasks.length === 0
        ? one.tasks.every(({ text }) => text !== 'service')
        : one.tasks.some(({ text }) => tasks.includes(text))),
  );
}

/** What an expression of a declaration reads: columns that fit first, features above it, joins, parameters, functions. */
export function valuesOf(
  known: Understood,
  offset: number,
  declaration: ast.Declaration | undefined,
  type?: string,
): CompletionItem[] {
  const { program } = known.result;
  const before = known.file.text.slice(0, offset);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const view = declaration?.kind === 'Features' ? declaration : undefined;
  const gate = declaration?.kind === 'Model' || declaration?.kind === 'Policy';
  const table = declaration?.kind === 'Validation' ? declaration.on : undefined;
  const columns = view
    ? columnsOf(program, view)
    : (table ? tableColumns(program, table) : []).map(([name, detail, doc]) =>
        plain(name, CompletionItemKind.Field, detail, doc),
      );
  const wanted = type ?? (/(?:[-+*/]|[<>]=?)\s*\w*$/.test(line) ? 'float' : undefined);
  const fitting = wanted === undefined ? columns : ofTypeFirst(columns, wanted);
  const above = aboveIn(known, view, offset);
  const parameters = declaration && 'parameters' in declaration ? declaration.parameters : [];
  return [
    ...comparedMembers(known, line, view).map(one => plain(one, CompletionItemKind.EnumMember)),
    ...parameters.map(one => plain(one.name.text, CompletionItemKind.Variable)),
    ...(gate ? gateValues(known, declaration) : []),
    ...fitting,
    ...(wanted === undefined ? above : ofTypeFirst(above, wanted)),
    ...ofKinds(known, ['Param', 'Let', 'Enum'], one => one !== declaration),
    ...callables(ofKinds(known, ['Function', 'AggregateFunction'])),
    ...(declaration?.kind === 'Let' ? callables(ofKinds(known, ['Component'])) : []),
  ];
}

/** A gate judges by what is evaluated. */
const gateValues = (known: Understood, declaration: ast.Declaration): CompletionItem[] => [
  ...evaluatedFirst(metricsFor(known, tasksOf(known, declaration)), declaration),
  ...['champion', 'baseline'].map(one => plain(one, CompletionItemKind.Module)),
];

function evaluatedFirst(metrics: CompletionItem[], declaration: ast.Declaration): CompletionItem[] {
  const items = declaration.kind === 'Model' ? declaration.items : [];
  const names = new Set(
    items.flatMap(one => (one.kind === 'Evaluate' ? one.metrics.map(use => use.name.text) : [])),
  );
  const isNamed = ({ label }: CompletionItem): boolean => names.has(label);
  return [...metrics.filter(isNamed), ...metrics.filter(one => !isNamed(one))];
}

/** Features and joins of a view above an offset. */
function aboveIn(
  { result: { program }, file }: Understood,
  view: ast.FeaturesDeclaration | undefined,
  offset: number,
): CompletionItem[] {
  const items = view?.items ?? [];
  // What is being written is no value of itself.
  const isAbove = ({ span }: ast.Node): boolean =>
    span.end < offset && file.text.slice(span.start, offset).includes('\n');
  const features = items.flatMap(one =>
    one.kind === 'Feature' && isAbove(one) && !one.label
      ? [plain(one.name.text, CompletionItemKind.Property, describeFully(program.typeOf(one.value)), one.doc)]
      : [],
  );
  const joins = items.flatMap(one =>
    one.kind === 'Join'
      ? [plain((one.alias ?? one.table).text, CompletionItemKind.Module, `join ${one.table.text}`)]
      : [],
  );
  return [...features, ...joins];
}

/** Types that do for another, the best first. */
const doFor: Readonly<Record<string, readonly string[]>> = {
  float: ['float', 'int'],
  int: ['int'],
  datetime: ['datetime', 'timestamp', 'date'],
  timestamp: ['timestamp', 'datetime', 'date'],
  date: ['date', 'datetime', 'timestamp'],
};

/** Those of a type first, in their order. */
export function ofTypeFirst(items: readonly CompletionItem[], type: string): CompletionItem[] {
  const fitting = doFor[type] ?? [type];
  const fits = ({ detail = '' }: CompletionItem): boolean => fitting.includes(/^\w+/.exec(detail)?.[0] ?? '');
  return [...items.filter(fits), ...items.filter(one => !fits(one))];
}

/** Parameters of the call around the cursor that are not given yet, with ranges and defaults. */
export function argumentNames(
  known: Understood,
  call: { readonly callee: string; readonly given: readonly string[] },
): CompletionItem[] {
  for (const module of modulesOf(known))
    for (const declaration of module.tree.declarations)
      if ('parameters' in declaration && declaration.name.text === call.callee)
        return declaration.parameters
          .filter(one => !call.given.includes(one.name.text) && !one.rest)
          .map(one => ({
            ...plain(
              one.name.text,
              CompletionItemKind.Property,
              module.file.text.slice(one.span.start, one.span.end),
              one.doc,
            ),
            insertText: `${written(one.name.text)}: $0`,
            insertTextFormat: InsertTextFormat.Snippet,
          }));
  return [];
}
