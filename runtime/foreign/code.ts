/** The files that the team's code consists of, and their hash: what a result depends on beside its inputs. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { foreignMessages } from '../../compiler/diagnostics/messages/foreign.ts';
import { suggest } from '../../compiler/diagnostics/suggest.ts';
import type { Foreign } from '../../compiler/plan/plan.ts';
import { fault } from '../data/faults.ts';

/** Endings of the files that a file of the language may import. */
const endings: Partial<Record<Foreign['language'], readonly string[]>> = {
  python: ['.py'],
  typescript: ['.ts', '.mts', '.js', '.mjs', '.json'],
};

export interface CodeFile {
  /** Relative to the project, with `/`. */
  readonly name: string;
  readonly path: string;
}

/** The file and the function that Python and TypeScript run; for the others the text itself. */
export function targetOf(run: Foreign): { readonly file: string | null; readonly name: string | null } {
  if (run.language === 'python' || run.language === 'typescript') {
    const match = /^(.+):([A-Za-z_$][\w$]*)$/.exec(run.target);
    return { file: match?.[1] ?? null, name: match?.[2] ?? null };
  }
  const isFile = /^[\w./-]+\.(sql|sh)$/.test(run.target);
  return { file: isFile ? run.target : null, name: null };
}

/**
 * The file that is run, and those below its folder that it may import: the folder is all that the search for modules is
 * given. Empty where the code is the text in the spec, or a container's.
 */
export function codeFiles(run: Foreign, root: string): readonly CodeFile[] {
  const { file } = targetOf(run);
  if (file === null) return [];
  const full = path.join(root, file);
  if (!existsSync(full)) return [];
  const wanted = endings[run.language];
  if (wanted === undefined) return [{ name: file, path: full }];
  const folder = path.dirname(full);
  return filesBelow(folder)
    .filter(name => wanted.some(ending => name.endsWith(ending)))
    .map(name => {
      const found = path.join(folder, name);
      return { name: path.relative(root, found).split(path.sep).join('/'), path: found };
    });
}

const skipped = /^(node_modules|__pycache__|\..*|venv|dist)$/;

function filesBelow(folder: string, prefix = ''): string[] {
  const entries = readdirSync(path.join(folder, prefix), { withFileTypes: true });
  return entries
    .filter(entry => !skipped.test(entry.name))
    .flatMap(entry => {
      const name = prefix ? `${prefix}/${entry.name}` : entry.name;
      return entry.isDirectory() ? filesBelow(folder, name) : entry.isFile() ? [name] : [];
    })
    .sort();
}

/** One hash of all the code; undefined for what has no files. */
export function codeSnapshot(run: Foreign, root: string) {
  const files = codeFiles(run, root);
  if (files.length === 0) return undefined;
  const hash = createHash('sha256');
  let bytes = 0;
  for (const { name, path: file } of files) {
    const content = readFileSync(file);
    bytes += content.length;
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return { uri: targetOf(run).file!, bytes, hash: `sha256:${hash.digest('hex')}` };
}

/** The text of a command or query: as the spec has it, or that of a file of the project. Throws MLP8804. */
export function requireText(what: string, run: Foreign, root: string, at: number): string {
  return targetOf(run).file === null ? run.target : readFileSync(requireFile(what, run, root, at), 'utf8');
}

/** The path of the file that is run. Throws MLP8804 where it is not there or lies outside of the project, MLP8805 without a function. */
export function requireFile(what: string, run: Foreign, root: string, at: number): string {
  const { file, name } = targetOf(run);
  if (file === null || (name === null && endings[run.language])) {
    const ending = run.language === 'python' ? 'py' : 'ts';
    const example = `run ${run.language} "steps/clean.${ending}:clean"`;
    throw fault(foreignMessages.badTarget, { what, target: run.target, example }, { at });
  }
  const full = path.resolve(root, file);
  const inside = full.startsWith(path.resolve(root) + path.sep);
  if (inside && statSync(full, { throwIfNoEntry: false })?.isFile()) return full;
  const folder = path.dirname(full);
  const near = inside && existsSync(folder) ? suggest(path.basename(file), readdirSync(folder)) : undefined;
  const suggestion = near === undefined ? undefined : path.posix.join(path.posix.dirname(file), near);
  throw fault(foreignMessages.noCode, { what, file, suggestion }, { at });
}
