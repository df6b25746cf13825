import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ComponentUse, Plan, Step, Test } from '../../compiler/plan/plan.ts';
import { goalSteps } from '../../compiler/plan/steps.ts';
import { unsupported } from '../../compiler/targets/local/capabilities.ts';
import { schemaOf } from '../../compiler/targets/typescript/reads.ts';
import { withDatabase } from '../data/duckdb.ts';
import { identifier } from '../data/sql.ts';
import { writeTable } from '../data/write.ts';
import type { Program, StepResult } from '../engine/contract.ts';
import { executeStep } from '../engine/execute.ts';
import { runners } from '../engine/runners.ts';
import { defaultParams } from '../engine/step.ts';
import { relationOf } from '../features/relations.ts';
import { fill } from './engines/batch.ts';
import { heldRow } from './given.ts';
import type { TestFault } from './outcome.ts';
import { possibleSteps, sampleRun } from './sample-run.ts';

/** Rows of each source where the test gives none. */
const sample = 1_000;

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
 * Carries a component out, for every value that it makes: on the rows that the test gives, and where it gives none for some
 * input, on a sample of the data. The step itself holds what it is given and what it yields to the schemas.
 */
export async function componentFaults(
  program: Program,
  test: Test,
  around: Around,
): Promise<ComponentOutcome> {
  const { plan } = program;
  const uses = Object.entries(plan.components).filter(([, { component }]) => component === test.of);
  const none = { kind: 'error', actual: [], at: test.at } as const;
  if (uses.length === 0)
    return {
      faults: [{ ...none, message: `nothing is made with ${test.of}: write \`let x = ${test.of}(…)\`` }],
      notes: [],
      unsupported: true,
    };
  const faults: TestFault[] = [];
  const notes: string[] = [];
  for (const [name, use] of uses) {
    const step = plan.steps.find(({ kind, of }) => kind === 'component' && of === name);
    const [refused] = step ? unsupported(plan, [step]) : [];
    if (!step || refused)
      return {
        faults: [{ ...none, message: refused?.message ?? `${name} makes no step` }],
        notes,
        unsupported: true,
      };
    const given = Object.values(use.inputs).every(table => test.tables[table] !== undefined);
    const { result, failed } = given
      ? await onGiven(program, step, use, test, around)
      : await onSample(plan, step, around);
    if (result.status === 'failed') {
      const { message, at } = result.error!;
      faults.push({ ...none, message: `${failed.id}: ${message}`, at: at ?? test.at });
    } else notes.push(`${name}: ${result.notes.join('; ')}`);
  }
  return { faults, notes };
}

interface Done {
  readonly result: StepResult;
  /** The step whose result it is. */
  readonly failed: Step;
}

async function onGiven(
  program: Program,
  step: Step,
  use: ComponentUse,
  test: Test,
  { root, folder, signal }: Around,
): Promise<Done> {
  const inputs: Record<string, string> = {};
  for (const [parameter, table] of Object.entries(use.inputs)) {
    inputs[parameter] = path.join(folder, 'in', parameter);
    await writeGiven(program.plan, table, test, inputs[parameter]!, signal);
  }
  const result = await executeStep({
    program,
    step,
    params: defaultParams(),
    inputs,
    out: path.join(folder, 'out', step.of),
    root,
    signal,
    runners,
    progress: () => {},
  });
  return { result, failed: step };
}

/** The rows of a table that the test gives, as the artifact that a step would have made. */
async function writeGiven(
  plan: Plan,
  table: string,
  test: Test,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const rows = test.tables[table]!.map(row => heldRow(row, plan.schemas[schemaOf(plan, table)!]!));
  const scratch = path.join(folder, '.scratch');
  await withDatabase({ threads: 1, memory: '512MiB', scratch, folders: [folder], signal }, async database => {
    await fill(database, plan, table, rows);
    await writeTable(database, `SELECT * FROM ${identifier(relationOf(plan, table))}`, folder);
  });
}

async function onSample(plan: Plan, step: Step, { root, folder }: Around): Promise<Done> {
  const needed = goalSteps(plan, step.id)!.needed.filter(({ kind }) => kind !== 'validate');
  const { can, cannot } = possibleSteps(plan, needed);
  const blank = { version: 'result/1', status: 'failed', metrics: {}, notes: [], snapshots: {} } as const;
  if (cannot.length > 0) {
    const message = 'it cannot be carried out here';
    const error = { code: 'MLP8520', message, at: cannot[0]!.at };
    return { result: { ...blank, step: step.id, error }, failed: cannot[0]! };
  }
  const { failed } = await sampleRun(plan, can, { root, folder, sample });
  if (failed) return { result: failed.result, failed: failed.step };
  return {
    result: { ...blank, step: step.id, status: 'succeeded', notes: ['as the schema says, on a sample'] },
    failed: step,
  };
}
