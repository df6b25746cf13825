import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** A folder and those above it, step by step: Node's own recursion never ends where the system says that nothing is there, as in `/proc`. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
