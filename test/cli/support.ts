import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import * as assert from 'uvu/assert';
import { temporaryFolder } from './folders.ts';

export { temporaryFolder };

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const program = path.join(repository, 'cli/bin/mlp');
const cache = path.join(repository, 'node_modules/.cache/mlp-tests');
const baselines = path.join(repository, 'test/fixtures/cli');

if (
  !existsSync(path.join(repository, 'cli/dist/mlp.cjs')) ||
  !existsSync(path.join(repository, 'runtime/dist/index.js'))
)
  throw new Error('these tests run the built program: npm run build first');

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Options {
  readonly cwd?: string;
  /** Added to the environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly program?: string;
  /** Seconds after which the program counts as hanging. */
  readonly timeout?: number;
}

/** Runs the built program as a process of its own, in pipes; start-up snapshots are kept apart from the user's. */
export async function mlp(args: readonly string[], options: Options = {}): Promise<Outcome> {
  const seconds = options.timeout ?? 60;
  const result = await execa(options.program ?? program, args, {
    cwd: options.cwd ?? repository,
    env: { XDG_CACHE_HOME: cache, NO_COLOR: undefined, FORCE_COLOR: undefined, ...options.env },
    reject: false,
    stdin: 'ignore',
    timeout: seconds * 1000,
    killSignal: 'SIGKILL',
    stripFinalNewline: false,
  });
  if (result.timedOut) throw new Error(`mlp ${args.join(' ')} was not done after ${seconds} s`);
  if (result.exitCode === undefined) throw new Error(`mlp ${args.join(' ')} ended by ${result.signal}`);
  const outcome = { code: result.exitCode, out: result.stdout, err: result.stderr };
  assert.not.match(outcome.out + outcome.err, /internal error|^\s+at .*\.c?js:\d+/m, `mlp ${args.join(' ')}`);
  return outcome;
}

/** A project of these files in a folder of its own, which is removed at the end; `npm:` sources are found from it. */
export function project(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder();
  symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  for (const [name, text] of Object.entries(files)) write(folder, name, text);
  return folder;
}

export function write(folder: string, name: string, text: string | Uint8Array): void {
  const full = path.join(folder, name);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, text);
}

export const read = (...parts: string[]): string => readFileSync(path.join(...parts), 'utf8');

/** The text of an example of this repository, with replacements; each must be found exactly once. */
export function example(
  name: 'flights' | 'penguins',
  ...changes: readonly (readonly [string, string])[]
): string {
  let text = read(repository, 'examples', name, `${name}.mlp`);
  for (const [from, to] of changes) {
    if (text.split(from).length !== 2) throw new Error(`${JSON.stringify(from)} is not once in ${name}.mlp`);
    text = text.replace(from, () => to);
  }
  return text;
}

/** Compares with a checked-in text; `UPDATE_BASELINES=1` writes it. */
export function matchesBaseline(name: string, actual: string): void {
  const file = path.join(baselines, name);
  if (process.env['UPDATE_BASELINES']) write(baselines, name, actual);
  assert.ok(existsSync(file), `no baseline ${name}: run with UPDATE_BASELINES=1`);
  assert.fixture(actual, readFileSync(file, 'utf8'), name);
}
