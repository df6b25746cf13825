import type { Database, SqlRow, SqlValue } from './driver.ts';
import type { Lineage, ModelVersion, Promotion } from './records.ts';

export interface NewVersion {
  readonly environment: string;
  readonly model: string;
  readonly artifact: string;
  readonly registration: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly lineage: Lineage;
  readonly run: string;
  readonly who: string;
}
export interface NewPromotion {
  readonly environment: string;
  readonly model: string;
  readonly alias: string;
  readonly to: number;
  readonly who: string;
  readonly why: string;
  readonly run: string | null;
}

/** Versions of models, aliases that point to them, and the append-only log of every move of an alias. */
export interface Registry {
  /** Registering a model that is registered already gives its version, with the latest metrics. Inside a transaction. */
  register(version: NewVersion): { readonly version: number; readonly isNew: boolean };
  /** Points the alias at a version and logs it; nothing when it points there already. Inside a transaction. */
  promote(promotion: NewPromotion): Promotion | undefined;
  version(environment: string, model: string, version: number): ModelVersion | undefined;
  holder(environment: string, model: string, alias: string): ModelVersion | undefined;
  /** Whom a model with this artifact is to be compared with: the champion, or what it replaced if it is the champion. */
  rival(environment: string, model: string, artifact: string): ModelVersion | undefined;
  /** Latest first. */
  versions(environment: string, model?: string): readonly ModelVersion[];
  environments(): readonly string[];
  /** Latest first. */
  promotions(environment: string, model: string): readonly Promotion[];
}

export function openRegistry(db: Database): Registry {
  const versionSql = `SELECT v.*, (SELECT group_concat(alias) FROM aliases a WHERE a.environment = v.environment
    AND a.model = v.model AND a.version = v.version) AS aliases FROM versions v`;
  const one = (where: string, values: SqlValue[]) => {
    const row = db.get(`${versionSql} ${where}`, values);
    return row && versionOf(row);
  };
  const version = (environment: string, model: string, number: number) =>
    one('WHERE environment = ? AND model = ? AND version = ?', [environment, model, number]);
  const holder = (environment: string, model: string, alias: string) =>
    one(
      `JOIN aliases h ON h.environment = v.environment AND h.model = v.model AND h.version = v.version
       WHERE v.environment = ? AND v.model = ? AND h.alias = ?`,
      [environment, model, alias],
    );
  const promotions = (environment: string, model: string) =>
    db
      .all('SELECT * FROM promotions WHERE environment = ? AND model = ? ORDER BY id DESC', [
        environment,
        model,
      ])
      .map(promotionOf);

  return {
    version,
    holder,
    promotions,
    register: entry => register(db, entry),
    promote: entry => promote(db, entry, version, holder),
    rival(environment, model, artifact) {
      const champion = holder(environment, model, 'champion');
      if (!champion || champion.artifact !== artifact) return champion;
      const taken = promotions(environment, model).find(
        p => p.alias === 'champion' && p.to === champion.version,
      );
      return taken?.from === null || taken === undefined
        ? undefined
        : version(environment, model, taken.from);
    },
    versions(environment, model) {
      const rows = model
        ? db.all(`${versionSql} WHERE environment = ? AND model = ? ORDER BY version DESC`, [
            environment,
            model,
          ])
        : db.all(`${versionSql} WHERE environment = ? ORDER BY model, version DESC`, [environment]);
      return rows.map(versionOf);
    },
    environments: () =>
      db
        .all('SELECT DISTINCT environment FROM versions ORDER BY environment')
        .map(row => String(row['environment'])),
  };
}

function register(db: Database, entry: NewVersion): { version: number; isNew: boolean } {
  const known = db.get('SELECT version FROM versions WHERE environment = ? AND model = ? AND artifact = ?', [
    entry.environment,
    entry.model,
    entry.artifact,
  ]);
  if (known) {
    db.run(
      'UPDATE versions SET metrics = ?, registration = ? WHERE environment = ? AND model = ? AND version = ?',
      [JSON.stringify(entry.metrics), entry.registration, entry.environment, entry.model, known['version']!],
    );
    return { version: Number(known['version']), isNew: false };
  }
  const last = db.get('SELECT max(version) AS last FROM versions WHERE environment = ? AND model = ?', [
    entry.environment,
    entry.model,
  ]);
  const version = Number(last?.['last'] ?? 0) + 1;
  db.run(
    `INSERT INTO versions (environment, model, version, artifact, registration, metrics, lineage, run, made, who)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      entry.environment,
      entry.model,
      version,
      entry.artifact,
      entry.registration,
      JSON.stringify(entry.metrics),
      JSON.stringify(entry.lineage),
      entry.run,
      Date.now(),
      entry.who,
    ],
  );
  return { version, isNew: true };
}

type VersionReader = (environment: string, model: string, version: number) => ModelVersion | undefined;
type HolderReader = (environment: string, model: string, alias: string) => ModelVersion | undefined;

function promote(db: Database, entry: NewPromotion, version: VersionReader, holder: HolderReader) {
  const { environment, model, alias, to, who, why, run } = entry;
  const target = version(environment, model, to);
  if (!target) throw new Error(`model ${model} has no version ${to} in ${environment}`);
  const before = holder(environment, model, alias);
  if (before?.version === to) return undefined;
  db.run('INSERT OR REPLACE INTO aliases (environment, model, alias, version) VALUES (?, ?, ?, ?)', [
    environment,
    model,
    alias,
    to,
  ]);
  db.run(
    `INSERT INTO promotions (environment, model, alias, from_version, to_version, at, who, why, run, from_metrics, to_metrics)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      environment,
      model,
      alias,
      before?.version ?? null,
      to,
      Date.now(),
      who,
      why,
      run,
      before ? JSON.stringify(before.metrics) : null,
      JSON.stringify(target.metrics),
    ],
  );
  return promotionOf(db.get('SELECT * FROM promotions WHERE id = last_insert_rowid()')!);
}

function versionOf(row: SqlRow): ModelVersion {
  return {
    environment: String(row['environment']),
    model: String(row['model']),
    version: Number(row['version']),
    artifact: String(row['artifact']),
    registration: String(row['registration']),
    metrics: JSON.parse(String(row['metrics'])),
    lineage: JSON.parse(String(row['lineage'])),
    run: String(row['run']),
    made: Number(row['made']),
    who: String(row['who']),
    aliases: row['aliases'] ? String(row['aliases']).split(',').sort() : [],
  };
}

function promotionOf(row: SqlRow): Promotion {
  return {
    id: Number(row['id']),
    environment: String(row['environment']),
    model: String(row['model']),
    alias: String(row['alias']),
    from: row['from_version'] === null ? null : Number(row['from_version']),
    to: Number(row['to_version']),
    at: Number(row['at']),
    who: String(row['who']),
    why: String(row['why']),
    run: row['run'] === null ? null : String(row['run']),
    fromMetrics: row['from_metrics'] ? JSON.parse(String(row['from_metrics'])) : null,
    toMetrics: JSON.parse(String(row['to_metrics'])),
  };
}
