/**
 * Writes everything in the repository that is made from something else in it.
 * `npm run generate`, or `npm run generate -- --check`, which writes nothing and fails when a file is stale.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execaSync } from 'execa';
import { settingsSchema } from '../compiler/lint/schema.ts';
import { generateDocs } from './generate-docs.ts';
import { generateLibrary } from './generate-library.ts';
import { textmatePath, textmateText } from './textmate.ts';

const root = path.join(import.meta.dirname, '..');

/** Of what is made from the library, the registry and the command line: paths that are stale, with the right text. */
export async function staleTexts(): Promise<ReadonlyMap<string, string>> {
  const made = [
    ...generateLibrary(),
    ...(await generateDocs()),
    [textmatePath, textmateText()] as const,
    ['compiler/lint/config.schema.json', `${JSON.stringify(settingsSchema(), null, 2)}\n`] as const,
  ];
  return new Map(
    made.filter(([file, text]) => {
      const full = path.join(root, file);
      return !existsSync(full) || !same(file, readFileSync(full, 'utf8'), text);
    }),
  );
}

/** JSON may be laid out by a formatter, but the highlighting's is as it was made. */
const same = (file: string, a: string, b: string): boolean =>
  file.endsWith('.schema.json') ? JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b)) : a === b;

/** Written JSON is laid out as the style check wants it, so that generating never fails the next check. */
function layOut(files: readonly string[]): void {
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
  if (files.length > 0) {
    execaSync(process.execPath, [biome, 'format', '--write', ...files], { cwd: root });
  }
}

/** The plan's schema and those of what commands print too; a formatter may have laid it out differently, so only what it says counts. */
async function staleFiles(): Promise<ReadonlyMap<string, string>> {
  const { isFresh, planSchemaText, schemaPath } = await import('./plan-schema.ts');
  const fresh = existsSync(schemaPath) && isFresh();
  const schema = fresh ? [] : [[path.relative(root, schemaPath), planSchemaText()] as const];
  const { staleSchemas } = await import('./json-schemas.ts');
  return new Map([...(await staleTexts()), ...schema, ...staleSchemas()]);
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
    layOut([...stale.keys()].filter(file => file.endsWith('.json')));
  } else if (stale.size > 0) {
    for (const file of stale.keys()) console.error(`${file} is stale`);
    console.error('run npm run generate');
    process.exit(1);
  }
}
