/** The few calls that the store makes to SQLite, so that another driver can stand in for libsql. */

export type SqlValue = string | number | bigint | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface Database {
  /** Several statements without parameters. */
  exec(sql: string): void;
  run(sql: string, values?: readonly SqlValue[]): void;
  get(sql: string, values?: readonly SqlValue[]): SqlRow | undefined;
  all(sql: string, values?: readonly SqlValue[]): readonly SqlRow[];
  /** Runs `work` holding the write lock from its start; rolls back when it throws. Not nested. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** How long a writer waits for another process's transaction before it gives up. */
const busyMs = 30_000;

/** A service looks now and then, and must not stand still meanwhile: it looks again later. */
const readerBusyMs = 20;

/**
 * Opens a database file that several processes write at once. The rollback journal is chosen over WAL because the
 * SQLite inside libsql 0.5 has the WAL-reset bug; `synchronous=FULL` makes a commit survive a power cut.
 */
export async function openDatabase(
  file: string,
  { reader = false }: { readonly reader?: boolean } = {},
): Promise<Database> {
  const { default: Libsql } = await import('libsql');
  const db = new Libsql(file);
  // The time-out goes first: turning the journal's mode needs the lock as well.
  db.exec(`PRAGMA busy_timeout=${reader ? readerBusyMs : busyMs}`);
  if (reader) db.exec('PRAGMA query_only=ON');
  else {
    db.exec('PRAGMA journal_mode=TRUNCATE');
    db.exec('PRAGMA synchronous=FULL');
    db.exec('PRAGMA foreign_keys=ON');
  }
  const statements = new Map<string, ReturnType<typeof db.prepare>>();
  const prepare = (sql: string) => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = db.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  return {
    exec: sql => void db.exec(sql),
    // Always one array: a lone null argument is taken for a record of named parameters.
    run: (sql, values = []) => void prepare(sql).run([...values]),
    get: (sql, values = []) => withoutMetadata(prepare(sql).get([...values]) as SqlRow | undefined),
    all: (sql, values = []) => prepare(sql).all([...values]) as SqlRow[],
    transaction(work) {
      db.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        db.exec('COMMIT');
        return result;
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => void db.close(),
  };
}

/** libsql adds the query's timing to the single row of `get`. */
function withoutMetadata(row: SqlRow | undefined): SqlRow | undefined {
  if (!row) return undefined;
  const { _metadata, ...columns } = row as SqlRow & { readonly _metadata?: SqlValue };
  return columns;
}
