import { randomBytes } from 'node:crypto';
import type { StepResult } from '../engine/contract.ts';
import type { Database, SqlRow } from './driver.ts';
import { isAlive, type ProcessIdentity, thisProcess, whoAmI } from './processes.ts';
import type { KeyParts, NotRun, RunRecord, RunStatus, StepRecord } from './records.ts';

export interface NewRun {
  readonly goal: string;
  readonly environment: string;
  readonly plan: string;
  readonly params: unknown;
  readonly notRun: readonly NotRun[];
}

export interface Runs {
  /** Records a run of this process as running. */
  start(run: NewRun): string;
  finish(id: string, status: RunStatus, error?: { code: string; message: string }): void;
  /** Writes or replaces one step of a run. */
  saveStep(record: StepRecord): void;
  get(id: string): RunRecord | undefined;
  /** Latest first. */
  list(limit?: number): readonly RunRecord[];
  steps(run: string): readonly StepRecord[];
  /** The last record of this step, in whatever run, that says what it depended on. */
  lastOf(step: string, environment: string): StepRecord | undefined;
  /** Marks runs whose process has died as interrupted, and returns them. */
  recover(): readonly string[];
  alive(): readonly string[];
  /** Runs under way, and where. */
  running(): readonly {
    readonly id: string;
    readonly goal: string;
    readonly environment: string;
    readonly process: ProcessIdentity;
  }[];
}

export function openRuns(db: Database): Runs {
  const running = () =>
    db.all("SELECT id, goal, environment, host, pid, process_start FROM runs WHERE status = 'running'");
  const processOf = (row: SqlRow): ProcessIdentity => ({
    host: String(row['host']),
    pid: Number(row['pid']),
    start: String(row['process_start']),
  });
  const lives = (row: SqlRow) => isAlive(processOf(row));

  return {
    start(run) {
      const id = runId();
      const me = thisProcess();
      db.run(
        `INSERT INTO runs (id, goal, environment, plan, params, status, started, who, host, pid, process_start, not_run)
         VALUES (?, ?, ?, ?, ?, 'running', ?, ?, ?, ?, ?, ?)`,
        [
          id,
          run.goal,
          run.environment,
          run.plan,
          JSON.stringify(run.params),
          Date.now(),
          whoAmI(),
          me.host,
          me.pid,
          me.start,
          JSON.stringify(run.notRun),
        ],
      );
      return id;
    },
    finish(id, status, error) {
      db.run('UPDATE runs SET status = ?, ended = ?, error = ? WHERE id = ?', [
        status,
        Date.now(),
        error ? JSON.stringify(error) : null,
        id,
      ]);
    },
    saveStep(record) {
      db.run(
        `INSERT OR REPLACE INTO steps
         (run, step, kind, of, status, started, ended, attempts, cache_key, key_parts, why, inputs, outputs, result)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          record.run,
          record.step,
          record.kind,
          record.of,
          record.status,
          record.started,
          record.ended,
          record.attempts,
          record.key,
          record.parts ? JSON.stringify(record.parts) : null,
          JSON.stringify(record.why),
          JSON.stringify(record.inputs),
          JSON.stringify(record.outputs),
          record.result ? JSON.stringify(record.result) : null,
        ],
      );
    },
    get(id) {
      // A prefix will do, as long as it means one run.
      const rows = db.all("SELECT * FROM runs WHERE id = ? OR id LIKE ? ESCAPE '\\' LIMIT 2", [
        id,
        `${escapeLike(id)}%`,
      ]);
      const exact = rows.find(row => row['id'] === id);
      if (exact) return runOf(exact);
      return rows.length === 1 && id !== '' ? runOf(rows[0]!) : undefined;
    },
    list: (limit = 50) =>
      db.all('SELECT * FROM runs ORDER BY started DESC, id DESC LIMIT ?', [limit]).map(runOf),
    steps: run => db.all('SELECT * FROM steps WHERE run = ? ORDER BY started, rowid', [run]).map(stepOf),
    lastOf(step, environment) {
      const row = db.get(
        `SELECT s.* FROM steps s JOIN runs r ON r.id = s.run
         WHERE s.step = ? AND r.environment = ? AND s.key_parts IS NOT NULL
           AND s.status IN ('succeeded', 'refused', 'cached')
         ORDER BY r.started DESC, s.rowid DESC LIMIT 1`,
        [step, environment],
      );
      return row && stepOf(row);
    },
    recover() {
      if (running().every(lives)) return [];
      return db.transaction(() => {
        const dead = running().filter(row => !lives(row));
        for (const row of dead) {
          const now = Date.now();
          db.run("UPDATE steps SET status = 'cancelled', ended = ? WHERE run = ? AND status = 'running'", [
            now,
            row['id']!,
          ]);
          db.run("UPDATE runs SET status = 'interrupted', ended = ? WHERE id = ?", [now, row['id']!]);
        }
        return dead.map(row => String(row['id']));
      });
    },
    alive: () =>
      running()
        .filter(lives)
        .map(row => String(row['id'])),
    running: () =>
      running()
        .filter(lives)
        .map(row => ({
          id: String(row['id']),
          goal: String(row['goal']),
          environment: String(row['environment']),
          process: processOf(row),
        })),
  };
}

/** Sortable by time, unique between processes, short enough to type its beginning. */
function runId(): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${randomBytes(3).toString('hex')}`;
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, character => `\\${character}`);
}

const numberOrNull = (value: unknown) => (value === null || value === undefined ? null : Number(value));

function runOf(row: SqlRow): RunRecord {
  return {
    id: String(row['id']),
    goal: String(row['goal']),
    environment: String(row['environment']),
    plan: String(row['plan']),
    params: JSON.parse(String(row['params'])),
    status: row['status'] as RunStatus,
    started: Number(row['started']),
    ended: numberOrNull(row['ended']),
    who: String(row['who']),
    notRun: JSON.parse(String(row['not_run'])),
    error: row['error'] ? JSON.parse(String(row['error'])) : null,
  };
}

function stepOf(row: SqlRow): StepRecord {
  return {
    run: String(row['run']),
    step: String(row['step']),
    kind: String(row['kind']),
    of: String(row['of']),
    status: row['status'] as StepRecord['status'],
    started: numberOrNull(row['started']),
    ended: numberOrNull(row['ended']),
    attempts: Number(row['attempts']),
    key: row['cache_key'] === null ? null : String(row['cache_key']),
    parts: row['key_parts'] ? (JSON.parse(String(row['key_parts'])) as KeyParts) : null,
    why: JSON.parse(String(row['why'])),
    inputs: JSON.parse(String(row['inputs'])),
    outputs: JSON.parse(String(row['outputs'])),
    result: row['result'] ? (JSON.parse(String(row['result'])) as StepResult) : null,
  };
}
