import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { CompileOptions } from '../compiler/index.ts';
import { loadPlan } from '../compiler/plan/validate.ts';
import { CommandError } from './errors.ts';
import { findRevision, type Revision, revisionHost } from './git.ts';
import { nodeHost } from './host.ts';
import { compiled, folderVersion, inRevision, type Version } from './versions.ts';

async function planFile(name: string, bytes: Uint8Array): Promise<Version> {
  const checked = await loadPlan(new TextDecoder().decode(bytes));
  if (!checked.ok)
    throw new CommandError(`${name} is not a plan that can be compared: ${checked.errors[0]}`, {
      hint: 'mlp debug plan writes the plan of a spec',
    });
  return { name, plan: checked.plan, source: () => undefined };
}

/** The version that somebody named: a folder, a spec, a plan as JSON, a revision, or a file in a revision. */
export async function versionOf(name: string, root: string, options: CompileOptions): Promise<Version> {
  const stat = statSync(name, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return folderVersion(path.resolve(name), name, options);
  if (stat && name.endsWith('.mlp')) return specVersion(path.resolve(name), name, options);
  if (stat) return planFile(name, readFileSync(name));
  return revisionVersion(name, root, options);
}

/** A spec alone, with what it imports, in the project that it lies in. */
function specVersion(file: string, name: string, options: CompileOptions): Version {
  let root = path.dirname(file);
  for (let folder = root; folder !== path.dirname(folder); folder = path.dirname(folder))
    if (existsSync(path.join(folder, 'mlp.json'))) {
      root = folder;
      break;
    }
  const files = [path.relative(root, file).split(path.sep).join('/')];
  return compiled(nodeHost(root), name, { ...options, files });
}

async function revisionVersion(name: string, root: string, options: CompileOptions): Promise<Version> {
  const colon = name.indexOf(':');
  if (colon <= 0) {
    const found = inRevision(findRevision(name, root), options);
    if (found) return found;
    throw new CommandError(`there is no .mlp file in ${shownFolder(findRevision(name, root))} at ${name}`, {
      hint: 'name the project as it was called there, such as main:pipelines/flights',
    });
  }
  // As git has it: from the root of the repository, unless it begins with a dot.
  const revision = findRevision(name.slice(0, colon), root);
  const written = name.slice(colon + 1);
  const place = /^\.\.?(\/|$)/.test(written)
    ? path.posix.join(revision.folder || '.', written)
    : path.posix.normalize(written || '.');
  const inner = place === '.' ? '' : place.replace(/\/$/, '');
  const bytes = revisionHost(revision).file(inner);
  if (bytes === undefined) {
    const found = inRevision({ ...revision, name, folder: inner }, options);
    if (found) return found;
    throw new CommandError(`there is no spec and no plan at ${inner || '.'} in ${revision.name}`);
  }
  if (!inner.endsWith('.mlp')) return planFile(name, bytes);
  const folder = path.posix.dirname(inner);
  const host = revisionHost({ ...revision, folder: folder === '.' ? '' : folder });
  return compiled(host, name, { ...options, files: [path.posix.basename(inner)] });
}

const shownFolder = ({ folder }: Revision): string => (folder === '' ? 'the repository' : folder);
