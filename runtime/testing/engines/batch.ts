import { isFinished } from '../../../compiler/plan/fitted.ts';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { gridEnds, tablesOf } from '../../../compiler/plan/tables.ts';
import { identifier } from '../../../compiler/sql/escape.ts';
import { finishedColumn } from '../../../compiler/sql/fitting.ts';
import { sqlType } from '../../../compiler/sql/types.ts';
import { tableOf } from '../../../compiler/sql/view/terms.ts';
import type { Database } from '../../data/duckdb.ts';
import type { Program } from '../../engine/contract.ts';
import { type Fitted, finishSql, fit } from '../../features/fitted.ts';
import { type Held, heldCell, heldSql, type Row, sqlLiteral, type Tables } from '../values.ts';

/** A row of a view, as one of the engines computes it. */
export interface Computed {
  /** Position of its row in the source, from 1. */
  readonly row: number;
  /** T in microseconds; null: the view has no moment. */
  readonly at: number | null;
  /** Features and labels. */
  readonly values: Row;
}

/**
 * The rows of a view by the program's own SQL, on tables that hold just the rows given; in the order of row and moment. Values
 * that are fitted are those of `fitted`, or else of all these rows.
 */
export async function batchRows(
  database: Database,
  program: Program,
  name: string,
  tables: Tables,
  fitted?: Fitted,
): Promise<readonly Computed[]> {
  const { plan } = program;
  await fillAll(database, program, name, tables);
  const sql = await finishedSql(database, program, name, fitted);
  const view = plan.views[name]!;
  const { features } = view;
  const columns = features.map(({ name: feature, type }, i) => {
    const column = isFinished(view, feature) ? finishedColumn(name, feature) : feature;
    return `${heldSql(identifier(column), type)} AS v${i}`;
  });
  const rows = await database.rows(
    `SELECT __row AS "row", epoch_us(__at::TIMESTAMP) AS "at", ${columns.join(', ')} FROM (${sql}) ORDER BY __row, __at`,
  );
  return rows.map(row => ({
    row: Number(row['row']),
    at: row['at'] === null ? null : Number(row['at']),
    values: Object.fromEntries(
      features.map(({ name: feature, type }, i): [string, Held] => [
        feature,
        heldCell(row[`v${i}`] ?? null, type),
      ]),
    ),
  }));
}

/** What is fitted on all rows that the view makes of these tables. */
export async function batchFitted(
  database: Database,
  program: Program,
  name: string,
  tables: Tables,
): Promise<Fitted> {
  await fillAll(database, program, name, tables);
  return fit(database, program, [name], program.views[name]!.sql);
}

/** The view's SQL with the features that read fitted values. */
export async function finishedSql(
  database: Database,
  program: Program,
  name: string,
  fitted?: Fitted,
): Promise<string> {
  const { sql } = program.views[name]!;
  return finishSql(program, [name], fitted ?? (await fit(database, program, [name], sql)), sql);
}

/** Makes the tables that a view reads hold just the rows given, and those of the views below it what SQL makes of them. */
export async function fillAll(
  database: Database,
  program: Program,
  name: string,
  tables: Tables,
): Promise<void> {
  const { plan } = program;
  const below = viewsBelow(plan, name);
  for (const table of tablesRead(plan, [...below, name]))
    await fill(database, plan, table, tables[table] ?? []);
  for (const view of below)
    await database.execute(
      `CREATE OR REPLACE TEMP TABLE ${identifier(`view:${view}`)} AS ${program.views[view]!.sql}`,
    );
}

/** Views that this one reads, before those that read them; itself not among them. */
export function viewsBelow(plan: Plan, name: string): string[] {
  const seen = new Set<string>([name]);
  const visit = (of: string): string[] =>
    tablesOf(plan.views[of]!).flatMap(table => {
      if (plan.views[table] === undefined || seen.has(table)) return [];
      seen.add(table);
      return [...visit(table), table];
    });
  return visit(name);
}

/** Sources and what components make, of all that these views read. */
export const tablesRead = (plan: Plan, views: readonly string[]): string[] => [
  ...new Set([
    ...views.flatMap(view => tablesOf(plan.views[view]!)).filter(table => plan.views[table] === undefined),
    ...views.flatMap(view => gridEnds(plan, view).map(({ table }) => table)),
  ]),
];

/** A table of just these rows, under the name by which SQL reads it. */
export async function fill(
  database: Database,
  plan: Plan,
  name: string,
  rows: readonly Row[],
): Promise<void> {
  const { relation, columns } = tableOf(plan, name);
  const table = identifier(relation);
  const declared = [...columns].map(([column, type]) => `${identifier(column)} ${sqlType(type)}`);
  await database.execute(`CREATE OR REPLACE TEMP TABLE ${table} (${declared.join(', ')})`);
  if (rows.length === 0) return;
  const tuples = rows.map(
    row => `(${[...columns].map(([column, type]) => sqlLiteral(row[column] ?? null, type)).join(', ')})`,
  );
  await database.execute(`INSERT INTO ${table} VALUES ${tuples.join(', ')}`);
}
