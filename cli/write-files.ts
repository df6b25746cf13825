import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { MANIFEST, parseManifest, planWrite } from '../compiler/targets/manifest.ts';
import type { OutputFile } from '../compiler/targets/target.ts';
import { CommandError } from './errors.ts';

/**
 * Writes generated files into a folder, each whole (temporary file, then rename), by the manifest's rule: a file that
 * mlp did not write, or that was changed by hand since, is never overwritten unless `force`. Nothing is written if
 * anything is refused.
 */
export function writeFiles(
  folder: string,
  files: readonly OutputFile[],
  options: { force: boolean },
): { written: number; unchanged: number; removed: number } {
  const read = (name: string) => {
    const full = path.join(folder, name);
    return existsSync(full) ? readFileSync(full, 'utf8') : undefined;
  };
  const plan = planWrite(files, parseManifest(read(MANIFEST)), read, options);
  if (plan.foreign.length) {
    const names = plan.foreign.map(name => path.join(folder, name)).join(', ');
    throw new CommandError(
      `${plan.foreign.length === 1 ? 'this file was' : 'these files were'} not written by mlp, or changed since: ${names}`,
      { hint: 'move what is there away, choose another folder with --out, or overwrite it with --force' },
    );
  }
  for (const file of plan.write) writeWhole(path.join(folder, file.path), file);
  for (const name of plan.remove) rmSync(path.join(folder, name));
  writeWhole(path.join(folder, MANIFEST), { path: MANIFEST, text: plan.manifest });
  return { written: plan.write.length, unchanged: plan.unchanged.length, removed: plan.remove.length };
}

/** Readers see the old file or the new one, never a part. */
export function writeWhole(
  full: string,
  file: Pick<OutputFile, 'text' | 'executable'> & { path?: string },
): void {
  mkdirSync(path.dirname(full), { recursive: true });
  const partial = `${full}.${process.pid}.partial`;
  try {
    writeFileSync(partial, file.text, { mode: file.executable ? 0o755 : 0o644 });
    renameSync(partial, full);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

/** The same for a file that is there: a link stays one, and so do the file's rights. */
export function replaceFile(name: string, text: string): void {
  const full = realpathSync(name);
  const partial = `${full}.${process.pid}.partial`;
  try {
    writeFileSync(partial, text, { mode: statSync(full).mode });
    renameSync(partial, full);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}
