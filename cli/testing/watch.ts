import path from 'node:path';
import { watch } from 'chokidar';
import { isCommandError } from '../errors.ts';
import { dim, print, printError } from '../terminal.ts';

/** An editor writes a file in several steps, and a branch is many files. */
const settleMs = 100;

/** Folders in which nothing is written by hand. */
const ignored = /(^|[/\\])(node_modules|\.mlp|\.git|\.venv|__pycache__)([/\\]|$)|\.partial$/;

/**
 * Does something at once and whenever a file of the project has changed, until Ctrl-C. A change that comes while it is
 * still at work ends that and begins anew. A mistake in the spec is told, and waited out.
 */
export async function watchProject(
  root: string,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const watcher = watch(root, {
    ignored: file => ignored.test(path.relative(root, file)),
    ignoreInitial: true,
    awaitWriteFinish: { stabilityThreshold: settleMs, pollInterval: 20 },
  });
  let changed = new Set<string>();
  let wake: () => void = () => {};
  let current = new AbortController();
  let ended = false;
  watcher.on('all', (_event, file) => {
    changed.add(path.relative(root, file).split(path.sep).join('/'));
    current.abort();
    wake();
  });
  const stop = (): void => {
    ended = true;
    current.abort();
    wake();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, stop);
  await new Promise<void>(resolve => watcher.once('ready', () => resolve()));
  try {
    while (!ended) {
      changed = new Set();
      current = new AbortController();
      await attempt(() => work(current.signal), current.signal);
      if (ended) break;
      if (changed.size === 0) print(dim('waiting for a change; Ctrl-C ends'));
      while (changed.size === 0 && !ended) await new Promise<void>(resolve => (wake = resolve));
      await settled(() => changed.size);
      if (!ended) print(`\n${dim(`changed: ${named([...changed])}`)}`);
    }
  } finally {
    for (const signal of signals) process.removeListener(signal, stop);
    await watcher.close();
  }
}

/** Waits until no more comes. */
async function settled(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count();
    await new Promise(resolve => setTimeout(resolve, settleMs));
  }
}

const named = (files: readonly string[]): string =>
  files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ');

/** The user's mistakes are told; what a change ended is not a mistake. */
async function attempt(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (signal.aborted) return;
    if (!isCommandError(error)) throw error;
    printError(`error: ${error.message}`);
  }
}
