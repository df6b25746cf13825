import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import type { OutputFile } from '../../compiler/targets/target.ts';

const root = path.join(import.meta.dirname, '../..');

export function writeAll(folder: string, files: readonly OutputFile[]): void {
  for (const file of files) {
    const full = path.join(folder, file.path);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, file.text);
  }
}

/**
 * Runs the real compiler on generated programs, each in a folder of its own, with the options of their own
 * `tsconfig.json` and the runtime's sources in place of its package. Gives what it says; empty: nothing.
 */
export async function typeCheck(programs: Readonly<Record<string, readonly OutputFile[]>>): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-types-'));
  try {
    for (const [name, files] of Object.entries(programs)) writeAll(path.join(folder, name), files);
    const [first] = Object.keys(programs);
    const config = {
      extends: `./${first}/tsconfig.json`,
      compilerOptions: {
        noEmit: true,
        allowImportingTsExtensions: true,
        rootDir: '/',
        typeRoots: [path.join(root, 'node_modules/@types')],
        paths: { 'mlp-runtime': [path.join(root, 'runtime/index.ts')] },
      },
      include: ['*/**/*.ts'],
    };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const result = await execa(process.execPath, [tsc, '-p', folder], {
      cwd: folder,
      reject: false,
      all: true,
    });
    if (result.exitCode === 0) return '';
    // Faults in the runtime's own sources are the project's type check's to find.
    const lines = (result.all ?? 'tsc failed').split('\n');
    return lines.filter(line => !/^(\.\.\/|\s)/.test(line)).join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Imports a module of a generated program; of the runtime it gets the library functions alone, or what `runtime` names. */
export async function importModule<T>(
  files: readonly OutputFile[],
  module: string,
  runtime = path.join(root, 'runtime/features/functions/index.ts'),
): Promise<T> {
  const { build } = await import('esbuild');
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-program-'));
  try {
    writeAll(folder, files);
    await build({
      entryPoints: [path.join(folder, module)],
      outfile: path.join(folder, 'bundle.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'silent',
      alias: { 'mlp-runtime': runtime },
    });
    return (await import(path.join(folder, 'bundle.mjs'))) as T;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
