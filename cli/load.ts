import path from 'node:path';
import { pathToFileURL } from 'node:url';

declare const MLP_BUNDLED: boolean | undefined;

/** Loads the file of one command: its bundle beside this one, or its source when run from source. */
export async function loadCommand<T>(name: string): Promise<T> {
  if (typeof MLP_BUNDLED !== 'undefined') return require(path.join(__dirname, `command-${name}.cjs`)) as T;
  const source = path.join(import.meta.dirname, 'commands', `${name}.ts`);
  return (await import(pathToFileURL(source).href)) as T;
}
