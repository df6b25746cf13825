import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import type { Plan, Schema, Test, Value } from '../../compiler/plan/plan.ts';
import { viewCode } from '../../compiler/sql/fitting.ts';
import { nameText } from '../../compiler/syntax/written-name.ts';
import { fault } from '../data/faults.ts';
import type { Program } from '../engine/contract.ts';
import { literalValue } from '../features/functions/evaluate.ts';
import { type Row, shown, type Tables } from './values.ts';

/** The column that carries a grid's moment in a test, where the spec says `at T`. */
const MOMENT = '__moment';

/** What a test of a view gives: tables that hold just that, and the place of its row in the table of the view's source. */
export interface Given {
  /** The program, in which a grid has the moment that the test names. */
  readonly program: Program;
  readonly tables: Tables;
  /** From 1: the row is the last of its table. */
  readonly place: number;
  readonly row: Row;
}

/** @throws MlpError where the test gives no row, or a moment that is not asked for, or none that is. */
export function givenTables(program: Program, test: Test): Given {
  const { plan } = program;
  const view = plan.views[test.of]!;
  if (test.row === null) throw fault(runMessages.testWithoutRow, { view: test.of }, { at: test.at });
  const tested = withMoment(program, test);
  const rowsOf = (name: string, rows: readonly Readonly<Record<string, Value>>[]): Row[] => {
    const table = tested.plan.sources[name] ?? tested.plan.components[name];
    return table ? rows.map(row => heldRow(row, tested.plan.schemas[table.schema]!)) : [];
  };
  const own = test.moment === null ? test.row : { ...test.row, [MOMENT]: test.moment };
  const [row] = rowsOf(view.source, [own]);
  const tables = Object.fromEntries(
    Object.entries(test.tables).map(([name, rows]) => [name, rowsOf(name, rows)]),
  );
  const rows = [...(tables[view.source] ?? []), row!];
  return { program: tested, tables: { ...tables, [view.source]: rows }, place: rows.length, row: row! };
}

/** A row of a test in the values of the engines; what it leaves out is null. */
export const heldRow = (row: Readonly<Record<string, Value>>, schema: Schema): Row =>
  Object.fromEntries(
    schema.columns.map(({ name, type }) => [name, literalValue({ value: row[name] ?? null, type })]),
  );

/** The row as the test writes it. */
export function rowText(row: Row, schema: Schema): string {
  const fields = schema.columns
    .filter(({ name }) => (row[name] ?? null) !== null)
    .map(({ name, type }) => `${nameText(name)}: ${shown(row[name]!, type)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/** A grid's moment is given by the test: it becomes a column of the row. */
function withMoment(program: Program, test: Test): Program {
  const { plan } = program;
  const view = plan.views[test.of]!;
  if (view.moment?.kind !== 'each') {
    if (test.moment !== null)
      throw fault(runMessages.testMoment, { view: test.of, grain: null }, { at: test.at });
    return program;
  }
  if (test.moment === null)
    throw fault(runMessages.testMoment, { view: test.of, grain: view.moment.grain }, { at: test.at });
  const moved = planWithMoment(plan, test);
  const own = { ...program.views[test.of], ...viewCode(moved, test.of) };
  return { ...program, plan: moved, views: { ...program.views, [test.of]: own } };
}

function planWithMoment(plan: Plan, test: Test): Plan {
  const view = plan.views[test.of]!;
  const { schema: name } = plan.sources[view.source] ?? plan.components[view.source]!;
  const schema = plan.schemas[name]!;
  const time = schema.columns.find(column => column.name === schema.eventTime)!;
  const type = { ...time.type, optional: false };
  const column = { name: MOMENT, type, known: { latest: [] }, tags: [], at: test.at };
  const extended = { ...schema, columns: [...schema.columns, column] };
  const from = <T extends { readonly schema: string }>(tables: Readonly<Record<string, T>>) =>
    tables[view.source]
      ? { ...tables, [view.source]: { ...tables[view.source]!, schema: `${name} ${MOMENT}` } }
      : tables;
  return {
    ...plan,
    sources: from(plan.sources),
    components: from(plan.components),
    schemas: { ...plan.schemas, [`${name} ${MOMENT}`]: extended },
    views: { ...plan.views, [test.of]: { ...view, moment: { kind: 'column', column: MOMENT, offset: 0 } } },
  };
}
