/**
 * The child process of the features bench, on all flights: the view's rows online, from a row and cached state; the view in
 * batch beside SQL written by hand for the same columns; materialisation into an empty store. Prints one line of JSON.
 */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { compile } from '../../compiler/index.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import { literal } from '../../runtime/data/sql.ts';
import type { Program } from '../../runtime/engine/contract.ts';
import type { OnlineRequest } from '../../runtime/features/online/contract.ts';
import { materializeFeatures } from '../../runtime/features/online/fill.ts';
import { openOnlineFeatures } from '../../runtime/features/online/open.ts';
import { openStore } from '../../runtime/store/store.ts';
import { generatedProgram } from '../../test/support/online.ts';
import { memoryHost, root, specsIn } from '../../test/support/specs.ts';
import { median } from '../result.ts';

export interface FeatureFigures {
  /** Rows a second, one core. */
  readonly online: { readonly rows: number; readonly perSecond: number };
  /** Milliseconds. */
  readonly batch: {
    readonly ours: number;
    readonly byHand: number;
    readonly rows: number;
    readonly differing: number;
  };
  readonly materialize: { readonly seconds: number; readonly rows: number; readonly again: number };
}

/** The same columns as an expert writes them for DuckDB. */
export const byHand = `
SELECT row_number() OVER () AS __row, date AS __at, date + INTERVAL 12 HOUR AS __label_known,
  f.origin, hour(date) AS hour, dayname(date) AS weekday,
  hour(date) BETWEEN 6 AND 9 OR hour(date) BETWEEN 16 AND 19 AS peak,
  ln(1 + distance) AS miles, coalesce(home.state, 'unknown') AS state,
  coalesce(avg(delay) OVER (PARTITION BY f.origin ORDER BY date
    RANGE BETWEEN INTERVAL 7 DAY PRECEDING AND INTERVAL 12 HOUR PRECEDING), 0) AS recent_delay,
  delay > 15 AS late, date AS "source.date"
FROM "source:flights" f LEFT JOIN "source:airports" home ON home.iata = f.origin`;

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-bench-features-'));
  try {
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    const plan = compile(memoryHost(specsIn(path.join(root, 'examples/flights')))).plan!;
    const program = await generatedProgram(plan);
    const started = performance.now();
    const filled = await materializeFeatures(program, { root: folder, from: Date.UTC(2001, 0) * 1000 });
    const seconds = (performance.now() - started) / 1000;
    const nothing = performance.now();
    await materializeFeatures(program, { root: folder });
    const figures: FeatureFigures = {
      materialize: {
        seconds,
        rows: filled.states.find(({ table }) => table === 'flights')!.moved,
        again: (performance.now() - nothing) / 1000,
      },
      online: await online(program, folder),
      batch: await batch(program, plan, folder),
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The rows of a day of the summer's start, in requests of a hundred, again and again: what they read is cached. */
async function online(program: Program, folder: string): Promise<FeatureFigures['online']> {
  const connection = await connectionOf(folder);
  const rows = (
    await connection.runAndReadAll(
      `SELECT epoch_us(date)::DOUBLE AS at, origin, distance::DOUBLE AS distance FROM "source:flights" WHERE date >= '2001-06-20' AND date < '2001-06-22' ORDER BY hash(date, origin, destination)`,
    )
  ).getRowObjectsJS();
  connection.closeSync();
  const requests = rows.map(({ at, origin, distance }): OnlineRequest => {
    const row = { date: at as number, origin: origin as string, distance: distance as number };
    return { row, at: at as number };
  });
  const features = await openOnlineFeatures(program, ['Departure'], { root: folder });
  const rates: number[] = [];
  for (let round = 0; round < 8; round++) {
    const elapsed = processorTime();
    for (let i = 0; i < requests.length; i += 100) await features.compute(requests.slice(i, i + 100));
    rates.push((1000 * requests.length) / elapsed());
  }
  await features.close();
  return { rows: requests.length, perSecond: median(rates.slice(3)) };
}

/** In turn, three times each: medians. Two threads, into a table each. */
async function batch(program: Program, plan: Plan, folder: string): Promise<FeatureFigures['batch']> {
  const connection = await connectionOf(folder);
  for (const table of ['flights', 'airports'])
    await connection.run(`CREATE TABLE ${table} AS SELECT * FROM "source:${table}"`);
  for (const table of ['flights', 'airports'])
    await connection.run(`CREATE OR REPLACE VIEW "source:${table}" AS SELECT * FROM ${table}`);
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < 4; round++) {
    let elapsed = processorTime();
    await connection.run(`CREATE OR REPLACE TABLE ours AS ${program.views['Departure']!.sql}`);
    ours.push(elapsed());
    elapsed = processorTime();
    await connection.run(`CREATE OR REPLACE TABLE theirs AS ${byHand}`);
    theirs.push(elapsed());
  }
  const names = plan.views['Departure']!.features.map(({ name }) => name);
  const unequal = names.map(name =>
    name === 'miles' || name === 'recent_delay'
      ? `abs(o.${name} - t.${name}) > 1e-12 * greatest(1, abs(t.${name}))`
      : `o.${name} IS DISTINCT FROM t.${name}`,
  );
  const [row] = (
    await connection.runAndReadAll(
      `SELECT count(*) AS rows, count(*) FILTER (${unequal.join(' OR ')}) AS differing FROM ours o JOIN theirs t USING (__row)`,
    )
  ).getRowObjectsJS();
  connection.closeSync();
  return {
    ours: median(ours),
    byHand: median(theirs),
    rows: Number(row!['rows']),
    differing: Number(row!['differing']),
  };
}

/** Milliseconds of this process on all its threads, from now: others on the machine do not show in it. */
function processorTime(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}

/** A DuckDB with the ingested sources, whose rows the store holds. */
async function connectionOf(folder: string) {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const store = await openStore(folder);
  const run = store.runs.list()[0]!;
  for (const { kind, of, outputs } of store.runs.steps(run.id))
    if (kind === 'ingest') {
      const file = path.join(store.artifacts.folder(outputs['rows']!), 'data.parquet');
      await connection.run(`CREATE VIEW "source:${of}" AS SELECT * FROM read_parquet(${literal(file)})`);
    }
  store.close();
  return connection;
}

await main();
