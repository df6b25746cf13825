/**
 * Writes everything in the repository that is made from something else in it.
 * `npm run generate`, or `npm run generate -- --check`, which writes nothing and fails when a file is stale.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generateDocs } from './generate-docs.ts';
import { generateLibrary } from './generate-library.ts';
import { isFresh, planSchemaText, schemaPath } from './plan-schema.ts';

const root = path.join(import.meta.dirname, '..');

/** Paths in the repository whose text is not what would be written, with that text. */
export async function staleFiles(): Promise<ReadonlyMap<string, string>> {
  const made = new Map([...generateLibrary(), ...(await generateDocs())]);
  const stale = [...made].filter(([file, text]) => {
    const full = path.join(root, file);
    return !existsSync(full) || readFileSync(full, 'utf8') !== text;
  });
  // A formatter may have laid the schema out differently; only what it says counts.
  if (!existsSync(schemaPath) || !isFresh()) stale.push([path.relative(root, schemaPath), planSchemaText()]);
  return new Map(stale);
}

if (process.argv[1] !== undefined && import.meta.filename === path.resolve(process.argv[1])) {
  const stranger = process.argv.slice(2).find(argument => argument !== '--check');
  if (stranger !== undefined) {
    console.error(`unknown argument ${stranger}; there is --check`);
    process.exit(2);
  }
  const stale = await staleFiles();
  if (!process.argv.includes('--check')) {
    for (const [file, text] of stale) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
      console.log(`${file} written`);
    }
  } else if (stale.size > 0) {
    for (const file of stale.keys()) console.error(`${file} is stale`);
    console.error('run npm run generate');
    process.exit(1);
  }
}
