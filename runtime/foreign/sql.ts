/** Components in SQL: one SELECT, carried out by DuckDB on the inputs and nothing else. */
import path from 'node:path';
import { foreignMessages } from '../../compiler/diagnostics/messages/foreign.ts';
import type { Value } from '../../compiler/plan/plan.ts';
import { type Database, engineText, firstLine, withDatabase } from '../data/duckdb.ts';
import { fault } from '../data/faults.ts';
import { identifier, literal } from '../data/sql.ts';
import { MlpError } from '../engine/contract.ts';
import { requireText } from './code.ts';
import type { JobFacts, Run } from './run-job.ts';

/** Runs the query and writes `rows.parquet` into the folder. Throws MLP8821, MLP8811. */
export async function runSql(run: Run, facts: JobFacts, folder: string): Promise<void> {
  const { around, what, at } = run;
  const text = requireText(what, run.run, around.root, at);
  const { timeout } = around.step;
  const limit = timeout === null ? undefined : AbortSignal.timeout(timeout);
  const signal = limit ? AbortSignal.any([around.signal, limit]) : around.signal;
  const files = Object.values(facts.inputs);
  const scratch = path.join(folder, '.scratch');
  try {
    await withDatabase(
      { threads: around.threads, memory: around.memory, scratch, files, folders: [folder], signal },
      async database => {
        for (const [name, file] of Object.entries(facts.inputs))
          await database.execute(
            `CREATE TEMP VIEW ${identifier(name)} AS SELECT * FROM read_parquet(${literal(file)})`,
          );
        for (const [name, value] of Object.entries(facts.args))
          await database.execute(`SET VARIABLE ${identifier(name)} = ${valueText(value)}`);
        const query = await oneSelect(database, text);
        await database.execute(
          `COPY (\n${query}\n) TO ${literal(path.join(folder, 'rows.parquet'))} (FORMAT parquet)`,
        );
      },
    );
  } catch (error) {
    if (limit?.aborted && !around.signal.aborted)
      throw fault(foreignMessages.timedOut, { what, seconds: (timeout ?? 0) / 1000, output: '' }, { at });
    if (!(error instanceof MlpError) || engineText(error) === '') throw error;
    throw fault(foreignMessages.badSql, { what, reason: reasonOf(error) }, { at, cause: error });
  }
}

/** The engine's words, and where in the text they point. */
function reasonOf(error: MlpError): string {
  const said = engineText(error);
  const pointed = /^LINE \d+:.*\n\s*\^/m.exec(said)?.[0];
  return `${firstLine(said)}${pointed === undefined ? '' : `\n${pointed}`}`;
}

function valueText(value: Value): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return literal(value);
  return typeof value === 'number' && !Number.isInteger(value) ? `'${value}'::DOUBLE` : String(value);
}

/** The text without what ends it, if it is one query: only a query can be written down as the engine reads it. */
async function oneSelect(database: Database, text: string): Promise<string> {
  const [row] = await database.rows(`SELECT json_serialize_sql(${literal(text)})::VARCHAR AS read`);
  const read = JSON.parse(String(row!['read'])) as {
    readonly error: boolean;
    readonly error_message?: string;
    readonly statements?: readonly unknown[];
  };
  if (read.error) throw notOne(read.error_message ?? 'it is no query');
  if (read.statements?.length !== 1) throw notOne(`it has ${read.statements?.length ?? 0} statements`);
  return text.trim().replace(/;\s*$/, '');
}

/** As an error of the engine, so that it is told like one. */
const notOne = (reason: string): MlpError => new MlpError('', reason, { cause: new Error(reason) });
