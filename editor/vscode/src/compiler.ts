import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where the compiler was found, and why there. */
export interface Found {
  readonly command: string;
  readonly why: string;
}

export interface Places {
  /** The setting `mlp.path`; empty: not set. */
  readonly setting: string;
  readonly folders: readonly string[];
  /** The environment's `PATH`. */
  readonly searchPath: string;
  readonly windows: boolean;
}

/** The compiler that the setting names, else the workspace's own, else the one on the `PATH`. */
export function findCompiler(places: Places): Found | { readonly missing: string } {
  const { setting, folders, searchPath, windows } = places;
  if (setting !== '') {
    const command = path.resolve(folders[0] ?? '.', setting);
    if (existsSync(command)) return { command, why: 'the setting mlp.path names it' };
    return { missing: `the setting mlp.path names ${command}, and there is no such file` };
  }
  const name = windows ? 'mlp.cmd' : 'mlp';
  for (const folder of folders) {
    const command = path.join(folder, 'node_modules', '.bin', name);
    if (existsSync(command)) return { command, why: 'it is installed in the workspace' };
  }
  for (const folder of searchPath.split(windows ? ';' : ':')) {
    const command = path.join(folder, name);
    if (folder !== '' && existsSync(command)) return { command, why: 'it is on the PATH' };
  }
  return {
    missing:
      'there is no mlp in the workspace and none on the PATH: run `npm install --save-dev mlp-lang`, or set mlp.path',
  };
}
