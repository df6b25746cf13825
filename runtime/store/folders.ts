import { createHash } from 'node:crypto';
import { createReadStream, lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** One file of an artifact: its path inside the folder with `/`, size in bytes, SHA-256 in hex. */
export interface FileEntry {
  readonly path: string;
  readonly bytes: number;
  readonly hash: string;
}
export interface FolderContent {
  readonly hash: string;
  readonly bytes: number;
  readonly files: readonly FileEntry[];
}

export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The content of a folder, independent of times, owners and the order of directory entries. */
export async function hashFolder(folder: string): Promise<FolderContent> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter(entry => !entry.isDirectory())
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
  const files: FileEntry[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const stat = lstatSync(file);
    if (!stat.isFile()) throw new Error(`an artifact holds plain files only, ${name} is not one`);
    files.push({ path: name, bytes: stat.size, hash: await hashFile(file) });
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { hash: hashText(JSON.stringify(files)), bytes, files };
}
