import { type CompletionItem, CompletionItemKind, InsertTextFormat } from 'vscode-languageserver';
import type { Program } from '../../../compiler/semantics/program.ts';
import { written } from '../../../compiler/semantics/scope.ts';
import { describeFully } from '../../../compiler/semantics/types.ts';
import { libraryModules } from '../../../compiler/source/modules.ts';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import { type BlockKind, declarationKeywords, itemKeywords } from '../../../compiler/syntax/keywords.ts';
import type { Understood } from '../workspace.ts';
import { type Where, whereIs } from './place.ts';

/** What may stand at a place, the likeliest first. */
export function completion(known: Understood, offset: number): CompletionItem[] {
  const where = whereIs(known, offset);
  const items = suggestions(known, where);
  const seen = new Set<string>();
  return items
    .filter(item => !seen.has(item.label) && seen.add(item.label))
    .map((item, i) => ({ ...item, sortText: String(i).padStart(4, '0') }));
}

function suggestions(known: Understood, where: Where): CompletionItem[] {
  const { program } = known.result;
  switch (where.kind) {
    case 'nothing':
      return [];
    case 'declaration':
      return declarationKeywords.map(keyword);
    case 'item':
      return [...itemKeywords[where.block].map(keyword), ...namedItem(where.block)];
    case 'module':
      return libraryModules
        .filter(name => name !== 'prelude')
        .map(name => plain(name, CompletionItemKind.Module));
    case 'imported':
      return exportsOf(known, where.path);
    case 'annotation':
      return ofKinds(program, known, ['AnnotationDeclaration']);
    case 'type':
      return [
        ...types.map(name => plain(name, CompletionItemKind.Keyword)),
        ...ofKinds(program, known, ['Enum', 'Schema']),
      ];
    case 'name':
      return ofKinds(program, known, where.kinds);
    case 'call':
      return callables(program, known, where.kinds);
    case 'member':
      return membersOf(known, where.object, where.view);
    case 'label':
      return labelsOf(program, where.views);
    case 'metric':
      return metricsFor(program, known, where.tasks);
    case 'duration':
      return ['1h', '6h', '1d', '7d', '30d'].map(text => plain(text, CompletionItemKind.Unit));
    case 'column':
      return where.view ? columnsOf(program, where.view) : [];
    case 'words':
      return where.words.map(word => plain(word, CompletionItemKind.Keyword));
    case 'expression':
      return expressions(known, where);
  }
}

const types = [
  'bool',
  'int',
  'float',
  'string',
  'date',
  'datetime',
  'timestamp',
  'duration',
  'blob',
  'table',
];

const plain = (label: string, kind: CompletionItemKind, detail?: string, doc?: string): CompletionItem => ({
  label,
  kind,
  ...(detail === undefined ? {} : { detail }),
  ...(doc === undefined ? {} : { documentation: { kind: 'markdown', value: doc } }),
  ...(written(label) === label ? {} : { insertText: written(label) }),
});

/** A keyword with the rest of its item as a snippet: names and dots become places to fill in. */
function keyword({ word, form }: { readonly word: string; readonly form: string }): CompletionItem {
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

/** What an item may begin with beside keywords. */
const namedItem = (block: BlockKind): CompletionItem[] =>
  block === 'features' ? [keyword({ word: 'name', form: 'name = expression' })] : [];

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

/** Names of declarations of these kinds: visible ones, then those that an import would bring. */
function ofKinds(
  program: Program,
  known: Understood,
  kinds: readonly ast.Declaration['kind'][],
): CompletionItem[] {
  const { file, tree } = known;
  const visible: CompletionItem[] = [];
  const others: CompletionItem[] = [];
  const imported = new Set(tree.imports.flatMap(one => one.names.map(name => name.name.text)));
  for (const module of program.modules.values())
    for (const declaration of module.tree.declarations) {
      const name = declaration.name.text;
      if (!kinds.includes(declaration.kind) || name === '' || (name.startsWith('_') && module.file !== file))
        continue;
      const own = module.file === file || module.file.path === 'std/prelude.mlp' || imported.has(name);
      const shown = item(program, declaration);
      if (own || declaration.kind === 'AnnotationDeclaration') visible.push(shown);
      else others.push(withImport(known, shown, module.file.path));
    }
  return [...visible, ...others];
}

/** A name with the import that it needs. */
function withImport({ file, tree }: Understood, shown: CompletionItem, path: string): CompletionItem {
  const from = path.startsWith('std/') ? `std.${path.slice(4, -4)}` : `"./${path}"`;
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

function callables(
  program: Program,
  known: Understood,
  kinds: readonly ast.Declaration['kind'][],
): CompletionItem[] {
  return ofKinds(program, known, kinds).map(one => ({
    ...one,
    insertText: `${written(one.label)}($0)`,
    insertTextFormat: InsertTextFormat.Snippet,
  }));
}

function exportsOf({ result }: Understood, path: string): CompletionItem[] {
  const file = path.startsWith('std.') ? `${path.replaceAll('.', '/')}.mlp` : path.replace(/^\.\//, '');
  const module = result.program.modules.get(file);
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

function tableColumns(program: Program, table: ast.Name): [string, string, string | undefined][] {
  const symbol = program.symbolOf(table);
  if (symbol?.kind !== 'declaration') return [];
  const { declaration } = symbol;
  if (declaration.kind === 'Source') {
    const schema = program.schemaOf(declaration.row.text);
    return [...(schema?.columns ?? [])].map(([name, { type, field }]) => [
      name,
      describeFully(type),
      field.doc,
    ]);
  }
  if (declaration.kind === 'Features')
    return declaration.items.flatMap((one): [string, string, string | undefined][] => {
      if (one.kind === 'Use') return one.columns.map(name => [name.text, 'column', undefined]);
      return one.kind === 'Feature'
        ? [[one.name.text, describeFully(program.typeOf(one.value)), one.doc]]
        : [];
    });
  if (declaration.kind !== 'Let') return [];
  const { row } = program.typeOf(declaration.value);
  const schema = row === undefined ? undefined : program.schemaOf(row);
  return [...(schema?.columns ?? [])].map(([name, { type, field }]) => [
    name,
    describeFully(type),
    field.doc,
  ]);
}

function membersOf(
  { result }: Understood,
  object: string,
  view: ast.FeaturesDeclaration | undefined,
): CompletionItem[] {
  const { program } = result;
  const join = view?.items.find(
    (one): one is ast.JoinClause => one.kind === 'Join' && (one.alias ?? one.table).text === object,
  );
  if (join)
    return tableColumns(program, join.table).map(([name, detail, doc]) =>
      plain(name, CompletionItemKind.Field, detail, doc),
    );
  if (object === 'champion' || object === 'baseline') return metrics(program);
  for (const one of program.declarations('Enum'))
    if (one.name.text === object)
      return one.members.map(member =>
        plain(member.name.text, CompletionItemKind.EnumMember, object, member.doc),
      );
  return [];
}

function labelsOf(program: Program, views: readonly string[]): CompletionItem[] {
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

/** Metrics that fit the model's task before the others. */
function metricsFor(program: Program, known: Understood, tasks: readonly string[]): CompletionItem[] {
  const fits = new Set(
    [...program.modules.values()].flatMap(module =>
      module.tree.declarations.flatMap(one =>
        one.kind === 'Metric' && one.tasks.some(task => tasks.includes(task.text)) ? [one.name.text] : [],
      ),
    ),
  );
  const all = ofKinds(program, known, ['Metric']);
  return tasks.length === 0 ? all : all.filter(one => fits.has(one.label));
}

function expressions(known: Understood, where: Extract<Where, { kind: 'expression' }>): CompletionItem[] {
  const { program } = known.result;
  const columns = where.view
    ? columnsOf(program, where.view)
    : (where.table ? tableColumns(program, where.table) : []).map(([name, detail, doc]) =>
        plain(name, CompletionItemKind.Field, detail, doc),
      );
  const wanted = where.expected;
  const fitting =
    wanted === undefined ? columns : [...columns].sort((a, b) => rank(a, wanted) - rank(b, wanted));
  const above = (where.view?.items ?? []).flatMap(one =>
    one.kind === 'Feature' && one.span.end < where.offset && !one.label
      ? [plain(one.name.text, CompletionItemKind.Property, describeFully(program.typeOf(one.value)), one.doc)]
      : [],
  );
  const joins = (where.view?.items ?? []).flatMap(one =>
    one.kind === 'Join'
      ? [plain((one.alias ?? one.table).text, CompletionItemKind.Module, `join ${one.table.text}`)]
      : [],
  );
  const parameters = where.parameters.map(one => plain(one.name.text, CompletionItemKind.Variable));
  const named = where.call ? argumentNames(known, where.call) : [];
  const gate = where.gate
    ? [
        ...metricsFor(program, known, where.tasks),
        ...['champion', 'baseline'].map(one => plain(one, CompletionItemKind.Module)),
      ]
    : [];
  const functions = callables(program, known, ['Function', 'AggregateFunction']);
  const values = ofKinds(program, known, ['Param', 'Let']);
  const members = where.members.map(one => plain(one, CompletionItemKind.EnumMember));
  return [
    ...members,
    ...named,
    ...gate,
    ...fitting,
    ...above,
    ...joins,
    ...parameters,
    ...values,
    ...functions,
  ];
}

const rank = (one: CompletionItem, wanted: string): number => (one.detail?.startsWith(wanted) ? 0 : 1);

/** Parameters of the call around the cursor that are not given yet, with ranges and defaults. */
function argumentNames(
  { result }: Understood,
  call: { readonly callee: string; readonly given: readonly string[] },
): CompletionItem[] {
  for (const module of result.program.modules.values())
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
