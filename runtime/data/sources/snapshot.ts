import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { dataMessages } from '../../../compiler/diagnostics/messages/data.ts';
import type { Snapshot } from '../../engine/contract.ts';
import { fault } from '../faults.ts';
import type { DataFile } from './location.ts';

const block = 1 << 20;

/**
 * What was read: SHA-256 over the content of all files (over the names and hashes of each where there are several).
 * Text is checked to be UTF-8 on the way, so that every byte is read once; throws MLP8006 with line and byte.
 */
export async function snapshot(
  uri: string,
  files: readonly DataFile[],
  text: boolean,
  signal: AbortSignal,
): Promise<Snapshot> {
  const hashes: string[] = [];
  for (const file of files) hashes.push(await hashFile(file, text && !file.path.endsWith('.gz'), signal));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (files.length === 1) return { uri, bytes, hash: `sha256:${hashes[0]}` };
  const all = createHash('sha256');
  files.forEach((file, i) => {
    all.update(`${file.name}\0${hashes[i]}\n`);
  });
  return { uri, bytes, hash: `sha256:${all.digest('hex')}` };
}

async function hashFile(file: DataFile, text: boolean, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file.path);
  const utf8 = text ? new Utf8Check(file.name) : undefined;
  try {
    const buffer = Buffer.allocUnsafe(block);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, block);
      if (bytesRead === 0) break;
      const part = buffer.subarray(0, bytesRead);
      hash.update(part);
      utf8?.add(part);
    }
    utf8?.end();
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

/** Checks a stream of blocks; a character cut by a block's end is carried into the next. */
class Utf8Check {
  readonly #name: string;
  #offset = 0;
  #line = 1;
  #rest: Buffer = Buffer.alloc(0);

  constructor(name: string) {
    this.#name = name;
  }

  add(part: Buffer): void {
    const bytes = this.#rest.length === 0 ? part : Buffer.concat([this.#rest, part]);
    const whole = bytes.length - cutCharacter(bytes);
    const checked = bytes.subarray(0, whole);
    if (!isUtf8(checked)) throw this.#fault(checked);
    this.#line += newlines(checked);
    this.#offset += whole;
    this.#rest = Buffer.from(bytes.subarray(whole));
  }

  end(): void {
    if (this.#rest.length > 0) throw this.#fault(this.#rest);
  }

  #fault(bytes: Buffer): Error {
    const at = firstInvalid(bytes);
    const line = this.#line + newlines(bytes.subarray(0, at));
    return fault(dataMessages.notUtf8, { path: this.#name, line, byte: this.#offset + at + 1 });
  }
}

/** Bytes at the end that may begin a character whose rest is still to come. */
function cutCharacter(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
  }
  return 0;
}

/** Index of the first byte that no UTF-8 text has there, by bisection over valid prefixes. */
function firstInvalid(bytes: Buffer): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const prefix = bytes.subarray(0, middle);
    if (isUtf8(prefix.subarray(0, middle - cutCharacter(prefix)))) low = middle;
    else high = middle - 1;
  }
  return low - cutCharacter(bytes.subarray(0, low));
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}
