import { Worker } from 'node:worker_threads';
import { killGroups } from '../foreign/groups.ts';

/** This process and all that it started; where there are no groups, itself. */
const group = process.platform === 'win32' ? process.pid : -process.pid;

/** Ends this process and those it started at once, whatever it is doing. */
export function die(): void {
  killGroups();
  process.kill(group, 'SIGKILL');
}

/**
 * Ends this process, and those it started, soon after its parent has died by whatever means. In a thread of its own,
 * because training keeps the main thread busy for minutes, in which no message and no closed pipe is noticed. What it gives
 * tells that thread of groups of their own that must die too.
 */
export function dieWithParent(parent: number): (group: number, running: boolean) => void {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
    const groups = new Set();
    parentPort.on('message', ({ group, running }) => groups[running ? 'add' : 'delete'](group));
    parentPort.unref();
    const kill = group => { try { process.kill(group, 'SIGKILL'); } catch {} };
    setInterval(() => {
      if (process.ppid === ${parent}) return;
      for (const group of groups) kill(-group);
      kill(${group});
    }, 250);`,
    { eval: true, execArgv: [], stdout: false, stderr: false },
  );
  worker.unref();
  return (foreign, running) => worker.postMessage({ group: foreign, running });
}
