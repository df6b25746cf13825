import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashFile } from '../../store/folders.ts';
import { objectPath } from '../s3/objects.ts';
import { openStore } from '../s3/store.ts';
import { connectionNamed } from '../sources/origin.ts';
import { exportFile } from './file.ts';
import type { Delivered, Delivery } from './write.ts';

const types: Readonly<Record<string, string>> = {
  csv_file: 'text/csv',
  json_file: 'application/x-ndjson',
  parquet_file: 'application/vnd.apache.parquet',
};

/** Stores one object, whole; one that has the same content already is left as it is. Throws MLP8103, MLP8104, MLP8123, MLP8124. */
export async function writeObjectSink(delivery: Delivery): Promise<Delivered> {
  const { context, sink } = delivery;
  const place = String(sink.to.args['path']);
  const { bucket, key } = objectPath(place, sink.to.at);
  const store = await openStore(connectionNamed(context.plan, sink.to), sink.to.at, context.signal);
  const scratch = await mkdtemp(join(tmpdir(), 'mlp-sink-'));
  try {
    const file = join(scratch, 'object');
    const rows = await exportFile(delivery, file, join(scratch, 'duckdb'));
    const hash = await hashFile(file);
    const md5 = createHash('md5')
      .update(await readFile(file))
      .digest('hex');
    const same = await store.holds(bucket, key, { hash, md5, bytes: (await stat(file)).size });
    if (!same) await store.upload(bucket, key, file, { type: types[sink.to.name]!, hash });
    return { rows, written: same ? 0 : rows, place };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
