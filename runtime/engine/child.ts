/** Entry point of the processes in which a run's steps are carried out, one step at a time; started by `pool.ts`. */
import { watchGroups } from '../foreign/groups.ts';
import { foreignCpu } from '../foreign/process.ts';
import type { Program, StepProgress } from './contract.ts';
import { executeStep } from './execute.ts';
import type { ToChild, ToParent } from './messages.ts';
import { type Runners, runners as standardRunners } from './runners.ts';
import { findStep } from './step.ts';
import { die, dieWithParent } from './watchdog.ts';

type ProgramMessage = Extract<ToChild, { kind: 'program' }>;
type StepMessage = Extract<ToChild, { kind: 'step' }>;

/** How often a step tells what it has taken. */
const spentMs = 500;

/** Progress reaches people's eyes; more often than this is waste. */
const progressMs = 80;

let program: ProgramMessage | undefined;
let running: AbortController | undefined;

function send(message: ToParent): void {
  if (process.connected) process.send?.(message);
}

function throttled(): (progress: StepProgress) => void {
  let last = 0;
  return progress => {
    const now = performance.now();
    if (now - last < progressMs && progress.done !== progress.total) return;
    last = now;
    send({ kind: 'progress', progress });
  };
}

async function carryOut(message: StepMessage): Promise<void> {
  if (!program) throw new Error('a step came before its program');
  running = new AbortController();
  const before = process.cpuUsage();
  const foreignBefore = foreignCpu();
  const tell = () => {
    const { user, system } = process.cpuUsage(before);
    send({ kind: 'spent', cpu: (user + system) / 1000 + foreignCpu() - foreignBefore });
  };
  const timer = setInterval(tell, spentMs);
  const runners = program.runners
    ? ((await import(program.runners)) as { runners: Runners }).runners
    : standardRunners;
  const team = program.functions
    ? { functions: ((await import(program.functions)) as Pick<Program, 'functions'>).functions }
    : {};
  await executeStep({
    program: { ...program.program, ...team } as Program,
    step: findStep(program.program, message.step),
    params: message.params,
    inputs: message.inputs,
    out: message.out,
    root: message.root,
    cache: message.cache,
    signal: running.signal,
    runners,
    progress: throttled(),
  });
  running = undefined;
  clearInterval(timer);
  tell();
  send({ kind: 'done', rss: process.memoryUsage.rss() });
}

const tellWatchdog = dieWithParent(Number(process.env['MLP_PARENT'] ?? process.ppid));
watchGroups((group, running) => {
  tellWatchdog(group, running);
  send({ kind: 'group', group, running });
});
// Not an orderly exit: it would end the watchdog and then wait for native code, such as a query, to finish.
process.on('disconnect', die);
process.on('message', (message: ToChild) => {
  if (message.kind === 'program') program = message;
  else if (message.kind === 'cancel') running?.abort(new Error('the run was cancelled'));
  else void carryOut(message);
});
