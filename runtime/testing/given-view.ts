import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import type { Plan, Schema, Test, Type, Value } from '../../compiler/plan/plan.ts';
import { identifier, text } from '../../compiler/sql/escape.ts';
import { sqlType } from '../../compiler/sql/types.ts';
import { viewSql } from '../../compiler/sql/view.ts';
import type { Cell, Database } from '../data/duckdb.ts';
import { fault } from '../data/faults.ts';
import type { EvaluatedValue } from '../features/functions/evaluate.ts';
import { intOf } from '../features/functions/values.ts';

/** Feature values by name: as the evaluator holds them, and as text of the language. */
export type Values = Readonly<Record<string, { readonly value: EvaluatedValue; readonly text: string }>>;

/** The column that carries a grid's moment in a test, where the spec says `at T`. */
const MOMENT = '__moment';

/**
 * Computes the features of a test's row by the view's own SQL, on tables that hold just what the test gives. The row is
 * the last of its source's table; a source that is not given is empty.
 */
export async function givenView(database: Database, plan: Plan, test: Test): Promise<Values> {
  const view = plan.views[test.of]!;
  if (test.row === null) throw fault(runMessages.testWithoutRow, { view: test.of }, { at: test.at });
  const tested = withMoment(plan, test);
  for (const [name, source] of Object.entries(tested.sources)) {
    const rows = [...(test.tables[name] ?? []), ...(name === view.source ? [ownRow(test)] : [])];
    await fill(database, `source:${name}`, tested.schemas[source.schema]!, rows);
  }
  for (const [name, component] of Object.entries(tested.components))
    await fill(database, `component:${name}`, tested.schemas[component.schema]!, test.tables[name] ?? []);
  for (const name of viewsBelow(tested, test.of))
    await database.execute(
      `CREATE OR REPLACE TABLE ${identifier(`view:${name}`)} AS ${viewSql(tested, name)}`,
    );
  const position = (test.tables[view.source]?.length ?? 0) + 1;
  return read(database, tested, test, position);
}

/** Views that this one reads, before those that read them; itself not among them. */
function viewsBelow(plan: Plan, name: string, seen = new Set<string>()): string[] {
  const below = plan.views[name]!.joins.filter(join => join.kind === 'view' && !seen.has(join.table));
  return below.flatMap(({ table }) => {
    seen.add(table);
    return [...viewsBelow(plan, table, seen), table];
  });
}

/** A grid's moment is given by the test: it becomes a column of the row. */
function withMoment(plan: Plan, test: Test): Plan {
  const view = plan.views[test.of]!;
  if (view.moment?.kind !== 'each') {
    if (test.moment !== null)
      throw fault(runMessages.testMoment, { view: test.of, grain: null }, { at: test.at });
    return plan;
  }
  if (test.moment === null)
    throw fault(runMessages.testMoment, { view: test.of, grain: view.moment.grain }, { at: test.at });
  const source = plan.sources[view.source]!;
  const schema = plan.schemas[source.schema]!;
  const time = schema.columns.find(column => column.name === schema.eventTime);
  const column = {
    name: MOMENT,
    type: { ...time!.type, optional: false },
    known: { latest: [] },
    tags: [],
    at: test.at,
  };
  return {
    ...plan,
    sources: { ...plan.sources, [view.source]: { ...source, schema: `${source.schema} ${MOMENT}` } },
    schemas: {
      ...plan.schemas,
      [`${source.schema} ${MOMENT}`]: { ...schema, columns: [...schema.columns, column] },
    },
    views: { ...plan.views, [test.of]: { ...view, moment: { kind: 'column', column: MOMENT, offset: 0 } } },
  };
}

const ownRow = (test: Test): Readonly<Record<string, Value>> =>
  test.moment === null ? test.row! : { ...test.row, [MOMENT]: test.moment };

async function fill(
  database: Database,
  name: string,
  schema: Schema,
  rows: readonly Readonly<Record<string, Value>>[],
): Promise<void> {
  const columns = schema.columns.map(({ name: column, type }) => `${identifier(column)} ${sqlType(type)}`);
  await database.execute(`CREATE OR REPLACE TABLE ${identifier(name)} (${columns.join(', ')})`);
  if (rows.length === 0) return;
  const tuples = rows.map(
    row => `(${schema.columns.map(({ name: column, type }) => cell(row[column] ?? null, type)).join(', ')})`,
  );
  await database.execute(`INSERT INTO ${identifier(name)} VALUES ${tuples.join(', ')}`);
}

const cell = (value: Value, type: Type): string =>
  value === null ? 'NULL' : `CAST(${text(String(value))} AS ${sqlType(type)})`;

async function read(database: Database, plan: Plan, test: Test, position: number): Promise<Values> {
  const { features } = plan.views[test.of]!;
  const columns = features.flatMap(({ name, type }, i) => {
    const column = identifier(name);
    return [`${held(column, type)} AS v${i}`, `CAST(${column} AS VARCHAR) AS t${i}`];
  });
  const rows = await database.rows(
    `SELECT ${columns.join(', ')} FROM (${viewSql(plan, test.of)}) WHERE __row = ${position}`,
  );
  const row = rows[0];
  if (!row) throw fault(runMessages.testWithoutResult, { view: test.of }, { at: test.at });
  const value = (given: Cell, type: Type): EvaluatedValue =>
    type.kind === 'int' && typeof given === 'string' ? intOf(BigInt(given)) : (given as EvaluatedValue);
  return Object.fromEntries(
    features.map(({ name, type }, i) => [
      name,
      { value: value(row[`v${i}`] ?? null, type), text: shown(row[`t${i}`] ?? null, type) },
    ]),
  );
}

/** The value as the evaluator holds it (see `features/functions/values.ts`). */
function held(column: string, type: Type): string {
  if (type.kind === 'date') return `(${column} - DATE '1970-01-01')`;
  return type.kind === 'datetime' || type.kind === 'timestamp' ? `epoch_us(${column})` : column;
}

const shown = (value: Cell, type: Type): string =>
  value === null
    ? 'null'
    : type.kind === 'string' || type.kind === 'enum'
      ? JSON.stringify(value)
      : String(value);
