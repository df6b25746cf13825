import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';

/** Enough to tell later, from another process, whether this one still lives. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Where the system tells when a process began: so that a reused number is not taken for it. */
  readonly start: string;
}

export function thisProcess(): ProcessIdentity {
  return { host: hostname(), pid: process.pid, start: startOf(process.pid) };
}

/** A process of another machine is taken to live: it cannot be asked. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.host !== hostname()) return true;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startOf(identity.pid) === identity.start;
}

function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 22; the second field is a name in parentheses that may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

export function whoAmI(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
