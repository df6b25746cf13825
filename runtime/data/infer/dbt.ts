import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { connectionMessages } from '../../../compiler/diagnostics/messages/connections.ts';
import { fault } from '../faults.ts';
import { dbtSpec } from './dbt-spec.ts';

/** A model, seed, snapshot or source of a dbt project, as far as a spec says it. */
export interface DbtTable {
  readonly name: string;
  /** Of a source the group that it is declared in. */
  readonly group: string | null;
  readonly description: string;
  /** As it is called in the database, quoted as the adapter quotes: `"shop"."public"."orders"`. */
  readonly relation: string;
  readonly columns: readonly DbtColumn[];
  /** The column by which dbt judges freshness, and after how many milliseconds it is an error. */
  readonly loadedAt: string | null;
  readonly freshWithin: number | null;
  readonly eventTime: string | null;
}
export interface DbtColumn {
  readonly name: string;
  readonly description: string;
  /** Null where neither the project nor a catalog says it. */
  readonly type: string | null;
  readonly required: boolean;
  readonly unique: boolean;
  readonly accepted: readonly string[] | null;
  readonly personal: boolean;
}
export interface DbtProject {
  readonly name: string;
  readonly adapter: string;
  readonly path: string;
  readonly tables: readonly DbtTable[];
  /** Whether the types come from the database. */
  readonly catalog: boolean;
}

export interface InferredDbt {
  readonly spec: string;
  readonly tables: number;
  /** Columns left out because nobody says their type. */
  readonly untyped: number;
}

const text = { type: 'string' } as const;
const nullableText = { type: ['string', 'null'] } as const;
const column = {
  type: 'object',
  properties: {
    name: text,
    description: nullableText,
    data_type: nullableText,
    tags: { type: 'array' },
    meta: { type: 'object' },
  },
  required: ['name'],
} as const;
const node = {
  type: 'object',
  properties: {
    name: text,
    resource_type: text,
    description: nullableText,
    relation_name: nullableText,
    columns: { type: 'object', additionalProperties: column },
  },
  required: ['name', 'resource_type'],
} as const;
/** What of a manifest is read; dbt's own schema of it says much more. */
const manifestSchema = {
  type: 'object',
  properties: {
    metadata: {
      type: 'object',
      properties: { dbt_schema_version: text, adapter_type: nullableText, project_name: nullableText },
      required: ['dbt_schema_version'],
    },
    nodes: { type: 'object', additionalProperties: node },
    sources: { type: 'object', additionalProperties: node },
  },
  required: ['metadata', 'nodes', 'sources'],
} as const;

interface Node {
  readonly name: string;
  readonly resource_type: string;
  readonly description?: string | null;
  readonly relation_name?: string | null;
  readonly source_name?: string;
  readonly columns?: Readonly<Record<string, ManifestColumn>>;
  readonly config?: {
    readonly enabled?: boolean;
    readonly materialized?: string;
    readonly event_time?: string | null;
  };
  readonly loaded_at_field?: string | null;
  readonly freshness?: {
    readonly error_after?: { readonly count?: number | null; readonly period?: string | null } | null;
  } | null;
  readonly test_metadata?: { readonly name: string; readonly kwargs: Readonly<Record<string, unknown>> };
  readonly column_name?: string | null;
  readonly attached_node?: string | null;
  readonly depends_on?: { readonly nodes?: readonly string[] };
}
interface ManifestColumn {
  readonly name: string;
  readonly description?: string | null;
  readonly data_type?: string | null;
  readonly tags?: readonly unknown[];
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly constraints?: readonly { readonly type: string }[];
}
interface Manifest {
  readonly metadata: {
    readonly dbt_schema_version: string;
    readonly adapter_type?: string | null;
    readonly project_name?: string | null;
  };
  readonly nodes: Readonly<Record<string, Node>>;
  readonly sources: Readonly<Record<string, Node>>;
}
type Catalog = Readonly<
  Record<
    'nodes' | 'sources',
    Readonly<
      Record<
        string,
        {
          readonly columns: Readonly<
            Record<string, { readonly name: string; readonly type: string; readonly index: number }>
          >;
        }
      >
    >
  >
>;

/**
 * The spec of a dbt project: a schema and a source for every model, seed, snapshot and source, with what its tests say of
 * the columns; types from `catalog.json` beside the manifest where there is one. Undefined where the file is no manifest.
 * Throws MLP8140, MLP8141.
 */
export async function inferDbt(path: string): Promise<InferredDbt | undefined> {
  if (!/\.json$/i.test(path)) return undefined;
  const json = await readFile(path, 'utf8').catch(() => undefined);
  if (json === undefined || !json.includes('"dbt_schema_version"')) return undefined;
  const manifest = await readManifest(path, json);
  const catalogFile = join(dirname(path), 'catalog.json');
  const catalogJson =
    basename(path) === 'catalog.json'
      ? undefined
      : await readFile(catalogFile, 'utf8').catch(() => undefined);
  const catalog = catalogJson === undefined ? null : (parse(catalogFile, catalogJson) as Catalog);
  const project = projectOf(path, manifest, catalog);
  if (!['postgres', 'duckdb'].includes(project.adapter))
    throw fault(connectionMessages.dbtAdapter, { path, adapter: project.adapter });
  if (project.tables.length === 0)
    throw fault(connectionMessages.dbtManifest, { path, what: 'has neither models nor sources' });
  return { ...dbtSpec(project), tables: project.tables.length };
}

function parse(path: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw fault(connectionMessages.dbtManifest, { path, what: `is not JSON: ${(error as Error).message}` });
  }
}

async function readManifest(path: string, json: string): Promise<Manifest> {
  const document = parse(path, json);
  const { compileSchema } = await import('../../engine/validator.ts');
  const wrong = compileSchema(manifestSchema)(document);
  if (wrong !== undefined)
    throw fault(connectionMessages.dbtManifest, {
      path,
      what: `is no manifest of dbt: ${wrong.instancePath || 'it'} ${wrong.message ?? 'differs'}`,
    });
  return document as Manifest;
}

function projectOf(path: string, manifest: Manifest, catalog: Catalog | null): DbtProject {
  const tests = testsOf(manifest);
  const models = Object.entries(manifest.nodes).filter(
    ([, { resource_type: kind, config }]) =>
      ['model', 'seed', 'snapshot'].includes(kind) &&
      config?.enabled !== false &&
      config?.materialized !== 'ephemeral',
  );
  const all = [...Object.entries(manifest.sources), ...models].filter(([, one]) => one.relation_name != null);
  const tables = all.map(([id, one]): DbtTable => {
    const found = catalog?.sources?.[id] ?? catalog?.nodes?.[id];
    return {
      name: one.name,
      group: one.source_name ?? null,
      description: one.description ?? '',
      relation: one.relation_name!,
      columns: columnsOf(one, found?.columns, tests.get(id) ?? []),
      loadedAt: one.loaded_at_field ?? null,
      freshWithin: periodOf(one.freshness?.error_after),
      eventTime: one.config?.event_time ?? null,
    };
  });
  const { project_name: name, adapter_type: adapter } = manifest.metadata;
  return { name: name ?? 'dbt', adapter: adapter ?? 'postgres', path, tables, catalog: catalog !== null };
}

interface ColumnTest {
  readonly column: string;
  readonly name: string;
  readonly values: readonly string[] | null;
}

/** The tests that say something of one column, by the node that they are of. */
function testsOf({ nodes }: Manifest): ReadonlyMap<string, readonly ColumnTest[]> {
  const found = new Map<string, ColumnTest[]>();
  for (const node of Object.values(nodes)) {
    const { test_metadata: test } = node;
    const of = node.attached_node ?? node.depends_on?.nodes?.[0];
    const column = node.column_name ?? test?.kwargs['column_name'];
    if (!test || of === undefined || typeof column !== 'string' || node.config?.enabled === false) continue;
    // Arguments stand in a map of their own from dbt 1.10 on.
    const given =
      (test.kwargs['arguments'] as Record<string, unknown> | undefined)?.['values'] ?? test.kwargs['values'];
    const values =
      Array.isArray(given) && given.every(value => typeof value === 'string') ? (given as string[]) : null;
    found.set(of, [...(found.get(of) ?? []), { column, name: test.name, values }]);
  }
  return found;
}

function columnsOf(
  { columns: declared = {} }: Node,
  catalog:
    | Readonly<Record<string, { readonly name: string; readonly type: string; readonly index: number }>>
    | undefined,
  tests: readonly ColumnTest[],
): DbtColumn[] {
  const byName = new Map(Object.values(declared).map(one => [one.name.toLowerCase(), one]));
  const fromCatalog = Object.values(catalog ?? {}).sort((a, b) => a.index - b.index);
  const names =
    fromCatalog.length > 0
      ? fromCatalog.map(({ name }) => name)
      : Object.values(declared).map(({ name }) => name);
  return names.map(name => {
    const own = byName.get(name.toLowerCase());
    const about = tests.filter(({ column }) => column.toLowerCase() === name.toLowerCase());
    const has = (test: string): boolean => about.some(one => one.name === test);
    const constrained = (kind: string): boolean =>
      own?.constraints?.some(({ type }) => type === kind) === true;
    const key = constrained('primary_key');
    return {
      name,
      description: own?.description ?? '',
      type: fromCatalog.find(one => one.name === name)?.type ?? own?.data_type ?? null,
      required: has('not_null') || constrained('not_null') || key,
      unique: has('unique') || constrained('unique') || key,
      accepted: about.find(({ values }) => values !== null)?.values ?? null,
      personal:
        own?.tags?.includes('pii') === true ||
        own?.meta?.['pii'] === true ||
        own?.meta?.['contains_pii'] === true,
    };
  });
}

function periodOf(
  after: { readonly count?: number | null; readonly period?: string | null } | null | undefined,
): number | null {
  const units: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
  const unit = units[after?.period ?? ''];
  return after?.count && unit !== undefined ? after.count * unit : null;
}
