import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import { dataMessages } from '../../../compiler/diagnostics/messages/data.ts';
import type { Model, Plan, Type } from '../../../compiler/plan/plan.ts';
import { type Database, withDatabase } from '../../data/duckdb.ts';
import { fault } from '../../data/faults.ts';
import { identifier, literal } from '../../data/sql.ts';
import type { Program } from '../../engine/contract.ts';
import { type Fitted, finishSql } from '../../features/fitted.ts';
import {
  finishedSql,
  type PartColumn,
  type PartColumns,
  partColumns,
  waitingColumns,
} from '../../features/part-columns.ts';
import type { PartName, SplitReport } from '../../features/parts.ts';
import type { CategoryColumn, Column, Frame, NumberColumn, Target } from '../types.ts';

export interface Part {
  readonly frame: Frame;
  readonly target: Target;
  /** By slice of the model, its columns, ready for `sliceBy`. Booleans and times are categories here. */
  readonly slices: readonly { readonly columns: readonly Column[]; readonly minimum: number }[];
  /** Moments of prediction in milliseconds since 1970; NaN without time. */
  readonly at: Float64Array;
  /** The place in [0, 1) of the row's or its group's hash (`features/row-hash.ts`); NaN where the split is by time. */
  readonly place: Float64Array;
}

export interface ReadPartOptions {
  /** The artifact `parts`. */
  readonly folder: string;
  readonly plan: Plan;
  readonly model: string;
  readonly part: PartName;
  readonly threads: number;
  readonly memory: string;
  /** A folder of the step's own, for what does not fit into memory. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** Another model's fitted values, with which the features that read such are computed anew. */
  readonly fitted?: { readonly program: Program; readonly values: Fitted };
}

/** The report beside the parts: which parts there are, and where they begin. */
export async function readSplit(folder: string): Promise<SplitReport> {
  return JSON.parse(await readFile(join(folder, 'split.json'), 'utf8')) as SplitReport;
}

/**
 * A part as columns of typed arrays. Numbers, times (milliseconds) and booleans (0, 1) are number columns, missing NaN;
 * text and enums are categories over this part's own distinct values, sorted as `vocabularyOf` does: a model recodes them
 * (`alignFrame`). A part that the model does not declare has no rows.
 */
export async function readPart(options: ReadPartOptions): Promise<Part> {
  const model = options.plan.models[options.model]!;
  const columns = partColumns(options.plan, model);
  const classes = (await readSplit(options.folder)).classes;
  const { threads, memory, scratch, signal } = options;
  return withDatabase(
    {
      threads,
      memory,
      scratch,
      folders: [options.folder],
      signal,
      functions: options.fitted?.program.functions,
    },
    async database => {
      const file = literal(join(options.folder, `${options.part}.parquet`));
      const rows = `SELECT * FROM read_parquet(${file})`;
      const { fitted } = options;
      await database.execute(
        `CREATE TEMP VIEW part AS ${fitted ? refitted(options.plan, model, columns, fitted, rows) : rows}`,
      );
      const readers: Reader[] = [];
      const features = columns.features.flatMap(column => featureReaders(column, readers));
      const target = targetReader(model, columns.label, classes, readers);
      const slices = columns.slices.map(slice => slice.map(column => sliceReader(column, readers)));
      const at = numberReader('__at', `epoch_ms(__at::TIMESTAMP)`, readers);
      const place = numberReader('__place', '__place', readers);
      const count = await readColumns(database, readers);
      return {
        frame: { rows: count, columns: features.map(reader => reader.column()) },
        target: target(options),
        slices: slices.map((slice, i) => ({
          columns: slice.map(reader => reader.column()),
          minimum: model.slices[i]!.minimum,
        })),
        at: at.column().values,
        place: place.column().values,
      };
    },
  );
}

/** The rows of a part as another model sees them. */
function refitted(
  plan: Plan,
  model: Model,
  columns: PartColumns,
  { program, values }: NonNullable<ReadPartOptions['fitted']>,
  rows: string,
): string {
  const waiting = waitingColumns(plan, model);
  const named = columns.all.map(({ name }) => finishedSql(name, waiting));
  const finished = finishSql(program, model.views, values, rows);
  return `SELECT ${[...named, '__at', '__place'].join(', ')} FROM (${finished})`;
}

/**
 * The features of the relation `part`, whose rows are numbered from 1 in `__n`, in frames of at most `size` rows: what a
 * model is given to score, for which no label is needed and which need not fit into memory.
 */
export async function* featureFrames(
  database: Database,
  plan: Plan,
  model: Model,
  size: number,
): AsyncIterable<Frame & { readonly first: number }> {
  const readers: Reader[] = [];
  const features = partColumns(plan, model).features.flatMap(column => featureReaders(column, readers));
  const [row] = await database.rows('SELECT count(*) AS rows FROM part');
  for (const reader of readers) await reader.prepare(database);
  for (let first = 1; first <= Number(row!['rows']); first += size) {
    const where = `__n >= ${first} AND __n < ${first + size}`;
    const rows = await readColumns(database, readers, { prepared: true, where });
    yield { first, rows, columns: features.map(reader => reader.column()) };
  }
}

/** Fills one typed array from chunks; what it makes is complete once all chunks are read. */
interface Reader<C extends Column = Column> {
  /** Makes the enum type that a dictionary needs. */
  prepare(database: Database): Promise<void>;
  readonly sql: () => string;
  /** Called once, with the number of rows. */
  allocate(rows: number): void;
  take(vector: DuckDBVector, offset: number, count: number): void;
  column(): C;
}

function numberReader(name: string, sql: string, readers: Reader[]): Reader<NumberColumn> {
  let values = new Float64Array(0);
  const reader: Reader<NumberColumn> = {
    prepare: async () => {},
    // Missing is NaN already in SQL: no validity mask to look at.
    sql: () => `coalesce((${sql})::DOUBLE, 'NaN'::DOUBLE)`,
    allocate: rows => {
      values = new Float64Array(rows);
    },
    take: (vector, offset, count) => {
      values.set(itemsOf<Float64Array>(vector).subarray(0, count), offset);
    },
    column: () => ({ kind: 'number', name, values }),
  };
  readers.push(reader);
  return reader;
}

/** A dictionary made by DuckDB: the column as an enum, whose codes are then put into the order that JavaScript sorts in. */
function categoryReader(name: string, sql: string, readers: Reader[]): Reader<CategoryColumn> {
  const type = identifier(`dictionary:${readers.length}`);
  let codes = new Int32Array(0);
  let vocabulary: readonly string[] = [];
  let rank = new Int32Array(0);
  const reader: Reader<CategoryColumn> = {
    prepare: async database => {
      const distinct = `SELECT DISTINCT (${sql})::VARCHAR AS value FROM part WHERE (${sql}) IS NOT NULL ORDER BY value`;
      const found = (await database.rows(distinct)).map(row => String(row['value']));
      vocabulary = [...found].sort();
      if (found.length === 0) return;
      await database.execute(`CREATE TYPE ${type} AS ENUM (${distinct})`);
      const codeOf = new Map(vocabulary.map((value, code) => [value, code]));
      rank = Int32Array.from([-1, ...found.map(value => codeOf.get(value)!)]);
    },
    // The enum's position from 1, so that 0 can be missing.
    sql: () =>
      vocabulary.length === 0
        ? '0::INTEGER'
        : `coalesce(enum_code((${sql})::VARCHAR::${type})::INTEGER + 1, 0)`,
    allocate: rows => {
      codes = new Int32Array(rows);
    },
    take: (vector, offset, count) => {
      const items = itemsOf<Int32Array>(vector);
      for (let i = 0; i < count; i++) codes[offset + i] = vocabulary.length === 0 ? -1 : rank[items[i]!]!;
    },
    column: () => ({ kind: 'category', name, codes, vocabulary }),
  };
  readers.push(reader);
  return reader;
}

/** `items` is public in the vectors of numbers but not in all their type declarations. */
function itemsOf<A>(vector: DuckDBVector): A {
  return (vector as unknown as { readonly items: A }).items;
}

const categorical: ReadonlySet<Type['kind']> = new Set(['string', 'enum']);
const temporal: ReadonlySet<Type['kind']> = new Set(['date', 'datetime', 'timestamp']);

function featureReaders(column: PartColumn, readers: Reader[]): Reader[] {
  const name = identifier(column.name);
  const { kind } = column.type;
  if (categorical.has(kind)) return [categoryReader(column.name, name, readers)];
  if (temporal.has(kind)) return [numberReader(column.name, `epoch_ms(${name}::TIMESTAMP)`, readers)];
  if (kind === 'vector') {
    const places = Array.from({ length: column.type.length ?? 0 }, (_, i) => i);
    return places.map(i => numberReader(`${column.name}[${i}]`, `${name}[${i + 1}]`, readers));
  }
  return [numberReader(column.name, name, readers)];
}

function sliceReader(column: PartColumn, readers: Reader[]): Reader {
  const name = identifier(column.name);
  const shown = column.name.replace(/^source\./, '');
  const { kind } = column.type;
  const numeric = kind === 'int' || kind === 'float';
  return numeric ? numberReader(shown, name, readers) : categoryReader(shown, name, readers);
}

function targetReader(
  model: Model,
  label: PartColumn,
  classes: readonly string[] | null,
  readers: Reader[],
): (options: ReadPartOptions) => Target {
  const name = identifier(label.name);
  if (model.task !== 'multiclass') {
    const reader = numberReader(label.name, name, readers);
    const task = model.task === 'binary' ? 'binary' : 'regression';
    return () => ({ task, values: reader.column().values, classes: [] });
  }
  const reader = categoryReader(label.name, name, readers);
  const known = classes ?? [];
  return options => {
    const { codes, vocabulary } = reader.column();
    const classOf = vocabulary.map(value => known.indexOf(value));
    const unknown = vocabulary.filter((_, code) => classOf[code]! < 0);
    if (unknown.length > 0) {
      const facts = { model: options.model, part: options.part, labels: unknown };
      throw fault(dataMessages.unknownClass, facts, { at: model.at });
    }
    return { task: 'multiclass', values: Float64Array.from(codes, code => classOf[code]!), classes: known };
  };
}

/** One scan for all columns; each chunk's arrays are copied out of DuckDB's memory as a whole. */
async function readColumns(
  database: Database,
  readers: readonly Reader[],
  options: { readonly prepared?: boolean; readonly where?: string } = {},
): Promise<number> {
  if (!options.prepared) for (const reader of readers) await reader.prepare(database);
  const from = `FROM part${options.where === undefined ? '' : ` WHERE ${options.where}`}`;
  const [row] = await database.rows(`SELECT count(*) AS rows ${from}`);
  const rows = Number(row!['rows']);
  for (const reader of readers) reader.allocate(rows);
  let offset = 0;
  const query = `SELECT ${readers.map(reader => reader.sql()).join(', ')} ${from}`;
  for await (const chunk of database.chunks(query)) {
    takeChunk(chunk, readers, offset);
    offset += chunk.rowCount;
  }
  return rows;
}

function takeChunk(chunk: DuckDBDataChunk, readers: readonly Reader[], offset: number): void {
  readers.forEach((reader, i) => {
    reader.take(chunk.getColumnVector(i), offset, chunk.rowCount);
  });
}
