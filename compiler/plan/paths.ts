/** Paths as sources name them. */

/** `s3` of `s3://bucket/key`, `npm` of `npm:package/path`; undefined for plain paths (and drive letters). */
export function schemeOf(path: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(path)?.[1]?.toLowerCase();
}

/** Whether a path lies in a folder, without a way out of it. */
export const isBelow = (path: string, folder: string): boolean =>
  path.startsWith(`${folder}/`) && !path.split('/').includes('..');
