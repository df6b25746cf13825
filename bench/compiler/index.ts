import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { type BenchResult, median } from '../result.ts';
import { generateProject } from './generate.ts';

const root = path.join(import.meta.dirname, '../..');
const mlp = path.join(root, 'cli/bin/mlp');
const ROUNDS = 21;

async function time(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<number> {
  const start = performance.now();
  await execa(command, args, { cwd, env });
  return performance.now() - start;
}

/** `mlp check` of the flights spec against a bare node, in turns; the spec is edited before every check. */
async function checkFlights(cache: string): Promise<BenchResult[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-bench-'));
  cpSync(path.join(root, 'examples/flights/flights.mlp'), path.join(folder, 'flights.mlp'));
  const spec = path.join(folder, 'flights.mlp');
  const original = readFileSync(spec, 'utf8');
  const env = { XDG_CACHE_HOME: cache };
  const first = await time(mlp, ['check'], folder, env);
  await sleep(3000);
  const bare: number[] = [];
  const plain: number[] = [];
  const snapshot: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    writeFileSync(spec, `${original}// edit ${i}\n`);
    bare.push(await time('node', ['-e', '0'], folder));
    snapshot.push(await time(mlp, ['check'], folder, env));
    plain.push(await time(mlp, ['check'], folder, { MLP_SNAPSHOT: 'off' }));
  }
  rmSync(folder, { recursive: true });
  const theirs = median(bare);
  const result = (name: string, ours: number, extra: Partial<BenchResult> = {}): BenchResult => ({
    name,
    ours,
    theirs,
    unit: 'ms',
    ratio: ours / theirs,
    ...extra,
  });
  return [
    result('mlp check flights, edited, beside node -e 0', median(snapshot), {
      target: 'at most 2.5 times',
      ok: median(snapshot) / theirs <= 2.5,
    }),
    result('the same without the start-up snapshot', median(plain)),
    result('the very first check, which has the snapshot made behind it', first),
  ];
}

/** Parse and check of 10,000 generated lines, beyond what a check of one tiny spec takes. */
async function checkLarge(cache: string): Promise<BenchResult> {
  const env = { XDG_CACHE_HOME: cache };
  const large = mkdtempSync(path.join(tmpdir(), 'mlp-bench-'));
  const small = mkdtempSync(path.join(tmpdir(), 'mlp-bench-'));
  let lines = 0;
  for (const [name, text] of generateProject(10_000)) {
    lines += text.split('\n').length - 1;
    writeFileSync(path.join(large, name), text);
  }
  writeFileSync(path.join(small, 'small.mlp'), 'schema S { a: int }\n');
  const differences: number[] = [];
  for (let i = 0; i < 7; i++) {
    // Every file is another one each time, so that nothing of it is kept from before.
    for (const name of readdirSync(large)) appendFileSync(path.join(large, name), `// edit ${i}\n`);
    appendFileSync(path.join(small, 'small.mlp'), `// edit ${i}\n`);
    const base = await time(mlp, ['check'], small, env);
    differences.push((await time(mlp, ['check'], large, env)) - base);
  }
  rmSync(large, { recursive: true });
  rmSync(small, { recursive: true });
  const ours = median(differences);
  return {
    name: `parse and check of ${lines} lines, beyond start-up`,
    ours,
    unit: 'ms',
    target: 'under 400 ms',
    ok: ours < 400,
  };
}

export async function run(): Promise<BenchResult[]> {
  const cache = mkdtempSync(path.join(tmpdir(), 'mlp-cache-'));
  mkdirSync(cache, { recursive: true });
  try {
    return [...(await checkFlights(cache)), await checkLarge(cache)];
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}
