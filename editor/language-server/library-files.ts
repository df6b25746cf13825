import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import type { SourceFile } from '../../compiler/source/text.ts';

/**
 * The standard library is inside of the program; an editor opens files. So a module that someone goes to is written to a
 * folder of temporary files, once for each text.
 */
export function libraryFile(file: SourceFile): string {
  const folder = path.join(tmpdir(), `mlp-library-${userName()}`);
  const target = path.join(folder, path.basename(file.path));
  if (existsSync(target) && readFileSync(target, 'utf8') === file.text) return target;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(target, file.text);
  return target;
}

function userName(): string {
  try {
    return String(userInfo().uid);
  } catch {
    return 'user';
  }
}
