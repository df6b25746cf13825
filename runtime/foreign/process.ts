import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { groupBegan, groupEnded, killGroup } from './groups.ts';
import { usageOf } from './usage.ts';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Milliseconds; null: no limit. */
  readonly timeout?: number | null;
  /** Bytes that it and all that it starts may hold. */
  readonly memory?: number;
  /** The last line that it printed, now and then. */
  progress?(line: string): void;
  /** Called before it is killed, for what the kill does not reach. */
  onKill?(): void;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it was killed, if it was. */
  readonly killed: 'timeout' | 'memory' | null;
  /** The ends of what it printed. */
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes that it printed in all. */
  readonly printed: number;
}

/** Of each stream this much is kept, whatever is printed. */
const keptBytes = 16 * 1024;
const sampleMs = 250;
/** How long it may tidy up when it is told to end. */
const graceMs = 500;

let pastCpu = 0;
let presentCpu = 0;
/** Processor time of all code of the team that this process has run, in milliseconds. */
export const foreignCpu = (): number => pastCpu + presentCpu;

/** The system could not start the program. */
export class NotStarted extends Error {
  readonly reason: string;
  constructor(program: string, cause: NodeJS.ErrnoException) {
    super(`${program} cannot be started`, { cause });
    this.reason = cause.code ?? cause.message;
  }
}

/**
 * Runs a program to its end in a process group of its own. Whatever way it ends, nothing that it has started is left, and
 * of what it prints only the end is kept. Throws `NotStarted`, and the signal's reason when it is aborted.
 */
export async function runProcess(command: Command): Promise<Ended> {
  const { signal } = command;
  signal.throwIfAborted();
  const child = spawn(command.program, command.args, {
    cwd: command.cwd,
    env: command.env as NodeJS.ProcessEnv,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()));
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', cause => reject(new NotStarted(command.program, cause)));
    child.once('exit', (code, by) => resolve({ code, signal: by }));
  });
  const stdout = keepEnd(child.stdout, command.progress);
  const stderr = keepEnd(child.stderr, command.progress);
  const group = child.pid;
  if (group === undefined) return exited as never;
  groupBegan(group);
  const watch = watchOver(group, command);
  try {
    const end = await exited;
    killGroup(group, 'SIGKILL');
    await Promise.race([closed, sleep(graceMs)]);
    signal.throwIfAborted();
    return {
      ...end,
      killed: watch.killed(),
      stdout: stdout.text(),
      stderr: stderr.text(),
      printed: stdout.bytes() + stderr.bytes(),
    };
  } finally {
    watch.stop();
    groupEnded(group);
  }
}

function watchOver(group: number, { signal, timeout, memory, onKill }: Command) {
  let killed: Ended['killed'] = null;
  const timers: NodeJS.Timeout[] = [];
  const end = (why: Ended['killed']): void => {
    killed ??= why;
    onKill?.();
    killGroup(group, 'SIGTERM');
    timers.push(setTimeout(() => killGroup(group, 'SIGKILL'), graceMs));
  };
  const onAbort = (): void => end(null);
  signal.addEventListener('abort', onAbort, { once: true });
  if (timeout != null) timers.push(setTimeout(() => end('timeout'), timeout));
  const sampler = setInterval(() => {
    const usage = usageOf(group);
    if (!usage) return;
    presentCpu = Math.max(presentCpu, usage.cpu);
    if (memory === undefined || usage.memory <= memory || killed) return;
    killed = 'memory';
    onKill?.();
    killGroup(group, 'SIGKILL');
  }, sampleMs);
  return {
    killed: () => killed,
    stop() {
      for (const timer of timers) clearTimeout(timer);
      clearInterval(sampler);
      signal.removeEventListener('abort', onAbort);
      pastCpu += presentCpu;
      presentCpu = 0;
    },
  };
}

function keepEnd(stream: NodeJS.ReadableStream, progress?: (line: string) => void) {
  let kept = Buffer.alloc(0);
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    kept = Buffer.concat([kept, chunk.subarray(-keptBytes)]).subarray(-keptBytes);
    const line = chunk.subarray(-400).toString().trim().split('\n').at(-1)?.trim();
    if (line) progress?.(printable(line).slice(0, 160));
  });
  // A dying process may take its pipe with it.
  stream.on('error', () => {});
  return { text: () => printable(kept.toString()), bytes: () => bytes };
}

/** Without what would move the cursor or colour the rest. */
function printable(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
      .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
      .replace(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
  );
}
