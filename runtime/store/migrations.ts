import type { Database } from './driver.ts';

/**
 * The schema of `store.db`, one entry a version; an entry is never changed once released, a new one is added.
 * Times are milliseconds since 1970, documents are JSON text.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    goal TEXT NOT NULL,
    environment TEXT NOT NULL,
    plan TEXT NOT NULL,
    params TEXT NOT NULL,
    status TEXT NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER,
    who TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    process_start TEXT NOT NULL,
    not_run TEXT NOT NULL DEFAULT '[]',
    error TEXT
  );
  CREATE INDEX runs_by_time ON runs(started);
  CREATE TABLE steps (
    run TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    step TEXT NOT NULL,
    kind TEXT NOT NULL,
    of TEXT NOT NULL,
    status TEXT NOT NULL,
    started INTEGER,
    ended INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    cache_key TEXT,
    key_parts TEXT,
    why TEXT NOT NULL DEFAULT '[]',
    inputs TEXT NOT NULL DEFAULT '{}',
    outputs TEXT NOT NULL DEFAULT '{}',
    result TEXT,
    PRIMARY KEY (run, step)
  );
  CREATE INDEX steps_by_step ON steps(step, started);
  CREATE TABLE artifacts (
    hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    files TEXT NOT NULL,
    made INTEGER NOT NULL
  );
  CREATE TABLE cache (
    key TEXT PRIMARY KEY,
    step TEXT NOT NULL,
    outputs TEXT NOT NULL,
    result TEXT NOT NULL,
    run TEXT NOT NULL,
    made INTEGER NOT NULL,
    took INTEGER NOT NULL
  );
  CREATE TABLE files (
    path TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    modified TEXT NOT NULL,
    inode TEXT NOT NULL,
    hash TEXT NOT NULL,
    seen INTEGER NOT NULL
  );
  CREATE TABLE profiles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    environment TEXT NOT NULL,
    validation TEXT NOT NULL,
    rows TEXT NOT NULL,
    profile TEXT NOT NULL,
    run TEXT NOT NULL,
    accepted INTEGER NOT NULL
  );
  CREATE INDEX profiles_by_validation ON profiles(environment, validation, id);
  CREATE TABLE versions (
    environment TEXT NOT NULL,
    model TEXT NOT NULL,
    version INTEGER NOT NULL,
    artifact TEXT NOT NULL,
    registration TEXT NOT NULL,
    metrics TEXT NOT NULL,
    lineage TEXT NOT NULL,
    run TEXT NOT NULL,
    made INTEGER NOT NULL,
    who TEXT NOT NULL,
    PRIMARY KEY (environment, model, version),
    UNIQUE (environment, model, artifact)
  );
  CREATE TABLE aliases (
    environment TEXT NOT NULL,
    model TEXT NOT NULL,
    alias TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (environment, model, alias),
    FOREIGN KEY (environment, model, version) REFERENCES versions(environment, model, version)
  );
  CREATE TABLE promotions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    environment TEXT NOT NULL,
    model TEXT NOT NULL,
    alias TEXT NOT NULL,
    from_version INTEGER,
    to_version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    run TEXT,
    from_metrics TEXT,
    to_metrics TEXT NOT NULL
  );
  CREATE TRIGGER promotions_are_kept BEFORE DELETE ON promotions
    BEGIN SELECT RAISE(ABORT, 'the promotion log is append-only'); END;
  CREATE TRIGGER promotions_stand BEFORE UPDATE ON promotions
    BEGIN SELECT RAISE(ABORT, 'the promotion log is append-only'); END;
  `,
];

export class StoreTooNew extends Error {}

/** Brings the file to this program's version; throws `StoreTooNew` on a file that a later program wrote. */
export function migrate(db: Database): void {
  const version = () => Number(db.get('PRAGMA user_version')?.['user_version'] ?? 0);
  if (version() === migrations.length) return;
  db.transaction(() => {
    // Read again under the lock: another process may just have done it.
    const from = version();
    if (from > migrations.length)
      throw new StoreTooNew(`the store has version ${from}, this program knows ${migrations.length}`);
    for (const sql of migrations.slice(from)) db.exec(sql);
    db.exec(`PRAGMA user_version=${migrations.length}`);
  });
}
