// The readers of the generated `schemas.ts` find what the types of the spec say, and agree with those of a service.
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nodeHost } from '../../../cli/host.ts';
import { compile } from '../../../compiler/index.ts';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { typescript } from '../../../compiler/targets/typescript/index.ts';
import { columnReader } from '../../../runtime/serve/values/of-type.ts';
import { type RowReader, rowReader } from '../../../runtime/serve/values/rows.ts';
import { temporaryFolder } from '../../cli/folders.ts';
import { write } from '../../cli/support.ts';
import { importModule } from '../../support/program-check.ts';
import { Random, rounds } from '../../support/random.ts';

const spec = `import std.sources { csv }

enum Kind { solo, pool }

schema Thing {
  flag: bool
  small: int in 1..8
  big: int
  least: int in -9_223_372_036_854_775_807..0
  among: int in {1, 5}
  share: float in 0..1
  code: string matching r"[A-Z/]{2,3}"
  word: string? in {"a", "b'c"}
  kind: Kind
  own: enum { x, y }?
  day: date
  wall: datetime
  instant: timestamp
  wait: duration in 1s..2h
  size: size
  marks: [int]
  point: vector(2)
  photo: blob?
  secret: string @pii
}

source things: Thing = csv("things.csv")
`;

function planOf(text: string): Plan {
  const root = temporaryFolder();
  write(root, 'main.mlp', text);
  const { plan, diagnostics } = compile(nodeHost(root));
  assert.ok(plan, diagnostics.map(({ message }) => message).join('\n'));
  return plan;
}

const plan = planOf(spec);
const { readThing } = await importModule<{ readThing: RowReader<Record<string, unknown>> }>(
  await typescript.emit(plan, {}),
  'schemas.ts',
  path.join(import.meta.dirname, '../../support/reading.ts'),
);

const thing = {
  flag: true,
  small: 3,
  big: '9223372036854775807',
  least: -1,
  among: 5,
  share: 0.5,
  code: 'A/B',
  word: "b'c",
  kind: 'pool',
  own: null,
  day: '2024-02-29',
  wall: '2024-02-29T10:00:00',
  instant: '2024-02-29T10:00:00+01:00',
  wait: 60_000,
  size: 1024,
  marks: [1, 2],
  point: [0.5, 1],
  photo: 'AQI=',
  secret: 'x',
};

test('a row that fits is read as the program holds it', () => {
  const read = readThing(thing);
  assert.ok(read.ok);
  const { row } = read as { row: Record<string, unknown> };
  assert.equal(
    [row['big'], row['day'], row['wall'], row['instant']],
    [2n ** 63n - 1n, 19_782, 1_709_200_800_000_000, 1_709_197_200_000_000],
  );
  assert.equal([row['own'], row['point'], row['photo']], [null, [0.5, 1], new Uint8Array([1, 2])]);
});

test('ranges, patterns, allowed values, enums, types: each is found, with its place in the spec', () => {
  const wrong: readonly (readonly [string, unknown, string])[] = [
    ['flag', 0, 'MLP8712'],
    ['small', 9, 'MLP8713'],
    ['small', 0, 'MLP8713'],
    ['small', 1.5, 'MLP8712'],
    ['big', 2 ** 60, 'MLP8712'],
    ['least', 1, 'MLP8713'],
    ['among', 2, 'MLP8713'],
    ['share', 1.01, 'MLP8713'],
    ['share', '1', 'MLP8712'],
    ['code', 'ABCD', 'MLP8713'],
    ['code', 'a', 'MLP8713'],
    ['word', 'c', 'MLP8713'],
    ['kind', 'Pool', 'MLP8713'],
    ['own', 'z', 'MLP8713'],
    ['day', '2023-02-29', 'MLP8712'],
    ['wall', '2024-02-29T10:00:00Z', 'MLP8712'],
    ['instant', '2024-02-29T10:00:00', 'MLP8712'],
    ['wait', 10, 'MLP8713'],
    ['marks', [1, 'x'], 'MLP8712'],
    ['point', [1], 'MLP8712'],
    ['photo', '!', 'MLP8712'],
    ['secret', null, 'MLP8710'],
  ];
  for (const [field, value, code] of wrong) {
    const read = readThing({ ...thing, [field]: value });
    assert.ok(!read.ok, `${field} ${JSON.stringify(value)}`);
    assert.equal(
      read.faults.map(fault => [fault.field, fault.code]),
      [[field, code]],
    );
    assert.match(read.faults[0]!.spec!, /^main\.mlp:\d+:3$/);
  }
  const all = readThing(Object.fromEntries(Object.keys(thing).map(name => [name, { deep: 1 }])));
  assert.ok(!all.ok && all.faults.length === Object.keys(thing).length);
  const secret = readThing({ ...thing, secret: 12345 });
  assert.ok(!secret.ok && secret.faults[0]!.given === '(personal data)');
  assert.not.match(JSON.stringify(secret), /12345/);
});

test('any JSON is read by the generated reader as by that of a service', () => {
  const columns = plan.schemas['Thing']!.columns.map(column => [column.name, columnReader(plan, column)]);
  const served = rowReader<Record<string, unknown>>(Object.fromEntries(columns));
  const random = new Random();
  console.log(`seed ${random.seed}`);
  const values: readonly unknown[] = [
    ...Object.values(thing),
    ...[null, '', 'x', 0, -1, 1e21, 2 ** 53, -0, [], {}, '9007199254740993', true, '2024-01-01', 'A', 1.5],
  ];
  for (let i = 0; i < rounds(3000, 300_000); i++) {
    const row: Record<string, unknown> = { ...thing };
    for (let n = random.int(0, 4); n > 0; n--) row[random.pick(Object.keys(thing))] = random.pick(values);
    if (random.chance(0.1)) delete row[random.pick(Object.keys(thing))];
    if (random.chance(0.1)) row[random.pick(['smal', '__proto__', 'toString'])] = 1;
    assert.equal(readThing(row, i), served(row, i));
  }
});

test.run();
