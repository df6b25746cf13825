import { execFile } from 'node:child_process';
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

/** The first version that has all that the extension asks for. */
export const leastVersion = '0.1.0';
const patienceMs = 20_000;

/** The version that a compiler says it has, or why it cannot be used. */
export function versionOf(
  command: string,
  windows = process.platform === 'win32',
): Promise<{ readonly version: string } | { readonly missing: string }> {
  return new Promise(resolve => {
    const options = { timeout: patienceMs, shell: windows };
    execFile(windows ? `"${command}"` : command, ['--version'], options, (error, stdout, stderr) => {
      const version = /^\d+\.\d+\.\d+/.exec(stdout.trim())?.[0];
      if (error?.killed)
        resolve({ missing: `${command} did not say its version within ${patienceMs / 1000} seconds` });
      else if (error) resolve({ missing: `${command} could not be started: ${lastWords(stderr, error)}` });
      else if (version === undefined)
        resolve({ missing: `${command} says no version, so it is not the compiler of mlp` });
      else if (isOlder(version, leastVersion))
        resolve({
          missing: `${command} is version ${version}, and the extension needs ${leastVersion} or newer: run \`npm install --save-dev mlp-lang@latest\`, or set mlp.path`,
        });
      else resolve({ version });
    });
  });
}

const lastWords = (stderr: string, error: Error): string =>
  stderr
    .trim()
    .split('\n')
    .find(line => /error/i.test(line)) ?? error.message.split('\n')[0]!;

function isOlder(version: string, least: string): boolean {
  const [a, b] = [version, least].map(one => one.split('.').map(Number));
  for (let i = 0; i < 3; i++) if (a![i] !== b![i]) return a![i]! < b![i]!;
  return false;
}
