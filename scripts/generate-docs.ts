/**
 * Writes the pages of `docs/` that say what the code says already: the index of errors from the registry, the reference
 * of the standard library from `stdlib/`, the gallery of mistakes, and the options in the page about the command line.
 * `node --import tsx scripts/generate-docs.ts`, or with everything else `npm run generate`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compatibility } from './docs/changes.ts';
import { commandLine } from './docs/cli.ts';
import { errorIndex } from './docs/errors.ts';
import { libraryReference } from './docs/library.ts';
import { lintPage } from './docs/lint.ts';
import { mistakesPage } from './docs/mistakes.ts';

const root = path.join(import.meta.dirname, '..');
const from = (what: string): string =>
  `<!-- Generated from ${what} by scripts/generate-docs.ts; npm run generate. -->`;

/** The generated pages by path in the project. */
export async function generateDocs(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['docs/errors.md', errorIndex(from('compiler/diagnostics/messages'))],
    ['docs/library.md', libraryReference(from('stdlib/'))],
    ['docs/lint.md', lintPage(from('compiler/lint/rules'))],
    ['docs/mistakes.md', mistakesPage(from('examples/mistakes'))],
    ['docs/compatibility.md', compatibility(readFileSync(path.join(root, 'docs/compatibility.md'), 'utf8'))],
    ['docs/cli.md', await commandLine(readFileSync(path.join(root, 'docs/cli.md'), 'utf8'))],
  ]);
}

if (process.argv[1] !== undefined && import.meta.filename === path.resolve(process.argv[1])) {
  for (const [file, text] of await generateDocs()) writeFileSync(path.join(root, file), text);
}
