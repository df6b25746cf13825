/**
 * The process groups of the team's code that this process has started. A group of its own can be killed whole, with all
 * that the code has started; but nobody else knows of it. So whoever kills this process, or outlives it, is told.
 */
type Listener = (group: number, running: boolean) => void;

const running = new Set<number>();
const listeners = new Set<Listener>();

/** Called for each group as it begins and ends. */
export function watchGroups(listener: Listener): void {
  listeners.add(listener);
}

export function groupBegan(group: number): void {
  if (running.size === 0) process.on('exit', killGroups);
  running.add(group);
  for (const tell of listeners) tell(group, true);
}

export function groupEnded(group: number): void {
  running.delete(group);
  if (running.size === 0) process.off('exit', killGroups);
  for (const tell of listeners) tell(group, false);
}

export function killGroups(): void {
  for (const group of running) killGroup(group, 'SIGKILL');
}

/** Kills a process with all that it has started, if they are still there. */
export function killGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? group : -group, signal);
  } catch {
    // It has ended.
  }
}
