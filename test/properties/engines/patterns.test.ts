import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { text as quotedSql } from '../../../compiler/sql/escape.ts';
import { openDuckDB, query } from '../../support/duckdb.ts';
import { Random, rounds } from '../../support/random.ts';
import { compileFeatures, typeScript } from './engines.ts';
import type { Column, Node } from './language.ts';

/** A pattern that the checker takes is read alike by RE2 and JavaScript. */
const atoms = [
  ...[
    'a',
    'b',
    '1',
    ' ',
    'é',
    '🦆',
    '-',
    '/',
    "'",
    '_',
    '.',
    '\\.',
    '\\-',
    '\\n',
    '\\t',
    '\\x41',
    '\\x{41}',
    '\\u0041',
  ],
  ...[
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '\\b',
    '\\B',
    '^',
    '$',
    '\\p{L}',
    '\\0',
    '\\v',
    '\\f',
    '\\r',
    '\\a',
  ],
  ...[
    '[a-c]',
    '[^a-c]',
    '[é🦆]',
    '[\\d-]',
    '[^\\s]',
    '[\\S]',
    '[\\W]',
    '[]a]',
    '[^]',
    '[.]',
    '[a\\]b]',
    '[\\b]',
    '[[]',
  ],
];
const counts = ['', '', '', '', '*', '+', '?', '{2}', '{1,3}', '{0,}', '*?', '+?', '{1001}', '*+'];
const letters = [
  'a',
  'b',
  '1',
  'A',
  ' ',
  'é',
  '🦆',
  '-',
  '\n',
  '\r',
  '\t',
  '\u00a0',
  '\u2028',
  '_',
  '/',
  "'",
  '.',
  '[',
  ']',
  '\v',
  '\u0301',
];

function drawPattern(random: Random, depth: number): string {
  return Array.from({ length: random.int(1, 4) }, () => {
    const group = depth > 0 && random.chance(0.25);
    const open = random.pick(['(', '(?:', '(?:', '(?<x>', '(?i)(']);
    const atom = group
      ? `${open}${drawPattern(random, depth - 1)}|${drawPattern(random, depth - 1)})`
      : random.pick(atoms);
    return `${atom}${random.pick(counts)}`;
  }).join('');
}

test('patterns that are taken match the same texts on both engines', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  const columns: readonly Column[] = [{ name: 'word', kind: 'string', optional: false }];
  const word: Node = { kind: 'string', optional: false, op: 'column', text: 'word', args: [] };
  let taken = 0;
  let matched = 0;
  for (let i = 0; i < rounds(400, 20_000); i++) {
    const pattern = drawPattern(random, 2);
    const [expr] = compileFeatures(columns, [
      { kind: 'bool', optional: false, op: 'matching', text: pattern, args: [word] },
    ]);
    if (expr === undefined) continue;
    taken++;
    const texts = Array.from({ length: 60 }, () =>
      Array.from({ length: random.int(0, 4) }, () => random.pick(letters)).join(''),
    );
    const values = texts.map(text => `(${quotedSql(text)})`).join(', ');
    const context = `seed ${random.seed}, ${pattern}`;
    const found = await query(
      connection,
      `SELECT regexp_full_match(t, ${quotedSql(pattern)}) AS m FROM (VALUES ${values}) v(t)`,
    ).catch(error => assert.unreachable(`${context}: ${String(error)}`));
    const matches = typeScript(expr);
    for (const [n, text] of texts.entries()) {
      assert.is(matches({ word: text }), found![n]!['m'], `${context} on ${JSON.stringify(text)}`);
      if (found![n]!['m']) matched++;
    }
  }
  console.log(`seed ${random.seed}: ${taken} patterns taken, ${matched} texts matched`);
  assert.ok(taken > 50 && matched > 50);
  connection.closeSync();
});

test.run();
