import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

let texts: ReadonlyMap<string, string> | undefined;

/**
 * The standard library's files by their compiler path (`std/learn.mlp`). Built, they are inside the bundle
 * (`MLP_LIBRARY`, put there by the build); from source they are read from `stdlib/`.
 */
export function libraryText(file: string): string | undefined {
  if (!file.startsWith('std/')) return undefined;
  texts ??= typeof MLP_LIBRARY === 'undefined' ? fromFolder() : new Map(Object.entries(MLP_LIBRARY));
  return texts.get(file);
}

export function libraryBytes(file: string): Uint8Array | undefined {
  const text = libraryText(file);
  return text === undefined ? undefined : new TextEncoder().encode(text);
}

function fromFolder(): Map<string, string> {
  const folder = path.join(import.meta.dirname, '../stdlib');
  const names = readdirSync(folder).filter(name => name.endsWith('.mlp'));
  return new Map(names.map(name => [`std/${name}`, readFileSync(path.join(folder, name), 'utf8')]));
}

declare const MLP_LIBRARY: Record<string, string> | undefined;
