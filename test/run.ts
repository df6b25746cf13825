/**
 * Runs every test file in a process of its own, two at a time, each with a time-out, and adds up the counts.
 * `test/run.ts [--update] [--long] [--fast] [pattern …]`: a pattern is a part of a path; `--fast` is the
 * inner loop: what the compiler says, without the long files, in two processes for all of them. The last line is `N passed, N failed`.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly output: string;
}

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const flags = new Set(process.argv.slice(2).filter(a => a.startsWith('--')));
const patterns = process.argv.slice(2).filter(a => !a.startsWith('--'));
const known = ['--update', '--long', '--fast'];
const stranger = [...flags].find(f => !known.includes(f));
if (stranger) {
  console.error(`unknown option ${stranger}; there are ${known.join(', ')}`);
  process.exit(2);
}
const timeoutMs = flags.has('--long') ? 3_600_000 : 420_000;
const environment = {
  ...(flags.has('--update') ? { UPDATE_BASELINES: '1' } : {}),
  ...(flags.has('--long') ? { FUZZ_LONG: '1' } : {}),
};

function testFiles(): string[] {
  return readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map(file => file.split(path.sep).join('/'))
    .filter(file => file.endsWith('.test.ts') && !file.startsWith('fixtures/'))
    .filter(file => !flags.has('--fast') || (FAST.test(file) && !LONG.test(file)))
    .filter(file => patterns.length === 0 || patterns.some(p => file.includes(p)))
    .sort(
      (a, b) => Number(b.endsWith('.e2e.test.ts')) - Number(a.endsWith('.e2e.test.ts')) || a.localeCompare(b),
    );
}

/** The phases of the compiler, as far as their tests do not start processes or draw long at random. */
const FAST =
  /^(compiler\/(diagnostics|flow|format|level|lint|plan|semantics|stranger|syntax)|grammar|stdlib)\//;
const LONG =
  /(alarms|cases|exhaustive|fixes|formats|fuzz|generated|grammar|items|laws|limits|mutation|performance|properties|range)\.test\.ts$/;

/** uvu prints `Total:`, `Passed:`; a file that dies before, or runs no test, counts as one failure. */
const runFile = (file: string): Promise<FileResult> => runTests(file, [path.join('test', file)]);

/** Every second file after `first`, all in one process. */
const runShare = (first: number): Promise<FileResult> => {
  const share = files.filter((_, i) => i % 2 === first);
  return runTests(`${share.length} files`, ['test/in-process.ts', ...share]);
};

async function runTests(file: string, args: readonly string[]): Promise<FileResult> {
  const start = performance.now();
  const child = execa(process.execPath, ['--import', 'tsx', ...args], {
    cwd: root,
    env: environment,
    reject: false,
    all: true,
    detached: true,
    stdin: 'ignore',
  });
  const timer = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), timeoutMs);
  const result = await child;
  clearTimeout(timer);
  const seconds = (performance.now() - start) / 1000;
  const output = result.all ?? '';
  const count = (word: string) => Number(output.match(new RegExp(`${word}:\\s+(\\d+)`))?.[1] ?? 0);
  const total = count('Total');
  const passed = count('Passed');
  const died = result.exitCode !== 0 && total === passed;
  return { file, passed, failed: total - passed + (died || total === 0 ? 1 : 0), seconds, output };
}

const files = testFiles();
const results: FileResult[] = [];
const queue = [...files];
function tell(result: FileResult): void {
  results.push(result);
  const { file, passed, failed, seconds } = result;
  const counts = `${passed} passed${failed ? `, ${failed} failed` : ''}`;
  console.log(`${failed ? 'FAIL' : 'ok  '} ${file}  ${counts}  ${seconds.toFixed(1)}s`);
  if (failed) console.log(result.output.replace(/^/gm, '     '));
}
async function worker(): Promise<void> {
  for (let file = queue.shift(); file; file = queue.shift()) tell(await runFile(file));
}
const processes = Math.max(2, Math.min(4, availableParallelism()));
if (flags.has('--fast') && files.length > 1)
  await Promise.all([0, 1].map(async first => tell(await runShare(first))));
else await Promise.all(Array.from({ length: processes }, worker));

const passed = results.reduce((sum, r) => sum + r.passed, 0);
const failed = results.reduce((sum, r) => sum + r.failed, 0);
if (files.length === 0) console.log('no test file matches');
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
