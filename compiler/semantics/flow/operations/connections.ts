import { connectionsMessages } from '../../../diagnostics/messages/operations.ts';
import { schemeOf } from '../../../plan/paths.ts';
import type { Construct, Source } from '../../../plan/plan.ts';
import type { Operations } from './facts.ts';

/** What a constructor asks of the connection that it is given. */
const wanted: Readonly<Record<string, string>> = {
  query: 'postgres',
  table: 'postgres',
  csv: 's3',
  json: 's3',
  parquet: 's3',
  csv_file: 's3',
  json_file: 's3',
  parquet_file: 's3',
};

/** Sources and sinks are given connections of the kind that they need; a source that must be fresh has a time. */
export function checkConnections(facts: Operations): void {
  const { draft } = facts;
  const environments = Object.values(draft.environments);
  const made = [
    ...Object.values(draft.sources).map(({ from }) => from),
    ...Object.values(draft.sinks).map(({ to }) => to),
    ...environments.flatMap(({ sources, sinks }) => [...Object.values(sources), ...Object.values(sinks)]),
  ];
  for (const construct of new Set(made)) checkConnection(facts, construct);
  for (const [name, source] of Object.entries(draft.sources)) {
    checkTime(facts, name, source);
    checkPartition(facts, name, source);
  }
}

function checkConnection({ draft, flow }: Operations, { name, args, at }: Construct): void {
  const given = args['connection'];
  const ref = typeof given === 'object' && given !== null && 'ref' in given ? given.ref : undefined;
  const connection = ref === undefined ? undefined : draft.connections[ref];
  const needs = wanted[name];
  if (ref === undefined || !connection || needs === undefined) return;
  const place = flow.at(at, [flow.label(connection.at, 'the connection')]);
  if (!place) return;
  const { path } = args;
  if (connection.name !== needs)
    flow.diagnostics.push(
      connectionsMessages.otherKind({ made: name, connection: ref, found: connection.name, needs }, place),
    );
  else if (typeof path === 'string' && schemeOf(path) !== 's3')
    flow.diagnostics.push(connectionsMessages.unusedConnection({ path, connection: ref }, place));
}

function checkTime({ draft, flow }: Operations, name: string, source: Source): void {
  const schema = draft.schemas[source.schema];
  if (source.freshWithin === null || !schema || schema.eventTime !== null) return;
  const kind = schema.columns.find(column => column.name === source.watermark)?.type.kind;
  if (kind !== undefined && kind !== 'int') return;
  const place = flow.at(source.at, [flow.label(schema.at, 'its schema')]);
  if (place)
    flow.diagnostics.push(connectionsMessages.noTime({ source: name, schema: source.schema }, place));
}

/** The data interval is one of event times, so that is what partitions are cut by. */
function checkPartition({ draft, flow }: Operations, name: string, { partition, schema, at }: Source): void {
  const rows = draft.schemas[schema];
  if (partition === null || !rows || rows.eventTime === partition.column) return;
  const column = rows.columns.find(one => one.name === partition.column);
  if (column === undefined) return;
  const place = flow.at(at, [flow.label(column.at, 'what it is partitioned by')]);
  const facts = { source: name, column: partition.column, eventTime: rows.eventTime };
  if (place) flow.diagnostics.push(connectionsMessages.otherPartition(facts, place));
}
