import type { Plan } from '../../../compiler/plan/plan.ts';
import { typescript } from '../../../compiler/targets/typescript/index.ts';
import type { Database } from '../../../runtime/data/duckdb.ts';
import { withDatabase } from '../../../runtime/data/duckdb.ts';
import type { Program, ViewProgram } from '../../../runtime/engine/contract.ts';
import { programOf } from '../../../runtime/testing/sample-run.ts';
import { importModule } from '../../support/program-check.ts';
import { withFolder } from '../data/support.ts';

/** The plan with the functions that the TypeScript target writes for its views, bundled and loaded. */
export async function generated(plan: Plan): Promise<Program> {
  const files = await typescript.emit(plan, {});
  const written = files.filter(({ path }) => /^features\/[^/]+\.ts$/.test(path));
  const lines = written.map(({ path }, i) => `export { program as v${i} } from './${path}';`);
  const all = await importModule<Record<string, ViewProgram>>(
    [...files, { path: 'views.ts', text: lines.join('\n') }],
    'views.ts',
  );
  const bySql = new Map(Object.values(all).map(program => [program.sql, program]));
  const program = programOf(plan);
  const views = Object.entries(program.views).map(([name, { sql }]) => [name, bySql.get(sql)!] as const);
  return { ...program, views: Object.fromEntries(views) };
}

/** A database as tests of examples have it: in memory, on one thread. */
export const withTestDatabase = <T>(body: (database: Database) => Promise<T>): Promise<T> =>
  withFolder(folder =>
    withDatabase(
      { threads: 1, memory: '512MiB', scratch: folder, folders: [], signal: new AbortController().signal },
      body,
    ),
  );
