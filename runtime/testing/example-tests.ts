/** Examples of features and functions, on both engines: batch, which is DuckDB, and online, which is TypeScript. */
import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import { isFinished } from '../../compiler/plan/fitted.ts';
import type { Feature, Plan, Test } from '../../compiler/plan/plan.ts';
import { expressionSql } from '../../compiler/sql/expression.ts';
import { finishedColumn } from '../../compiler/sql/fitting.ts';
import type { Database } from '../data/duckdb.ts';
import { fault } from '../data/faults.ts';
import { rowFault } from '../data/row-faults.ts';
import { identifier } from '../data/sql.ts';
import type { Program } from '../engine/contract.ts';
import type { Fitted } from '../features/fitted.ts';
import { evaluate } from '../features/functions/evaluate.ts';
import { relationOf } from '../features/relations.ts';
import { batchRows, type Computed, finishedSql } from './engines/batch.ts';
import type { OnlineRow } from './engines/online.ts';
import { servedRows } from './engines/served.ts';
import { expectationFaults } from './expectations.ts';
import { givenTables, rowText } from './given.ts';
import type { TestFault } from './outcome.ts';
import { type Held, heldCell, heldSql, type Row, sameValue, shown, type Tables } from './values.ts';

/** Computes the features of the row that the test gives by both engines, and holds them to each other and to the test. */
export async function featuresFaults(database: Database, whole: Program, test: Test): Promise<TestFault[]> {
  const { row, given, batch, differences } = await computeGiven(database, whole, test);
  return [...expectationFaults(test, { ...row, ...batch }, whole.functions), ...differences].map(found => ({
    ...found,
    row: given,
  }));
}

export interface GivenComputed {
  readonly row: Row;
  /** The row as the test writes it. */
  readonly given: string;
  readonly batch: Row;
  readonly online: Row;
  readonly differences: readonly TestFault[];
}

/** The features of the row that a test of a view gives, by both engines; fitted values are those of all rows that it gives, or a model's. */
export async function computeGiven(
  database: Database,
  whole: Program,
  test: Test,
  fitted?: Fitted,
): Promise<GivenComputed> {
  const { program, tables, place, row } = givenTables(whole, test);
  const { plan } = program;
  const view = plan.views[test.of]!;
  const rows = await batchOrFault(database, program, test.of, tables, fitted);
  const batch = rows.find(computed => computed.row === place);
  const [online] = await servedRows(database, program, test.of, tables, { only: place, fitted });
  if (!batch || !online) throw fault(runMessages.testWithoutResult, { view: test.of }, { at: test.at });
  const { schema } = whole.plan.sources[view.source] ?? whole.plan.components[view.source]!;
  return {
    row,
    given: rowText(row, whole.plan.schemas[schema]!),
    batch: batch.values,
    online: 'refused' in online ? batch.values : online.values,
    differences: engineFaults(plan, test.of, batch, online),
  };
}

/** The rows by the batch engine; where it refuses one, the error says which feature of which row. */
export async function batchOrFault(
  database: Database,
  program: Program,
  name: string,
  tables: Tables,
  fitted?: Fitted,
): Promise<readonly Computed[]> {
  try {
    return await batchRows(database, program, name, tables, fitted);
  } catch (error) {
    const view = program.plan.views[name]!;
    throw await rowFault(database, error, {
      rows: await finishedSql(database, program, name, fitted).catch(() => program.views[name]!.sql),
      computed: view.features.map(feature => ({
        what: `${feature.label ? 'label' : 'feature'} \`${feature.name}\` of ${name}`,
        sql: identifier(isFinished(view, feature.name) ? finishedColumn(name, feature.name) : feature.name),
        at: feature.at,
      })),
      source: relationOf(program.plan, view.source).replace(/^\w+:/, ''),
      whole: { what: `the rows of ${name}`, sql: '', at: view.at },
    });
  }
}

/** Features of one row that the engines give different values. */
export function engineFaults(plan: Plan, name: string, batch: Computed, online: OnlineRow): TestFault[] {
  const { features } = plan.views[name]!;
  if ('refused' in online)
    return [
      differing(
        `the row of ${name} is computed in batch and refused online`,
        null,
        online.refused.message,
        plan.views[name]!.at,
      ),
    ];
  return features.flatMap(feature => differs(feature, batch.values, online.values));
}

function differs(feature: Feature, batch: Row, online: Row): TestFault[] {
  const [a, b] = [batch[feature.name] ?? null, online[feature.name] ?? null];
  if (sameValue(a, b)) return [];
  const { name, type, at } = feature;
  return [differing(`\`${name}\` differs between the engines`, shown(a, type), shown(b, type), at)];
}

const differing = (message: string, batch: string | null, online: string, at: number): TestFault => ({
  kind: 'engines',
  message,
  actual: [
    ...(batch === null ? [] : [{ name: 'batch (DuckDB)', value: batch }]),
    { name: 'online (TypeScript)', value: online },
  ],
  at,
});

/** A function's expectations: their operands are put in, so both engines compute the conditions themselves. */
export async function functionFaults(database: Database, test: Test): Promise<TestFault[]> {
  const { functions: team } = database;
  const faults = expectationFaults(test, {}, team);
  for (const { condition, text, at } of test.expect) {
    const online = (): Held => evaluate(condition, leaf => noValue(leaf.op), team);
    const sql = expressionSql(condition, { column: ref => noValue(ref.op) });
    const batch = async (): Promise<Held> => {
      const [row] = await database.rows(`SELECT ${heldSql(sql, condition.type)} AS v`);
      return heldCell(row!['v'] ?? null, condition.type);
    };
    const [a, b] = [await outcomeOf(batch), await outcomeOf(online)];
    if (sameValue(a.value, b.value) && (a.error === null) === (b.error === null)) continue;
    faults.push(differing(`\`${text}\` differs between the engines`, textOf(a), textOf(b), at));
  }
  return faults;
}

function noValue(op: string): never {
  throw new Error(`a ${op} has no value here`);
}

interface Outcome {
  readonly value: Held;
  readonly error: string | null;
}

async function outcomeOf(compute: () => Held | Promise<Held>): Promise<Outcome> {
  try {
    return { value: await compute(), error: null };
  } catch (error) {
    if (!['MlpError', 'RowError'].includes((error as Error).name)) throw error;
    return { value: null, error: (error as Error).message };
  }
}

const textOf = ({ value, error }: Outcome): string => error ?? shown(value, { kind: 'bool', optional: true });
