import path from 'node:path';
import { execa } from 'execa';
import { type BenchResult, median } from '../result.ts';

const root = path.join(import.meta.dirname, '../..');
const mlp = path.join(root, 'cli/bin/mlp');

/** `mlp run lateness` of the flights example when nothing changed since the last run. */
export async function run(): Promise<BenchResult[]> {
  const cwd = path.join(root, 'examples/flights');
  const first = performance.now();
  await execa(mlp, ['run', 'lateness'], { cwd });
  const whole = performance.now() - first;
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    const { stdout } = await execa(mlp, ['run', 'lateness'], { cwd });
    times.push(performance.now() - start);
    if (!/nothing changed/i.test(stdout))
      throw new Error(`the second run did not say that nothing changed:\n${stdout}`);
  }
  const ours = median(times);
  return [
    {
      name: 'mlp run lateness, first run of this bench (cached steps included)',
      ours: whole / 1000,
      unit: 's',
    },
    {
      name: 'mlp run lateness, nothing changed, whole process',
      ours,
      unit: 'ms',
      target: 'under 1 s',
      ok: ours < 1000,
    },
  ];
}
