import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Facts } from '../../compiler/semantics/files/facts.ts';
import { makeFolder } from '../make-folder.ts';

/**
 * One document a project in the user's cache folder, beside the start-up snapshots. It is only for speed: one that is
 * missing, damaged, of another build or not writable is as good as none.
 */

/** How a file was when it was last read. */
export interface Seen extends Facts {
  /** What tells without reading that it is the same; empty if it was too young to be told apart. */
  readonly stat: string;
  readonly hash: string;
}

export interface Entry {
  /** Of everything that the value depends on. */
  readonly key: string;
  readonly value: unknown;
}

export interface Document {
  readonly build: string;
  readonly files: Record<string, Seen>;
  /** By tool (`check`, `lint`) and file; `*` is the whole project. */
  readonly entries: Record<string, Record<string, Entry>>;
}

declare const MLP_BUILD: string | undefined;
/** Tells builds of the compiler apart; undefined from source, where nothing is kept. */
export const build: string | undefined = typeof MLP_BUILD === 'undefined' ? undefined : MLP_BUILD;

const KEPT_MS = 30 * 24 * 3_600_000;

export const hashOf = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('base64url').slice(0, 27);

export function cacheFile(root: string): string | undefined {
  const { XDG_CACHE_HOME, HOME, MLP_CACHE } = process.env;
  if (MLP_CACHE === 'off') return undefined;
  const folder = XDG_CACHE_HOME || (HOME && path.join(HOME, '.cache'));
  return folder ? path.join(folder, 'mlp', 'projects', `${hashOf(root)}.json`) : undefined;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

export function readDocument(file: string | undefined, stamp: string): Document {
  const empty: Document = { build: stamp, files: {}, entries: {} };
  if (file === undefined) return empty;
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as Document;
    return found.build === stamp && isObject(found.files) && isObject(found.entries) ? found : empty;
  } catch {
    return empty;
  }
}

export function writeDocument(file: string | undefined, document: Document): void {
  if (file === undefined) return;
  const partial = `${file}.${process.pid}.partial`;
  try {
    makeFolder(path.dirname(file));
    writeFileSync(partial, JSON.stringify(document));
    const first = !existsSync(file);
    renameSync(partial, file);
    if (first) removeOld(path.dirname(file));
  } catch {
    // A cache that cannot be written to is no reason to fail.
    try {
      rmSync(partial, { force: true });
    } catch {
      // Nor is this.
    }
  }
}

/** Documents of projects that nobody has looked at for a month. */
function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    if (/\.(json|partial)$/.test(name) && Date.now() - statSync(file).mtimeMs > KEPT_MS)
      rmSync(file, { force: true });
  }
}
