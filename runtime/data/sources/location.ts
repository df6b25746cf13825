import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, parse, resolve } from 'node:path';
import { dataMessages } from '../../../compiler/diagnostics/messages/data.ts';
import { suggest } from '../../../compiler/diagnostics/suggest.ts';
import { fault } from '../faults.ts';

/** A file of a source: where it lies, and how the spec's author calls it. */
export interface DataFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

const globbed = /[*?[\]{}]/;

/**
 * The files a source's path stands for, sorted by name: a path relative to the project, an absolute path, a glob, or
 * `npm:package/path`. Throws MLP8001 when there is none, MLP8002 for a folder.
 */
export async function locate(uri: string, root: string, at?: number): Promise<readonly DataFile[]> {
  const where = at === undefined ? {} : { at };
  if (uri.startsWith('npm:')) return [await fileOf(await npmPath(uri, root, where), uri, where)];
  const path = isAbsolute(uri) ? uri : resolve(root, uri);
  if (!globbed.test(uri) || (await exists(path))) return [await fileOf(path, uri, where)];
  const found = await expand(path);
  if (found.length === 0) throw fault(dataMessages.fileNotFound, { path: uri }, where);
  const base = isAbsolute(uri) ? '' : `${resolve(root)}/`;
  return Promise.all(
    found.map(file => fileOf(file, file.startsWith(base) ? file.slice(base.length) : file, where)),
  );
}

async function fileOf(path: string, name: string, where: { at?: number }): Promise<DataFile> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) {
    const suggestion = await neighbour(path, name);
    throw fault(dataMessages.fileNotFound, { path: name, suggestion }, where);
  }
  if (info.isDirectory()) throw fault(dataMessages.notAFile, { path: name }, where);
  return { path, name, bytes: info.size };
}

/** The entry next to a missing path whose name is closest, spelt the way the path was. */
async function neighbour(path: string, name: string): Promise<string | undefined> {
  const entries = await readdir(dirname(path)).catch(() => [] as string[]);
  const closest = suggest(basename(path), entries);
  return closest === undefined ? undefined : name.slice(0, name.length - basename(path).length) + closest;
}

/** `npm:package/path` by Node's look-up: `node_modules` of the project and of every folder above it. */
async function npmPath(uri: string, root: string, where: { at?: number }): Promise<string> {
  const segments = uri.slice('npm:'.length).split('/');
  const named = segments.splice(0, segments[0]?.startsWith('@') === true ? 2 : 1).join('/');
  if (named === '' || segments.length === 0 || segments.includes('..') || named.includes('..')) {
    throw fault(
      dataMessages.fileNotFound,
      { path: uri },
      { ...where, hint: 'write `npm:package/path/in/package`' },
    );
  }
  for (let folder = resolve(root); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', named);
    if (await exists(candidate)) return join(candidate, ...segments);
    if (folder === parse(folder).root) break;
  }
  const hint = `the npm package \`${named}\` is not installed here: \`npm install ${named}\``;
  throw fault(dataMessages.fileNotFound, { path: uri }, { ...where, hint });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** Files matching an absolute pattern of `*`, `?`, `[ ]`, `{a,b}` and `**`, sorted by code points. */
async function expand(pattern: string): Promise<string[]> {
  const { root } = parse(pattern);
  const found = new Set<string>();
  await walk(root, pattern.slice(root.length).split(/[/\\]/), found);
  return [...found].sort((a, b) => (a < b ? -1 : 1));
}

async function walk(folder: string, segments: readonly string[], found: Set<string>): Promise<void> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  if (segment === '**') await walk(folder, rest, found);
  if (!globbed.test(segment)) {
    const path = join(folder, segment);
    if (rest.length > 0) return walk(path, rest, found);
    if ((await stat(path).catch(() => undefined))?.isFile() === true) found.add(path);
    return;
  }
  const matching = segment === '**' ? undefined : segmentPattern(segment);
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (entry.name.startsWith('.') && !segment.startsWith('.')) continue;
    const path = join(folder, entry.name);
    const info = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    if (matching === undefined) {
      if (entry.isDirectory()) await walk(path, segments, found);
    } else if (matching.test(entry.name)) {
      if (rest.length > 0) await walk(path, rest, found);
      else if (info?.isFile() === true) found.add(path);
    }
  }
}

/** A pattern over a whole path, as `locate` reads it; undefined for a path without any. */
export function globPattern(path: string): RegExp | undefined {
  if (!globbed.test(path)) return undefined;
  const segments = path.split('/');
  const source = segments.map((segment, i) => {
    const last = i === segments.length - 1;
    if (segment === '**') return last ? '.*' : '(?:[^/]+/)*';
    const hidden = segment.startsWith('.') ? '' : '(?!\\.)';
    return `${hidden}${segmentSource(segment)}${last ? '' : '/'}`;
  });
  return new RegExp(`^${source.join('')}$`, 's');
}

/** What every path that a pattern matches begins with. */
export const literalPrefix = (path: string): string => /^[^*?[\]{}]*/.exec(path)?.[0] ?? '';

/** One segment of a glob as a regular expression; brackets and braces that do not close stand for themselves. */
function segmentPattern(segment: string): RegExp {
  return new RegExp(`^${segmentSource(segment)}$`, 's');
}

function segmentSource(segment: string): string {
  const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  let source = '';
  for (let i = 0; i < segment.length; i++) {
    const character = segment[i]!;
    const closing =
      character === '[' ? segment.indexOf(']', i + 2) : character === '{' ? segment.indexOf('}', i) : -1;
    if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (closing < 0) source += escaped(character);
    else {
      const inside = segment.slice(i + 1, closing);
      source +=
        character === '['
          ? `[${inside.replace(/^!/, '^').replace(/[\\\]]/g, '\\$&')}]`
          : `(?:${inside.split(',').map(escaped).join('|')})`;
      i = closing;
    }
  }
  return source;
}
