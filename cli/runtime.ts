import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandError } from './errors.ts';

export type Runtime = typeof import('../runtime/index.ts');

/** Folder of the installed `mlp-runtime`: beside the project, or beside this program. */
export function runtimeFolder(project: string): string {
  for (const from of [project, import.meta.dirname]) {
    try {
      const entry = createRequire(path.join(from, 'x.js')).resolve('mlp-runtime');
      return realpathSync(path.dirname(path.dirname(entry)));
    } catch {
      // Not there: the next place.
    }
  }
  throw new CommandError('this needs the package mlp-runtime, which is not installed', {
    hint: 'npm install mlp-runtime, in the project or where mlp-lang is installed',
  });
}

function entryOf(folder: string): string {
  const { exports } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    exports: { '.': { default: string } };
  };
  return path.join(folder, exports['.'].default);
}

/** Tells one build of the runtime from another. */
export const runtimeStamp = (project: string): string =>
  Math.round(statSync(entryOf(runtimeFolder(project))).mtimeMs).toString(36);

export async function loadRuntime(project: string): Promise<Runtime> {
  const folder = runtimeFolder(project);
  const entry = entryOf(folder);
  if (!existsSync(entry))
    throw new CommandError(`mlp-runtime in ${folder} is not built`, { hint: 'npm run build' });
  return (await importFile(entry)) as Runtime;
}

/** A bundle is CommonJS; this keeps the import a real one. */
export const importFile = (file: string): Promise<unknown> => import(pathToFileURL(file).href);

/** Lets programs below `folder` import `mlp-runtime`, wherever it is installed. */
export function linkRuntime(folder: string, project: string): void {
  const link = path.join(folder, 'node_modules', 'mlp-runtime');
  const target = runtimeFolder(project);
  if (existsSync(link) && realpathSync(link) === target) return;
  mkdirSync(path.dirname(link), { recursive: true });
  try {
    symlinkSync(target, link, 'junction');
  } catch (error) {
    // Another run may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
