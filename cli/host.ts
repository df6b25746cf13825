import {
  closeSync,
  type Dirent,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Host } from '../compiler/source/host.ts';
import { libraryBytes } from './library.ts';

const SKIPPED = new Set(['node_modules', 'dist', 'build', 'out']);

/** Folders in which no specs are looked for. */
export const isPassedOver = (folder: string): boolean => folder.startsWith('.') || SKIPPED.has(folder);

/** Spec files under a folder, and the folders among them that could not be read. */
interface Found {
  readonly specs: string[];
  readonly unread: string[];
}

/** Paths are sorted, with forward slashes; dot folders, installed packages and links to folders are passed over. */
function findSpecs(folder: string, prefix = '', found: Found = { specs: [], unread: [] }): Found {
  let entries: Dirent[];
  try {
    entries = readdirSync(path.join(folder, prefix), { withFileTypes: true });
  } catch {
    found.unread.push(prefix || '.');
    return found;
  }
  for (const entry of entries) {
    const name = prefix ? `${prefix}/${entry.name}` : entry.name;
    if (entry.isDirectory()) {
      if (!isPassedOver(entry.name)) findSpecs(folder, name, found);
    } else if (entry.name.endsWith('.mlp')) found.specs.push(name);
  }
  if (prefix === '') found.specs.sort();
  return found;
}

const REASONS: Readonly<Record<string, string>> = {
  ELOOP: 'its symbolic links lead round in a circle',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ENAMETOOLONG: 'its name is too long',
  EISDIR: 'it is a folder',
  EIO: 'the disk reports an error',
  EMFILE: 'too many files are open',
};

/** Why a file or folder cannot be read; undefined where nothing is there, or where it can. */
function problemOf(full: string): string | undefined {
  try {
    const stat = statSync(full);
    // A pipe would be waited for.
    if (!stat.isDirectory() && !stat.isFile()) return 'it is no file';
    if (stat.isDirectory()) readdirSync(full);
    else closeSync(openSync(full, 'r'));
    return undefined;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') return REASONS[code] ?? code;
  }
  const link = lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return link ? `it is a symbolic link to ${readlinkSync(full)}, which is not there` : undefined;
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
    specFiles: () => findSpecs(real).specs,
    unreadable: () => findSpecs(real).unread,
    problemOf: file => problemOf(path.resolve(real, file)),
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
