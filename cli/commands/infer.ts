import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { CommandError } from '../errors.ts';
import { loadRuntime } from '../runtime.ts';
import { plural, print, printError } from '../terminal.ts';
import { writeWhole } from '../write-files.ts';

interface InferOptions {
  readonly out?: string;
  readonly html?: string;
  readonly json?: boolean;
  readonly force?: boolean;
}

export function define(command: Command): void {
  command
    .argument(
      '<data>',
      'a csv, json or parquet file, a pattern, npm:package/path, or the manifest.json of a dbt project',
    )
    .option('-o, --out <file>', 'write the spec here instead of printing it')
    .option('--html <file>', 'write a profile of the data as one page')
    .option('--json', 'print the profile as JSON instead of the spec')
    .option('--force', 'overwrite a file that is there')
    .action(run);
}

async function run(data: string, options: InferOptions): Promise<void> {
  const root = process.cwd();
  for (const file of [options.out, options.html]) {
    if (file !== undefined && existsSync(file) && !options.force && readFileSync(file).length > 0) {
      throw new CommandError(`${file} is there already`, {
        hint: 'choose another name, or overwrite it with --force',
      });
    }
  }
  const runtime = await loadRuntime(root);
  const dbt = await runtime.inferDbt(path.resolve(root, data));
  if (dbt !== undefined) return dbtProject(dbt, options);
  const inferred = await runtime.inferSchema(data, { root });
  if (options.html !== undefined)
    writeWhole(path.resolve(options.html), { text: runtime.profileHtml(inferred.profile) });
  if (options.out !== undefined) writeWhole(path.resolve(options.out), { text: inferred.spec });
  if (options.json) print(JSON.stringify(inferred.profile, null, 2));
  else if (options.out === undefined) print(inferred.spec);
  const { rows, columns } = inferred.profile;
  const written = [options.out, options.html].filter(f => f !== undefined).join(' and ');
  if (written) printError(`${written} written: ${plural(rows, 'row')}, ${plural(columns.length, 'column')}`);
}

interface DbtProject {
  readonly spec: string;
  readonly tables: number;
  readonly untyped: number;
}

/** A dbt project has no rows to profile: what it says of its tables is all. */
function dbtProject({ spec, tables, untyped }: DbtProject, { out, html, json }: InferOptions): void {
  const asked = html !== undefined ? '--html' : json ? '--json' : undefined;
  if (asked !== undefined) {
    const hint = 'infer from the data of a table instead, such as a file that it is exported to';
    throw new CommandError(`${asked} shows a profile of rows, and a dbt manifest has none`, { hint });
  }
  if (out === undefined) print(spec);
  else writeWhole(path.resolve(out), { text: spec });
  const left = untyped === 0 ? '' : `; ${plural(untyped, 'column')} left out for want of a type`;
  printError(`${out === undefined ? '' : `${out} written: `}${plural(tables, 'table')}${left}`);
}
