/** `vega-datasets` of `npm:vega-datasets/data/x.csv`, `@a/b` of `npm:@a/b/x.csv`; undefined if it names no package. */
export function packageOf(path: string): string | undefined {
  return /^npm:((?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*)\//.exec(path)?.[1];
}
