/** What `mlp infer` uses. */
export { type InferredDbt, inferDbt } from './dbt.ts';
export { profileHtml } from './html/page.ts';
export { type DataProfile, type InferOptions, type Inferred, inferSchema } from './infer.ts';
