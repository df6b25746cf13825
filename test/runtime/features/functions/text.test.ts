import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareText, functions } from '../../../../runtime/features/functions/index.ts';
import { openDuckDB, query } from '../../../support/duckdb.ts';
import { Random } from '../../../support/random.ts';

test('case is mapped as DuckDB maps it, for every code point', async () => {
  const connection = await openDuckDB(1);
  // Code points as numbers: a text that begins with U+FEFF would lose it on the way out.
  const rows = await query(
    connection,
    `SELECT i, unicode(lower(chr(CAST(i AS INTEGER)))) AS low, unicode(upper(chr(CAST(i AS INTEGER)))) AS up
     FROM range(1, 1114112) t(i) WHERE i NOT BETWEEN 55296 AND 57343`,
  );
  const wrong = rows.filter(row => {
    const letter = String.fromCodePoint(Number(row['i']));
    return (
      functions.lower(letter).codePointAt(0) !== row['low'] ||
      functions.upper(letter).codePointAt(0) !== row['up']
    );
  });
  assert.ok(rows.length > 1_100_000);
  assert.equal(
    wrong.slice(0, 5).map(row => `U+${Number(row['i']).toString(16)}`),
    [],
  );
  connection.closeSync();
});

test('texts are ordered by code points', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  const letters = ['', 'a', 'B', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{1f986}', '\u{10ffff}'];
  const texts = Array.from({ length: 60 }, () =>
    Array.from({ length: 3 }, () => random.pick(letters)).join(''),
  );
  const values = texts.map(text => `('${text}')`).join(', ');
  const sorted = await query(connection, `SELECT t FROM (VALUES ${values}) v(t) ORDER BY t`);
  assert.equal(
    [...texts].sort(compareText),
    sorted.map(row => row['t']),
    `seed ${random.seed}`,
  );
  connection.closeSync();
});

test.run();
