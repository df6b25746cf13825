import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { commands } from '../../cli/commands.mjs';
import { type BenchResult, median } from '../result.ts';
import { generateTeam, LEAF } from './generate.ts';

const root = path.join(import.meta.dirname, '../..');
const mlp = path.join(root, 'cli/bin/mlp');
const ROUNDS = 21;
const TIMES = 3;

/** What a hook runs on one file. */
const hooks = [
  { name: 'check', args: ['check', LEAF] },
  { name: 'lint', args: ['lint', LEAF] },
  { name: 'fmt', args: ['fmt', '--check', LEAF] },
].filter(({ name }) => commands.some(command => command.name === name));

interface Place {
  readonly folder: string;
  readonly cache: string;
}

async function time(command: string, args: readonly string[], { folder, cache }: Place): Promise<number> {
  const start = performance.now();
  await execa(command, args, { cwd: folder, env: { XDG_CACHE_HOME: cache } });
  return performance.now() - start;
}

/**
 * Whole processes on one file of 200 that was edited since the last run, beside a bare node, all in turns. Warm: there
 * is a start-up snapshot, and the project's cache is that of the last run. Cold: there is neither.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-bench-hook-'));
  const fresh = () => ({ folder, cache: mkdtempSync(path.join(tmpdir(), 'mlp-bench-cache-')) });
  const caches: string[] = [];
  try {
    const files = generateTeam();
    for (const [name, text] of files) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    await execa(mlp, ['fmt'], { cwd: folder, env: { MLP_SNAPSHOT: 'off' } });
    const lines = [...files.keys()].map(
      name => readFileSync(path.join(folder, name), 'utf8').split('\n').length - 1,
    );
    const all = lines.reduce((sum, n) => sum + n, 0);
    const cold = new Map<string, number>();
    for (const { name, args } of hooks) {
      const place = fresh();
      caches.push(place.cache);
      cold.set(name, await time(mlp, args, place));
      // The snapshot is made behind the first run; it would disturb what is measured next.
      await sleep(4000);
    }
    const place = fresh();
    caches.push(place.cache);
    await time(mlp, ['check'], place);
    await sleep(4000);
    for (const { args } of hooks) await time(mlp, args, place);
    return await measure(place, cold, `of ${files.size} files, ${all} lines`);
  } finally {
    for (const one of [folder, ...caches]) rmSync(one, { recursive: true, force: true });
  }
}

async function measure(
  place: Place,
  cold: ReadonlyMap<string, number>,
  what: string,
): Promise<BenchResult[]> {
  const leaf = path.join(place.folder, LEAF);
  const text = readFileSync(leaf, 'utf8');
  const bare: number[] = [];
  const warm = new Map<string, number[]>(hooks.map(({ name }) => [name, []]));
  for (let i = 0; i < ROUNDS; i++) {
    bare.push(await time('node', ['-e', '0'], place));
    for (const { name, args } of hooks) {
      writeFileSync(leaf, `${text}// Edit ${i} for ${name}.\n`);
      warm.get(name)!.push(await time(mlp, args, place));
    }
  }
  const theirs = median(bare);
  return hooks.flatMap(({ name }) => {
    const ours = median(warm.get(name)!);
    const first = cold.get(name)!;
    return [
      {
        name: `mlp ${name} of one edited file ${what}, beside node -e 0`,
        ours,
        theirs,
        unit: 'ms',
        ratio: ours / theirs,
        target: `at most ${TIMES} times`,
        ok: ours / theirs <= TIMES,
      },
      {
        name: `the same cold: no cache, no start-up snapshot`,
        ours: first,
        theirs,
        unit: 'ms',
        ratio: first / theirs,
      },
    ];
  });
}
