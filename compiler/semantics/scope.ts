import type { Diagnostic, Fix } from '../diagnostics/diagnostic.ts';
import { namesMessages } from '../diagnostics/messages/names.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { importPath, type LoadedModule } from '../source/modules.ts';
import type * as ast from '../syntax/ast/index.ts';
import type { BoundModule, Symbol as Meaning } from './program.ts';

export type DeclarationSymbol = Extract<Meaning, { kind: 'declaration' }>;

/** The name spaces of a module: values (with types, tables, models), what is called, annotations. */
export interface Names {
  readonly values: Map<string, DeclarationSymbol>;
  readonly functions: Map<string, DeclarationSymbol>;
  readonly annotations: Map<string, DeclarationSymbol>;
}
export type NameSpace = keyof Names;

export interface Module extends BoundModule {
  readonly path: string;
  readonly name: string;
  readonly loaded: LoadedModule;
  /** What the module itself declares. */
  readonly own: Names;
  /** What it imports, under the names it has here. */
  readonly imported: Names;
  readonly prelude: Module | undefined;
  /** Names whose import failed, which is reported already. */
  readonly broken: Set<string>;
  /** Imported names that something used. */
  readonly used: Set<string>;
}

const callable: ReadonlySet<ast.Declaration['kind']> = new Set<ast.Declaration['kind']>([
  'Function',
  'AggregateFunction',
  'Component',
  'Trainer',
  'Policy',
  'Constructor',
]);
export const spaceOf = (declaration: ast.Declaration): NameSpace | undefined => {
  if (declaration.kind === 'Test') return undefined;
  if (declaration.kind === 'AnnotationDeclaration') return 'annotations';
  return callable.has(declaration.kind) ? 'functions' : 'values';
};

export const emptyNames = (): Names => ({ values: new Map(), functions: new Map(), annotations: new Map() });

/** Builds the scopes of one module. Overloads are for the library alone. */
export function bindModule(
  loaded: LoadedModule,
  prelude: Module | undefined,
  report: (diagnostic: Diagnostic) => void,
): Module {
  const own = emptyNames();
  for (const declaration of loaded.tree.declarations) declare(loaded, own, declaration, prelude, report);
  let scope: Map<string, Meaning> | undefined;
  const module: Module = {
    file: loaded.file,
    tree: loaded.tree,
    library: loaded.library,
    path: loaded.path,
    name: loaded.name,
    loaded,
    own,
    imported: emptyNames(),
    prelude,
    broken: new Set(),
    used: new Set(),
    get scope() {
      scope ??= visible(module, 'values');
      return scope;
    },
  };
  return module;
}

function visible(module: Module, space: NameSpace): Map<string, Meaning> {
  const prelude = module.prelude ? module.prelude.own[space] : [];
  return new Map([...prelude, ...module.imported[space], ...module.own[space]]);
}

function declare(
  loaded: LoadedModule,
  own: Names,
  declaration: ast.Declaration,
  prelude: Module | undefined,
  report: (diagnostic: Diagnostic) => void,
): void {
  const space = spaceOf(declaration);
  const name = declaration.name.text;
  if (space === undefined || name === '') return;
  const before = own[space].get(name);
  const file = loaded.file;
  if (before === undefined) {
    own[space].set(name, { kind: 'declaration', name, declaration, file, overloads: [declaration] });
    const hidden = loaded.library ? undefined : prelude?.own[space].get(name);
    if (hidden) {
      const labels = [
        { file: hidden.file, span: hidden.declaration.name.span, message: 'the one of the prelude' },
      ];
      report(
        namesMessages.shadows({ name, module: 'the prelude' }, { file, span: declaration.name.span, labels }),
      );
    }
    return;
  }
  if (loaded.library && space === 'functions') {
    (before.overloads as ast.Declaration[]).push(declaration);
    return;
  }
  const labels = [{ file, span: before.declaration.name.span, message: 'first declared here' }];
  report(namesMessages.duplicateDeclaration({ name }, { file, span: declaration.name.span, labels }));
}

/** Looks a name up: own declarations, then imports, then the prelude. Marks the import as used. */
export function lookup(module: Module, space: NameSpace, name: string): DeclarationSymbol | undefined {
  const own = module.own[space].get(name);
  if (own) return own;
  const imported = module.imported[space].get(name);
  if (imported) {
    module.used.add(name);
    return imported;
  }
  return module.prelude === module ? undefined : module.prelude?.own[space].get(name);
}

/** The same without the mark, for suggestions. */
export function peek(module: Module, space: NameSpace, name: string): DeclarationSymbol | undefined {
  return (
    module.own[space].get(name) ?? module.imported[space].get(name) ?? module.prelude?.own[space].get(name)
  );
}

export function* visibleNames(module: Module, space: NameSpace): Iterable<string> {
  yield* module.own[space].keys();
  yield* module.imported[space].keys();
  if (module.prelude) yield* module.prelude.own[space].keys();
}

/** Binds what a module imports; all modules must have their own names by then. */
export function bindImports(
  module: Module,
  modules: ReadonlyMap<string, Module>,
  bind: (name: ast.Name, symbol: Meaning) => void,
  report: (diagnostic: Diagnostic) => void,
  elsewhere: (name: string) => Module | undefined,
): void {
  for (const item of module.tree.imports) {
    const target = module.loaded.imports.get(item);
    const from = target && modules.get(target.path);
    if (!from || from === module) {
      for (const { name, alias } of item.names) module.broken.add((alias ?? name).text);
      continue;
    }
    for (const imported of item.names) bindImport(module, from, imported, bind, report, elsewhere);
  }
}

function bindImport(
  module: Module,
  from: Module,
  item: ast.ImportName,
  bind: (name: ast.Name, symbol: Meaning) => void,
  report: (diagnostic: Diagnostic) => void,
  elsewhere: (name: string) => Module | undefined,
): void {
  const name = item.name.text;
  if (name === '') return;
  const at = { file: module.file, span: item.name.span };
  if (name.startsWith('_')) {
    module.broken.add((item.alias ?? item.name).text);
    report(namesMessages.privateName({ name, module: from.name }, at));
    return;
  }
  const local = (item.alias ?? item.name).text;
  let found: DeclarationSymbol | undefined;
  for (const space of ['values', 'functions'] as const) {
    const symbol = from.own[space].get(name);
    if (!symbol) continue;
    found ??= symbol;
    const before = module.own[space].get(local) ?? module.imported[space].get(local);
    if (before === undefined) module.imported[space].set(local, symbol);
    else if (before !== symbol) duplicateImport(module, local, item, before, report);
  }
  if (found) {
    bind(item.name, found);
    if (item.alias) bind(item.alias, found);
    return;
  }
  module.broken.add(local);
  const candidates = [...from.own.values.keys(), ...from.own.functions.keys()];
  const suggestion = suggest(name, candidates);
  const fixes = suggestion === undefined ? [] : [replaceFix(module, item.name, suggestion)];
  const other = module.library ? undefined : elsewhere(name);
  const facts = {
    name,
    module: from.name,
    suggestion,
    ...(other ? { other: importedAs(module, other) } : {}),
  };
  report(namesMessages.notExported(facts, { ...at, fixes: other ? [] : fixes }));
}

const importedAs = (module: Module, other: Module): string =>
  other.library ? other.name : JSON.stringify(importPath(module.path, other.path));

function duplicateImport(
  module: Module,
  name: string,
  item: ast.ImportName,
  before: DeclarationSymbol,
  report: (diagnostic: Diagnostic) => void,
): void {
  const labels = [{ file: before.file, span: before.declaration.name.span, message: 'the other one' }];
  const span = (item.alias ?? item.name).span;
  report(namesMessages.duplicateDeclaration({ name }, { file: module.file, span, labels }));
}

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** A name as it must be written: in back-ticks where it is no plain word. */
export const written = (name: string): string => (plainName.test(name) ? name : `\`${name}\``);

export function replaceFix(module: { file: Module['file'] }, name: ast.Node, text: string): Fix {
  return {
    title: `change it to \`${text}\``,
    edits: [{ file: module.file, span: name.span, text: written(text) }],
  };
}

/** Warnings for imported names that nothing used, with the edit that removes them. */
export function unusedImports(module: Module, report: (diagnostic: Diagnostic) => void): void {
  for (const item of module.tree.imports) {
    if (!module.loaded.imports.has(item)) continue;
    const unused = item.names.filter(name => isUnused(module, name));
    for (const name of unused) {
      const local = (name.alias ?? name.name).text;
      const fix: Fix =
        unused.length === item.names.length
          ? {
              title: 'remove the import',
              edits: [{ file: module.file, span: wholeLine(module, item), text: '' }],
            }
          : {
              title: `remove \`${local}\``,
              edits: [{ file: module.file, span: withComma(module, item, name), text: '' }],
            };
      report(
        namesMessages.unusedImport({ name: local }, { file: module.file, span: name.span, fixes: [fix] }),
      );
    }
  }
}

function isUnused(module: Module, name: ast.ImportName): boolean {
  const local = (name.alias ?? name.name).text;
  const bound = module.imported.values.has(local) || module.imported.functions.has(local);
  return bound && !module.used.has(local);
}

function wholeLine(module: Module, item: ast.Import) {
  const text = module.file.text;
  let end = item.span.end;
  while (text[end] === ' ' || text[end] === '\t') end++;
  if (text[end] === '\r') end++;
  if (text[end] === '\n') end++;
  return { start: item.span.start, end };
}

/** The name with the comma and space that go with it. */
function withComma(module: Module, item: ast.Import, name: ast.ImportName) {
  const text = module.file.text;
  let { start, end } = name.span;
  if (name !== item.names[0]) {
    while (start > 0 && /[\s,]/.test(text[start - 1]!)) start--;
    return { start, end };
  }
  while (/[\s,]/.test(text[end] ?? '')) end++;
  return { start, end };
}
