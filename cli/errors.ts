/** Exit codes of every command, as documented. */
export const EXIT = { ok: 0, fault: 1, usage: 2, refused: 3 } as const;

/** A mistake of the person at the command line or in a file: told in words, without a stack trace. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;
  readonly hint: string | undefined;
  constructor(message: string, options: { hint?: string; exitCode?: number } = {}) {
    super(message);
    this.exitCode = options.exitCode ?? EXIT.fault;
    this.hint = options.hint;
  }
}

/** By name: each command's bundle has a class of its own, which `instanceof` would not know. */
export const isCommandError = (error: unknown): error is CommandError =>
  error instanceof Error && error.name === 'CommandError';

export const usageError = (message: string, hint?: string): CommandError =>
  new CommandError(message, { exitCode: EXIT.usage, ...(hint === undefined ? {} : { hint }) });

/** A file or folder that could not be read or written, in words: the user's disk, not a bug of ours. */
export function fileFault(error: unknown): string | undefined {
  const { code, syscall, path: file, message } = (error ?? {}) as NodeJS.ErrnoException;
  if (!code || !syscall) return undefined;
  const reason = /^[A-Z0-9]+: ([^,]+),/.exec(message)?.[1] ?? code;
  // A write knows its file by number alone.
  if (!file) return syscall === 'write' ? `a file cannot be written: ${reason}` : undefined;
  return `${file}: ${reason}`;
}
