import type { Plan, Schema, Source } from '../../../compiler/plan/plan.ts';
import type { SourceProgram, StepContext } from '../../engine/contract.ts';
import { typeText } from '../describe.ts';
import type { Database } from '../duckdb.ts';
import type { DataFile } from '../sources/location.ts';
import { type Origin, openOrigin } from '../sources/origin.ts';
import type { ReadRequest, SourceSettings } from '../sources/raw.ts';

/** A source as one run reads it. */
export interface Request {
  readonly name: string;
  readonly source: Source;
  readonly schema: Schema;
  readonly program: SourceProgram;
  readonly uri: string;
  readonly files: readonly DataFile[];
  readonly origin: Origin;
}

/** Finds what is to be read. @throws MlpError where it is not there */
export async function requestOf(context: StepContext, name: string, scratch: string): Promise<Request> {
  const { plan, program, step, params, root, signal, cache } = context;
  const source = plan.sources[name]!;
  const schema = schemaOf(plan, source);
  const written = program.sources[name];
  if (written === undefined) throw new Error(`the program has no checks for source ${name}`);
  const progress = (message: string): void => context.progress({ message });
  const origin = await openOrigin({ plan, step, params, root, signal, cache, scratch, progress });
  return { name, source, schema, program: written, uri: origin.uri, files: origin.files, origin };
}

function schemaOf(plan: Plan, source: Source): Schema {
  const schema = plan.schemas[source.schema];
  if (schema === undefined) throw new Error(`the plan has no schema ${source.schema}`);
  return schema;
}

/** What its rows are read as. */
export function readRequest(database: Database, request: Request): ReadRequest {
  const { schema, source, files } = request;
  return {
    database,
    files,
    schema: source.schema,
    settings: settingsOf(source),
    at: source.from.at,
    wanted: schema.columns.map(({ name, type }) => ({
      name,
      expected: typeText(type),
      optional: type.optional,
    })),
  };
}

function settingsOf(source: Source): SourceSettings {
  const { args } = source.from;
  const missing = args['missing'] ?? [];
  const delimiter = args['delimiter'] ?? args['separator'];
  const tabbed = typeof args['path'] === 'string' && /\.tsv(\.gz)?$/.test(args['path']);
  return {
    missing: (Array.isArray(missing) ? missing : [missing]).map(String),
    header: args['header'] !== false,
    // A default cannot be told from what is written, so a comma leaves it to the name.
    separator:
      typeof delimiter === 'string' && delimiter !== '' && delimiter !== ','
        ? delimiter
        : tabbed
          ? '\t'
          : ',',
  };
}
