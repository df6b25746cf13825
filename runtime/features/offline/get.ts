import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { featureStoreMessages } from '../../../compiler/diagnostics/messages/feature-store.ts';
import { fittingOf } from '../../../compiler/plan/fitted.ts';
import type { FeatureView } from '../../../compiler/plan/plan.ts';
import { finishedColumn } from '../../../compiler/sql/fitting.ts';
import { type Database, withDatabase } from '../../data/duckdb.ts';
import { fault } from '../../data/faults.ts';
import { identifier, literal } from '../../data/sql.ts';
import { tableFile } from '../../data/write.ts';
import type { Program } from '../../engine/contract.ts';
import type { Observer } from '../../engine/events.ts';
import { defaultMemory, formatMemory } from '../../engine/resources.ts';
import { type Fitted, finishSql } from '../fitted.ts';
import { makeTables, viewsNamed } from '../tables.ts';
import { championValues } from './champion-values.ts';
import { offlineFolder, writePartitions } from './partitions.ts';

export interface GetOptions {
  readonly root: string;
  readonly view: string;
  /** A file of entities and moments (`.parquet` or `.csv`), a moment for all entities, or null: the latest row of each. */
  readonly at: string | null;
  /** Column of the file with the moments; by default `at`, or the view's own column. */
  readonly moment?: string;
  /** Whose champion's fitted values are meant, where the view has such. */
  readonly model?: string;
  /** One entity instead of all: values by column. */
  readonly key?: Readonly<Record<string, string>>;
  /** Labels too, with the moment from which they are known. */
  readonly labels?: boolean;
  /** `.parquet` or `.csv`. */
  readonly out: string;
  readonly signal?: AbortSignal;
  readonly observer?: Observer;
}

export interface Got {
  readonly view: string;
  readonly out: string;
  readonly rows: number;
  /** Rows for which the view has none at that moment. */
  readonly missing: number;
  /** The folder with the rows of this version, as Parquet. */
  readonly folder: string;
  readonly written: number;
}

/**
 * `mlp features get`: for each entity and moment, the view's row of that entity with the latest moment not after it, out of
 * the offline store, which is brought up to date before. What was computed for training is thereby what a notebook sees.
 */
export async function getFeatures(program: Program, options: GetOptions): Promise<Got> {
  const [name] = viewsNamed(program.plan, [options.view]) as [string];
  const view = program.plan.views[name]!;
  const file =
    options.at !== null && /\.(parquet|csv)$/i.test(options.at) ? path.resolve(options.at) : undefined;
  if (file !== undefined && !existsSync(file)) throw wrong(`there is no file ${options.at}`);
  if (!/\.(parquet|csv)$/i.test(options.out)) throw wrong(`${options.out} is neither .parquet nor .csv`);
  const out = path.resolve(options.out);
  const fitted = await championValues(program.plan, name, options.model ?? options.view, options.root);
  const folders = await makeTables(program, [name], { ...options, label: `features get ${name}` });
  const folder = offlineFolder(program, options.root, name);
  mkdirSync(folder, { recursive: true });
  mkdirSync(path.dirname(out), { recursive: true });
  return withDatabase(
    {
      threads: availableParallelism(),
      memory: formatMemory(defaultMemory()),
      scratch: path.join(folder, `.spill.${process.pid}`),
      folders: [folders.get(name)!, folder, path.dirname(out)],
      files: file === undefined ? [] : [file],
      signal: options.signal ?? new AbortController().signal,
      functions: program.functions,
    },
    async database => {
      await database.execute(
        `CREATE TEMP VIEW rows AS SELECT * FROM read_parquet(${literal(path.join(folders.get(name)!, tableFile))})`,
      );
      const { manifest, written } = await writePartitions(database, name, view.moment !== null, folder);
      const files = manifest.partitions.map(partition => literal(path.join(folder, partition.file)));
      const kept = `SELECT * FROM read_parquet([${files.join(', ')}], hive_partitioning = false)`;
      await database.execute(`CREATE TEMP VIEW offline AS ${seenBy(program, name, fitted, kept)}`);
      const request = new Request(database, name, view, options);
      const query = file === undefined ? await request.ofMoment(options.at) : await request.ofFile(file);
      const counted = await writeWhole(database, query, out);
      return { view: name, out: options.out, ...counted, folder, written };
    },
  );
}

/** The rows of a view as the model sees them whose values these are. */
function seenBy(program: Program, name: string, fitted: Fitted, rows: string): string {
  const { finished } = fittingOf(program.plan.views[name]!);
  if (finished.size === 0) return rows;
  const columns = [...finished.keys()].map(
    feature => `${identifier(finishedColumn(name, feature))} AS ${identifier(feature)}`,
  );
  const sql = finishSql(program, [name], fitted, rows);
  const hidden = ['given', 'finished'].map(prefix => `NOT starts_with(c, ${literal(`${prefix}.${name}.`)})`);
  return `SELECT COLUMNS(c -> ${hidden.join(' AND ')}), ${columns.join(', ')} FROM (${sql})`;
}

const wrong = (what: string, hint?: string): Error =>
  fault(featureStoreMessages.wrongEntities, { what }, hint === undefined ? {} : { hint });

/** Writes `query`, whose column `#found` says whether there was a row, under another name first. */
async function writeWhole(
  database: Database,
  query: string,
  out: string,
): Promise<{ rows: number; missing: number }> {
  const partial = `${out}.${process.pid}.partial`;
  const format = /\.csv$/i.test(out) ? 'FORMAT csv, HEADER' : 'FORMAT parquet, COMPRESSION zstd';
  await database.execute(`CREATE TEMP TABLE got AS ${query}`);
  const [row] = await database.rows(
    `SELECT count(*) AS n, count(*) FILTER (NOT "#found") AS missing FROM got`,
  );
  try {
    await database.execute(
      `COPY (SELECT * EXCLUDE ("#found", "#place") FROM got ORDER BY "#place") TO ${literal(partial)} (${format})`,
    );
    renameSync(partial, out);
  } finally {
    rmSync(partial, { force: true });
  }
  return { rows: Number(row!['n']), missing: Number(row!['missing']) };
}

class Request {
  readonly #database: Database;
  readonly #view: FeatureView;
  readonly #name: string;
  readonly #options: GetOptions;
  /** The view's columns, with their types in SQL. */
  #types = new Map<string, string>();

  constructor(database: Database, name: string, view: FeatureView, options: GetOptions) {
    this.#database = database;
    this.#view = view;
    this.#name = name;
    this.#options = options;
  }

  /** All entities, or the one that `--key` names, at one moment. */
  async ofMoment(at: string | null): Promise<string> {
    await this.#describe();
    const key = Object.entries(this.#options.key ?? {});
    const columns = key.length > 0 ? key.map(([column]) => column) : this.#view.key;
    if (columns.length === 0)
      throw wrong(
        `${this.#name} has no key, so there is no telling what its entities are`,
        'name one with --key COLUMN=VALUE, or give a file with --at',
      );
    for (const column of columns) this.#require(column, '--key');
    const moment =
      at === null
        ? null
        : `CAST(${literal(at.replace(/Z$/, '+00'))} AS ${this.#types.get('__at') ?? 'TIMESTAMP'})`;
    if (at !== null && this.#view.moment !== null)
      await this.#check(
        `SELECT ${moment}`,
        `${at} is neither a time nor a file that ends in .parquet or .csv`,
      );
    const conditions = [
      ...key.map(
        ([column, value]) => `${identifier(column)} = CAST(${literal(value)} AS ${this.#types.get(column)!})`,
      ),
      ...(moment === null || this.#view.moment === null ? [] : [`__at <= ${moment}`]),
    ];
    if (key.length > 0)
      await this.#check(
        `SELECT ${key.map(([column, value]) => `CAST(${literal(value)} AS ${this.#types.get(column)!})`).join(', ')}`,
        'a value of --key is not of its column’s type',
      );
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    const keys = columns.map(identifier).join(', ');
    const shown = this.#shown(new Set(columns))
      .map(column => `, ${column}`)
      .join('');
    return `SELECT ${keys}, __at AS at${shown}, true AS "#found", row_number() OVER (ORDER BY ${keys}) AS "#place"
      FROM offline${where} QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY ${this.#order()}) = 1`;
  }

  /** The file's rows, in their order, with the features beside them. */
  async ofFile(file: string): Promise<string> {
    await this.#describe();
    const csv = /\.csv$/i.test(file);
    const scan = csv
      ? `read_csv(${literal(file)}, header = true, all_varchar = true)`
      : `read_parquet(${literal(file)})`;
    await this.#database.execute(
      `CREATE TEMP VIEW asked AS SELECT *, row_number() OVER () AS "#place" FROM ${scan}`,
    );
    const given = (await this.#database.rows('DESCRIBE asked'))
      .map(row => String(row['column_name']))
      .filter(column => column !== '#place');
    const moment = this.#momentOf(given);
    const keys = this.#keysOf(given, moment);
    const typed = [
      ...keys.map((column, i) => [column, `k${i}`, this.#types.get(column)!] as const),
      ...(moment === undefined ? [] : [[moment, 'm', this.#types.get('__at')!] as const]),
    ];
    for (const [column, , type] of typed) await this.#castable(column, type);
    const casts = typed.map(
      ([column, as, type]) => `TRY_CAST(${identifier(column)} AS ${type}) AS ${identifier(`#${as}`)}`,
    );
    const places = keys.map((_, i) => identifier(`#k${i}`));
    const taken = new Set(given);
    const shown = this.#shown(taken);
    const kept = ['__at', ...new Set([...keys, ...this.#columns()])].map(identifier).join(', ');
    // Of rows of one entity and moment the greatest, so that the choice does not depend on their order.
    const one = `SELECT ${kept} FROM offline SEMI JOIN wanted ON ${keys.map((column, i) => `offline.${identifier(column)} = wanted.${places[i]}`).join(' AND ')}
      QUALIFY row_number() OVER (PARTITION BY ${keys.map(identifier).join(', ')}, __at ORDER BY ${this.#order()}) = 1`;
    const equal = keys.map((column, i) => `wanted.${places[i]} = one.${identifier(column)}`);
    const join =
      moment === undefined
        ? `LEFT JOIN one ON ${equal.join(' AND ')}`
        : `ASOF LEFT JOIN one ON ${equal.join(' AND ')} AND wanted."#m" >= one.__at`;
    const found = moment === undefined ? `one.${identifier(keys[0]!)} IS NOT NULL` : 'one.__at IS NOT NULL';
    const moments = moment === undefined || taken.has('feature_at') ? '' : ', one.__at AS feature_at';
    return `WITH wanted AS (SELECT *, ${casts.join(', ')} FROM asked), one AS (${one})
      SELECT ${given.map(column => `wanted.${identifier(column)}`).join(', ')}${moments}${shown.map(column => `, one.${column}`).join('')}, ${found} AS "#found", wanted."#place"
      FROM wanted ${join}`;
  }

  async #describe(): Promise<void> {
    const found = await this.#database.rows('DESCRIBE offline');
    this.#types = new Map(found.map(row => [String(row['column_name']), String(row['column_type'])]));
  }

  /** Features, and labels where they are asked for. */
  #columns(): string[] {
    const { labels = false } = this.#options;
    const wanted = this.#view.features.filter(feature => labels || !feature.label).map(({ name }) => name);
    return labels ? [...wanted, '__label_known'] : wanted;
  }
  #shown(taken: ReadonlySet<string>): string[] {
    return this.#columns()
      .filter(column => !taken.has(column))
      .map(column => (column === '__label_known' ? '__label_known AS label_known' : identifier(column)));
  }

  /** The latest first; among those of one moment the greatest row. */
  #order(): string {
    const columns = [...this.#types.keys()].filter(column => column !== '__row' && column !== '__at');
    return ['__at', ...columns].map(column => `${identifier(column)} DESC NULLS FIRST`).join(', ');
  }

  #momentOf(given: readonly string[]): string | undefined {
    if (this.#view.moment === null) return undefined;
    const own = this.#view.moment.kind === 'column' ? this.#view.moment.column : this.#view.eventTime;
    const wanted = this.#options.moment;
    const found =
      wanted === undefined
        ? ['at', ...(own === null ? [] : [own])].find(column => given.includes(column))
        : given.find(column => column === wanted);
    if (found === undefined)
      throw wrong(
        `the file has no column ${wanted ?? 'at'} with the moments`,
        `it has ${given.join(', ')}; name one with --moment COLUMN`,
      );
    return found;
  }

  #keysOf(given: readonly string[], moment: string | undefined): string[] {
    const labels = new Set(this.#view.features.filter(({ label }) => label).map(({ name }) => name));
    const { key } = this.#view;
    if (key.length > 0) {
      for (const column of key)
        if (!given.includes(column))
          throw wrong(
            `the file has no column ${column}, the key of ${this.#name}`,
            `it has ${given.join(', ')}`,
          );
      return [...key];
    }
    const shared = given.filter(
      column =>
        column !== moment && !column.startsWith('__') && this.#types.has(column) && !labels.has(column),
    );
    if (shared.length === 0)
      throw wrong(
        `the file has no column by which rows of ${this.#name} are told`,
        `it has ${given.join(', ')}; ${this.#name} has ${[...this.#types.keys()].filter(column => !column.startsWith('__')).join(', ')}`,
      );
    return shared;
  }

  #require(column: string, where: string): void {
    if (this.#types.has(column) && !column.startsWith('__')) return;
    const columns = [...this.#types.keys()].filter(name => !name.startsWith('__'));
    throw wrong(`${where}: ${this.#name} has no column ${column}`, `it has ${columns.join(', ')}`);
  }

  async #castable(column: string, type: string): Promise<void> {
    const name = identifier(column);
    const [row] = await this.#database.rows(
      `SELECT count(*) AS n, min("#place") AS first FROM asked WHERE ${name} IS NOT NULL AND TRY_CAST(${name} AS ${type}) IS NULL`,
    );
    if (Number(row!['n']) > 0)
      throw wrong(
        `the column ${column} of the file is no ${type} in ${String(row!['n'])} rows, the first of them row ${String(row!['first'])}`,
      );
  }

  async #check(sql: string, what: string): Promise<void> {
    await this.#database.rows(sql).catch(() => {
      throw wrong(what);
    });
  }
}
