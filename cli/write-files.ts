import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CommandError } from './errors.ts';

export interface OutputFile {
  readonly path: string;
  readonly text: string;
  readonly executable?: boolean;
}

interface Manifest {
  readonly version: 'manifest/1';
  /** SHA-256 of each file as it was written. */
  readonly files: Readonly<Record<string, string>>;
}

const MANIFEST = '.mlp-manifest.json';
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Writes generated files into a folder, each whole (temporary file, then rename). A file that mlp did not write, or
 * that was changed by hand since, is never overwritten unless `force`; files of the last build that are no longer
 * generated are removed. Nothing is written if anything is refused.
 */
export function writeFiles(folder: string, files: readonly OutputFile[], options: { force: boolean }): { written: number; unchanged: number; removed: number } {
  const known = readManifest(folder);
  const foreign = options.force ? [] : files.filter(f => isForeign(folder, f, known));
  if (foreign.length) {
    const names = foreign.map(f => path.join(folder, f.path)).join(', ');
    throw new CommandError(`${foreign.length === 1 ? 'this file was' : 'these files were'} not written by mlp, or changed since: ${names}`, {
      hint: 'move them away, choose another folder with --out, or overwrite them with --force',
    });
  }
  let written = 0;
  for (const file of files) {
    if (writeWhole(path.join(folder, file.path), file)) written++;
  }
  const stale = Object.keys(known).filter(name => !files.some(f => f.path === name));
  const removed = stale.filter(name => existsSync(path.join(folder, name)) && hash(readFileSync(path.join(folder, name), 'utf8')) === known[name]);
  for (const name of removed) rmSync(path.join(folder, name));
  const manifest: Manifest = { version: 'manifest/1', files: Object.fromEntries(files.map(f => [f.path, hash(f.text)])) };
  writeWhole(path.join(folder, MANIFEST), { path: MANIFEST, text: `${JSON.stringify(manifest, null, 2)}\n` });
  return { written, unchanged: files.length - written, removed: removed.length };
}

function readManifest(folder: string): Readonly<Record<string, string>> {
  try {
    const manifest = JSON.parse(readFileSync(path.join(folder, MANIFEST), 'utf8')) as Partial<Manifest>;
    return manifest.version === 'manifest/1' && typeof manifest.files === 'object' && manifest.files ? manifest.files : {};
  } catch {
    // Without a readable manifest nothing in the folder counts as ours.
    return {};
  }
}

function isForeign(folder: string, file: OutputFile, known: Readonly<Record<string, string>>): boolean {
  const full = path.join(folder, file.path);
  if (!existsSync(full)) return false;
  const there = readFileSync(full, 'utf8');
  return there !== file.text && known[file.path] !== hash(there);
}

function writeWhole(full: string, file: OutputFile): boolean {
  if (existsSync(full) && readFileSync(full, 'utf8') === file.text) return false;
  mkdirSync(path.dirname(full), { recursive: true });
  const partial = `${full}.${process.pid}.partial`;
  writeFileSync(partial, file.text, { mode: file.executable ? 0o755 : 0o644 });
  renameSync(partial, full);
  return true;
}
