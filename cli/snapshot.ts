import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

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
    mkdirSync(path.dirname(target), { recursive: true });
    const partial = `${target}.${process.pid}.partial`;
    const script = '"$1" --snapshot-blob "$3" --build-snapshot "$2" && mv "$3" "$4" || rm -f "$3"';
    const child = spawn('sh', ['-c', script, 'sh', process.execPath, bundle, partial, target], {
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
