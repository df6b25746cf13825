import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { nodeHost } from '../../cli/host.ts';
import { type CompileResult, compile } from '../../compiler/index.ts';
import type { Host } from '../../compiler/source/host.ts';
import { SourceFile } from '../../compiler/source/text.ts';
import type * as ast from '../../compiler/syntax/ast/index.ts';
import { type ParseResult, parse } from '../../compiler/syntax/parse.ts';
import { libraryFile } from './library-files.ts';

/** A file as it was last understood. */
export interface Understood {
  readonly project: Project;
  readonly result: CompileResult;
  readonly file: SourceFile;
  readonly tree: ast.Module;
}

const encoder = new TextEncoder();

/** One project folder: its files as they are on disk, with the texts of open documents in their place. */
export class Project {
  readonly root: string;
  private readonly open = new Map<string, string>();
  private readonly disk: Host;
  private readonly bytes = new Map<string, { readonly text: string; readonly bytes: Uint8Array }>();
  private checked: CompileResult | undefined;

  constructor(root: string) {
    this.root = root;
    this.disk = nodeHost(root);
  }

  setText(file: string, text: string | undefined): void {
    if (text === undefined) this.open.delete(file);
    else if (this.open.get(file) === text) return;
    else this.open.set(file, text);
    this.checked = undefined;
  }

  /** Something on disk changed. */
  forget(): void {
    this.checked = undefined;
  }

  private host(): Host {
    return {
      readFile: file => this.openBytes(file) ?? this.disk.readFile(file),
      specFiles: () => [...new Set([...this.disk.specFiles(), ...this.open.keys()])].sort(),
      resolvePackage: (specifier, from) => this.disk.resolvePackage(specifier, from),
    };
  }

  /** The same bytes for the same text, so that what was made of them can be used again. */
  private openBytes(file: string): Uint8Array | undefined {
    const text = this.open.get(file);
    if (text === undefined) return undefined;
    const kept = this.bytes.get(file);
    if (kept?.text === text) return kept.bytes;
    const bytes = encoder.encode(text);
    this.bytes.set(file, { text, bytes });
    return bytes;
  }

  /** The whole project, checked; the last result for as long as nothing changes. */
  check(): CompileResult {
    this.checked ??= compile(this.host());
    return this.checked;
  }

  textOf(file: string): string | undefined {
    const open = this.open.get(file);
    if (open !== undefined) return open;
    const bytes = this.disk.readFile(file);
    return bytes && new TextDecoder().decode(bytes);
  }
  isOpen(file: string): boolean {
    return this.open.has(file);
  }
  files(): readonly string[] {
    return this.host().specFiles();
  }
  uriOf(file: SourceFile): string {
    if (file.path.startsWith('std/')) return pathToFileURL(libraryFile(file)).href;
    return pathToFileURL(path.resolve(this.root, file.path)).href;
  }
}

/** All projects with open documents: a document belongs to the nearest folder above it that has an `mlp.json`. */
export class Workspace {
  readonly projects = new Map<string, Project>();
  private readonly folders: string[] = [];
  private readonly parsed = new Map<
    string,
    { readonly text: string; readonly result: ParseResult; readonly file: SourceFile }
  >();

  setFolders(uris: readonly string[]): void {
    this.folders.splice(0, Infinity, ...uris.map(pathOf).filter(one => one !== undefined));
  }

  /** The project of a document, and its path there; undefined for what is no file. */
  locate(uri: string): { readonly project: Project; readonly path: string } | undefined {
    const file = pathOf(uri);
    if (file === undefined) return undefined;
    const root = this.rootOf(file);
    let project = this.projects.get(root);
    if (!project) {
      project = new Project(root);
      this.projects.set(root, project);
    }
    return { project, path: path.relative(root, file).split(path.sep).join('/') };
  }

  private rootOf(file: string): string {
    const above = this.folders
      .filter(folder => file.startsWith(folder + path.sep))
      .sort((a, b) => b.length - a.length)[0];
    for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
      if (existsSync(path.join(folder, 'mlp.json')) || folder === above) return folder;
      if (folder === path.dirname(folder)) return above ?? path.dirname(file);
    }
  }

  update(document: TextDocument): void {
    const at = this.locate(document.uri);
    at?.project.setText(at.path, document.getText());
  }

  close(uri: string): void {
    const at = this.locate(uri);
    at?.project.setText(at.path, undefined);
    this.parsed.delete(uri);
  }

  /** State "parsed": the text alone. */
  parse(document: TextDocument): { readonly file: SourceFile; readonly result: ParseResult } {
    const text = document.getText();
    const kept = this.parsed.get(document.uri);
    if (kept?.text === text) return kept;
    const file = new SourceFile(this.locate(document.uri)?.path ?? document.uri, text);
    const one = { text, file, result: parse(file) };
    this.parsed.set(document.uri, one);
    return one;
  }

  /** State "checked": the document in its project. */
  understand(document: TextDocument): Understood | undefined {
    const at = this.locate(document.uri);
    if (!at) return undefined;
    at.project.setText(at.path, document.getText());
    const result = at.project.check();
    const module = result.program.modules.get(at.path);
    return module && { project: at.project, result, file: module.file, tree: module.tree };
  }
}

export function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}
