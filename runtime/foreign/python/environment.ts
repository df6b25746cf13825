/** Python environments: one for each set of pinned packages, made once, whole or not at all, and used again. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { foreignMessages } from '../../../compiler/diagnostics/messages/foreign.ts';
import { isExactPackage } from '../../../compiler/plan/foreign.ts';
import { fault } from '../../data/faults.ts';
import { isAlive, type ProcessIdentity, thisProcess } from '../../store/processes.ts';
import { NotStarted, runProcess } from '../process.ts';

/** What the harness itself reads and writes tables with, unless the spec pins them otherwise. */
const ownPackages = { pandas: '2.3.3', pyarrow: '22.0.0' } as const;
const leastVersion = [3, 10] as const;

export interface EnvironmentOptions {
  /** The project's folder; environments lie in its `.mlp/python`. */
  readonly root: string;
  readonly packages: readonly string[];
  readonly at: number;
  readonly signal: AbortSignal;
  progress?(message: string): void;
}

export interface PythonEnvironment {
  readonly folder: string;
  readonly python: string;
  /** False where it was there already. */
  readonly made: boolean;
}

/** `environment.json`, written when everything is in place: without it a folder is what a killed maker has left. */
interface Marker {
  readonly version: 'python/1';
  readonly requirements: readonly string[];
  readonly python: string;
  /** All that was installed, by name and version. */
  readonly installed: readonly string[];
}
const markerFile = 'environment.json';

/** The declared packages and the harness's own, sorted. */
export function requirementsOf(packages: readonly string[]): readonly string[] {
  const named = new Set(packages.map(nameOf));
  const own = Object.entries(ownPackages)
    .filter(([name]) => !named.has(name))
    .map(([name, version]) => `${name}==${version}`);
  return [...new Set([...packages, ...own])].sort();
}

/** As pip compares names. */
const nameOf = (requirement: string): string =>
  (/^[A-Za-z0-9._-]+/.exec(requirement)?.[0] ?? '').toLowerCase().replace(/[-_.]+/g, '-');

/** @throws MlpError MLP8801 (no Python), MLP8802 (it cannot be made); the signal's reason */
export async function pythonEnvironment(options: EnvironmentOptions): Promise<PythonEnvironment> {
  const { root, packages, signal } = options;
  const loose = packages.find(name => !isExactPackage(name));
  if (loose !== undefined) throw fault(foreignMessages.unpinned, { package: loose }, { at: options.at });
  const requirements = requirementsOf(packages);
  const interpreter = await findInterpreter(options);
  const key = createHash('sha256').update(
    JSON.stringify({ requirements, interpreter: interpreter.identity }),
  );
  const folder = path.join(root, '.mlp', 'python', key.digest('hex').slice(0, 16));
  const environment = { folder, python: path.join(folder, 'bin', 'python') };
  if (isWhole(folder)) return { ...environment, made: false };
  await mkdir(path.dirname(folder), { recursive: true });
  const release = await lock(`${folder}.lock`, signal, () => {
    options.progress?.('waiting for another process that makes the Python environment');
    return isWhole(folder);
  });
  if (!release) return { ...environment, made: false };
  try {
    if (isWhole(folder)) return { ...environment, made: false };
    await make(folder, interpreter, requirements, options);
    return { ...environment, made: true };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    await release();
  }
}

const isWhole = (folder: string): boolean => existsSync(path.join(folder, markerFile));

interface Interpreter {
  readonly program: string;
  /** Implementation, version and machine: what binary packages depend on. */
  readonly identity: string;
}

const known = new Map<string, Interpreter>();

async function findInterpreter({ at, signal, root }: EnvironmentOptions): Promise<Interpreter> {
  const program = process.env['MLP_PYTHON'] || 'python3';
  const before = known.get(program);
  if (before) return before;
  const ask =
    'import json, platform, sys; print(json.dumps([sys.implementation.name, list(sys.version_info[:3]), sys.platform, platform.machine()]))';
  const missing = (reason: string, cause?: unknown) =>
    fault(foreignMessages.noPython, { program, reason }, { at, cause });
  const ended = await runProcess({
    program,
    args: ['-I', '-c', ask],
    cwd: root,
    env: process.env,
    signal,
    timeout: 60_000,
  }).catch(error => {
    throw error instanceof NotStarted
      ? missing(error.reason === 'ENOENT' ? 'is not there' : `cannot be started (${error.reason})`, error)
      : error;
  });
  if (ended.code !== 0) throw missing(`does not run: ${ended.stderr.trim().split('\n').at(-1) ?? ''}`);
  const [name, version, platform, machine] = JSON.parse(ended.stdout) as [string, number[], string, string];
  const [major = 0, minor = 0] = version;
  if (major < leastVersion[0] || (major === leastVersion[0] && minor < leastVersion[1]))
    throw missing(`is version ${version.join('.')}, which is too old`);
  const found = { program, identity: `${name} ${version.join('.')} ${platform} ${machine}` };
  known.set(program, found);
  return found;
}

async function make(
  folder: string,
  interpreter: Interpreter,
  requirements: readonly string[],
  options: EnvironmentOptions,
): Promise<void> {
  const { root, signal, at, packages } = options;
  const env = pythonVariables();
  await rm(folder, { recursive: true, force: true });
  const run = async (program: string, args: readonly string[]) => {
    const ended = await runProcess({ program, args, cwd: root, env, signal });
    if (ended.code === 0) return ended.stdout;
    const output = `${ended.stderr.trim()}\n${ended.stdout.trim()}`.trim().split('\n').slice(-12).join('\n');
    const facts = { packages: packages.length > 0 ? packages : requirements, output };
    throw fault(foreignMessages.environmentFailed, facts, { at });
  };
  options.progress?.(`making the Python environment of ${requirements.join(', ')}`);
  await run(interpreter.program, ['-m', 'venv', folder]);
  const python = path.join(folder, 'bin', 'python');
  const file = path.join(folder, 'requirements.txt');
  await writeFile(file, `${requirements.join('\n')}\n`);
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input'];
  await run(python, [...pip, 'install', '--quiet', '--requirement', file]);
  const installed = (await run(python, [...pip, 'freeze'])).trim().split('\n');
  const marker: Marker = { version: 'python/1', requirements, python: interpreter.identity, installed };
  const whole = path.join(folder, markerFile);
  await writeFile(`${whole}.partial`, `${JSON.stringify(marker, null, 2)}\n`);
  await rename(`${whole}.partial`, whole);
}

/** The environment of every Python that is started here: nothing of the user's own installation gets in. */
export function pythonVariables(folder?: string): NodeJS.ProcessEnv {
  const { PYTHONPATH: _p, PYTHONHOME: _h, VIRTUAL_ENV: _v, ...rest } = process.env;
  return {
    ...rest,
    ...(folder === undefined
      ? {}
      : { VIRTUAL_ENV: folder, PATH: `${path.join(folder, 'bin')}${path.delimiter}${rest['PATH'] ?? ''}` }),
    PYTHONNOUSERSITE: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    PYTHONIOENCODING: 'utf-8',
    // Sets and dictionaries of text come in the same order in every run.
    PYTHONHASHSEED: '0',
  };
}

const pollMs = 200;

/**
 * Takes a lock file, and gives what releases it. A lock of a process that has died is taken over. While another holds it,
 * `done` is asked: once it says so, nothing needs doing and there is no lock to give.
 */
async function lock(
  file: string,
  signal: AbortSignal,
  done: () => boolean,
): Promise<(() => Promise<void>) | undefined> {
  for (;;) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(JSON.stringify(thisProcess()));
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (done()) return undefined;
    if (await isAbandoned(file)) {
      // Renamed first: of two who find it, only one takes it away, and not a new one.
      const old = `${file}.${process.pid}.old`;
      await rename(file, old).catch(() => {});
      await rm(old, { force: true });
      continue;
    }
    await sleep(pollMs, undefined, { signal });
  }
}

/** A file that is being written is empty for a moment. */
async function isAbandoned(file: string): Promise<boolean> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const json = await readFile(file, 'utf8').catch(() => undefined);
    if (json === undefined) return false;
    try {
      return !isAlive(JSON.parse(json) as ProcessIdentity);
    } catch {
      await sleep(pollMs);
    }
  }
  return true;
}
