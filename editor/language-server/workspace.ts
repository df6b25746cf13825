import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { CompileResult } from '../../compiler/index.ts';
import { SourceFile } from '../../compiler/source/text.ts';
import type * as ast from '../../compiler/syntax/ast/index.ts';
import { type ParseResult, parse } from '../../compiler/syntax/parse.ts';
import type { Job } from './job.ts';
import { Project } from './project.ts';

/** A file as it was last understood. */
export interface Understood {
  readonly project: Project;
  readonly result: CompileResult;
  readonly file: SourceFile;
  readonly tree: ast.Module;
}

/** How much of a project a request asks about. */
export type Checked = 'places' | 'file' | 'project';

export interface Checking {
  readonly job: Job<CompileResult>;
  understood(result: CompileResult): Understood | undefined;
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

  /**
   * State "checked": what is known of each place of the document, of all that its diagnostics depend on, or, for what looks for
   * other places, of its project.
   */
  checked(document: TextDocument, state: Checked): Checking | undefined {
    const at = this.locate(document.uri);
    if (!at) return undefined;
    const { project, path: file } = at;
    project.setText(file, document.getText());
    const job =
      state === 'places'
        ? project.understanding(file)
        : state === 'file'
          ? project.checking(file)
          : project.compiling();
    const understood = (result: CompileResult): Understood | undefined => {
      const module = result.program.modules.get(file);
      return module && { project, result, file: module.file, tree: module.tree };
    };
    return { job, understood };
  }

  /** The places of a document, at once. */
  understand(document: TextDocument): Understood | undefined {
    const checking = this.checked(document, 'places');
    return checking?.understood(checking.job.finish());
  }
}

export function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}
