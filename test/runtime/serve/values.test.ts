import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Type } from '../../../compiler/plan/plan.ts';
import { readerOf } from '../../../runtime/serve/values/of-type.ts';
import { Problem } from '../../../runtime/serve/values/problem.ts';
import { read } from '../../../runtime/serve/values/readers.ts';
import { rowReader } from '../../../runtime/serve/values/rows.ts';
import {
  formatDatetime,
  formatTimestamp,
  NoTime,
  parseDate,
  parseDatetime,
  parseTimestamp,
} from '../../../runtime/serve/values/times.ts';
import { Random, rounds } from '../../support/random.ts';

const reads = (type: Partial<Type> & Pick<Type, 'kind'>, json: unknown): unknown =>
  readerOf({ optional: false, ...type }).read(json);
const refuses = (type: Partial<Type> & Pick<Type, 'kind'>, json: unknown, what: RegExp): void => {
  const problem = reads(type, json);
  assert.instance(problem, Problem, `${JSON.stringify(json)} is taken for ${type.kind}`);
  assert.match((problem as Problem).what + ((problem as Problem).hint ?? ''), what);
};

test('values of each type are read as the language holds them', () => {
  assert.is(reads({ kind: 'bool' }, true), true);
  assert.is(reads({ kind: 'int' }, 42), 42);
  assert.ok(Object.is(reads({ kind: 'int' }, -0), 0), 'an int has no minus zero');
  assert.is(reads({ kind: 'int' }, '9007199254740993'), 9007199254740993n);
  assert.is(reads({ kind: 'int' }, '-9223372036854775808'), -(2n ** 63n));
  assert.is(reads({ kind: 'int' }, '7'), 7);
  assert.is(reads({ kind: 'float' }, 2), 2);
  assert.ok(Object.is(reads({ kind: 'float' }, -0), -0));
  assert.is(reads({ kind: 'string' }, 'é\u{1F600}'), 'é\u{1F600}');
  assert.is(reads({ kind: 'enum', members: ['a', 'b'] }, 'b'), 'b');
  assert.is(reads({ kind: 'date' }, '1970-01-02'), 1);
  assert.is(reads({ kind: 'datetime' }, '1970-01-01T00:01'), 60_000_000);
  assert.is(reads({ kind: 'timestamp' }, '1970-01-01T01:00:00.5+01:00'), 500_000);
  assert.is(reads({ kind: 'duration' }, 1500), 1500);
  assert.equal(reads({ kind: 'vector', length: 2 }, [1, 2.5]), [1, 2.5]);
  assert.equal(reads({ kind: 'list', element: { kind: 'int', optional: true } }, [1, null]), [1, null]);
  assert.equal(reads({ kind: 'blob' }, 'AQI='), new Uint8Array([1, 2]));
});

test('what is not of the type, or outside of what it allows, is said', () => {
  refuses({ kind: 'bool' }, 1, /is 1, not true or false/);
  refuses({ kind: 'int' }, 1.5, /is 1.5, not a whole number/);
  refuses({ kind: 'int' }, 2 ** 53, /not exact beyond 2\^53/);
  refuses({ kind: 'int' }, '9223372036854775808', /64 bits/);
  refuses({ kind: 'int' }, '01', /64 bits/);
  refuses({ kind: 'int', min: 1, max: 8 }, 9, /is 9, above 8/);
  refuses({ kind: 'int', min: 1 }, '-9223372036854775808', /below 1/);
  refuses({ kind: 'int', values: [1, 2] }, 3, /none of the allowed/);
  refuses({ kind: 'float' }, '1', /is "1", not a finite number/);
  refuses({ kind: 'float' }, JSON.parse('1e999'), /not a finite number/);
  refuses({ kind: 'float', min: 0, max: 1 }, 1.0000001, /above 1/);
  refuses({ kind: 'string' }, null, /is null, not text/);
  refuses({ kind: 'string' }, '\ud800', /surrogate/);
  refuses({ kind: 'string', pattern: '[A-Z]{3}' }, 'ABCD', /does not match/);
  refuses({ kind: 'string', pattern: 'a|b' }, 'ab', /does not match/);
  refuses({ kind: 'string', values: ['MALE', 'FEMALE'] }, 'male', /did you mean "MALE"/);
  refuses({ kind: 'enum', members: ['a'] }, 'c', /none of the allowed/);
  refuses({ kind: 'duration', max: 10 }, 11, /above 10/);
  refuses({ kind: 'vector', length: 2 }, [1], /array of 2 numbers/);
  refuses({ kind: 'vector', length: 2 }, [1, 'x'], /item 1 that is "x"/);
  refuses({ kind: 'blob' }, '%%%', /base64/);
  refuses(
    { kind: 'timestamp', min: '2024-01-01T00:00:00Z' },
    '2023-12-31T23:59:59Z',
    /below 2024-01-01T00:00:00Z/,
  );
});

test('a text of any length and an object of any depth are shown in a few words', () => {
  const long = reads({ kind: 'int' }, 'x'.repeat(100_000)) as Problem;
  assert.ok(long.what.length < 200, long.what);
  let deep: unknown = 1;
  for (let i = 0; i < 20_000; i++) deep = [deep];
  assert.match((reads({ kind: 'int' }, deep) as Problem).what, /is an array of 1, not/);
});

test('times that no calendar and no clock has are refused, and say why', () => {
  const refused: readonly (readonly [number | NoTime, RegExp])[] = [
    [parseDate('2023-02-29'), /does not exist/],
    [parseDate('1900-02-29'), /does not exist/],
    [parseDate('2023-13-01'), /does not exist/],
    [parseDate('0000-01-01'), /before the year 1/],
    [parseDate('2023-1-1'), /not written as/],
    [parseDatetime('2024-02-29T24:00:00'), /no clock shows/],
    [parseDatetime('2024-02-29T23:60'), /no clock shows/],
    [parseDatetime('2024-02-29T10:00:00Z'), /wall-clock time has none/],
    [parseDatetime('2024-02-29 10:00:00'), /not written as/],
    [parseTimestamp('2024-02-29T10:00:00'), /has no offset/],
    [parseTimestamp('2024-02-29T10:00:00.1234567Z'), /six digits/],
    [parseTimestamp('9999-01-01T00:00:00.000001Z'), /finer than/],
  ];
  for (const [value, why] of refused) {
    assert.instance(value, NoTime, String(value));
    assert.match((value as NoTime).why, why);
  }
  assert.is(parseDate('2000-02-29'), 11_016);
});

test('a time that is written is read as itself', () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  for (let i = 0; i < rounds(2000, 200_000); i++) {
    const micros = random.int(-9e15, 9e15);
    assert.is(parseDatetime(formatDatetime(micros)), micros, formatDatetime(micros));
    assert.is(parseTimestamp(formatTimestamp(micros)), micros, formatTimestamp(micros));
    const millis = random.int(-6e13, 7e13);
    assert.is(parseTimestamp(new Date(millis).toISOString()), millis * 1000);
  }
});

test('a reader of rows gives the row, or every fault of it', () => {
  interface Row {
    readonly id: number | bigint;
    readonly note: string | null;
    readonly __proto__: boolean;
  }
  const reader = rowReader<Row>({
    id: { value: read.int({ from: 1 }), type: 'int', spec: 'a.mlp:1:1' },
    note: { value: read.optional(read.text()), type: 'string?', optional: true },
    ['__proto__']: { value: read.bool, type: 'bool' },
  } as never);
  const good = reader(JSON.parse('{"id": 3, "__proto__": true}'));
  assert.ok(good.ok && good.row.id === 3 && good.row.note === null);
  assert.is(Object.getOwnPropertyDescriptor(good.ok ? good.row : {}, '__proto__')?.value, true);
  const bad = reader(JSON.parse('{"id": 0, "nite": "x", "constructor": 1}'), 4);
  assert.ok(!bad.ok);
  assert.equal(
    bad.faults.map(({ code, field, row, hint, spec }) => [code, field, row, hint ?? spec ?? null]),
    [
      ['MLP8713', 'id', 4, 'a.mlp:1:1'],
      ['MLP8710', '__proto__', 4, null],
      ['MLP8711', 'nite', 4, 'did you mean `note`?'],
      ['MLP8711', 'constructor', 4, null],
    ],
  );
  for (const json of [null, 1, 'x', [], undefined])
    assert.ok(!reader(json).ok, `${JSON.stringify(json)} is no row`);
});

test.run();
