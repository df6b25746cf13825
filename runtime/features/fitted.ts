/** Values that are fitted on a model's training rows: made by its split, kept with the model, used wherever it is. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fittedMessages } from '../../compiler/diagnostics/messages/fitted.ts';
import { fittedKey, fittingOf } from '../../compiler/plan/fitted.ts';
import type { Plan, Type } from '../../compiler/plan/plan.ts';
import { finishedColumn } from '../../compiler/sql/fitting.ts';
import { sqlType } from '../../compiler/sql/types.ts';
import type { Database } from '../data/duckdb.ts';
import { fault } from '../data/faults.ts';
import { rowFault } from '../data/row-faults.ts';
import { identifier } from '../data/sql.ts';
import type { Program } from '../engine/contract.ts';
import { parseDocument } from '../engine/schemas.ts';
import { intOf } from './functions/values.ts';
import { type Held, heldCell, heldSql, sqlLiteral } from './held.ts';

/** By view, then by the value's name in it. */
export type Fitted = Readonly<Record<string, Readonly<Record<string, Held>>>>;

/** `fitted.json`, beside the parts and in the model's folder. */
export interface FittedDocument {
  readonly version: 'fitted/1';
  /** The training rows that the values are of. */
  readonly rows: number;
  readonly values: readonly {
    readonly view: string;
    readonly name: string;
    /** What was computed, so that a value is not taken for another of the same name. */
    readonly key: string;
    /** Ints beyond 2^53, nan and infinities as text; days and microseconds since 1970. */
    readonly value: number | string | boolean | null;
  }[];
}

const file = 'fitted.json';

/** Those of the views that have fitted values. */
export const viewsFitted = (plan: Plan, views: readonly string[]): string[] =>
  views.filter(view => fittingOf(plan.views[view]!).values.length > 0);

/** Fits all values of the views on the training rows, which have the columns of the views' SQL. */
export async function fit(
  database: Database,
  program: Program,
  views: readonly string[],
  training: string,
): Promise<Fitted> {
  const { plan } = program;
  const fitted: Record<string, Record<string, Held>> = {};
  let rows = training;
  for (const view of viewsFitted(plan, views)) {
    const own: Record<string, Held> = {};
    fitted[view] = own;
    const { values } = fittingOf(plan.views[view]!);
    for (const stage of program.views[view]!.fitting ?? []) {
      const wanted = values.filter(({ name }) => stage.values.includes(name));
      const columns = wanted.map(({ name, expr }, i) => `${heldSql(identifier(name), expr.type)} AS v${i}`);
      const sql = `SELECT ${columns.join(', ')} FROM (WITH "unfinished" AS (${rows}) ${stage.fit})`;
      const [row] = await database.rows(sql).catch(async error => {
        const [first] = wanted;
        const what = `${wanted.map(({ name }) => `\`${name}\``).join(', ')} of ${view}`;
        const whole = { what, sql: '', at: first!.expr.at, personal: true };
        throw await rowFault(database, error, { rows, computed: [], source: view, whole });
      });
      for (const [i, { name, expr }] of wanted.entries()) {
        const value = heldCell(row![`v${i}`] ?? null, expr.type);
        if (value === null && !expr.type.optional)
          throw fault(fittedMessages.nothingToFit, { view, value: name }, { at: expr.at });
        own[name] = value;
      }
      rows = stageSql(plan, view, stage, own, rows);
    }
  }
  return fitted;
}

type Stage = NonNullable<Program['views'][string]['fitting']>[number];

function stageSql(
  plan: Plan,
  view: string,
  stage: Stage,
  values: Readonly<Record<string, Held>>,
  rows: string,
): string {
  const known = fittingOf(plan.views[view]!).values.filter(({ name }) => name in values);
  const columns = known.map(
    ({ name, expr }) =>
      `CAST(${sqlLiteral(values[name]!, expr.type)} AS ${sqlType(expr.type)}) AS ${identifier(name)}`,
  );
  return `WITH "unfinished" AS NOT MATERIALIZED (${rows}), "fitted" AS (SELECT ${columns.join(', ')}) ${stage.finish}`;
}

/** SQL of the rows with all features that read fitted values, under `finishedColumn`. */
export function finishSql(program: Program, views: readonly string[], fitted: Fitted, rows: string): string {
  let sql = rows;
  for (const view of viewsFitted(program.plan, views))
    for (const stage of program.views[view]!.fitting ?? [])
      sql = stageSql(program.plan, view, stage, fitted[view]!, sql);
  return sql;
}

/** Runs what reads finished rows; where a row cannot be computed, the error says which feature of which row. */
export async function finishing<T>(
  database: Database,
  { plan }: Program,
  views: readonly string[],
  rows: string,
  body: () => Promise<T>,
): Promise<T> {
  try {
    return await body();
  } catch (error) {
    const [first] = viewsFitted(plan, views);
    if (first === undefined) throw error;
    const computed = viewsFitted(plan, views).flatMap(view => {
      const { features } = plan.views[view]!;
      const { finished } = fittingOf(plan.views[view]!);
      return features
        .filter(({ name }) => finished.has(name))
        .map(({ name, tags, at }) => ({
          what: `feature \`${name}\` of ${view}`,
          sql: identifier(finishedColumn(view, name)),
          at,
          personal: tags.includes('masked'),
        }));
    });
    const { source, at } = plan.views[first]!;
    const whole = { what: `the rows of ${first}`, sql: '', at, personal: true };
    throw await rowFault(database, error, { rows, computed, source, whole });
  }
}

export function fittedDocument(plan: Plan, fitted: Fitted, rows: number): FittedDocument {
  const values = Object.entries(fitted).flatMap(([view, own]) =>
    fittingOf(plan.views[view]!).values.map(({ name, expr }) => ({
      view,
      name,
      key: fittedKey(plan.views[view]!, expr),
      value: written(own[name] ?? null),
    })),
  );
  return { version: 'fitted/1', rows, values };
}

const written = (value: Held): FittedDocument['values'][number]['value'] => {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value as number | string | boolean | null;
};

function held(value: FittedDocument['values'][number]['value'], { kind }: Type): Held {
  if (typeof value !== 'string') return value;
  switch (kind) {
    case 'int':
    case 'duration':
    case 'size':
      return intOf(BigInt(value));
    case 'float':
    case 'rate':
      return Number(value);
    default:
      return value;
  }
}

export async function writeFitted(folder: string, document: FittedDocument): Promise<void> {
  await writeFile(join(folder, file), `${JSON.stringify(document, null, 1)}\n`);
}

/** The document of a folder; undefined where nothing was fitted. */
export async function readFitted(folder: string): Promise<FittedDocument | undefined> {
  const path = join(folder, file);
  const json = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return json === undefined ? undefined : parseDocument<FittedDocument>('fitted/1', json, path);
}

/** What these views need of a model's values, and what of it the model does not have. */
export function fittedOf(
  plan: Plan,
  views: readonly string[],
  document: FittedDocument | undefined,
): { readonly fitted: Fitted; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const fitted = viewsFitted(plan, views).map(view => {
    const declared = plan.views[view]!;
    const own = fittingOf(declared).values.flatMap(({ name, expr }) => {
      const key = fittedKey(declared, expr);
      const stored = document?.values.find(value => value.view === view && value.key === key);
      if (stored) return [[name, held(stored.value, expr.type)] as const];
      missing.push(`${view}.${name}`);
      return [];
    });
    return [view, Object.fromEntries(own)] as const;
  });
  return { fitted: Object.fromEntries(fitted), missing };
}

/** The values of a model's folder for these views. @throws MlpError where it was trained without one of them */
export async function requireFitted(
  plan: Plan,
  views: readonly string[],
  folder: string,
  about: { readonly model: string; readonly at: number },
): Promise<Fitted> {
  if (viewsFitted(plan, views).length === 0) return {};
  const { fitted, missing } = fittedOf(plan, views, await readFitted(folder));
  if (missing.length > 0)
    throw fault(fittedMessages.notFitted, { model: about.model, values: missing }, { at: about.at });
  return fitted;
}
