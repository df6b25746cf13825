import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { generateProject } from '../compiler/generate.ts';
import { type BenchResult, median } from '../result.ts';

const root = path.join(import.meta.dirname, '../..');
const LINES = 100_000;
const SECONDS = 3;
const ROUNDS = 5;

/** The program with the one command, as the build bundles it. */
async function bundle(folder: string): Promise<void> {
  await build({
    entryPoints: {
      mlp: path.join(root, 'cli/bin.ts'),
      'command-fmt': path.join(root, 'cli/commands/fmt.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    external: ['mlp-runtime'],
    define: { MLP_BUNDLED: 'true', MLP_LIBRARY: '{}', 'import.meta.dirname': '__dirname' },
  });
}

/** As somebody in a hurry would have typed it: other indentation, no spaces around `=`, no empty lines. */
const untidy = (text: string): string =>
  text.replace(/^ {2}/gm, '    ').replaceAll(' = ', '=').replace(/\n\n+/g, '\n');

/** As many generated files as have that many lines. */
function filesOf(lines: number): { readonly files: [string, string][]; readonly lines: number } {
  const files: [string, string][] = [];
  let count = 0;
  for (const [name, text] of generateProject(lines)) {
    if (count >= lines) break;
    files.push([name, untidy(text)]);
    count += text.split('\n').length - 1;
  }
  return { files, lines: count };
}

interface Spent {
  readonly wall: number;
  /** Of all threads: what the machine's other work does not lengthen. */
  readonly processor: number;
}

const AT_EXIT = `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  require('node:fs').writeFileSync(process.env.SPENT, String((user + system) / 1e6));
});`;

async function spent(folder: string, args: readonly string[]): Promise<Spent> {
  const file = path.join(folder, 'spent.txt');
  const start = performance.now();
  const program = path.join(folder, 'mlp.cjs');
  await execa(process.execPath, ['--require', path.join(folder, 'at-exit.cjs'), program, ...args], {
    cwd: path.join(folder, 'project'),
    env: { SPENT: file },
  });
  return { wall: (performance.now() - start) / 1000, processor: Number(readFileSync(file, 'utf8')) };
}

/** Whole processes of `mlp fmt` on a project in which every file must change, and again when none must. */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-bench-format-'));
  try {
    await bundle(folder);
    writeFileSync(path.join(folder, 'at-exit.cjs'), AT_EXIT);
    const project = path.join(folder, 'project');
    mkdirSync(project);
    const { files, lines } = filesOf(LINES);
    const first: Spent[] = [];
    const again: Spent[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      for (const [name, text] of files) writeFileSync(path.join(project, name), text);
      first.push(await spent(folder, ['fmt']));
      again.push(await spent(folder, ['fmt', '--check']));
    }
    const what = `${lines.toLocaleString('en-US')} lines in ${files.length} files`;
    const [changed, unchanged] = [
      result(`mlp fmt of ${what}, all to be changed`, first),
      result(`mlp fmt --check of ${what}, all formatted`, again),
    ];
    return [{ ...changed, target: `under ${SECONDS} s`, ok: changed.ours < SECONDS }, unchanged];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function result(name: string, rounds: readonly Spent[]): BenchResult {
  const processor = median(rounds.map(round => round.processor));
  const note = `whole process, from a bundle; ${processor.toFixed(2)} s of processor time`;
  return { name, ours: median(rounds.map(round => round.wall)), unit: 's', note };
}
