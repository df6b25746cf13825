import { freemem, totalmem } from 'node:os';

/** Bytes this process may count on: the container's limit where there is one, else the machine's memory. */
export function systemMemory(): number {
  // 0 or a huge number where no limit is set.
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

/** Bytes for the steps of a run together: what leaves the machine usable. */
export function defaultMemory(): number {
  return Math.max(
    512 * 1024 ** 2,
    Math.min(0.7 * systemMemory(), Math.max(0.9 * freemem(), 0.25 * systemMemory())),
  );
}

/** As the `memory` of `params/1`: whole mebibytes. */
export function formatMemory(bytes: number): string {
  return `${Math.max(64, Math.floor(bytes / 1024 ** 2))}MiB`;
}
