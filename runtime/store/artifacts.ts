import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Database } from './driver.ts';
import { type FileEntry, type FolderContent, hashFolder } from './folders.ts';

/** Artifacts are folders under `artifacts/ab/abcdef…`, named by their content, never changed once there. */
export interface Artifacts {
  folder(hash: string): string;
  /** Whether it is there and whole: every file with the size it had when it was put. */
  intact(hash: string): boolean;
  /** What a folder holds; to be called before the write lock is taken, since it reads every byte. */
  measure(folder: string): Promise<FolderContent>;
  /** Moves a measured folder in, or drops it where its content is known already. Inside a transaction. */
  adopt(folder: string, content: FolderContent, kind: string): void;
}

export function openArtifacts(db: Database, root: string): Artifacts {
  const folder = (hash: string) => path.join(root, hash.slice(0, 2), hash);
  const row = (hash: string) => db.get('SELECT files FROM artifacts WHERE hash = ?', [hash]);

  function intact(hash: string): boolean {
    const known = row(hash);
    if (!known) return false;
    const files = JSON.parse(String(known['files'])) as readonly FileEntry[];
    return files.every(file => {
      const stat = statSync(path.join(folder(hash), file.path), { throwIfNoEntry: false });
      return stat !== undefined && stat.size === file.bytes;
    });
  }

  function adopt(from: string, content: FolderContent, kind: string): void {
    const to = folder(content.hash);
    if (row(content.hash) && intact(content.hash)) {
      rmSync(from, { recursive: true, force: true });
      return;
    }
    mkdirSync(path.dirname(to), { recursive: true });
    // What is there without being intact is the rest of a damaged artifact.
    if (existsSync(to)) rmSync(to, { recursive: true, force: true });
    for (const file of content.files) chmodSync(path.join(from, file.path), 0o444);
    renameSync(from, to);
    db.run('INSERT OR REPLACE INTO artifacts (hash, kind, bytes, files, made) VALUES (?, ?, ?, ?, ?)', [
      content.hash,
      kind,
      content.bytes,
      JSON.stringify(content.files),
      Date.now(),
    ]);
  }

  return { folder, intact, measure: hashFolder, adopt };
}
