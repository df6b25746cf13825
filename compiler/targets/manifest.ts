import { sha256 } from '../plan/sha256.ts';
import type { OutputFile } from './target.ts';

/** The file beside generated files that remembers what was written: nothing else in the folder is ever overwritten. */
export const MANIFEST = '.mlp-manifest.json';

export interface Manifest {
  readonly version: 'manifest/1';
  /** SHA-256 (hex) of each file's text as it was written, by its path in the folder. */
  readonly files: Readonly<Record<string, string>>;
}

/** What writing a build into a folder comes to. If anything is `foreign`, nothing must be written. */
export interface WritePlan {
  readonly write: readonly OutputFile[];
  readonly unchanged: readonly string[];
  /** Files of the last build that are no longer generated and were not changed since. */
  readonly remove: readonly string[];
  /** Files that are there, would get another text, and are not as the last build left them. */
  readonly foreign: readonly string[];
  /** The manifest's text after this build, written last. */
  readonly manifest: string;
}

/** Reads a manifest; a missing or damaged one knows no files, so that nothing in the folder counts as generated. */
export function parseManifest(text: string | undefined): Manifest {
  const none: Manifest = { version: 'manifest/1', files: {} };
  if (text === undefined) return none;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return none;
  }
  if (typeof value !== 'object' || value === null) return none;
  const { version, files } = value as Partial<Manifest>;
  if (version !== 'manifest/1' || typeof files !== 'object' || files === null) return none;
  const sound = Object.entries(files).filter(([path, hash]) => isInside(path) && typeof hash === 'string');
  return { version, files: Object.fromEntries(sound) };
}

/** A relative path that stays in its folder: a manifest edited by hand must not reach beyond it. */
export const isInside = (path: string): boolean =>
  path !== '' && !path.startsWith('/') && !/[\\\0]|^[A-Za-z]:/.test(path) && !path.split('/').includes('..');

/**
 * Decides what to write, by one rule: a file is overwritten or removed only if its text is the one that the manifest
 * remembers. `existing` gives the text of a file in the folder, undefined if it is not there. `force` overwrites
 * foreign files too, but removes none.
 */
export function planWrite(
  files: readonly OutputFile[],
  manifest: Manifest,
  existing: (path: string) => string | undefined,
  options: { readonly force: boolean } = { force: false },
): WritePlan {
  const write: OutputFile[] = [];
  const unchanged: string[] = [];
  const foreign: string[] = [];
  for (const file of files) {
    if (!isInside(file.path)) throw new Error(`a generated path leaves its folder: ${file.path}`);
    const there = existing(file.path);
    if (there === file.text) unchanged.push(file.path);
    else if (there === undefined || options.force || sha256(there) === manifest.files[file.path])
      write.push(file);
    else foreign.push(file.path);
  }
  const generated = new Set(files.map(file => file.path));
  const remove = Object.entries(manifest.files)
    .filter(([path]) => !generated.has(path))
    .filter(([path, hash]) => {
      const there = existing(path);
      return there !== undefined && sha256(there) === hash;
    })
    .map(([path]) => path);
  const next: Manifest = {
    version: 'manifest/1',
    files: Object.fromEntries(
      files.map(file => [file.path, sha256(file.text)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
  return { write, unchanged, remove, foreign, manifest: `${JSON.stringify(next, null, 2)}\n` };
}
