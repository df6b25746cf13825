import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { canonicalJson } from '../../../compiler/plan/hash.ts';
import { sha256 } from '../../../compiler/plan/sha256.ts';
import type { Database } from '../../data/duckdb.ts';
import { identifier, literal } from '../../data/sql.ts';
import type { Program } from '../../engine/contract.ts';
import { viewVersion } from '../online/states.ts';

/** The rows of one version of a view, cut by their moment: what `manifest.json` beside the files says. */
export interface OfflineView {
  readonly version: 'offline/1';
  readonly view: string;
  /** What moments are cut by; null: the view has none. */
  readonly grain: 'day' | 'month' | null;
  readonly rows: number;
  readonly partitions: readonly Partition[];
}
export interface Partition {
  /** Its beginning, `2001-01` or `2001-01-31`; `all` for a view without moments. */
  readonly at: string;
  /** Path in the version's folder. */
  readonly file: string;
  readonly rows: number;
}

/** A month of more rows than this is cut into days. */
const rowsOfAFile = 5_000_000;
/** A file that no manifest names may be one that another process is about to name. */
const abandonedMs = 3_600_000;

/** Where the rows of a view's version lie: a changed expression, schema or joined view is another version. */
export function offlineFolder(program: Program, root: string, view: string): string {
  const version = sha256(canonicalJson(viewVersion(program, view), { words: false })).slice(0, 16);
  return path.join(root, '.mlp', 'features', program.plan.environment ?? 'local', view, version);
}

export function readManifest(folder: string): OfflineView | undefined {
  const file = path.join(folder, 'manifest.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as OfflineView) : undefined;
}

export interface Written {
  readonly manifest: OfflineView;
  /** Partitions that were written; the others are as they were. */
  readonly written: number;
}

/**
 * Brings the files of a view up to the rows of the relation `rows`. A file is made whole under another name and is never
 * changed; the manifest, replaced last, says which ones count, so a reader sees all of the old or all of the new.
 */
export async function writePartitions(
  database: Database,
  view: string,
  timed: boolean,
  folder: string,
): Promise<Written> {
  mkdirSync(folder, { recursive: true });
  const before = readManifest(folder);
  const grain = timed ? (before?.grain ?? (await grainOf(database))) : null;
  const format = grain === 'day' ? '%Y-%m-%d' : '%Y-%m';
  const at = grain === null ? "'all'" : `coalesce(strftime(CAST(__at AS TIMESTAMP), '${format}'), 'none')`;
  const columns = (await columnsOf(database)).join(', ');
  const found = await database.rows(
    `SELECT ${at} AS at, count(*) AS n, CAST(sum(hash(${columns})) AS VARCHAR) AS h FROM rows GROUP BY ALL ORDER BY ALL`,
  );
  const partitions: Partition[] = [];
  let written = 0;
  for (const { at: start, n, h } of found) {
    const content = sha256(`${n} ${h}`).slice(0, 16);
    const file = `at=${String(start)}/${content}.parquet`;
    partitions.push({ at: String(start), file, rows: Number(n) });
    if (existsSync(path.join(folder, file))) continue;
    const partial = path.join(folder, `at=${String(start)}`, `${content}.${process.pid}.partial`);
    mkdirSync(path.dirname(partial), { recursive: true });
    await database.execute(
      `COPY (SELECT * FROM rows WHERE ${at} = ${literal(String(start))} ORDER BY __at, __row) TO ${literal(partial)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    renameSync(partial, path.join(folder, file));
    written++;
  }
  const rows = partitions.reduce((sum, partition) => sum + partition.rows, 0);
  const manifest: OfflineView = { version: 'offline/1', view, grain, rows, partitions };
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const partial = path.join(folder, `manifest.${process.pid}.partial`);
  writeFileSync(partial, text);
  renameSync(partial, path.join(folder, 'manifest.json'));
  dropAbandoned(folder, manifest);
  return { manifest, written };
}

async function columnsOf(database: Database): Promise<string[]> {
  const columns = await database.rows('DESCRIBE rows');
  return columns.map(row => identifier(String(row['column_name'])));
}

async function grainOf(database: Database): Promise<'day' | 'month'> {
  const [row] = await database.rows(
    `SELECT max(n) AS most FROM (SELECT count(*) AS n FROM rows GROUP BY date_trunc('month', CAST(__at AS TIMESTAMP)))`,
  );
  return Number(row!['most'] ?? 0) > rowsOfAFile ? 'day' : 'month';
}

/** Files that are no longer named, and what a killed process had begun. */
function dropAbandoned(folder: string, { partitions }: OfflineView): void {
  const named = new Set(partitions.map(({ file }) => file));
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'manifest.json') continue;
    const file = path.join(entry.parentPath, entry.name);
    if (named.has(path.relative(folder, file).split(path.sep).join('/'))) continue;
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat !== undefined && Date.now() - stat.mtimeMs > abandonedMs) rmSync(file, { force: true });
  }
}
