import { spawn } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from './make-folder.ts';

const KEPT_MS = 7 * 24 * 3_600_000;

/**
 * If the launcher asked for one (`MLP_SNAPSHOT_TO`), has a start-up snapshot made by a process of its own after this
 * command is done. The snapshot is written under another name and renamed, so that two builders never harm each other;
 * without a writable cache folder nothing happens, as it is only for speed.
 */
export function makeSnapshotLater(): void {
  const target = process.env['MLP_SNAPSHOT_TO'];
  const bundle = process.argv[1];
  if (!target || !bundle) return;
  try {
    makeFolder(path.dirname(target));
    removeOld(path.dirname(target));
    const partial = `${target}.${process.pid}.partial`;
    // A snapshot goes only with the flags that it was made with, so they are handed on.
    const node = [
      process.execPath,
      ...process.execArgv,
      '--snapshot-blob',
      partial,
      '--build-snapshot',
      bundle,
    ];
    const script = 'from=$1 to=$2; shift 2; "$@" && mv "$from" "$to" || rm -f "$from"';
    const child = spawn('sh', ['-c', script, 'sh', partial, target, ...node], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, MLP_SNAPSHOT_TO: '' },
    });
    child.on('error', () => undefined);
    child.unref();
  } catch {
    // See above.
  }
}

/** Snapshots of earlier builds; one that is still in use is made again when it is next missed. */
function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    if (/\.(blob|partial)$/.test(name) && Date.now() - statSync(file).mtimeMs > KEPT_MS)
      rmSync(file, { force: true });
  }
}
