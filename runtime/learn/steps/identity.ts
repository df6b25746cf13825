/**
 * Which rows a model was trained on, kept beside the model: a later run leaves them out when it scores the model as
 * champion. A row is known again by what any run that can score the model must have: the model's features, the label and
 * the moment of prediction; not by its number or by columns that may have gone.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { alignFrame } from '../frame.ts';
import type { Part } from '../frames/read-part.ts';
import type { CategoryColumn, ModelFile } from '../types.ts';

const file = 'training-rows.bin';

/** A 64-bit hash a row. Numbers count with the 24 bits that sums in another order agree on. */
export function rowHashes(part: Part, features: ModelFile['features']): BigUint64Array {
  const own = part.frame.columns.filter(column => features.some(feature => feature.name === column.name));
  alignFrame(part.frame, features);
  const { rows } = part.frame;
  const low = new Uint32Array(rows).fill(0x811c9dc5);
  const high = new Uint32Array(rows).fill(0x9747b28c);
  const mix = (row: number, word: number) => {
    low[row] = scramble(low[row]! ^ word, 0x85ebca6b);
    high[row] = scramble(high[row]! + word, 0xc2b2ae35);
  };
  const byName = new Map(own.map(column => [column.name, column]));
  for (const { name } of features) {
    const column = byName.get(name)!;
    if (column.kind === 'number') mixNumbers(column.values, rows, mix);
    else mixCategories(column, rows, mix);
  }
  mixLabels(part, rows, mix);
  mixNumbers(part.at, rows, mix);
  const hashes = new BigUint64Array(rows);
  const words = new Uint32Array(hashes.buffer);
  for (let row = 0; row < rows; row++) {
    words[2 * row] = low[row]!;
    words[2 * row + 1] = high[row]!;
  }
  return hashes;
}

type Mix = (row: number, word: number) => void;

const scramble = (word: number, factor: number): number => {
  let mixed = Math.imul(word ^ (word >>> 15), factor);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x27d4eb2f);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

function mixNumbers(values: Float64Array, rows: number, mix: Mix): void {
  const single = new Float32Array(1);
  const bits = new Uint32Array(single.buffer);
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    // All NaN are one, and so are both zeros.
    single[0] = Number.isNaN(value) ? Number.NaN : value + 0;
    mix(row, bits[0]!);
    // Moments of time differ beyond 24 bits and are exact.
    if (Number.isSafeInteger(value) && Math.abs(value) > 0xffffff) mix(row, (value % 0x100000000) >>> 0);
  }
}

function mixCategories({ codes, vocabulary }: CategoryColumn, rows: number, mix: Mix): void {
  const hashes = vocabulary.map(textHash);
  const missing = 0x6e756c6c;
  for (let row = 0; row < rows; row++) mix(row, hashes[codes[row]!] ?? missing);
}

function mixLabels({ target }: Part, rows: number, mix: Mix): void {
  if (target.task !== 'multiclass') {
    mixNumbers(target.values, rows, mix);
    return;
  }
  const hashes = target.classes.map(textHash);
  for (let row = 0; row < rows; row++) mix(row, hashes[target.values[row]!]!);
}

function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = scramble(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

export async function writeTrainingRows(folder: string, hashes: BigUint64Array): Promise<void> {
  const sorted = hashes.slice().sort();
  await writeFile(path.join(folder, file), Buffer.from(sorted.buffer, sorted.byteOffset, sorted.byteLength));
}

/** The sorted hashes, or undefined where the model does not say. */
export async function readTrainingRows(folder: string): Promise<BigUint64Array | undefined> {
  const bytes = await readFile(path.join(folder, file)).catch(() => undefined);
  if (bytes === undefined) return undefined;
  // A copy: a Buffer need not begin at a multiple of eight.
  return new BigUint64Array(new Uint8Array(bytes).buffer);
}

/** Rows whose hash is not among the sorted ones. */
export function rowsNotIn(hashes: BigUint64Array, sorted: BigUint64Array): Int32Array {
  const kept = new Int32Array(hashes.length);
  let count = 0;
  for (let row = 0; row < hashes.length; row++) if (!contains(sorted, hashes[row]!)) kept[count++] = row;
  return kept.slice(0, count);
}

function contains(sorted: BigUint64Array, value: bigint): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value;
}
