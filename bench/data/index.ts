/** Data: three million flights through ingest, validation, features and split, in a process of their own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BenchResult } from '../result.ts';
import type { FlightsFigures } from './flights.ts';

/** Steps up to the features: ingested, validated, joined and windowed. */
const upToFeatures = /^(ingest|validate|features)-/;

export async function run(): Promise<BenchResult[]> {
  const child = fileURLToPath(new URL('flights.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', child], {
    maxBuffer: 1 << 24,
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  });
  const figures = JSON.parse(stdout) as FlightsFigures;
  const seconds = (ids: readonly string[]): number =>
    ids.reduce((sum, id) => sum + figures.steps[id]! / 1000, 0);
  const ids = Object.keys(figures.steps);
  const total = seconds(ids.filter(id => upToFeatures.test(id)));
  const gigabytes = figures.memory / 1e9;
  const ratio = figures.validation.ours / figures.validation.bare;
  const rows = figures.rows['features-departure'] ?? 0;
  return [
    {
      name: 'flights: ingest, validate, join, window',
      ours: total,
      unit: 's',
      target: 'under 25 s on 2 cores',
      ok: total < 25,
      note: `${rows.toLocaleString('en-US')} rows; ${ids.map(id => `${id} ${seconds([id]).toFixed(2)} s`).join(', ')}`,
    },
    {
      name: 'flights: most memory resident',
      ours: gigabytes,
      unit: 'GB',
      target: 'under 3 GB',
      ok: gigabytes < 3,
    },
    {
      name: 'flights: validation step against bare DuckDB',
      ours: figures.validation.ours,
      theirs: figures.validation.bare,
      unit: 'ms',
      ratio,
      target: 'at most 2 times',
      ok: ratio <= 2,
      note: 'count, mean(delay), share(origin != destination); of each column the missing, of numbers and times min, max, mean, deviation; the distribution of each column (counts of values, or a thousand quantile bins)',
    },
    {
      name: 'flights: test part as typed columns',
      ours: figures.frame.milliseconds,
      unit: 'ms',
      note: `${figures.frame.rows.toLocaleString('en-US')} rows, 7 features, label and slices`,
    },
  ];
}
