/** Features: online from a row and cached state, in batch beside SQL by hand, and moved into the online store. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BenchResult } from '../result.ts';
import type { FeatureFigures } from './flights.ts';

export async function run(): Promise<BenchResult[]> {
  const child = fileURLToPath(new URL('flights.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', child], {
    maxBuffer: 1 << 24,
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  });
  const { online, batch, materialize } = JSON.parse(stdout) as FeatureFigures;
  const ratio = batch.ours / batch.byHand;
  const count = (n: number): string => n.toLocaleString('en-US');
  return [
    {
      name: 'flights: features online, from a row and cached state',
      ours: online.perSecond,
      unit: 'rows/s',
      target: 'at least 200,000 on one core',
      ok: online.perSecond >= 200_000,
      note: `${count(online.rows)} rows of two days in requests of a hundred, 7 features, a window of 7 days and a join among them; by processor time`,
    },
    {
      name: 'flights: features in batch against SQL by hand',
      ours: batch.ours,
      theirs: batch.byHand,
      unit: 'ms',
      ratio,
      target: 'at most 1.3 times',
      ok: ratio <= 1.3 && batch.differing === 0,
      note: `${count(batch.rows)} rows, ${batch.differing} of them different; __row, __at, __label_known, origin, hour, weekday, peak, miles, state, recent_delay, late, source.date; processor time of two threads`,
    },
    {
      name: 'flights: materialize into an empty store',
      ours: materialize.seconds,
      unit: 's',
      target: 'under 60 s',
      ok: materialize.seconds < 60,
      note: `${count(materialize.rows)} rows, ingest and validation among it; with nothing new ${materialize.again.toFixed(2)} s`,
    },
  ];
}
