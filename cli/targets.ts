import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { nodeHost } from './host.ts';
import { projectFolder } from './project.ts';

/** What a command line with file names is about: some files of a project, or all of it. */
export interface Target {
  readonly root: string;
  /** Relative to the root, with forward slashes; undefined: all of the project. */
  readonly files: readonly string[] | undefined;
}

/**
 * Sorts files into their projects: each file belongs to the nearest folder above it with an `mlp.json`; without one, to
 * the working folder if it lies in it, else to its own folder. The `mlp.json` itself stands for all of its project, a
 * folder for the specs in it.
 */
export function targetsOf(specs: readonly string[], named: string | undefined): Target[] {
  if (specs.length === 0) return [{ root: projectFolder(named), files: undefined }];
  const found = new Map<string, Set<string> | undefined>();
  for (const spec of specs.flatMap(expand)) {
    const full = path.resolve(spec);
    const root = named === undefined ? rootOf(full) : projectFolder(named);
    if (path.basename(full) === 'mlp.json') found.set(root, undefined);
    else if (!found.has(root) || found.get(root)) {
      const files = found.get(root) ?? new Set();
      found.set(root, files.add(path.relative(root, full).split(path.sep).join('/')));
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([root, files]) => ({ root, files: files && [...files].sort() }));
}

function expand(spec: string): string[] {
  if (!isFolder(spec)) return [spec];
  return nodeHost(spec)
    .specFiles()
    .map(file => path.join(spec, file));
}

function rootOf(file: string): string {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'mlp.json'))) return folder;
    if (folder === path.dirname(folder)) break;
  }
  const inside = !path.relative(process.cwd(), file).startsWith('..');
  return inside ? process.cwd() : path.dirname(file);
}

/** False for what cannot be looked at, such as links in a circle: who reads it says why. */
function isFolder(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}
