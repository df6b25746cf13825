import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { type CompileOptions, type CompileResult, compile } from '../../compiler/index.ts';
import type { Host } from '../../compiler/source/host.ts';

export const root = fileURLToPath(new URL('../../', import.meta.url));

const library = new Map(
  readdirSync(path.join(root, 'stdlib'))
    .filter(name => name.endsWith('.mlp'))
    .map(name => [`std/${name}`, readFileSync(path.join(root, 'stdlib', name))]),
);

/** A project in memory: spec texts by path, and the standard library of this repository. */
export function memoryHost(files: Readonly<Record<string, string>>): Host {
  const encoder = new TextEncoder();
  return {
    readFile: file =>
      library.get(file) ?? (files[file] === undefined ? undefined : encoder.encode(files[file])),
    specFiles: () => Object.keys(files).sort(),
    resolvePackage: () => undefined,
  };
}

/** Compiles one spec, or several by path. */
export function compileText(
  text: string | Readonly<Record<string, string>>,
  options: CompileOptions = {},
): CompileResult {
  return compile(memoryHost(typeof text === 'string' ? { 'main.mlp': text } : text), options);
}

/** Compares with a file beside the fixture, or writes it where `UPDATE_BASELINES=1`. */
export function baseline(file: string, actual: string): void {
  if (process.env['UPDATE_BASELINES']) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, actual);
    return;
  }
  assert.fixture(actual, readFileSync(file, 'utf8'));
}

/** The specs below a folder, and its settings, by their paths in it. */
export function specsIn(folder: string, prefix = ''): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(path.join(folder, prefix))) {
    const file = prefix ? `${prefix}/${name}` : name;
    if (statSync(path.join(folder, file)).isDirectory()) Object.assign(files, specsIn(folder, file));
    else if (name.endsWith('.mlp') || name === 'mlp.json')
      files[file] = readFileSync(path.join(folder, file), 'utf8');
  }
  return files;
}
