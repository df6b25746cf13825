import { type BigIntStats, statSync } from 'node:fs';
import type { Artifacts } from './artifacts.ts';
import type { Database } from './driver.ts';
import { hashFile } from './folders.ts';
import type { CacheEntry } from './records.ts';

export interface StepCache {
  /** A hit has all its artifacts, whole; one that has lost any is forgotten and is a miss. */
  find(key: string): CacheEntry | 'vanished' | undefined;
  remember(key: string, step: string, entry: CacheEntry): void;
}

export function openCache(db: Database, artifacts: Artifacts): StepCache {
  return {
    find(key) {
      const row = db.get('SELECT * FROM cache WHERE key = ?', [key]);
      if (!row) return undefined;
      const outputs = JSON.parse(String(row['outputs'])) as Record<string, string>;
      if (!Object.values(outputs).every(artifacts.intact)) return 'vanished';
      return {
        outputs,
        result: JSON.parse(String(row['result'])),
        run: String(row['run']),
        made: Number(row['made']),
        took: Number(row['took']),
      };
    },
    remember(key, step, entry) {
      db.run(
        'INSERT OR REPLACE INTO cache (key, step, outputs, result, run, made, took) VALUES (?, ?, ?, ?, ?, ?, ?)',
        [
          key,
          step,
          JSON.stringify(entry.outputs),
          JSON.stringify(entry.result),
          entry.run,
          entry.made,
          entry.took,
        ],
      );
    },
  };
}

/** A file as it was found, and the content it then had. */
export interface FileState {
  readonly path: string;
  readonly bytes: number;
  readonly modified: string;
  readonly inode: string;
  readonly hash: string;
}

export interface FileMemory {
  /** The content hash of a file, remembered by size, modification time and inode: unchanged files are not read again. */
  hash(path: string): Promise<FileState>;
}

/** A file changed this shortly ago may change again within the clock's grain: its hash is not remembered. */
const settleMs = 50;

export function openFileMemory(db: Database): FileMemory {
  return {
    async hash(path) {
      const stat = statSync(path, { bigint: true });
      const row = db.get(
        'SELECT hash FROM files WHERE path = ? AND bytes = ? AND modified = ? AND inode = ?',
        [path, ...identity(stat)],
      );
      const [bytes, modified, inode] = identity(stat);
      if (row) return { path, bytes, modified, inode, hash: String(row['hash']) };
      const hash = await hashFile(path);
      const after = identity(statSync(path, { bigint: true }));
      const still = after[0] === bytes && after[1] === modified && after[2] === inode;
      if (still && Date.now() - Number(stat.mtimeMs) > settleMs)
        db.run(
          'INSERT OR REPLACE INTO files (path, bytes, modified, inode, hash, seen) VALUES (?, ?, ?, ?, ?, ?)',
          [path, bytes, modified, inode, hash, Date.now()],
        );
      return { path, bytes, modified, inode, hash };
    },
  };
}

function identity(stat: BigIntStats): [bytes: number, modified: string, inode: string] {
  return [Number(stat.size), `${stat.mtimeNs}/${stat.ctimeNs}`, `${stat.dev}:${stat.ino}`];
}
