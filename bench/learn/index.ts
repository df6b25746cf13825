/**
 * The built-in trainers beside scikit-learn, fitted in the same run on the same rows of real flights: 200,000 of the
 * first 70% of the time, tested on 100,000 of the last 15%. Three seeds choose the rows.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { metricByName, selectRows, trainerByName } from '../../runtime/learn/index.ts';
import type { Params } from '../../runtime/learn/types.ts';
import { type BenchResult, median } from '../result.ts';
import { type FlightParts, loadFlights, type Part } from './data.ts';
import { runPython } from './python.ts';

interface Contest {
  /** The name in `compare.py`. */
  readonly model: string;
  readonly trainer: string;
  readonly params: Params;
  readonly label: 'late' | 'minutes';
  readonly metric: 'auc' | 'r2';
  readonly theirs: string;
}

const trees = { rounds: 200, depth: 6, learning_rate: 0.1, leaf: 20 };

const contests: readonly Contest[] = [
  {
    model: 'gradient_boosting',
    trainer: 'gradient_boosting',
    params: trees,
    label: 'late',
    metric: 'auc',
    theirs: 'HistGradientBoostingClassifier',
  },
  {
    model: 'logistic_regression',
    trainer: 'logistic_regression',
    params: { l2: 1 },
    label: 'late',
    metric: 'auc',
    theirs: 'LogisticRegression',
  },
  {
    model: 'gradient_boosting_minutes',
    trainer: 'gradient_boosting',
    params: trees,
    label: 'minutes',
    metric: 'r2',
    theirs: 'HistGradientBoostingRegressor',
  },
  {
    model: 'linear_regression',
    trainer: 'linear_regression',
    params: { l2: 1 },
    label: 'minutes',
    metric: 'r2',
    theirs: 'Ridge',
  },
];

const seeds = [1, 2, 3];
const sizes = { train: 200_000, validate: 1000, test: 100_000 };
/** The most that our metric may be below or above theirs. */
const ALLOWED = 0.01;

interface Theirs {
  readonly model: string;
  readonly fit: number;
  readonly predict: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** One model of one seed on both sides. */
interface Measured {
  readonly fit: readonly [ours: number, theirs: number];
  readonly predict: readonly [ours: number, theirs: number];
  readonly metric: readonly [ours: number, theirs: number];
  /** Greatest difference between our metrics and theirs on THEIR scores. */
  readonly disagreement: number;
}

export async function run(): Promise<BenchResult[]> {
  const measured = contests.map((): Measured[] => []);
  let allCores = 0;
  let online: BenchResult | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'mlp-bench-learn-'));
  try {
    for (const seed of seeds) {
      const parts = await loadFlights(seed, sizes);
      writeParts(folder, parts, seed);
      const theirs = (await runPython('compare.py', [folder], 1)) as Theirs[];
      contests.forEach((contest, i) => {
        const result = theirs.find(t => t.model === contest.model)!;
        measured[i]!.push(measure(contest, parts, result, folder));
      });
      online ??= oneRow(parts);
    }
    writeFileSync(
      join(folder, 'job.json'),
      JSON.stringify({ ...readJob(folder), models: ['gradient_boosting'] }),
    );
    allCores = ((await runPython('compare.py', [folder], availableParallelism())) as Theirs[])[0]!.fit;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return [
    ...contests.flatMap((contest, i) => report(contest, measured[i]!, allCores)),
    ...(online === undefined ? [] : [online]),
    agreement(measured.flat()),
  ];
}

function writeParts(folder: string, parts: FlightParts, seed: number): void {
  const { columns } = parts.train.frame;
  for (const name of ['train', 'test'] as const) {
    const part = parts[name];
    for (const column of part.frame.columns) {
      // scikit-learn takes missing and unseen categories as the same thing.
      const values =
        column.kind === 'number'
          ? column.values
          : Float64Array.from(column.codes, c => (c < 0 || c >= column.vocabulary.length ? Number.NaN : c));
      writeFileSync(join(folder, `${name}-${column.name}.f64`), values);
    }
    writeFileSync(join(folder, `${name}-late.f64`), part.late.values);
    writeFileSync(join(folder, `${name}-minutes.f64`), part.minutes.values);
  }
  const job = {
    ...trees,
    seed,
    features: columns.map(column => column.name),
    kinds: columns.map(column => column.kind),
    models: contests.map(contest => contest.model),
  };
  writeFileSync(join(folder, 'job.json'), JSON.stringify(job));
}

const readJob = (folder: string): object =>
  JSON.parse(readFileSync(join(folder, 'job.json'), 'utf8')) as object;

function measure(contest: Contest, parts: FlightParts, theirs: Theirs, folder: string): Measured {
  const { train, test } = parts;
  const began = performance.now();
  const model = trainerByName(contest.trainer).fit(train.frame, train[contest.label], contest.params, {
    seed: 1,
  });
  const fitted = performance.now();
  const scores = model.predict(test.frame);
  const done = performance.now();
  const bytes = readFileSync(join(folder, `${contest.model}.f64`));
  const theirScores = new Float64Array(new Uint8Array(bytes).buffer);
  const differences = Object.entries(theirs.metrics).map(([name, value]) =>
    Math.abs(value - metricOf(name, theirScores, test, contest.label)),
  );
  return {
    fit: [(fitted - began) / 1000, theirs.fit],
    predict: [(done - fitted) / 1000, theirs.predict],
    metric: [metricOf(contest.metric, scores, test, contest.label), theirs.metrics[contest.metric]!],
    disagreement: Math.max(...differences),
  };
}

function metricOf(name: string, scores: Float64Array, part: Part, label: 'late' | 'minutes'): number {
  const target = part[label];
  const result = metricByName(name, target.task).compute(scores, target);
  if ('undefined' in result) throw new Error(`${name}: ${result.undefined}`);
  return result.value;
}

function report(contest: Contest, measured: readonly Measured[], allCores: number): BenchResult[] {
  const side = (pick: (m: Measured) => readonly [number, number], i: 0 | 1): number =>
    median(measured.map(m => pick(m)[i]));
  const gaps = measured.map(m => m.metric[0] - m.metric[1]);
  const pairs = measured.map(m => m.metric.map(v => v.toFixed(4)).join(' against ')).join(', ');
  const cores = `with ${availableParallelism()} threads theirs takes ${allCores.toFixed(2)} s`;
  const time = (what: 'fit' | 'predict', note?: string): BenchResult => ({
    name: `${contest.model}: ${what}`,
    ours: side(m => m[what], 0),
    theirs: side(m => m[what], 1),
    ratio: side(m => m[what], 0) / side(m => m[what], 1),
    unit: 's',
    note: note ?? `${contest.theirs}, one thread each`,
  });
  return [
    {
      name: `${contest.model}: ${contest.metric}`,
      ours: side(m => m.metric, 0),
      theirs: side(m => m.metric, 1),
      unit: '',
      target: `within ${ALLOWED} for each of ${seeds.length} seeds`,
      ok: gaps.every(gap => Math.abs(gap) <= ALLOWED),
      note: `${contest.theirs}: ${pairs}`,
    },
    time(
      'fit',
      contest.model === 'gradient_boosting' ? `${contest.theirs}, one thread each; ${cores}` : undefined,
    ),
    time('predict'),
  ];
}

/** Rows one by one, as a service scores them: the median over many calls, columns made anew each time. */
function oneRow({ train, test }: FlightParts): BenchResult {
  const model = trainerByName('gradient_boosting').fit(train.frame, train.late, trees, { seed: 1 });
  const times: number[] = [];
  for (let row = 0; row < 5000; row++) {
    const frame = selectRows(test.frame, Int32Array.of(row));
    const began = performance.now();
    model.predict(frame);
    times.push((performance.now() - began) * 1000);
  }
  return { name: 'gradient_boosting: one row at a time', ours: median(times), unit: 'microseconds' };
}

function agreement(measured: readonly Measured[]): BenchResult {
  const worst = Math.max(...measured.map(m => m.disagreement));
  return {
    name: 'metrics on the same scores, greatest difference to scikit-learn',
    ours: worst,
    unit: '',
    target: 'at most 1e-9',
    ok: worst <= 1e-9,
  };
}
