import { Worker } from 'node:worker_threads';

/**
 * Ends this process, and those it started, soon after its parent has died by whatever means. In a thread of its own,
 * because training keeps the main thread busy for minutes, in which no message and no closed pipe is noticed.
 */
export function dieWithParent(parent: number): void {
  const group = process.platform === 'win32' ? process.pid : -process.pid;
  const worker = new Worker(
    `setInterval(() => { if (process.ppid !== ${parent}) process.kill(${group}, 'SIGKILL'); }, 250);`,
    { eval: true, execArgv: [], stdout: false, stderr: false },
  );
  worker.unref();
}
