import path from 'node:path';
import { withDatabase } from '../data/duckdb.ts';
import { literal } from '../data/sql.ts';
import { requireText } from './code.ts';
import type { Job } from './job.ts';
import type { Language, Run } from './run-job.ts';

/**
 * `run shell "…" args [ … ]`: the text, or a file of the project that ends in `.sh`, by `sh`. Nothing is put into the text:
 * paths and parameters come as environment variables, `args` as `$1`, `$2`…
 */
export const shell: Language = {
  answers: false,
  async command({ around, run, what, at }, { file, job, folder }) {
    const text = requireText(what, run, around.root, at);
    const tables = await csvInputs(around, job, folder);
    return {
      program: 'sh',
      args: ['-eu', '-c', text, 'mlp', ...run.args],
      env: { ...process.env, ...variables(job, file), ...tables },
    };
  },
};

/** Everything but letters, digits and `_` cannot stand in the name of a variable. */
const variableName = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '_');

/** What a job says, for those who would rather not read JSON. */
export function variables(job: Job, file: string): Record<string, string> {
  const named = (prefix: string, values: Readonly<Record<string, unknown>>) =>
    Object.entries(values).map(([name, value]) => [
      `${prefix}${variableName(name)}`,
      value === null ? '' : String(value),
    ]);
  return {
    MLP_JOB: file,
    MLP_OUT: job.out,
    MLP_FROM: job.from ?? '',
    MLP_TO: job.to ?? '',
    ...(job.seed === null ? {} : { MLP_SEED: String(job.seed) }),
    ...Object.fromEntries(named('MLP_IN_', job.inputs)),
    ...Object.fromEntries(named('MLP_ARG_', job.args)),
  };
}

/** The tables once more as CSV, which is what the tools of a shell read. */
async function csvInputs(around: Run['around'], job: Job, folder: string): Promise<Record<string, string>> {
  const inputs = Object.entries(job.inputs);
  if (inputs.length === 0) return {};
  const { threads, memory, signal } = around;
  const scratch = path.join(folder, '.scratch');
  const files = inputs.map(([, file]) => file);
  return withDatabase({ threads, memory, scratch, files, folders: [folder], signal }, async database => {
    const made: Record<string, string> = {};
    for (const [name, file] of inputs) {
      const csv = path.join(folder, `${variableName(name)}.csv`);
      await database.execute(
        `COPY (SELECT * FROM read_parquet(${literal(file)})) TO ${literal(csv)} (FORMAT csv, HEADER)`,
      );
      made[`MLP_IN_${variableName(name)}_CSV`] = csv;
    }
    return made;
  });
}
