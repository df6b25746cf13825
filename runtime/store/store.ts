import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import { fault } from '../data/faults.ts';
import { type Artifacts, openArtifacts } from './artifacts.ts';
import { type FileMemory, openCache, openFileMemory, type StepCache } from './cache.ts';
import { type Database, openDatabase } from './driver.ts';
import { collectGarbage, type GcOptions, type GcReport } from './gc.ts';
import { migrate, StoreTooNew } from './migrations.ts';
import { forgetFetched } from './outside.ts';
import { openProfiles, type Profiles } from './profiles.ts';
import { openRegistry, type Registry } from './registry.ts';
import { openRuns, type Runs } from './runs.ts';

export type * from './records.ts';
export type { GcOptions, GcReport };

/** The local store, in the project's `.mlp/`: `store.db`, `artifacts/`, and `work/` for what is being made. */
export interface Store {
  readonly folder: string;
  readonly artifacts: Artifacts;
  readonly cache: StepCache;
  readonly files: FileMemory;
  readonly profiles: Profiles;
  readonly registry: Registry;
  readonly runs: Runs;
  /** Everything inside happens whole or not at all, alone among all processes. */
  transaction<T>(work: () => T): T;
  /** A folder of this run's own, on the artifacts' file system so that moving in is a rename. */
  workFolder(run: string): string;
  dropWork(run: string): void;
  collectGarbage(options?: GcOptions): Promise<GcReport>;
  close(): void;
}

/** Opens, or makes, the store of a project; throws `MlpError` where it cannot be used. */
export async function openStore(project: string): Promise<Store> {
  const folder = path.join(project, '.mlp');
  const db = await openFile(folder);
  const artifacts = openArtifacts(db, path.join(folder, 'artifacts'));
  const runs = openRuns(db);
  const work = (run: string) => path.join(folder, 'work', run);
  const dropWork = (run: string) => rmSync(work(run), { recursive: true, force: true });
  runs.recover();
  dropDeadWork(folder, runs);
  return {
    folder,
    artifacts,
    runs,
    dropWork,
    cache: openCache(db, artifacts),
    files: openFileMemory(db),
    profiles: openProfiles(db),
    registry: openRegistry(db),
    transaction: act => db.transaction(act),
    workFolder(run) {
      mkdirSync(work(run), { recursive: true });
      return work(run);
    },
    async collectGarbage(options = {}) {
      const report = await collectGarbage(db, artifacts, path.join(folder, 'work', 'trash'), options);
      const fetched = await forgetFetched(path.join(folder, 'cache'));
      return { ...report, bytes: report.bytes + fetched };
    },
    close: () => db.close(),
  };
}

/** Whether the project has a store: reading commands do not make one. */
export function hasStore(project: string): boolean {
  return existsSync(path.join(project, '.mlp', 'store.db'));
}

async function openFile(folder: string): Promise<Database> {
  let db: Database | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    const ignore = path.join(folder, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
    db = await openDatabase(path.join(folder, 'store.db'));
    migrate(db);
    return db;
  } catch (error) {
    db?.close();
    throw storeError(folder, error);
  }
}

/** An error of the store's file in words; any other as it is. */
export function storeError(folder: string, cause: unknown): unknown {
  if (cause instanceof StoreTooNew)
    return fault(runMessages.storeTooNew, { folder, reason: cause.message }, { cause });
  const code = String((cause as { code?: unknown }).code ?? '');
  if (/NOTADB|CORRUPT/.test(code))
    return fault(runMessages.storeDamaged, { file: path.join(folder, 'store.db') }, { cause });
  if (/EACCES|EROFS|EPERM|ENOSPC|ENOTDIR|EEXIST|CANTOPEN|READONLY|FULL|IOERR/.test(code))
    return fault(runMessages.storeUnwritable, { folder, reason: code }, { cause });
  return cause;
}

/** Folders of runs whose process has died; a killed run cannot remove its own. */
function dropDeadWork(folder: string, runs: Runs): void {
  const work = path.join(folder, 'work');
  if (!existsSync(work)) return;
  // The folders first: whose folder is there by now was recorded as running before it.
  const names = readdirSync(work);
  const alive = new Set(runs.alive());
  for (const name of names)
    if (!alive.has(name) && name !== 'trash') rmSync(path.join(work, name), { recursive: true, force: true });
}
