import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dataMessages } from '../../../compiler/diagnostics/messages/data.ts';
import type { Schema } from '../../../compiler/plan/plan.ts';
import { castColumn } from '../cast.ts';
import { type Database, withDatabase } from '../duckdb.ts';
import { fault } from '../faults.ts';
import { profileKind, profileTable } from '../profile.ts';
import { readCsv, readHeader } from '../sources/csv.ts';
import { loadJson, viewJson } from '../sources/json.ts';
import { type DataFile, locate } from '../sources/location.ts';
import { describeParquet, readParquet } from '../sources/parquet.ts';
import { type RawTable, type ReadRequest, rawName } from '../sources/raw.ts';
import { identifier, literal } from '../sql.ts';
import { type ColumnType, missingMarker, typeColumns } from './column.ts';
import { seemsPersonal } from './personal.ts';
import { patternCandidates, refine } from './refine.ts';
import { type InferredColumn, pascalCase, type SpecParts, specText } from './spec.ts';

export interface InferOptions {
  /** Folder against which paths are resolved. */
  readonly root: string;
  readonly threads?: number;
  readonly memory?: string;
  readonly signal?: AbortSignal;
}

export interface Inferred {
  /** A whole `.mlp` spec: enums, schema, source. */
  readonly spec: string;
  /** The schema as a plan has it. */
  readonly schema: Schema;
  readonly profile: DataProfile;
}

/** What `profileHtml` shows. */
export interface DataProfile {
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
  /** Rows that repeat an earlier one whole. */
  readonly repeated: number;
  readonly columns: readonly InferredColumn[];
  /** Pearson's correlation of pairs of number columns, where it exists. */
  readonly correlations: readonly { readonly a: string; readonly b: string; readonly r: number }[];
}

type Format = 'csv' | 'json' | 'parquet';

/**
 * A schema that the data of a path (a file, a glob, `npm:package/path`) satisfy, and their profile. Throws the faults of
 * reading (MLP8001 to MLP8009), and MLP8050 for a name that tells no format.
 */
export async function inferSchema(path: string, options: InferOptions): Promise<Inferred> {
  const files = await locate(path, options.root);
  const format = formatOf(files[0]!.path);
  if (format === null) throw fault(dataMessages.unknownFormat, { path });
  const scratch = await mkdtemp(join(tmpdir(), 'mlp-infer-'));
  return withDatabase(
    {
      threads: options.threads ?? 2,
      memory: options.memory ?? '2GiB',
      scratch,
      files: files.map(file => resolve(file.path)),
      folders: [],
      signal: options.signal ?? new AbortController().signal,
    },
    database => infer(database, path, files, format),
  );
}

function formatOf(path: string): Format | null {
  if (/\.(csv|tsv)(\.gz)?$/i.test(path)) return 'csv';
  if (/\.(json|jsonl|ndjson)(\.gz)?$/i.test(path)) return 'json';
  return /\.parquet$/i.test(path) ? 'parquet' : null;
}

async function infer(
  database: Database,
  path: string,
  files: readonly DataFile[],
  format: Format,
): Promise<Inferred> {
  const { table, missing, delimiter } = await discover(database, files, format);
  const types = await typeColumns(database, table.columns);
  await defineTyped(database, table, types);
  const columns = await describeColumns(database, types);
  const [size] = await database.rows(
    `SELECT count(*) AS rows, (SELECT count(*) FROM (SELECT DISTINCT * FROM typed)) AS apart FROM typed`,
  );
  const rows = Number(size!['rows']);
  if (rows === 0) throw fault(dataMessages.emptyFile, { path, expected: 'rows to infer a schema from' });
  const names = sourceNames(path);
  const parts: SpecParts = {
    ...names,
    format,
    path,
    missing,
    delimiter,
    rows,
    columns,
    left: table.columns.filter(({ name }) => !types.some(type => type.name === name)),
  };
  const profile: DataProfile = {
    path,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    rows,
    repeated: rows - Number(size!['apart']),
    columns,
    correlations: await correlate(database, columns),
  };
  return { spec: specText(parts), schema: schemaOf(columns), profile };
}

interface Discovered {
  readonly table: RawTable;
  readonly missing: string | null;
  readonly delimiter: string;
}

async function discover(database: Database, files: readonly DataFile[], format: Format): Promise<Discovered> {
  const settings = { missing: [] as string[], separator: ',', header: true };
  const request = (names: readonly string[], more = settings): ReadRequest => ({
    database,
    files,
    wanted: names.map(name => ({ name, expected: 'any type', optional: true })),
    schema: 'the first file',
    settings: more,
  });
  if (format === 'json') {
    const columns = await loadJson(request([]));
    return { table: await viewJson(database, columns, columns), missing: null, delimiter: ',' };
  }
  if (format === 'parquet') {
    const columns = await describeParquet(request([]), files[0]!);
    return {
      table: await readParquet(request(columns.map(({ name }) => name))),
      missing: null,
      delimiter: ',',
    };
  }
  const delimiter = await delimiterOf(files[0]!);
  const header = await readHeader(files[0]!, delimiter);
  const separated = { ...settings, separator: delimiter };
  const table = await readCsv(request(header, separated));
  const missing = await missingMarker(database, header);
  if (missing === null) return { table, missing, delimiter };
  await database.execute('DROP TABLE raw_rows');
  return { table: await readCsv(request(header, { ...separated, missing: [missing] })), missing, delimiter };
}

/** The separator that makes the most names of the header. */
async function delimiterOf(file: DataFile): Promise<string> {
  let best = ',';
  let names = 1;
  for (const delimiter of [',', '\t', ';', '|']) {
    const found = (await readHeader(file, delimiter)).length;
    if (found > names) [best, names] = [delimiter, found];
  }
  return best;
}

async function defineTyped(database: Database, table: RawTable, types: readonly ColumnType[]): Promise<void> {
  const values = types.map(({ name, sqlType }) => {
    const from = table.columns.find(column => column.name === name)!.type;
    const { value, holds } = castColumn(rawName(name), from, sqlType)!;
    // NaN of a Parquet file is no value that a schema allows.
    return `${holds === null ? value : `CASE WHEN ${holds} THEN ${value} END`} AS ${identifier(name)}`;
  });
  await database.execute(`CREATE TEMP VIEW typed AS SELECT ${values.join(', ')} FROM ${table.relation}`);
}

async function describeColumns(database: Database, types: readonly ColumnType[]): Promise<InferredColumn[]> {
  const profiled = types.map(({ name, kind }) => ({
    key: name,
    sql: identifier(name),
    kind: profileKind({ kind, optional: true }),
  }));
  const { columns, rows } = await profileTable(database, 'typed', 'typed', profiled);
  const described: InferredColumn[] = [];
  for (const type of types) {
    const profile = columns[type.name]!;
    const pattern = type.kind === 'string' ? await commonPattern(database, type.name) : null;
    if (seemsPersonal(type.name, pattern)) {
      // Neither the page nor the spec may show its values or how far they reach.
      const bare = { kind: 'bare', missing: profile.missing } as const;
      const shown = { name: type.name, type: refine(type, bare, rows, null), profile: bare };
      described.push({ ...shown, unique: false, personal: true });
      continue;
    }
    const unique =
      profile.kind !== 'bare' &&
      profile.kind !== 'time' &&
      type.kind !== 'float' &&
      profile.missing === 0 &&
      profile.distinct === rows &&
      rows > 1;
    const refined = refine(type, profile, rows, pattern);
    described.push({ name: type.name, type: refined, profile, unique, personal: false });
  }
  return described;
}

async function commonPattern(database: Database, name: string): Promise<string | null> {
  const x = identifier(name);
  const [size] = await database.rows(`SELECT min(length(${x})) AS low, max(length(${x})) AS high FROM typed`);
  if (size!['low'] === null) return null;
  const candidates = patternCandidates(Number(size!['low']), Number(size!['high']));
  if (candidates.length === 0) return null;
  const tests = candidates.map(
    (pattern, i) => `bool_and(regexp_full_match(${x}, ${literal(pattern)})) AS p${i}`,
  );
  const [row] = await database.rows(`SELECT ${tests.join(', ')} FROM typed`);
  return candidates.find((_, i) => row![`p${i}`] === true) ?? null;
}

/** At most so many columns are correlated with each other: 300 pairs. */
const correlated = 25;

async function correlate(
  database: Database,
  columns: readonly InferredColumn[],
): Promise<DataProfile['correlations']> {
  const numbers = columns
    .filter(({ profile }) => profile.kind === 'number' && profile.distinct > 1)
    .slice(0, correlated);
  const pairs = numbers.flatMap((a, i) => numbers.slice(i + 1).map(b => [a.name, b.name] as const));
  if (pairs.length === 0) return [];
  const sql = pairs.map(([a, b], i) => `corr(${identifier(a)}, ${identifier(b)}) AS r${i}`);
  const [row] = await database.rows(`SELECT ${sql.join(', ')} FROM typed`);
  return pairs.flatMap(([a, b], i) => {
    const r = row![`r${i}`];
    return typeof r === 'number' && Number.isFinite(r) ? [{ a, b, r: Number(r.toFixed(4)) }] : [];
  });
}

function schemaOf(columns: readonly InferredColumn[]): Schema {
  return {
    columns: columns.map(({ name, type, personal }) => ({
      name,
      type,
      known: { latest: [] },
      tags: personal ? ['pii'] : [],
      at: 0,
    })),
    eventTime: null,
    key: [],
    at: 0,
  };
}

/** `data/flights-3m.parquet` is the source `flights_3m` of schema `Flights3m`; a plain plural gives a singular. */
function sourceNames(path: string): { source: string; schema: string } {
  const base = path.replace(/^.*[/\\:]/, '').replace(/\.[A-Za-z]+(\.gz)?$/, '');
  const words = base.split(/[^A-Za-z0-9]+/).filter(word => word !== '');
  const snake = words.join('_').toLowerCase();
  const source = /^[a-z]/.test(snake) ? snake : `data_${snake}`;
  const plural = pascalCase(words.join(' '), 'Data');
  const schema = /[^s]s$/.test(plural) ? plural.slice(0, -1) : plural;
  return { source, schema: schema.toLowerCase() === source ? `${schema}Row` : schema };
}
