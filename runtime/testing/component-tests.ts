import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { usesOfComponent } from '../../compiler/plan/foreign.ts';
import type { Condition, Plan, Step, Test } from '../../compiler/plan/plan.ts';
import { goalSteps } from '../../compiler/plan/steps.ts';
import { validationSql } from '../../compiler/sql/validation.ts';
import { unsupported } from '../../compiler/targets/local/capabilities.ts';
import { schemaOf } from '../../compiler/targets/typescript/reads.ts';
import { rowsText } from '../data/describe.ts';
import { withDatabase } from '../data/duckdb.ts';
import { valueText } from '../data/expression-text.ts';
import { identifier, literal } from '../data/sql.ts';
import type { ValidationReport } from '../data/validate.ts';
import { tableFile, writeTable } from '../data/write.ts';
import type { Program, StepResult } from '../engine/contract.ts';
import { executeStep } from '../engine/execute.ts';
import { runners } from '../engine/runners.ts';
import { defaultParams } from '../engine/step.ts';
import { relationOf } from '../features/relations.ts';
import { randomOf } from '../learn/random.ts';
import { fill } from './engines/batch.ts';
import { heldRow, rowText } from './given.ts';
import type { Shown, TestFault } from './outcome.ts';
import { drawRows } from './random/draw.ts';
import { unreachable } from './rows.ts';
import { possibleSteps, sampleRun } from './sample-run.ts';
import { heldCell, heldSql, type Row } from './values.ts';

/** Rows of each source where the test gives none. */
const sample = 1_000;
/** Rows that are made up where the source cannot be read. */
const madeUp = 100;

interface Around {
  readonly root: string;
  readonly folder: string;
  readonly signal: AbortSignal;
}
export interface ComponentOutcome {
  readonly faults: readonly TestFault[];
  readonly notes: readonly string[];
  readonly unsupported?: boolean;
}

/**
 * Carries a component out, for every value that it makes: on the rows that the test gives, and where it gives none, on a
 * sample of the data, or on rows made up by their schemas where the data cannot be read. The step itself holds what it is
 * given and what it yields to the schemas; what it yields is then held to the test's expectations.
 */
export async function componentFaults(
  program: Program,
  test: Test,
  around: Around,
): Promise<ComponentOutcome> {
  const uses = usesOfComponent(program.plan, test.of);
  const refuse = (message: string): ComponentOutcome => ({
    faults: [{ kind: 'error', message, actual: [], at: test.at }],
    notes: [],
    unsupported: true,
  });
  if (uses.length === 0) return refuse(`nothing is made with ${test.of}: write \`let x = ${test.of}(…)\``);
  const faults: TestFault[] = [];
  const notes: string[] = [];
  for (const [name] of uses) {
    const tested = withArguments(program, name, test);
    const step = tested.plan.steps.find(({ kind, of }) => kind === 'component' && of === name);
    const [refused] = step ? unsupported(tested.plan, [step]) : [];
    if (!step || refused) return refuse(refused?.message ?? `${name} makes no step`);
    const { faults: found, note } = await tried(tested, step, test, around);
    faults.push(...found);
    if (note !== undefined) notes.push(`${name}: ${note}`);
  }
  return { faults, notes };
}

/** The program with the values that the test gives for parameters. */
function withArguments(program: Program, name: string, test: Test): Program {
  if (test.row === null) return program;
  const { plan } = program;
  const use = plan.components[name]!;
  const given = { ...use, args: { ...use.args, ...test.row } };
  return { ...program, plan: { ...plan, components: { ...plan.components, [name]: given } } };
}

async function tried(program: Program, step: Step, test: Test, around: Around) {
  const inputs = await inputsOf(program.plan, step, test, around);
  if ('failed' in inputs) return { faults: [faultOf(inputs.failed, inputs.step, test)], note: undefined };
  const out = path.join(around.folder, 'out', step.of);
  const result = await carryOut(program, step, inputs.folders, out, around);
  if (result.status === 'failed') return { faults: [faultOf(result, step, test)], note: undefined };
  const note = [...result.notes, ...inputs.notes].join('; ');
  if (test.expect.length === 0) return { faults: [], note };
  const rows = path.join(out, 'rows');
  const faults = await unexpected(program, step, test, rows, around);
  if (faults.length === 0 || !inputs.given) return { faults, note };
  const made = await madeRows(program.plan, step.of, rows, around);
  return { faults: faults.map(fault => ({ ...fault, actual: [...fault.actual, ...made] })), note };
}

function faultOf({ error }: StepResult, step: Step, test: Test): TestFault {
  const { message, at } = error!;
  const told = message.startsWith('component ') ? message : `${step.id}: ${message}`;
  return { kind: 'error', message: told, actual: [], at: at ?? test.at };
}

const carryOut = (
  program: Program,
  step: Step,
  inputs: Readonly<Record<string, string>>,
  out: string,
  { root, signal }: Around,
): Promise<StepResult> =>
  executeStep({
    ...{ program, step, inputs, out, root, signal, runners },
    params: defaultParams(),
    progress: () => {},
  });

type Inputs =
  | {
      readonly folders: Readonly<Record<string, string>>;
      readonly notes: readonly string[];
      /** Whether all rows are those that the test gives. */
      readonly given?: boolean;
    }
  /** A step before it that failed. */
  | { readonly failed: StepResult; readonly step: Step };

/** What the component is given, by parameter. Of what is given in part, the rest is not there. */
async function inputsOf(plan: Plan, step: Step, test: Test, around: Around): Promise<Inputs> {
  const inputs = Object.entries(plan.components[step.of]!.inputs);
  if (inputs.length === 0) return { folders: {}, notes: [] };
  const given = inputs.map(([parameter, table]) => test.tables[parameter] ?? test.tables[table]);
  if (given.some(rows => rows !== undefined)) {
    const rows = inputs.map(([, table], i) =>
      (given[i] ?? []).map(row => heldRow(row, plan.schemas[schemaOf(plan, table)!]!)),
    );
    return { folders: await written(plan, inputs, rows, around), notes: [], given: true };
  }
  const sampled = await sampledInputs(plan, step, inputs, around);
  if (typeof sampled !== 'string') return sampled;
  const tables = inputs.map(([, table]) => table);
  const drawn = drawRows(plan, tables, madeUp, randomOf(1));
  const rows = tables.map(table => drawn[table]!);
  const folders = await written(plan, inputs, rows, around);
  return { folders, notes: [`on rows made up by their types, because ${sampled}`] };
}

/** The inputs of a sample of the data; in words, why there is none. */
async function sampledInputs(
  plan: Plan,
  step: Step,
  inputs: readonly (readonly [string, string])[],
  { root, folder }: Around,
): Promise<Inputs | string> {
  const before = goalSteps(plan, step.id)!.needed.filter(
    ({ kind, id }) => kind !== 'validate' && id !== step.id,
  );
  const { can, cannot } = possibleSteps(plan, before);
  if (cannot.length > 0) return `${cannot[0]!.id} cannot be carried out here`;
  const { folders, failed } = await sampleRun(plan, can, { root, folder, sample });
  if (failed) {
    const { code, message } = failed.result.error!;
    return unreachable.has(code) ? message : { failed: failed.result, step: failed.step };
  }
  const found = inputs.map(([parameter]) => {
    const input = step.inputs.find(({ name }) => name === parameter)!;
    if (!('from' in input)) throw new Error(`${step.id} takes ${parameter} from nowhere`);
    return [parameter, path.join(folders.get(input.from)!, input.output)] as const;
  });
  return { folders: Object.fromEntries(found), notes: ['on a sample'] };
}

/** Rows as the artifacts that steps would have made, by parameter. */
async function written(
  plan: Plan,
  inputs: readonly (readonly [string, string])[],
  rows: readonly (readonly Row[])[],
  { folder, signal }: Around,
): Promise<Readonly<Record<string, string>>> {
  const folders: Record<string, string> = {};
  for (const [i, [parameter, table]] of inputs.entries()) {
    const into = path.join(folder, 'in', parameter);
    await mkdir(into, { recursive: true });
    const scratch = path.join(into, '.scratch');
    await withDatabase({ threads: 1, memory: '512MiB', scratch, folders: [into], signal }, async database => {
      await fill(database, plan, table, rows[i]!);
      await writeTable(database, `SELECT * FROM ${identifier(relationOf(plan, table))}`, into);
    });
    folders[parameter] = into;
  }
  return folders;
}

/** Of few rows, which are made of those that the test gives, each can be looked at. */
const shownRows = 8;

async function madeRows(
  plan: Plan,
  name: string,
  folder: string,
  { signal, folder: own }: Around,
): Promise<readonly Shown[]> {
  const schema = plan.schemas[plan.components[name]!.schema]!;
  const cells = schema.columns.map(
    ({ name: column, type }, i) => `${heldSql(identifier(column), type)} AS v${i}`,
  );
  const file = literal(path.join(folder, tableFile));
  const scratch = path.join(own, '.scratch');
  const options = { threads: 1, memory: '512MiB', scratch, folders: [folder], signal };
  const rows = await withDatabase(options, database =>
    database.rows(`SELECT ${cells.join(', ')} FROM read_parquet(${file}) LIMIT ${shownRows + 1}`),
  );
  if (rows.length > shownRows) return [];
  return rows.map((row, i) => {
    const values = schema.columns.map(({ name: column, type }, c) => [
      column,
      heldCell(row[`v${c}`] ?? null, type),
    ]);
    return { name: `row ${i + 1} of ${name}`, value: rowText(Object.fromEntries(values) as Row, schema) };
  });
}

/** Expectations are rules about the rows that were made, and judged like those of a validation. */
async function unexpected(
  program: Program,
  step: Step,
  test: Test,
  rows: string,
  around: Around,
): Promise<TestFault[]> {
  const name = 'what it yields';
  const rules = test.expect.map(
    ({ condition, text, at }): Condition => ({
      ...{ severity: 'require', condition, text, at },
      ...{ forEach: null, times: 1, policy: null },
    }),
  );
  const plan: Plan = { ...program.plan, validations: { [name]: { on: step.of, rules, at: test.at } } };
  const judging: Step = {
    ...step,
    ...{ id: `validate:${name}`, kind: 'validate', of: name, after: [], timeout: null, retry: null },
    inputs: [{ name: 'rows', from: step.id, output: 'rows' }],
    outputs: [
      { name: 'report', kind: 'report' },
      { name: 'profile', kind: 'report' },
    ],
  };
  const judged = { ...program, plan, validations: { [name]: { sql: validationSql(plan, name) } } };
  const out = path.join(around.folder, 'judged', step.of);
  const { status, error } = await carryOut(judged, judging, { rows }, out, around);
  if (status === 'failed')
    return [{ kind: 'error', message: error!.message, actual: [], at: error!.at ?? test.at }];
  const json = await readFile(path.join(out, 'report', 'report.json'), 'utf8');
  const report = JSON.parse(json) as ValidationReport;
  return report.rules
    .filter(({ passed }) => !passed)
    .map(({ text, actual, at }) => ({
      kind: 'expectation',
      message: `\`${text}\` does not hold of the ${rowsText(report.rows)} of \`${step.of}\``,
      actual: actual.map(({ text: measure, value }) => ({
        name: measure,
        value: value === null ? 'null' : valueText(value),
      })),
      at,
    }));
}
