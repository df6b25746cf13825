import { createHash } from 'node:crypto';
import { identifier } from '../data/sql.ts';

/**
 * A row's place in [0, 1), by which it is split and sampled: the first eight bytes of the MD5 of its values' text, each
 * ended by U+001F and missing as U+0000's picture U+2400, read as a little-endian fraction of 2^64. Equal rows are equal,
 * on every run, machine and DuckDB version. `salt` makes an independent hash.
 */
export function rowHash(columns: readonly string[], salt = ''): string {
  const values = columns.map(column => `coalesce(${identifier(column)}::VARCHAR, '\u2400')`);
  const text = `concat_ws(chr(31), '${salt}', ${values.join(', ')})`;
  return `md5_number_upper(${text})::DOUBLE / 18446744073709551616.0`;
}

/** The same of text values, for tests and for whoever must find a row again outside of SQL. */
export function rowHashOf(values: readonly (string | null)[], salt = ''): number {
  const text = [salt, ...values.map(value => value ?? '\u2400')].join('\u001f');
  return Number(createHash('md5').update(text).digest().readBigUInt64LE(0)) / 2 ** 64;
}
