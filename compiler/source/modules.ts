import type { Diagnostic, Fix } from '../diagnostics/diagnostic.ts';
import { namesMessages } from '../diagnostics/messages/names.ts';
import { suggest } from '../diagnostics/suggest.ts';
import type * as ast from '../syntax/ast/index.ts';
import { parse } from '../syntax/parse.ts';
import { decode } from './decode.ts';
import type { Host } from './host.ts';
import type { SourceFile } from './text.ts';

/** One parsed file and where its imports lead; an import that leads nowhere is not in the map, and reported. */
export interface LoadedModule {
  readonly path: string;
  /** How people call it: `std.sources`, or the path. */
  readonly name: string;
  readonly file: SourceFile;
  readonly tree: ast.Module;
  readonly library: boolean;
  readonly imports: Map<ast.Import, LoadedModule>;
}

/** The modules of the standard library; the prelude is visible everywhere. A test holds this against `stdlib/`. */
export const libraryModules = [
  'prelude',
  'sources',
  'sinks',
  'learn',
  'loaders',
  'metrics',
  'drift',
  'privacy',
  'notify',
  'service',
  'stores',
  'targets',
  'triggers',
] as const;
export type LibraryModule = (typeof libraryModules)[number];

export interface Parsed {
  readonly bytes: Uint8Array;
  readonly file: SourceFile;
  readonly tree: ast.Module;
  readonly diagnostics: readonly Diagnostic[];
  /** All words outside of comments, a line each: whatever the file may name is among them. */
  readonly words: string;
}
/** Trees do not change, so they are kept between checks, each for as long as its text is the same. */
const parsedFiles = new Map<string, Parsed>();

/** Reads and parses files, each once, and follows their imports. */
export class ModuleLoader {
  readonly modules = new Map<string, LoadedModule>();
  readonly diagnostics: Diagnostic[] = [];
  private readonly host: Host;
  private readonly loading: LoadedModule[] = [];

  constructor(host: Host) {
    this.host = host;
  }

  /** A module of the library by its last name, undefined if the host has none. */
  library(name: LibraryModule): LoadedModule | undefined {
    return this.load(`std/${name}.mlp`);
  }

  load(path: string): LoadedModule | undefined {
    const known = this.modules.get(path);
    if (known) return known;
    const bytes = this.host.readFile(path);
    if (bytes === undefined) return undefined;
    const library = path.startsWith('std/');
    const { file, tree, diagnostics } = parseOnce(path, bytes);
    this.diagnostics.push(...diagnostics);
    const name = library ? `std.${path.slice(4, -4)}` : path;
    const module: LoadedModule = { path, name, file, tree, library, imports: new Map() };
    this.modules.set(path, module);
    this.loading.push(module);
    for (const item of tree.imports) this.follow(module, item);
    this.loading.pop();
    return module;
  }

  private follow(module: LoadedModule, item: ast.Import): void {
    if (item.path === '') return;
    const path = this.resolve(module, item);
    const loaded = path === undefined ? undefined : this.load(path);
    if (loaded === undefined) {
      const facts = { path: item.path, ...this.whyNot(module, item, path) };
      const at = { file: module.file, span: item.pathSpan, fixes: corrected(module, item, facts.suggestion) };
      this.diagnostics.push(namesMessages.unknownModule(facts, at));
      return;
    }
    module.imports.set(item, loaded);
    const start = this.loading.indexOf(loaded);
    if (start < 0) return;
    const circle = [...this.loading.slice(start), loaded].map(part => part.path);
    const at = { file: module.file, span: item.pathSpan };
    this.diagnostics.push(namesMessages.cyclicImport({ path: circle }, at));
  }

  private resolve(module: LoadedModule, item: ast.Import): string | undefined {
    if (item.form === 'library') return `${item.path.replaceAll('.', '/')}.mlp`;
    if (item.form === 'file') return relativePath(module.path, item.path);
    return this.host.resolvePackage(item.path, module.path);
  }

  private whyNot(
    module: LoadedModule,
    item: ast.Import,
    path: string | undefined,
  ): { suggestion?: string | undefined; reason?: string } {
    if (item.form === 'library') {
      const near = this.declaring(item) ?? suggest(item.path.replace(/^std\./, ''), libraryModules);
      return near === undefined ? {} : { suggestion: `std.${near}` };
    }
    const others = this.host.specFiles().filter(other => other !== module.path);
    if (item.form === 'package') {
      const meant = relativePath(module.path, item.path) ?? item.path;
      const suggestion = [meant, `${meant}.mlp`].find(one => others.includes(one));
      return { reason: `no installed package has the spec ${item.path}`, suggestion };
    }
    if (path === undefined) {
      return { reason: `${item.path} leads out of the project; a path begins with ./ or ../` };
    }
    return { suggestion: meantFile(path, others), reason: `there is no file ${path}` };
  }

  /** The module of the library that declares a name which is imported from one that there is not. */
  private declaring({ names }: ast.Import): LibraryModule | undefined {
    const wanted = new Set(names.map(({ name }) => name.text));
    return libraryModules.find(part => {
      const path = `std/${part}.mlp`;
      const bytes = part === 'prelude' ? undefined : this.host.readFile(path);
      return (
        bytes &&
        parseOnce(path, bytes).tree.declarations.some(one => one.kind !== 'Test' && wanted.has(one.name.text))
      );
    });
  }
}

/** A file of another folder with this name, else one that is spelt nearly so. */
function meantFile(path: string, others: readonly string[]): string | undefined {
  const nameOf = (file: string): string =>
    file
      .split('/')
      .at(-1)!
      .replace(/\.mlp$/, '');
  const same = others.filter(other => nameOf(other) === nameOf(path));
  if (same.length > 0) return suggest(path, same) ?? same[0];
  const near = suggest(nameOf(path), others.map(nameOf));
  return suggest(path, others) ?? others.find(other => nameOf(other) === near);
}

/** The path that was meant, written as it stands in an import. */
function corrected(module: LoadedModule, item: ast.Import, suggestion: string | undefined): Fix[] {
  if (suggestion === undefined) return [];
  const text = item.form === 'library' ? suggestion : JSON.stringify(importPath(module.path, suggestion));
  const edits = [{ file: module.file, span: item.pathSpan, text }];
  return [{ title: `change it to ${item.form === 'library' ? `\`${text}\`` : text}`, edits }];
}

/** A file of the project as another one imports it: `./schemas.mlp`. */
export function importPath(from: string, to: string): string {
  const here = from.split('/').slice(0, -1);
  const there = to.split('/');
  while (here.length && here[0] === there[0]) {
    here.shift();
    there.shift();
  }
  return `${here.length ? '../'.repeat(here.length) : './'}${there.join('/')}`;
}

function parseBytes(path: string, bytes: Uint8Array): Parsed {
  const decoded = decode(path, bytes);
  const { module, diagnostics, words } = parse(decoded.file);
  return {
    bytes,
    file: decoded.file,
    tree: module,
    diagnostics: [...decoded.diagnostics, ...diagnostics],
    words: [...words].join('\n'),
  };
}

/** A file's tree; the one of before, where the text is that of before. */
export function parseOnce(path: string, bytes: Uint8Array): Parsed {
  const kept = parsedFiles.get(path);
  if (kept && sameBytes(kept.bytes, bytes)) return kept;
  const parsed = parseBytes(path, bytes);
  parsedFiles.set(path, parsed);
  return parsed;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A path relative to the file it is written in; undefined where it leaves the project. */
export function relativePath(from: string, path: string): string | undefined {
  const parts = from.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}
