import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { generateProject } from '../compiler/generate.ts';
import { type BenchResult, median } from '../result.ts';

const root = path.join(import.meta.dirname, '../..');
const mlp = path.join(root, 'cli/bin/mlp');
const LINES = 100_000;
const SECONDS = 5;
const ROUNDS = 5;

async function seconds(command: string, args: readonly string[], cwd: string, env = {}): Promise<number> {
  const start = performance.now();
  const { exitCode, stderr } = await execa(command, args, { cwd, env, reject: false, stdout: 'ignore' });
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`${command} ended with ${exitCode}: ${stderr}`);
  return (performance.now() - start) / 1000;
}

/** TypeScript of as many lines, in files of the same size: what Biome lints in the same time. */
function writeTypeScript(folder: string, lines: number): void {
  const block = (i: number): string[] => [
    `export interface Event${i} { readonly at: number; readonly place: string; readonly outcome: number }`,
    `export function near${i}(x: number): boolean {`,
    '  const low = 3.5;',
    '  const high = 10;',
    '  return x > low && x < high;',
    '}',
    `export const view${i} = (event: Event${i}): Record<string, number | string> => ({`,
    '  place: event.place,',
    '  hour: Math.floor(event.at / 3600) % 24,',
    `  close: near${i}(event.outcome) ? 1 : 0,`,
    '});',
    '',
  ];
  for (let file = 0, made = 0; made < lines; file++) {
    const text = Array.from({ length: 21 }, (_, i) => block(i)).flat();
    writeFileSync(path.join(folder, `part${file}.ts`), `${text.join('\n')}\n`);
    made += text.length;
  }
}

export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-bench-lint-'));
  try {
    const [specs, scripts] = [path.join(folder, 'specs'), path.join(folder, 'scripts')];
    mkdirSync(specs);
    mkdirSync(scripts);
    let lines = 0;
    for (const [name, text] of generateProject(LINES)) {
      writeFileSync(path.join(specs, name), text);
      lines += text.split('\n').length - 1;
    }
    writeTypeScript(scripts, lines);
    const env = { XDG_CACHE_HOME: path.join(folder, 'cache') };
    const cold: number[] = [];
    const warm: number[] = [];
    const theirs: number[] = [];
    const biome = path.join(root, 'node_modules/.bin/biome');
    for (let i = 0; i < ROUNDS; i++) {
      rmSync(path.join(env.XDG_CACHE_HOME, 'mlp/projects'), { recursive: true, force: true });
      cold.push(await seconds(mlp, ['lint'], specs, env));
      warm.push(await seconds(mlp, ['lint'], specs, env));
      theirs.push(await seconds(biome, ['lint', '.'], scripts));
    }
    const what = `${lines.toLocaleString('en-US')} lines`;
    const ours = median(cold);
    const note =
      'whole processes; Biome, which knows no types beyond a file, lints as many lines of TypeScript';
    return [
      {
        name: `mlp lint of ${what}, checked, nothing in the cache`,
        ours,
        theirs: median(theirs),
        unit: 's',
        ratio: ours / median(theirs),
        target: `under ${SECONDS} s`,
        ok: ours < SECONDS,
        note,
      },
      { name: 'the same again, from the cache', ours: median(warm), unit: 's' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
