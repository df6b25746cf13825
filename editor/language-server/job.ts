import { type CancellationToken, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { Pieces } from '../../compiler/pieces.ts';

/**
 * Work in pieces on one state of a project. Whoever waits for it drives it, and several may at a time; if all of them
 * give it up before its end, nothing of it is left.
 */
export class Job<T> {
  /** The state that it works on is no longer that of the project. */
  readonly isStale: () => boolean;
  private readonly pieces: Pieces<T>;
  private readonly dropped: () => void;
  private outcome: { readonly value: T } | undefined;
  private drivers = 0;

  constructor(pieces: Pieces<T>, isStale: () => boolean, dropped: () => void = () => {}) {
    this.pieces = pieces;
    this.isStale = isStale;
    this.dropped = dropped;
  }

  get done(): boolean {
    return this.outcome !== undefined;
  }

  /** One piece; an exception ends the job. */
  private step(): void {
    if (this.outcome) return;
    try {
      const { done, value } = this.pieces.next();
      if (done) this.outcome = { value };
    } catch (error) {
      this.dropped();
      throw error;
    }
  }

  /** To the end, at once. */
  finish(): T {
    while (!this.outcome) this.step();
    return this.outcome.value;
  }

  /** To the end, as a part of other work. */
  *rest(): Pieces<T> {
    while (!this.outcome) {
      this.step();
      yield;
    }
    return this.outcome.value;
  }

  /** Pieces for so long; true if it is done. */
  slice(ms: number): boolean {
    const end = performance.now() + ms;
    do this.step();
    while (!this.outcome && performance.now() < end);
    return this.done;
  }

  join(): void {
    this.drivers++;
  }
  leave(): void {
    if (--this.drivers === 0 && !this.done) this.dropped();
  }
}

export interface Driving {
  /** Who asks may lose interest. */
  readonly token?: Pick<CancellationToken, 'isCancellationRequested'>;
  /** How long the event loop is kept from keystrokes and requests at a time, a piece more or less. */
  readonly sliceMs: number;
  /** How long the first slice may take: what is quick is answered without a detour. */
  readonly firstMs?: number;
  /** Whether there is something more urgent to wait for. */
  readonly pauses?: () => boolean;
  /** Told after each slice. */
  readonly sliced?: () => void;
}

/**
 * The result of a job. Between slices, keystrokes and other requests are served; if the request is cancelled meanwhile, or the
 * text changes that it asks about, it ends with the protocol's error for that.
 */
export async function driven<T>(job: Job<T>, driving: Driving): Promise<T> {
  const { token, sliceMs, firstMs = sliceMs, pauses, sliced } = driving;
  const refuse = () => {
    if (token?.isCancellationRequested)
      throw new ResponseError(LSPErrorCodes.RequestCancelled, 'the request was cancelled');
    if (job.isStale() && !job.done)
      throw new ResponseError(LSPErrorCodes.ContentModified, 'the text was changed meanwhile');
  };
  refuse();
  if (job.done) return job.finish();
  job.join();
  try {
    for (let ms = firstMs; !job.slice(ms); ms = sliceMs) {
      sliced?.();
      do {
        await new Promise(resolve => setImmediate(resolve));
        refuse();
      } while (pauses?.());
    }
    return job.finish();
  } finally {
    job.leave();
  }
}

export const isGivenUp = (error: unknown): boolean =>
  error instanceof ResponseError &&
  (error.code === LSPErrorCodes.RequestCancelled || error.code === LSPErrorCodes.ContentModified);
