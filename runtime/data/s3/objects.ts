import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { connectionMessages } from '../../../compiler/diagnostics/messages/connections.ts';
import { fault } from '../faults.ts';
import { type DataFile, globPattern, literalPrefix } from '../sources/location.ts';
import type { ObjectStore, StoredObject } from './store.ts';

export interface ObjectPath {
  readonly bucket: string;
  /** A key, or a pattern for several. */
  readonly key: string;
}

/** The parts of `s3://bucket/key`. Throws MLP8124. */
export function objectPath(path: string, at: number): ObjectPath {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?([\s\S]*)$/i.exec(path) ?? [];
  const why =
    bucket === '' || /[*?[\]{}]/.test(bucket)
      ? 'it names no bucket'
      : key === '' || key.endsWith('/')
        ? 'it names a bucket or a folder, not what to read in it'
        : null;
  if (why !== null) throw fault(connectionMessages.storePath, { path, why }, { at });
  return { bucket, key };
}

/** The objects that a path stands for, those alone that `wanted` takes. Throws MLP8120 where there is none at all. */
export async function locateObjects(
  store: ObjectStore,
  path: string,
  at: number,
  wanted: (key: string) => boolean = () => true,
): Promise<readonly StoredObject[]> {
  const { bucket, key } = objectPath(path, at);
  const pattern = globPattern(key);
  const listed = await store.list(bucket, literalPrefix(key));
  const found = listed.filter(object => object.key === key || (pattern?.test(object.key) ?? false));
  if (found.length === 0) throw fault(connectionMessages.noObjects, { path, connection: store.name }, { at });
  return found.filter(object => wanted(object.key));
}

/** What tells this state of the objects from any other, without reading them. */
export function markOfObjects(objects: readonly StoredObject[]): string {
  const hash = createHash('sha256');
  for (const { key, etag, bytes } of objects) hash.update(`${key}\0${etag}\0${bytes}\n`);
  return `listed:${hash.digest('hex')}`;
}

/** So many at a time: one connection seldom fills a line. */
const atOnce = 4;

/**
 * Objects as files of `folder`, in their order; what is there already is not fetched again, as a name stands for one content.
 * Throws MLP8121 to MLP8123.
 */
export async function fetchObjects(
  store: ObjectStore,
  path: string,
  objects: readonly StoredObject[],
  folder: string,
  progress: (done: number) => void,
): Promise<readonly DataFile[]> {
  const { bucket } = objectPath(path, 0);
  await mkdir(folder, { recursive: true });
  const files: DataFile[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < objects.length; i = next++) {
      files[i] = await fetched(store, bucket, objects[i]!, folder);
      progress(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, objects.length) }, work));
  return files;
}

async function fetched(
  store: ObjectStore,
  bucket: string,
  object: StoredObject,
  folder: string,
): Promise<DataFile> {
  const { key, etag, bytes } = object;
  const id = createHash('sha256')
    .update(`${store.address}\0${bucket}\0${key}\0${etag}\0${bytes}`)
    .digest('hex');
  const ending = /\.(csv|tsv|json|jsonl|ndjson)\.gz$/i.exec(key)?.[0] ?? extname(key);
  const path = join(folder, `${id}${/^[.A-Za-z0-9]*$/.test(ending) ? ending : ''}`);
  const file = { path, name: `s3://${bucket}/${key}`, bytes };
  const there = await stat(path).catch(() => undefined);
  if (there?.size === bytes) {
    // What is asked for is kept: `mlp runs --gc` goes by this.
    await utimes(path, new Date(), new Date());
    return file;
  }
  const partial = `${path}.${process.pid}.partial`;
  try {
    await store.download(bucket, object, partial);
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
  return file;
}
