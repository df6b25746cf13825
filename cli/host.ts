import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Host } from '../compiler/source/host.ts';
import { libraryBytes } from './library.ts';

const SKIPPED = new Set(['node_modules', 'dist', 'build', 'out']);

/** Folders in which no specs are looked for. */
export const isPassedOver = (folder: string): boolean => folder.startsWith('.') || SKIPPED.has(folder);

/** Spec files under a folder as sorted paths with forward slashes; dot folders and installed packages are passed over. */
function findSpecs(folder: string, prefix = ''): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(path.join(folder, prefix), { withFileTypes: true })) {
    const name = prefix ? `${prefix}/${entry.name}` : entry.name;
    if (entry.isDirectory()) {
      if (!isPassedOver(entry.name)) found.push(...findSpecs(folder, name));
    } else if (entry.name.endsWith('.mlp')) found.push(name);
  }
  return found.sort();
}

/** A host over a project folder; the standard library comes with the program. */
export function nodeHost(root: string): Host {
  const real = realpathSync(root);
  return {
    readFile(file) {
      const library = libraryBytes(file);
      if (library) return library;
      try {
        const full = path.resolve(real, file);
        return statSync(full).isFile() ? readFileSync(full) : undefined;
      } catch {
        return undefined;
      }
    },
    specFiles: () => findSpecs(real),
    resolvePackage(specifier, from) {
      const require = createRequire(path.resolve(real, path.dirname(from), 'x.js'));
      for (const candidate of [`${specifier}.mlp`, specifier]) {
        try {
          const file = require.resolve(candidate);
          if (file.endsWith('.mlp')) return path.relative(real, file).split(path.sep).join('/');
        } catch {
          // The next candidate; a package that cannot be found is the compiler's error.
        }
      }
      return undefined;
    },
  };
}
