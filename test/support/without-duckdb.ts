/** A process in which DuckDB is not installed: `FOLDER SPEC ENVIRONMENT REQUESTS` gives the features of view Visit. */
import { readFileSync } from 'node:fs';
import { register } from 'node:module';

const hook = `export function resolve(specifier, context, next) {
  if (specifier.startsWith('@duckdb/')) throw new Error(specifier + ' is not installed');
  return next(specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const [folder, spec, environment, requests] = process.argv.slice(2) as [string, string, string, string];
const absent = await import('@duckdb/node-api').then(
  () => false,
  () => true,
);
if (!absent) throw new Error('DuckDB can be loaded');
const { compile } = await import('../../compiler/index.ts');
const { generatedProgram } = await import('./online.ts');
const { memoryHost } = await import('./specs.ts');
const { openOnlineFeatures } = await import('../../runtime/index.ts');
const { plan } = compile(memoryHost({ 'shop.mlp': readFileSync(spec, 'utf8') }));
const online = await openOnlineFeatures(await generatedProgram(plan!), ['Visit'], {
  root: folder,
  environment,
});
process.stdout.write(JSON.stringify(await online.compute(JSON.parse(requests))));
await online.close();
