import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Artifacts } from './artifacts.ts';
import type { Database, SqlRow } from './driver.ts';

export interface GcOptions {
  /** Artifacts of this many latest runs are kept. */
  readonly keepRuns?: number;
}
export interface GcReport {
  readonly artifacts: number;
  readonly bytes: number;
  readonly kept: number;
}

/**
 * Removes artifacts that no kept run, registered version or accepted profile refers to. Kept are the latest
 * `keepRuns` runs and every run still going, whose steps name their artifacts from the moment they are used. What goes
 * is moved aside while the write lock is held, so that no run can find it half removed; the bytes go afterwards.
 */
export async function collectGarbage(
  db: Database,
  artifacts: Artifacts,
  trash: string,
  options: GcOptions,
): Promise<GcReport> {
  mkdirSync(trash, { recursive: true });
  const report = db.transaction(() => {
    const used = referenced(db, options.keepRuns ?? 10);
    const rows = db.all('SELECT hash, bytes FROM artifacts');
    const unused = rows.filter(row => !used.has(String(row['hash'])));
    for (const row of unused) moveAside(db, artifacts, trash, String(row['hash']));
    forgetLost(db);
    return {
      artifacts: unused.length,
      bytes: unused.reduce((sum, row) => sum + Number(row['bytes']), 0),
      kept: rows.length - unused.length,
    };
  });
  // Also what an earlier, killed collection left.
  await Promise.all(
    readdirSync(trash).map(name => rm(path.join(trash, name), { recursive: true, force: true })),
  );
  return report;
}

function moveAside(db: Database, artifacts: Artifacts, trash: string, hash: string): void {
  const folder = artifacts.folder(hash);
  if (existsSync(folder)) renameSync(folder, path.join(trash, `${hash}-${randomBytes(4).toString('hex')}`));
  db.run('DELETE FROM artifacts WHERE hash = ?', [hash]);
}

function referenced(db: Database, keepRuns: number): Set<string> {
  const used = new Set<string>();
  const steps = db.all(
    `SELECT inputs, outputs FROM steps WHERE run IN (SELECT id FROM runs WHERE status = 'running')
       OR run IN (SELECT id FROM runs ORDER BY started DESC, id DESC LIMIT ?)`,
    [keepRuns],
  );
  const addAll = (json: unknown) => {
    for (const hash of Object.values(JSON.parse(String(json)) as Record<string, string>)) used.add(hash);
  };
  for (const row of steps) {
    addAll(row['inputs']);
    addAll(row['outputs']);
  }
  const add = (rows: readonly SqlRow[]) => {
    for (const row of rows) for (const hash of Object.values(row)) used.add(String(hash));
  };
  add(db.all('SELECT artifact, registration FROM versions'));
  // Of each validation only the latest two can still be asked for.
  add(
    db.all(`SELECT profile FROM (SELECT profile, row_number() OVER (PARTITION BY environment, validation ORDER BY id DESC) AS n
            FROM profiles) WHERE n <= 2`),
  );
  return used;
}

/** Cache entries whose artifacts have gone can never hit again. */
function forgetLost(db: Database): void {
  const there = new Set(db.all('SELECT hash FROM artifacts').map(row => String(row['hash'])));
  for (const row of db.all('SELECT key, outputs FROM cache')) {
    const outputs = Object.values(JSON.parse(String(row['outputs'])) as Record<string, string>);
    if (!outputs.every(hash => there.has(hash))) db.run('DELETE FROM cache WHERE key = ?', [row['key']!]);
  }
}
