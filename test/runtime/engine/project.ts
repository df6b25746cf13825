/** A project in a temporary folder whose plan has every kind of step of the training graph, run by fake runners. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunOptions } from '../../../runtime/engine/run.ts';
import { bundleEngine } from './bundle.ts';
import { makeProgram, type Shape } from './program.ts';

const bundle = await bundleEngine();
const runnersModule = pathToFileURL(path.join(bundle, 'fake-runners.js')).href;
const { runProgram }: typeof import('../../../runtime/engine/run.ts') = await import(
  pathToFileURL(path.join(bundle, 'run.js')).href
);

export class Project {
  readonly root = mkdtempSync(path.join(tmpdir(), 'mlp-engine-'));

  constructor() {
    this.write('left.csv', 'a\n1\n');
    this.write('right.csv', 'b\n2\n');
  }

  write(name: string, content: unknown): void {
    writeFileSync(
      path.join(this.root, name),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  }
  remove(name: string): void {
    rmSync(path.join(this.root, name), { recursive: true, force: true });
  }
  run(program = makeProgram(), options: Partial<RunOptions> = {}) {
    return runProgram(program, { root: this.root, runners: runnersModule, goal: 'late', ...options });
  }
  /** What the runners wrote down since the last call: `start train-late`. */
  log(): string[] {
    const file = path.join(this.root, 'log.txt');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    rmSync(file, { force: true });
    return lines;
  }
  started(): string[] {
    return this.log()
      .filter(line => line.startsWith('start'))
      .map(line => line.slice(6))
      .sort();
  }
  /** The same run in a process of its own. */
  spawnRun(shape: Shape = {}): ChildProcess {
    this.write('shape.json', shape);
    return spawn(process.execPath, [path.join(bundle, 'run-fake.js'), this.root, runnersModule], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }
  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export const exited = (child: ChildProcess) =>
  new Promise<number | null>(resolve =>
    child.exitCode !== null ? resolve(child.exitCode) : child.once('exit', resolve),
  );

export async function until(what: string, test: () => boolean, ms = 8_000): Promise<void> {
  for (const end = Date.now() + ms; !test(); ) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** Processes whose command line or environment names the folder: nothing may be left behind. */
export function processesOf(parent: number): number[] {
  const text = execFileSync('ps', ['-eo', 'pid=,ppid=,args=']).toString();
  return text
    .split('\n')
    .map(line => /^\s*(\d+)\s+(\d+)\s+(.*\/child\.js.*)$/.exec(line))
    .filter(match => match && Number(match[2]) === parent)
    .map(match => Number(match![1]));
}

export function isRunning(pid: number): boolean {
  try {
    // A zombie answers signal 0; its state tells.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
