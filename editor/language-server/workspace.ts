import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { CompileResult } from '../../compiler/index.ts';
import { SourceFile } from '../../compiler/source/text.ts';
import type * as ast from '../../compiler/syntax/ast/index.ts';
import { type ParseResult, parse } from '../../compiler/syntax/parse.ts';
import { Project } from './project.ts';

/** A file as it was last understood. */
export interface Understood {
  readonly project: Project;
  readonly result: CompileResult;
  readonly file: SourceFile;
  readonly tree: ast.Module;
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

  /** State "checked": the document with all that it depends on. */
  understand(document: TextDocument): Understood | undefined {
    return this.known(document, (project, file) => project.check(file));
  }

  /** State "checked", of the whole project: for what looks for other places. */
  understandAll(document: TextDocument): Understood | undefined {
    return this.known(document, project => project.checkAll());
  }

  private known(
    document: TextDocument,
    check: (project: Project, file: string) => CompileResult,
  ): Understood | undefined {
    const at = this.locate(document.uri);
    if (!at) return undefined;
    at.project.setText(at.path, document.getText());
    const result = check(at.project, at.path);
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
