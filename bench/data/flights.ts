/**
 * The child process of the data bench: all flights ingested, validated, joined, windowed and split, step by step through
 * the step contract; then the aggregates of the validation once more by bare DuckDB. Prints one line of JSON.
 */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Plan, Step, StepKind } from '../../compiler/plan/plan.ts';
import { ingest } from '../../runtime/data/ingest.ts';
import { literal } from '../../runtime/data/sql.ts';
import { validate } from '../../runtime/data/validate.ts';
import type { Program, StepContext, StepRunner } from '../../runtime/engine/contract.ts';
import { features } from '../../runtime/features/features.ts';
import { split } from '../../runtime/features/split.ts';
import { readPart } from '../../runtime/learn/frames/read-part.ts';
import { programOf } from '../../runtime/testing/sample-run.ts';
import { median } from '../result.ts';

export interface FlightsFigures {
  /** Milliseconds by step. */
  readonly steps: Readonly<Record<string, number>>;
  readonly rows: Readonly<Record<string, number>>;
  /** Milliseconds to read the test part as typed columns, and its rows. */
  readonly frame: { readonly milliseconds: number; readonly rows: number };
  readonly validation: { readonly ours: number; readonly bare: number };
  /** Bytes, the most that was ever resident up to the end of the steps. */
  readonly memory: number;
}

/** What a person would type to get the same numbers: the same aggregates, and the distribution of each column. */
export const bareAggregates: readonly string[] = [
  `SELECT count(*), avg(delay), avg((origin <> destination)::INT),
    count(*) - count(date), min(epoch_ms(date)), max(epoch_ms(date)), avg(epoch_ms(date)), stddev_pop(epoch_ms(date)),
    count(*) - count(origin), count(*) - count(destination),
    count(*) - count(distance), min(distance), max(distance), avg(distance), stddev_pop(distance),
    count(*) - count(delay), min(delay), max(delay), avg(delay), stddev_pop(delay) FROM flights`,
  'SELECT origin, count(*) AS n FROM flights GROUP BY origin ORDER BY n DESC',
  'SELECT destination, count(*) AS n FROM flights GROUP BY destination ORDER BY n DESC',
  ...['epoch_ms(date)', 'distance', 'delay'].map(
    x => `SELECT ceil(below * 1000.0 / total) AS bin, max(x), sum(n) FROM (
      SELECT x, n, sum(n) OVER (ORDER BY x) AS below, sum(n) OVER () AS total
      FROM (SELECT ${x} AS x, count(*) AS n FROM flights GROUP BY x)) GROUP BY bin ORDER BY bin`,
  ),
];

const threads = Math.min(2, availableParallelism());
const runners: Partial<Record<StepKind, StepRunner>> = { ingest, validate, features, split };
const root = process.cwd();

async function main(): Promise<void> {
  const plan = JSON.parse(
    await readFile(join(root, 'test/fixtures/plans/flights.plan.json'), 'utf8'),
  ) as Plan;
  const folder = await mkdtemp(join(tmpdir(), 'mlp-bench-'));
  try {
    const figures = await measure(plan, folder);
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(plan: Plan, folder: string): Promise<FlightsFigures> {
  const program = programOf(plan);
  const steps: Record<string, number> = {};
  const rows: Record<string, number> = {};
  for (const step of plan.steps) {
    const runner = runners[step.kind];
    if (runner === undefined) continue;
    const started = performance.now();
    const result = await runner(await contextOf(program, step, folder));
    steps[step.id] = performance.now() - started;
    if (result.status !== 'succeeded')
      throw new Error(`${step.id}: ${result.error?.message ?? result.status}`);
    if (result.metrics['rows'] !== undefined) rows[step.id] = result.metrics['rows'];
  }
  const memory = process.resourceUsage().maxRSS * 1024;
  return {
    steps,
    rows,
    memory,
    frame: await frame(plan, folder),
    validation: await validation(program, plan, folder),
  };
}

async function contextOf(program: Program, step: Step, folder: string): Promise<StepContext> {
  for (const { name } of step.outputs) await mkdir(join(folder, step.id, name), { recursive: true });
  return {
    plan: program.plan,
    step,
    program,
    params: { version: 'params/1', from: null, to: null, overrides: {}, threads, memory: '2GiB' },
    input: name => {
      const input = step.inputs.find(candidate => candidate.name === name);
      return input !== undefined && 'from' in input ? join(folder, input.from, input.output) : undefined;
    },
    output: name => join(folder, step.id, name),
    root,
    signal: new AbortController().signal,
    progress: () => {},
  };
}

async function frame(plan: Plan, folder: string): Promise<FlightsFigures['frame']> {
  const started = performance.now();
  const part = await readPart({
    folder: join(folder, 'split-lateness', 'parts'),
    plan,
    model: 'lateness',
    part: 'test',
    threads,
    memory: '2GiB',
    scratch: join(folder, '.scratch'),
    signal: new AbortController().signal,
  });
  return { milliseconds: performance.now() - started, rows: part.frame.rows };
}

/** The validation step and the bare queries in turn, three times each: medians. */
async function validation(
  program: Program,
  plan: Plan,
  folder: string,
): Promise<FlightsFigures['validation']> {
  const step = plan.steps.find(({ kind }) => kind === 'validate')!;
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  const file = literal(join(folder, 'ingest-flights', 'rows', 'data.parquet'));
  await connection.run(`CREATE VIEW flights AS SELECT * FROM read_parquet(${file})`);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < 3; round++) {
    let started = performance.now();
    await validate(await contextOf(program, step, folder));
    ours.push(performance.now() - started);
    started = performance.now();
    for (const sql of bareAggregates) await connection.runAndReadAll(sql);
    bare.push(performance.now() - started);
  }
  connection.closeSync();
  instance.closeSync();
  return { ours: median(ours), bare: median(bare) };
}

await main();
