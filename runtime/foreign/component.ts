/** The step of a component: the team's code makes a table out of tables, or out of the world. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { foreignMessages } from '../../compiler/diagnostics/messages/foreign.ts';
import type { ComponentUse } from '../../compiler/plan/plan.ts';
import { rowsText } from '../data/describe.ts';
import { type Database, withDatabase } from '../data/duckdb.ts';
import { fault } from '../data/faults.ts';
import { intervalOf } from '../data/ingest/interval.ts';
import { identifier } from '../data/sql.ts';
import { tableFile, writeTable } from '../data/write.ts';
import type { Snapshot, StepContext, StepRunner } from '../engine/contract.ts';
import { type Crossed, checkTable, type TableFormat } from './boundary.ts';
import { codeSnapshot } from './code.ts';
import type { JobColumn } from './job.ts';
import { languageOf } from './languages.ts';
import { type JobFacts, type Run, runJob, surroundingsOf, withScratch } from './run-job.ts';

/** Runs the code on its inputs and keeps what it makes once all of it is known to be as declared. */
export const componentStep: StepRunner = async context => {
  const name = context.step.of;
  const use = context.plan.components[name];
  if (!use) throw new Error(`the plan has no component value ${name}`);
  const at = use.run.at ?? use.at;
  const what = `component \`${use.component}\` (${shownTarget(use)})`;
  const run: Run = {
    around: surroundingsOf(context),
    run: use.run,
    what,
    wanted: `a table of ${use.schema}`,
    at,
  };
  const output = context.output('rows');
  const code = codeSnapshot(use.run, context.root);
  const inputs = await checkedInputs(context, use, what, output);
  const columns = context.plan.schemas[use.schema]!.columns.map(
    ({ name: column, type }): JobColumn => ({ name: column, type: type.kind, optional: type.optional }),
  );
  const { from, to } = context.params;
  const facts = {
    kind: 'component',
    name,
    inputs,
    args: use.args,
    columns,
    from,
    to,
    seed: null,
    model: null,
  } as const;
  const made = await makeRows(run, facts, output, (folder, rows) =>
    keepRows(context, use, run, { folder, rows }, output),
  );
  const snapshots: Record<string, Snapshot> = code === undefined ? {} : { [name]: code };
  const notes = [
    `${rowsText(made.rows)} of ${use.schema}, all as the schema says`,
    ...(made.ignored.length === 0
      ? []
      : [`columns not in ${use.schema}, ignored: ${made.ignored.join(', ')}`]),
  ];
  return { status: 'succeeded', metrics: { rows: made.rows }, notes, snapshots };
};

/** SQL needs no process; everything else is a job. `body` is given the folder of the result, and the rows if they are told. */
async function makeRows<T>(
  run: Run,
  facts: JobFacts,
  output: string,
  body: (folder: string, rows: number | undefined) => Promise<T>,
): Promise<T> {
  if (run.run.language === 'sql')
    return withScratch(output, async folder => {
      const { runSql } = await import('./sql.ts');
      await runSql(run, facts, folder);
      return body(folder, undefined);
    });
  const language = await languageOf(run.run, run.what, run.at);
  return runJob(run, facts, language, output, (folder, answer) =>
    body(folder, answer?.status === 'done' ? answer.rows : undefined),
  );
}

/** What is run as a message shows it; SQL and commands in the spec are only named. */
function shownTarget({ run }: ComponentUse): string {
  const text = run.target.trim();
  return text.includes('\n') || text.length > 60 ? run.language : text;
}

/** The files of the inputs, each held to its schema. */
async function checkedInputs(context: StepContext, use: ComponentUse, what: string, output: string) {
  const program = context.program.components?.[context.step.of];
  const files: Record<string, string> = {};
  for (const [parameter, table] of Object.entries(use.inputs)) {
    const folder = context.input(parameter);
    if (folder === undefined) throw new Error(`step ${context.step.id} has no input ${parameter}`);
    const file = path.join(folder, tableFile);
    files[parameter] = file;
    const schemaName = (context.plan.sources[table] ?? context.plan.components[table])?.schema;
    const schema = context.plan.schemas[schemaName ?? ''];
    const checks = program?.inputs[parameter];
    if (!schema || !checks || schemaName === undefined) continue;
    context.progress({ message: `checking ${table}` });
    await inDatabase(context, output, [file], database =>
      checkTable({
        ...{ database, file, format: 'parquet', schemaName, schema, checks, what },
        ...{ rows: `the rows of \`${table}\``, direction: 'was given', at: use.at },
      }),
    );
  }
  return files;
}

function inDatabase<T>(
  context: StepContext,
  output: string,
  files: readonly string[],
  body: (database: Database) => Promise<T>,
): Promise<T> {
  const { threads, memory } = context.params;
  const scratch = path.join(output, '.scratch');
  return withDatabase({ threads, memory, scratch, files, folders: [output], signal: context.signal }, body);
}

const formats: readonly TableFormat[] = ['parquet', 'csv', 'json'];

/** Checks what lies in the folder of the result and writes it as the step's output. */
async function keepRows(
  context: StepContext,
  use: ComponentUse,
  { what, wanted, at }: Run,
  { folder, rows }: { readonly folder: string; readonly rows: number | undefined },
  output: string,
): Promise<Crossed> {
  const format = formats.find(ending => existsSync(path.join(folder, `rows.${ending}`)));
  if (format === undefined) {
    const file = '`rows.parquet`, `rows.csv` or `rows.json`';
    throw fault(foreignMessages.gaveNothing, { what, wanted, file }, { at });
  }
  const name = context.step.of;
  const schema = context.plan.schemas[use.schema]!;
  const checks = context.program.components?.[name]?.rows;
  if (!checks) throw new Error(`the program has no checks for the component value ${name}`);
  context.progress({ message: `checking what ${use.component} gave` });
  const file = path.join(folder, `rows.${format}`);
  return inDatabase(context, output, [file], async database => {
    // A file of JSON without a line has no columns either.
    if (rows === 0 && format === 'json') {
      const columns = checks.columns.map(
        ({ name: column, sqlType }) => `NULL::${sqlType} AS ${identifier(column)}`,
      );
      const query = `SELECT ${columns.join(', ')} WHERE false`;
      await writeTable(database, query, output);
      return { rows: 0, query, ignored: [] };
    }
    const crossed = await checkTable({
      ...{ database, file, format, schemaName: use.schema, schema, checks, what, at },
      ...{ rows: `the rows of \`${name}\``, direction: 'gave' },
      // What comes from outside comes for the run's interval; what is made of tables follows theirs.
      interval: Object.keys(use.inputs).length === 0 ? intervalOf(context, schema) : null,
    });
    await writeTable(database, crossed.query, output);
    return crossed;
  });
}
