import type { Fix } from '../../diagnostics/diagnostic.ts';
import { namesMessages } from '../../diagnostics/messages/names.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import { importPath, type LibraryModule, libraryModules } from '../../source/modules.ts';
import type * as ast from '../../syntax/ast/index.ts';
import {
  type DeclarationSymbol,
  lookup,
  type Module,
  type NameSpace,
  peek,
  replaceFix,
  visibleNames,
  written,
} from '../scope.ts';
import type { Checker } from './context.ts';
import { foreignWord } from './foreign-words.ts';

/** What people call a kind of declaration, with its article. */
export const kindNames: Readonly<Record<ast.Declaration['kind'], string>> = {
  Schema: 'a schema',
  Enum: 'an enum',
  Param: 'a param',
  Let: 'a constant',
  Connection: 'a connection',
  Source: 'a source',
  Sink: 'a sink',
  Validation: 'a validation',
  Function: 'a function',
  AggregateFunction: 'an aggregate',
  Component: 'a component',
  Trainer: 'a trainer',
  Metric: 'a metric',
  Policy: 'a policy',
  Constructor: 'a constructor',
  AnnotationDeclaration: 'an annotation',
  Features: 'a feature view',
  Model: 'a model',
  Deployment: 'a deployment',
  Monitor: 'a monitor',
  Pipeline: 'a pipeline',
  Environment: 'an environment',
  Test: 'a test',
};
/** The same without the article. */
export const kindName = (kind: ast.Declaration['kind']): string => kindNames[kind].replace(/^an? /, '');

/** `a, b or c` */
const alternatives = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

export type OfKind<K extends ast.Declaration['kind']> = Extract<ast.Declaration, { kind: K }>;

/** A name of a declaration of one of the given kinds, bound; otherwise reported and undefined. */
export function resolveDeclaration<K extends ast.Declaration['kind']>(
  c: Checker,
  module: Module,
  name: ast.Name,
  kinds: readonly K[],
  space: NameSpace = 'values',
  extra?: Module | undefined,
  what?: string,
): OfKind<K> | undefined {
  if (name.text === '') return undefined;
  const projectWide = c.projectWide.get(name.text);
  const symbol =
    lookup(module, space, name.text) ??
    extra?.own[space].get(name.text) ??
    (projectWide && (kinds as readonly string[]).includes(projectWide.declaration.kind)
      ? projectWide
      : undefined);
  const expected = alternatives(kinds.map(kind => kindNames[kind]));
  if (symbol === undefined) {
    const other = lookup(module, space === 'values' ? 'functions' : 'values', name.text);
    if (other) reportWrongKind(c, module, name, other, expected, kinds);
    else reportUnknown(c, module, name, space, what ?? alternatives(kinds.map(kindName)), kinds, extra);
    return undefined;
  }
  c.bind(name, symbol);
  if (!(kinds as readonly string[]).includes(symbol.declaration.kind)) {
    reportWrongKind(c, module, name, symbol, expected, kinds);
    return undefined;
  }
  noteDeprecated(c, module, name, symbol);
  return symbol.declaration as OfKind<K>;
}

export function reportWrongKind(
  c: Checker,
  module: Module,
  name: ast.Name,
  symbol: DeclarationSymbol,
  expected: string,
  kinds: readonly ast.Declaration['kind'][] = [],
): void {
  const labels = [{ file: symbol.file, span: symbol.declaration.name.span, message: 'declared here' }];
  const facts = { name: name.text, found: kindNames[symbol.declaration.kind], expected };
  const fitting = [...visibleNames(module, 'values')].filter(one => {
    const found = peek(module, 'values', one);
    return found && !found.file.path.startsWith('std/') && kinds.includes(found.declaration.kind);
  });
  const hint = fitting.length > 0 && fitting.length < 8 ? `there is ${alternatives(fitting)}` : undefined;
  c.error(module, namesMessages.wrongKind, facts, name.span, { labels, ...(hint ? { hint } : {}) });
}

/** An unknown name: a misspelt one, or one that a module of the library or of the project would give. */
export function reportUnknown(
  c: Checker,
  module: Module,
  name: ast.Name,
  space: NameSpace,
  what: string,
  kinds: readonly ast.Declaration['kind'][] | undefined,
  extra?: Module | undefined,
  more: Iterable<string> = [],
): void {
  if (module.broken.has(name.text)) return;
  const at = name.span;
  const source = declaredElsewhere(c, module, name.text, space, kinds);
  if (source) {
    const facts = { name: name.text, what, module: source.name };
    const fixes = [importFix(module, source, name.text)];
    c.error(module, namesMessages.notImported, facts, at, { fixes });
    return;
  }
  const foreign = foreignWord(name.text, space);
  if (foreign?.hint !== undefined) {
    c.error(module, namesMessages.unknownName, { name: name.text, what }, at, { hint: foreign.hint });
    return;
  }
  const candidates = [...more, ...visibleNames(module, space), ...(extra?.own[space].keys() ?? [])];
  const fitting = kinds
    ? candidates.filter(candidate => {
        const found = peek(module, space, candidate) ?? extra?.own[space].get(candidate);
        return found === undefined || (kinds as readonly string[]).includes(found.declaration.kind);
      })
    : candidates;
  const suggestion = foreign?.name ?? suggest(name.text, fitting);
  const fixes = suggestion === undefined ? [] : [replaceFix(module, name, suggestion)];
  const akin = suggestion === undefined && kinds ? akinTo(name.text, fitting) : [];
  const hint = akin.length > 0 ? { hint: `there is ${alternatives(akin.map(one => `\`${one}\``))}` } : {};
  const facts = { name: name.text, what, suggestion };
  c.error(module, namesMessages.unknownName, facts, at, { fixes, ...hint });
}

/** Names that have a word in common: `fraud` and `fraud_model`. */
function akinTo(name: string, candidates: Iterable<string>): string[] {
  const wordsOf = (text: string) => new Set(text.toLowerCase().split('_'));
  const words = wordsOf(name);
  const akin = [...new Set(candidates)].filter(one => [...wordsOf(one)].some(word => words.has(word)));
  return akin.length <= 6 ? akin : [];
}

/** The module that declares a name which is not imported: of the library, or another file of the project. */
function declaredElsewhere(
  c: Checker,
  module: Module,
  name: string,
  space: NameSpace,
  kinds: readonly ast.Declaration['kind'][] | undefined,
): Module | undefined {
  if (module.library || name.startsWith('_')) return undefined;
  const declares = (other: Module | undefined): other is Module => {
    const found = other?.own[space].get(name);
    return found !== undefined && (!kinds || (kinds as readonly string[]).includes(found.declaration.kind));
  };
  for (const other of c.modules.values())
    if (!other.library && other !== module && declares(other)) return other;
  for (const part of libraryModules as readonly LibraryModule[]) {
    const other = part === 'prelude' ? undefined : c.contextual(part);
    if (declares(other)) return other;
  }
  return undefined;
}

/** The module that declares a name, whatever it is, which was looked for in another one. */
export function declaringModule(c: Checker, module: Module, name: string): Module | undefined {
  return (
    declaredElsewhere(c, module, name, 'values', undefined) ??
    declaredElsewhere(c, module, name, 'functions', undefined)
  );
}

/** Adds a name to the import of its module, or a new import line after the others. */
export function importFix(module: Module, from: Module, name: string): Fix {
  const title = `import \`${name}\` from ${from.name}`;
  const existing = module.tree.imports.find(item => module.loaded.imports.get(item)?.path === from.path);
  const last = existing?.names.at(-1);
  if (last) {
    const span = { start: last.span.end, end: last.span.end };
    return { title, edits: [{ file: module.file, span, text: `, ${written(name)}` }] };
  }
  const path = from.library ? from.name : JSON.stringify(importPath(module.path, from.path));
  const line = `import ${path} { ${written(name)} }`;
  const after = module.tree.imports.at(-1);
  if (after) {
    const span = { start: after.span.end, end: after.span.end };
    return { title, edits: [{ file: module.file, span, text: `\n${line}` }] };
  }
  const first = module.tree.declarations[0];
  const start = first ? lineStart(module, first.span.start) : 0;
  return { title, edits: [{ file: module.file, span: { start, end: start }, text: `${line}\n\n` }] };
}

/** The start of the comment lines right above a declaration. */
function lineStart(module: Module, offset: number): number {
  const { file } = module;
  let line = file.position(offset).line;
  while (line > 1 && /^\s*(\/\/|@)/.test(file.line(line - 1))) line--;
  return file.lines[line - 1] ?? 0;
}

/** A warning where something marked `@deprecated` is used, unless the one who uses it is its own file. */
export function noteDeprecated(c: Checker, module: Module, name: ast.Name, symbol: DeclarationSymbol): void {
  noteDeprecatedBy(c, module, name, symbol.declaration.annotations);
}

export function noteDeprecatedBy(
  c: Checker,
  module: Module,
  name: ast.Name,
  annotations: readonly ast.Annotation[],
): void {
  if (annotations.length === 0) return;
  const mark = annotations.find(annotation => annotation.name.text === 'deprecated');
  const text = mark?.args[0]?.value;
  if (text?.kind !== 'String') return;
  c.error(module, namesMessages.deprecated, { name: name.text, instead: text.value }, name.span);
}

/** Reports names that occur twice; calls back for each first one. */
export function distinct<T extends { readonly name: ast.Name }>(
  c: Checker,
  module: Module,
  items: readonly T[],
  what: string,
  seen = new Map<string, ast.Name>(),
): Map<string, ast.Name> {
  for (const { name } of items) {
    if (name.text === '') continue;
    const first = seen.get(name.text);
    if (first === undefined) {
      seen.set(name.text, name);
      continue;
    }
    const labels = [{ file: module.file, span: first.span, message: 'the first one' }];
    c.error(module, namesMessages.duplicateItem, { name: name.text, what }, name.span, { labels });
  }
  return seen;
}

/** The same for bare names. */
export function distinctNames(c: Checker, module: Module, names: readonly ast.Name[], what: string): void {
  distinct(
    c,
    module,
    names.map(name => ({ name })),
    what,
  );
}
