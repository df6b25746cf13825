import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Plan } from '../../compiler/plan/plan.ts';
import { identifier } from '../../compiler/sql/escape.ts';
import { typescript } from '../../compiler/targets/typescript/index.ts';
import { literal } from '../../runtime/data/sql.ts';
import type { Program, ViewProgram } from '../../runtime/engine/contract.ts';
import type { OnlineRow } from '../../runtime/features/online/contract.ts';
import { type Moved, type MoveOptions, moveStates } from '../../runtime/features/online/materialize.ts';
import { onlineView, statesOf } from '../../runtime/features/online/states.ts';
import type { OnlineStore } from '../../runtime/features/online/store.ts';
import { programOf } from '../../runtime/testing/sample-run.ts';
import { importModule } from './program-check.ts';

/** The program of a plan with the functions and reads that were generated for its views, as a service has it. */
export async function generatedProgram(plan: Plan): Promise<Program> {
  const files = await typescript.emit(plan, {});
  const names = Object.keys(plan.views);
  // One file a view, in the order of the plan.
  const paths = files.map(file => file.path).filter(file => file.startsWith('features/'));
  const views: Record<string, ViewProgram> = {};
  for (const [i, file] of paths.entries())
    views[names[i]!] = (await importModule<{ program: ViewProgram }>(files, file)).program;
  return { ...programOf(plan), views };
}

/** Tables of a DuckDB as folders of artifacts, in a folder that is removed with `dropped`. */
export class Scratch {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'mlp-online-'));

  async export(
    connection: DuckDBConnection,
    tables: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const folders = new Map<string, string>();
    for (const table of tables) {
      const [kind, name] = table.split(':') as [string, string];
      const folder = path.join(this.folder, `${kind}-${name}`);
      mkdirSync(folder, { recursive: true });
      await connection.run(
        `COPY (SELECT * FROM ${identifier(table)}) TO ${literal(path.join(folder, 'data.parquet'))} (FORMAT parquet)`,
      );
      folders.set(name, folder);
    }
    return folders;
  }

  drop(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function move(
  program: Program,
  store: OnlineStore,
  scratch: Scratch,
  options: Pick<MoveOptions, 'folders'> & Partial<MoveOptions>,
): Promise<readonly Moved[]> {
  const states = statesOf(Object.keys(program.views).map(name => onlineView(program, name)));
  return moveStates(store, states, {
    from: null,
    to: null,
    asOf: Date.now() * 1000,
    threads: 1,
    memory: '512MiB',
    scratch: scratch.folder,
    signal: new AbortController().signal,
    progress: () => {},
    ...options,
  });
}

/** The columns of a row that a request carries. */
export const requestOf = (row: OnlineRow, columns: readonly string[]): OnlineRow =>
  Object.fromEntries(columns.map(column => [column, row[column]!]));
