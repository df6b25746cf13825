/** The Python that the benchmark compares with: a venv in the repository with pinned packages, made if missing. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('../..', import.meta.url));
const venv = join(root, '.venv');
const requirements = join(root, 'bench/requirements.txt');
/** What the venv was filled from; another text fills it again. */
const marker = join(venv, 'installed-requirements.txt');

async function python(): Promise<string> {
  const interpreter = join(venv, 'bin/python');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return interpreter;
  await execa('python3', ['-m', 'venv', venv]);
  await execa(interpreter, ['-m', 'pip', 'install', '--quiet', '-r', requirements]);
  writeFileSync(marker, wanted);
  return interpreter;
}

/** OpenBLAS picks the machine's kernels itself unless these tell it otherwise. */
const unset = { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined };

/** Runs a script of this folder with so many threads; its standard output, a JSON value a line. */
export async function runPython(
  script: string,
  args: readonly string[],
  threads: number,
): Promise<unknown[]> {
  const env = { ...unset, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) };
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await execa(await python(), ['-W', 'ignore', path, ...args], { env });
  return stdout
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line) as unknown);
}
