import { Worker } from 'node:worker_threads';

/** This process and all that it started; where there are no groups, itself. */
const group = process.platform === 'win32' ? process.pid : -process.pid;

/** Ends this process and those it started at once, whatever it is doing. */
export function die(): void {
  process.kill(group, 'SIGKILL');
}

/**
 * Ends this process, and those it started, soon after its parent has died by whatever means. In a thread of its own,
 * because training keeps the main thread busy for minutes, in which no message and no closed pipe is noticed.
 */
export function dieWithParent(parent: number): void {
  const worker = new Worker(
    `setInterval(() => { if (process.ppid !== ${parent}) process.kill(${group}, 'SIGKILL'); }, 250);`,
    { eval: true, execArgv: [], stdout: false, stderr: false },
  );
  worker.unref();
}
