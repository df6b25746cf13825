import { join } from 'node:path';
import { dataMessages } from '../../../compiler/diagnostics/messages/data.ts';
import { connectionOf } from '../../../compiler/plan/connections.ts';
import { schemeOf } from '../../../compiler/plan/paths.ts';
import type { Construct, Plan, Schema, Source, Step } from '../../../compiler/plan/plan.ts';
import type { Snapshot, StepParams } from '../../engine/contract.ts';
import type { Database } from '../duckdb.ts';
import { fault } from '../faults.ts';
import type { Bounds, QueryRequest } from '../postgres/query.ts';
import { queryText } from '../postgres/query.ts';
import { fetchObjects, locateObjects, markOfObjects } from '../s3/objects.ts';
import { openStore, type StoredObject } from '../s3/store.ts';
import type { Connection } from '../secrets.ts';
import { readCsv } from './csv.ts';
import { readJson } from './json.ts';
import { type DataFile, locate } from './location.ts';
import { readParquet } from './parquet.ts';
import { inInterval } from './partitions.ts';
import { readQuery } from './query.ts';
import type { RawTable, ReadRequest } from './raw.ts';
import { snapshot } from './snapshot.ts';

/** A source as it is now: fixed before anything of it is read. */
export interface Origin {
  /** As messages and reports call it, without secrets. */
  readonly uri: string;
  readonly files: readonly DataFile[];
  readonly format: 'csv' | 'json' | 'parquet' | 'query';
  /** Makes the relation of its rows. */
  read(request: ReadRequest): Promise<RawTable>;
  /** What was read; asked for once the rows are there. */
  taken(database: Database): Promise<Snapshot>;
  /** What there is to say of how it was read. */
  readonly notes: readonly string[];
}

/** What an origin is opened with. */
export interface OriginRequest {
  readonly plan: Plan;
  readonly step: Step;
  readonly params: Pick<StepParams, 'from' | 'to'>;
  readonly root: string;
  readonly signal: AbortSignal;
  /** Where what was fetched is kept for the next run; undefined: nowhere. */
  readonly cache: string | undefined;
  /** A folder of the step's own for what is not kept. */
  readonly scratch: string;
  progress(message: string): void;
}

type FileFormat = 'csv' | 'json' | 'parquet';
const readers = { csv: readCsv, json: readJson, parquet: readParquet } as const;

export async function openOrigin(request: OriginRequest): Promise<Origin> {
  const { name, source } = sourceOf(request);
  const { from } = source;
  if (from.name === 'query') return readQuery(queryRequest(request), request);
  const path = from.args['path'];
  if (!(from.name in readers) || typeof path !== 'string')
    throw fault(dataMessages.sourceKind, { source: name, kind: from.name }, { at: from.at });
  const format = from.name as FileFormat;
  if (schemeOf(path) === 's3') return openObjects(request, path, format);
  const remote = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path);
  if (remote !== null)
    throw fault(dataMessages.sourceKind, { source: name, kind: `${remote[1]}://` }, { at: from.at });
  const all = await locate(path, request.root, from.at);
  const files = withinInterval(request, all, file => file.name);
  const taken = await snapshot(path, files, format !== 'parquet', request.signal);
  return {
    uri: path,
    files,
    format,
    read: readers[format],
    taken: async () => taken,
    notes: leftOut(all, files),
  };
}

async function openObjects(request: OriginRequest, path: string, format: FileFormat): Promise<Origin> {
  const { signal, scratch, cache, progress } = request;
  const { source } = sourceOf(request);
  const store = await openStore(connectionNamed(request.plan, source.from), source.from.at, signal);
  const all = await locateObjects(store, path, source.from.at);
  const objects = withinInterval(request, all, ({ key }) => key);
  const folder = join(cache ?? scratch, 'objects');
  const files = await fetchObjects(store, path, objects, folder, done =>
    progress(`${done} of ${objects.length} objects are here`),
  );
  const content = await snapshot(path, files, format !== 'parquet', signal);
  const taken: Snapshot = { ...content, mark: markOfObjects(objects) };
  return {
    uri: path,
    files,
    format,
    read: readers[format],
    taken: async () => taken,
    notes: leftOut(all, objects),
  };
}

/**
 * What tells whether a source is as it was, without its rows: the mark that reading it would give. Null where only reading
 * can tell: a query without a watermark.
 */
export async function markOfOrigin(request: OriginRequest): Promise<string | null> {
  const { source } = sourceOf(request);
  if (source.from.name === 'query') {
    const { markOfQuery } = await import('../postgres/query.ts');
    return markOfQuery(queryRequest(request));
  }
  const path = String(source.from.args['path']);
  const store = await openStore(connectionNamed(request.plan, source.from), source.from.at, request.signal);
  const objects: readonly StoredObject[] = await locateObjects(store, path, source.from.at);
  return markOfObjects(withinInterval(request, objects, ({ key }) => key));
}

/** Files of partitions outside the data interval are not read; where none is left, all are, to say what there is. */
function withinInterval<T>(
  request: OriginRequest,
  all: readonly T[],
  nameOf: (one: T) => string,
): readonly T[] {
  const { source, schema } = sourceOf(request);
  const { params } = request;
  if (source.partition === null || source.partition.column !== schema.eventTime) return all;
  const inside = all.filter(one => inInterval(nameOf(one), source.partition!, params));
  return inside.length > 0 ? inside : all;
}

const leftOut = (all: readonly unknown[], kept: readonly unknown[]): readonly string[] =>
  all.length === kept.length
    ? []
    : [`${kept.length} of ${all.length} files read: the others lie outside the data interval`];

function sourceOf({ plan, step }: Pick<OriginRequest, 'plan' | 'step'>): {
  name: string;
  source: Source;
  schema: Schema;
} {
  const source = plan.sources[step.of]!;
  return { name: step.of, source, schema: plan.schemas[source.schema]! };
}

/** The connection that a constructor is given, with its name. */
export function connectionNamed(plan: Plan, construct: Construct): Connection | null {
  const found = connectionOf(plan, construct);
  const given = construct.args['connection'] as { readonly ref?: string } | undefined;
  return found && given?.ref !== undefined ? { name: given.ref, construct: found } : null;
}

/** The data interval of a source, by its event time; null where there is none or the source has no event time. */
export function boundsOf(schema: Schema, { from, to }: Pick<StepParams, 'from' | 'to'>): Bounds | null {
  const column = schema.eventTime;
  return column === null || (from === null && to === null) ? null : { column, from, to };
}

function queryRequest(request: OriginRequest): QueryRequest {
  const { name, source, schema } = sourceOf(request);
  const connection = connectionNamed(request.plan, source.from);
  if (connection === null) throw new Error(`the source ${name} has no connection`);
  const [first = ''] = queryText(source).trim().split('\n');
  const shown =
    first.length > 60 || queryText(source).includes('\n') ? `${first.slice(0, 60).trim()} …` : first;
  return {
    name,
    source,
    schema,
    connection,
    uri: `${connection.name}: ${shown}`,
    interval: boundsOf(schema, request.params),
    timeout: request.step.timeout,
    signal: request.signal,
  };
}
