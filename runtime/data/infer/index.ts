/** What `mlp infer` uses. */
export { profileHtml } from './html/page.ts';
export { type DataProfile, type Inferred, type InferOptions, inferSchema } from './infer.ts';
