/** What the generated `schemas.ts` uses of `mlp-runtime`, without the rest of it. */
export * from '../../runtime/features/functions/index.ts';
export { read } from '../../runtime/serve/values/readers.ts';
export { rowReader } from '../../runtime/serve/values/rows.ts';
