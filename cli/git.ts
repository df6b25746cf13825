import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { suggest } from '../compiler/diagnostics/suggest.ts';
import type { Host } from '../compiler/source/host.ts';
import { CommandError, usageError } from './errors.ts';
import { isPassedOver, nodeHost } from './host.ts';

/** Most that one call of git may print: a repository of specs is far below it. */
const MOST_BYTES = 2 ** 30;

interface Failed {
  readonly code?: string;
  readonly stderr?: Buffer;
}

/** Runs git with arguments, without a shell; what is read is data, never a command. Undefined: git said no. */
function git(folder: string, args: readonly string[], input?: string): Buffer | undefined {
  try {
    return execFileSync('git', args, {
      cwd: folder,
      maxBuffer: MOST_BYTES,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' },
      ...(input === undefined ? {} : { input }),
    });
  } catch (error) {
    if ((error as Failed).code === 'ENOENT') throw new CommandError('this needs git, which is not installed');
    return undefined;
  }
}

const line = (output: Buffer | undefined): string | undefined => output?.toString('utf8').trim();

interface Blob {
  readonly hash: string;
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
}

/** A commit, and the folder in it that a project lies in. Nothing is checked out. */
export interface Revision {
  /** As it was asked for. */
  readonly name: string;
  readonly commit: string;
  /** Where the project is on disk. */
  readonly root: string;
  /** The project's folder from the root of the repository; empty for the root itself. */
  readonly folder: string;
}

/** The folder of the repository that a folder lies in. */
export const repositoryOf = (folder: string): string | undefined =>
  line(git(folder, ['rev-parse', '--show-toplevel']));

/** Looks a revision up; an error says what there is. */
export function findRevision(name: string, root: string): Revision {
  const top = repositoryOf(root);
  if (top === undefined)
    throw usageError(
      `${name} is no file or folder, and ${root} is in no git repository`,
      'name a folder of specs, a spec, a plan as JSON, or, inside a repository, a revision',
    );
  const commit = line(
    git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]),
  );
  if (commit === undefined || commit === '') throw unknownRevision(name, root);
  const folder = line(git(root, ['rev-parse', '--show-prefix'])) ?? '';
  return { name, commit, root, folder: folder.replace(/\/$/, '') };
}

function unknownRevision(name: string, root: string): CommandError {
  const refs = line(git(root, ['for-each-ref', '--format=%(refname:short)'])) ?? '';
  const names = refs.split('\n').filter(ref => ref !== '');
  const near = suggest(name, names);
  const shallow = line(git(root, ['rev-parse', '--is-shallow-repository'])) === 'true';
  const hint = shallow
    ? 'this clone is shallow, so it has only the newest commits: git fetch --unshallow, or fetch-depth: 0 in a workflow'
    : near !== undefined
      ? `did you mean ${near}?`
      : names.length > 0
        ? `branches and tags are ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}`
        : 'the repository has no commit yet';
  return usageError(`${name} is no file or folder, and no revision of the repository`, hint);
}

function blobsOf({ root, commit }: Revision): Blob[] {
  const listed = git(root, ['ls-tree', '-r', '-z', '--full-tree', commit])?.toString('utf8') ?? '';
  return listed.split('\0').flatMap(entry => {
    // Links and submodules are not looked into.
    const match = /^100\d{3} blob ([0-9a-f]+)\t(.+)$/s.exec(entry);
    return match ? [{ hash: match[1]!, path: match[2]! }] : [];
  });
}

/** Contents of several blobs by one process; the answer to each is `<hash> blob <size>`, its bytes, a line break. */
function contentsOf(root: string, blobs: readonly Blob[]): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  if (blobs.length === 0) return contents;
  const output = git(root, ['cat-file', '--batch'], `${blobs.map(({ hash }) => hash).join('\n')}\n`);
  let at = 0;
  for (const blob of blobs) {
    const end = output?.indexOf(10, at) ?? -1;
    const size = Number(/ blob (\d+)$/.exec(output?.toString('utf8', at, end) ?? '')?.[1]);
    if (!output || end < 0 || Number.isNaN(size))
      throw new CommandError(`git could not read ${blob.path}`, { hint: 'git fsck tells more' });
    contents.set(blob.path, output.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return contents;
}

export interface RevisionHost extends Host {
  /** The bytes of any file of the revision, by its path from the root of the repository. */
  readonly file: (path: string) => Uint8Array | undefined;
}

/**
 * A project as it was in a revision: its specs, its `mlp.json`, and what they import from beside it. The standard library
 * is this program's, and packages are those that are installed now.
 */
export function revisionHost(revision: Revision): RevisionHost {
  const today = nodeHost(revision.root);
  const blobs = new Map(blobsOf(revision).map(blob => [blob.path, blob]));
  const own = (name: string): boolean => name.endsWith('.mlp') || path.posix.basename(name) === 'mlp.json';
  const contents = contentsOf(
    revision.root,
    [...blobs.values()].filter(blob => own(blob.path)),
  );
  const file = (name: string): Uint8Array | undefined => {
    const blob = blobs.get(name);
    return contents.get(name) ?? (blob && contentsOf(revision.root, [blob]).get(name));
  };
  const prefix = revision.folder === '' ? '' : `${revision.folder}/`;
  return {
    file,
    readFile(name) {
      if (name.startsWith('std/') || name.includes('node_modules/')) return today.readFile(name);
      return file(path.posix.normalize(prefix + name));
    },
    specFiles: () =>
      [...blobs.keys()]
        .filter(name => name.startsWith(prefix) && name.endsWith('.mlp'))
        .map(name => name.slice(prefix.length))
        .filter(name => !name.split('/').slice(0, -1).some(isPassedOver))
        .sort(),
    resolvePackage: today.resolvePackage,
  };
}
