import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { double, identifier, text } from '../../../compiler/sql/escape.ts';
import { openDuckDB, query } from '../../support/duckdb.ts';
import { Random, rounds } from '../../support/random.ts';

const pieces = [
  "'",
  "''",
  '"',
  '""',
  '\\',
  '\\n',
  '\n',
  '\r',
  '\t',
  '\0',
  ';',
  '--',
  '/*',
  '*/',
  '$$',
  '$1',
  '?',
  '%',
  '`',
  'a',
  'SELECT',
  "'); DROP TABLE t; --",
  '\u{1f986}',
  '\u202e',
  'é',
  '\u2028',
  ' ',
  "E'",
  'x',
  '{',
  '}',
  '[1]',
];
const randomText = (random: Random): string =>
  Array.from({ length: random.int(0, 6) }, () => random.pick(pieces)).join('');

test('any text comes back from a literal as it went in', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  for (let i = 0; i < rounds(150, 5000); i++) {
    const value = randomText(random);
    const [row] = await query(connection, `SELECT ${text(value)} AS value, length(${text(value)}) AS n`);
    assert.is(row!['value'], value, `seed ${random.seed}`);
    assert.is(Number(row!['n']), [...value].length);
  }
  connection.closeSync();
});

test('any text is a name, and stays one', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  for (let i = 0; i < rounds(150, 5000); i++) {
    const name = `c${randomText(random)}`;
    const rows = await query(connection, `SELECT ${identifier(name)} FROM (SELECT 7 AS ${identifier(name)})`);
    assert.equal(rows, [{ [name.replaceAll('\0', '')]: 7 }], `seed ${random.seed}`);
  }
  connection.closeSync();
});

test('any double comes back as the same bits', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  const bits = new DataView(new ArrayBuffer(8));
  const draw = (): number => {
    bits.setUint32(0, Math.floor(random.next() * 2 ** 32));
    bits.setUint32(4, Math.floor(random.next() * 2 ** 32));
    return bits.getFloat64(0);
  };
  const special = [
    0,
    -0,
    1,
    -1,
    0.1,
    1e21,
    1e-7,
    5e-324,
    Number.MAX_VALUE,
    Infinity,
    -Infinity,
    NaN,
    2 ** 53 + 2,
    123456789.125,
  ];
  const values = [...special, ...Array.from({ length: rounds(300, 20_000) }, draw)];
  const rows = await query(connection, `SELECT unnest([${values.map(double).join(', ')}]) AS value`);
  for (const [i, value] of values.entries()) {
    const found = rows[i]!['value'];
    assert.ok(Object.is(found, value), `${value} gave ${String(found)}, seed ${random.seed}`);
  }
  connection.closeSync();
});

test.run();
