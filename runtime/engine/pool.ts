import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import { fault } from '../data/faults.ts';
import { killGroup } from '../foreign/groups.ts';
import type { MlpError, Program, StepParams, StepProgress, StepResult } from './contract.ts';
import { readText } from './execute.ts';
import type { ToChild, ToParent } from './messages.ts';
import { parseDocument } from './schemas.ts';

/**
 * Processes that carry out steps. A process gives what a thread cannot: it can be killed in the midst of native code,
 * its memory comes back, and its crash is a failed step and not the end of the run. It is used again for the next
 * step, so that the start and the loading of DuckDB are paid once and not once a step.
 */
export interface Pool {
  run(job: Job): Promise<StepResult>;
  close(): Promise<void>;
}
export interface Job {
  readonly step: string;
  readonly params: StepParams;
  readonly inputs: Readonly<Record<string, string>>;
  readonly out: string;
  readonly root: string;
  /** See `StepContext.cache`. */
  readonly cache: string;
  /** Milliseconds, or no limit. */
  readonly timeout: number | null;
  readonly signal: AbortSignal;
  progress(event: StepProgress): void;
  /** Processor time so far, in milliseconds over all cores. */
  spent(cpu: number): void;
}

export class Cancelled extends Error {}

/** A process that holds more than this after its step is not used again. */
const retireBytes = 700 * 1024 ** 2;
/** How long a cancelled step may tidy up before it is killed. */
const graceMs = 2_000;

interface Member {
  readonly child: ChildProcess;
  /** The end of what it printed, for the message when it dies. */
  readonly output: { text: string };
  /** Process groups of the team's code, which a kill of the process does not reach. */
  readonly groups: Set<number>;
}

export function openPool(program: Program, runnersModule: string | null): Pool {
  const idle: Member[] = [];
  const all = new Set<Member>();
  const [team] = Object.values(program.functions ?? {});
  const functions = team?.declared.module ?? null;
  const plain = JSON.parse(JSON.stringify(program)) as Program;

  function take(): Member {
    for (let member = idle.pop(); member; member = idle.pop()) if (member.child.connected) return member;
    const member = startMember();
    all.add(member);
    member.child.once('exit', () => all.delete(member));
    tell(member, { kind: 'program', program: plain, runners: runnersModule, functions });
    return member;
  }

  return {
    async run(job) {
      if (job.signal.aborted) throw new Cancelled();
      const member = take();
      const { reusable } = await runOn(member, job);
      if (reusable) idle.push(member);
      else kill(member.child);
      return parseDocument<StepResult>(
        'result/1',
        readText(`${job.out}/result.json`),
        `The result of step ${job.step}`,
      );
    },
    async close() {
      for (const member of all) kill(member.child);
      await Promise.all([...all].map(({ child }) => new Promise(resolve => child.once('exit', resolve))));
    },
  };
}

function startMember(): Member {
  // Beside this module both in the sources and in the package; a bundle has no `.ts`.
  const entry = new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './child.js', import.meta.url);
  const child = fork(fileURLToPath(entry), [], {
    execArgv: keptExecArgv(process.execArgv, entry.pathname.endsWith('.ts')),
    // A group of its own: Ctrl-C reaches the engine alone, and a kill reaches what the step started.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, MLP_PARENT: String(process.pid) },
  });
  const output = { text: '' };
  const keep = (chunk: Buffer) => {
    output.text = (output.text + chunk.toString()).slice(-2_000);
    if (process.env['MLP_DEBUG']) process.stderr.write(chunk);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  // Without a listener a failed send to a dying process would end the run.
  child.on('error', () => {});
  const groups = new Set<number>();
  child.on('message', (message: ToParent) => {
    if (message.kind === 'group') groups[message.running ? 'add' : 'delete'](message.group);
  });
  // Whatever way it ended, nothing that it started goes on.
  child.once('exit', () => {
    for (const group of groups) killGroup(group, 'SIGKILL');
  });
  return { child, output, groups };
}

/** Heap limits hold for the children too, and loaders where there are sources to load; a script or snapshot does not. */
function keptExecArgv(argv: readonly string[], loaders: boolean): string[] {
  const kept = argv.filter(flag => /^--(max-old-space-size|enable-source-maps|no-warnings)\b/.test(flag));
  if (!loaders) return kept;
  for (let i = 0; i < argv.length; i++) {
    const flag = argv[i]!;
    if (/^(--import|--require|-r|--loader|--conditions|-C)$/.test(flag)) kept.push(flag, argv[++i] ?? '');
    else if (/^--(import|require|loader|conditions)=/.test(flag)) kept.push(flag);
  }
  return kept;
}

function tell(member: Member, message: ToChild): void {
  if (member.child.connected) member.child.send(message, () => {});
}

function kill(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

function runOn(member: Member, job: Job): Promise<{ reusable: boolean }> {
  const { child } = member;
  return new Promise((resolve, reject) => {
    const timers: NodeJS.Timeout[] = [];
    let ending: Error | undefined;
    const settle = (act: () => void) => {
      for (const timer of timers) clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      job.signal.removeEventListener('abort', onAbort);
      act();
    };
    const onMessage = (message: ToParent) => {
      if (message.kind === 'progress') return job.progress(message.progress);
      if (message.kind === 'spent') return job.spent(message.cpu);
      if (message.kind === 'group') return;
      if (ending instanceof Cancelled) return settle(() => endWith(ending!));
      return settle(() => resolve({ reusable: message.rss < retireBytes }));
    };
    const endWith = (error: Error) => {
      kill(child);
      reject(error);
    };
    const onExit = (code: number | null, signal: string | null) =>
      settle(() => reject(ending ?? crash(job.step, code, signal, member.output.text)));
    const onAbort = () => {
      ending = new Cancelled();
      tell(member, { kind: 'cancel' });
      timers.push(setTimeout(() => kill(child), graceMs));
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
    job.signal.addEventListener('abort', onAbort);
    if (job.timeout !== null)
      timers.push(
        setTimeout(() => {
          ending = timedOut(job.step, job.timeout!);
          kill(child);
        }, job.timeout),
      );
    const { step, params, inputs, out, root, cache } = job;
    tell(member, { kind: 'step', step, params, inputs, out, root, cache });
  });
}

function timedOut(step: string, timeout: number): MlpError {
  return fault(runMessages.timedOut, { step, seconds: timeout / 1000 });
}

function crash(step: string, code: number | null, signal: string | null, output: string): MlpError {
  const how = signal ? `was killed by ${signal}` : `ended with code ${code}`;
  const heap = /heap out of memory|bad_alloc|Cannot allocate/i.test(output);
  const last = output.trim().split('\n').slice(-3).join('\n');
  const memory = heap || signal === 'SIGKILL' || signal === 'SIGABRT';
  return fault(runMessages.crashed, { step, how, output: heap ? '' : last, memory });
}
