import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { renderText } from '../compiler/diagnostics/render-text.ts';
import { type CompileOptions, compile } from '../compiler/index.ts';
import type { Plan } from '../compiler/plan/plan.ts';
import { loadPlan } from '../compiler/plan/validate.ts';
import { decode } from '../compiler/source/decode.ts';
import type { Host } from '../compiler/source/host.ts';
import { SourceFile } from '../compiler/source/text.ts';
import { CommandError } from './errors.ts';
import { findRevision, type Revision, revisionHost } from './git.ts';
import { nodeHost } from './host.ts';
import { printError, useColor } from './terminal.ts';

/** One side of a comparison: a plan, and the texts that its positions are in. */
export interface Version {
  /** As a person would name it: `main`, `v1.json`, `.`. */
  readonly name: string;
  readonly plan: Plan;
  /** The text of a spec, if it is known; a plan alone does not have it. */
  readonly source: (file: string) => SourceFile | undefined;
}

/** The file of another version, told from today's by the version's name: `flights.mlp@main`. */
export function sourceIn(host: Host, name: string): Version['source'] {
  const known = new Map<string, SourceFile | undefined>();
  return file => {
    if (!known.has(file)) {
      const bytes = host.readFile(file);
      known.set(file, bytes && new SourceFile(`${file}@${name}`, decode(file, bytes).file.text));
    }
    return known.get(file);
  };
}

/** Compiles one side; its errors are shown, as nothing can be compared then. */
function compiled(host: Host, name: string, options: CompileOptions): Version {
  const { plan, diagnostics } = compile(host, options);
  if (plan) return { name, plan, source: sourceIn(host, name) };
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(of(name));
  printError(renderText(errors, { colour: useColor(process.stderr) }));
  throw new CommandError(`the spec of ${name} has errors, so it cannot be compared`, {
    hint: 'it is checked by this version of mlp; compare plans of released versions as JSON instead',
  });
}

/** Places in another version say so. */
const of =
  (name: string) =>
  (diagnostic: Diagnostic): Diagnostic => {
    const moved = <T extends { readonly file: SourceFile }>(at: T): T =>
      at.file.path.startsWith('std/')
        ? at
        : { ...at, file: new SourceFile(`${at.file.path}@${name}`, at.file.text) };
    return { ...moved(diagnostic), labels: diagnostic.labels.map(moved), fixes: [] };
  };

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

export function folderVersion(folder: string, name: string, options: CompileOptions): Version {
  const host = nodeHost(folder);
  if (host.specFiles().length === 0)
    throw new CommandError(`there is no .mlp file in ${name}`, { hint: 'name the folder of a project' });
  return compiled(host, name, options);
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

/** The project as it was; undefined if there was none. */
export function inRevision(revision: Revision, options: CompileOptions): Version | undefined {
  const host = revisionHost(revision);
  return host.specFiles().length === 0 ? undefined : compiled(host, revision.name, options);
}
