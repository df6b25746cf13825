import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { CommandError, usageError } from './errors.ts';

/** The project folder: the one named, or the nearest above the working folder with an `mlp.json`, or that folder itself. */
export function projectFolder(named: string | undefined): string {
  if (named !== undefined) {
    const folder = path.resolve(named);
    if (!existsSync(folder)) throw new CommandError(`there is no folder ${named}`);
    if (statSync(folder).isDirectory()) return folder;
    throw usageError(
      `${named} is a file; a project is a folder of specs`,
      `write --project ${path.dirname(named)}`,
    );
  }
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'mlp.json'))) return folder;
    if (folder === path.dirname(folder)) return process.cwd();
  }
}

/** `mlp.json` of the folders above a project, the nearest first, relative to it. */
export function settingsAbove(root: string): string[] {
  const found: string[] = [];
  for (let folder = path.dirname(root), up = '../'; ; folder = path.dirname(folder), up += '../') {
    if (existsSync(path.join(folder, 'mlp.json'))) found.push(`${up}mlp.json`);
    if (folder === path.dirname(folder)) return found;
  }
}

/** `--set name=value`, repeated, as a record. */
export function settings(pairs: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 1)
      throw usageError(`--set ${pair} is not of the form name=value`, 'write for example --set horizon=60d');
    record[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  return record;
}
