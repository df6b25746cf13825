import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createFastWorkbench,
  createPlainWorkbench,
  type Workbench,
} from '../../../runtime/learn/boosting/workbench.ts';
import type { Random } from '../../../runtime/learn/random.ts';
import { forSeeds, times } from './helpers.ts';

interface Shape {
  readonly rows: number;
  readonly features: number;
  readonly slots: number;
}

function bothFilled(shape: Shape, random: Random): Workbench[] {
  const fast = createFastWorkbench(shape);
  assert.ok(fast !== null, 'this machine runs WebAssembly SIMD');
  const both = [fast, createPlainWorkbench(shape)];
  const { gradientMax, hessianMax } = fast.precision;
  const bins = times(shape.rows * shape.features, () => random.integer(0, 255));
  const pairs = times(shape.rows, () => [
    random.next() < 0.1 ? gradientMax : random.integer(-gradientMax, gradientMax),
    random.next() < 0.1 ? hessianMax : random.integer(0, hessianMax),
  ]).flat();
  for (const bench of both) {
    bench.bins.set(bins);
    bench.pairs.set(pairs);
    for (let row = 0; row < shape.rows; row++) bench.order[row] = row;
  }
  return both;
}

function histogram(bench: Workbench, slot: number, features: number): number[] {
  const cells = new Float64Array(768);
  return times(features, feature => {
    bench.read(slot, feature, cells);
    return [...cells];
  }).flat();
}

test('WebAssembly and plain TypeScript agree in every bit', () => {
  forSeeds(25, random => {
    const shape = { rows: random.integer(1, 400), features: random.integer(1, 9), slots: 2 };
    const both = bothFilled(shape, random);
    const table = Uint8Array.from({ length: 256 }, () => random.integer(0, 1));
    const feature = random.integer(0, shape.features - 1);
    const [fast, plain] = both.map(bench => {
      const middle = bench.partition(0, shape.rows, feature, table);
      bench.build(0, 0, shape.rows);
      bench.build(1, 0, middle);
      bench.subtract(0, 1);
      return [
        middle,
        ...bench.order,
        ...histogram(bench, 0, shape.features),
        ...histogram(bench, 1, shape.features),
      ];
    });
    assert.equal(fast, plain);
  });
});

test('the sibling by subtraction is the sibling by summation, exactly', () => {
  forSeeds(10, random => {
    const shape = { rows: 300, features: 3, slots: 3 };
    for (const bench of bothFilled(shape, random)) {
      const middle = random.integer(0, 300);
      bench.build(0, 0, 300);
      bench.build(1, 0, middle);
      bench.build(2, middle, 300);
      bench.subtract(0, 1);
      assert.equal(histogram(bench, 0, 3), histogram(bench, 2, 3));
    }
  });
});

test('a division keeps all rows, in order on both sides, and leaves the rest of the order alone', () => {
  forSeeds(25, random => {
    const shape = { rows: 200, features: 2, slots: 1 };
    for (const bench of bothFilled(shape, random)) {
      const table = Uint8Array.from({ length: 256 }, () => (random.next() < 0.3 ? 1 : 0));
      const from = random.integer(0, 100);
      const to = random.integer(from, 200);
      const middle = bench.partition(from, to, 1, table);
      const goes = (row: number): boolean => table[bench.bins[row * 2 + 1]!] === 1;
      const before = times(200, row => row);
      const moved = before.slice(from, to);
      assert.is(middle, from + moved.filter(goes).length);
      assert.equal(
        [...bench.order],
        [
          ...before.slice(0, from),
          ...moved.filter(goes),
          ...moved.filter(row => !goes(row)),
          ...before.slice(to),
        ],
      );
    }
  });
});

test('sums are exact at the greatest values that a row may have', () => {
  const shape = { rows: 100_000, features: 1, slots: 1 };
  for (const bench of [createFastWorkbench(shape)!, createPlainWorkbench(shape)]) {
    const { gradientMax, hessianMax } = bench.precision;
    for (let row = 0; row < shape.rows; row++) {
      bench.order[row] = row;
      bench.pairs[2 * row] = row % 2 === 0 ? -gradientMax : -gradientMax + 1;
      bench.pairs[2 * row + 1] = hessianMax;
    }
    bench.build(0, 0, shape.rows);
    assert.equal(histogram(bench, 0, 1).slice(0, 3), [
      -gradientMax * shape.rows + shape.rows / 2,
      hessianMax * shape.rows,
      shape.rows,
    ]);
  }
});

test('an empty stretch of rows makes an empty histogram', () => {
  for (const bench of [
    createFastWorkbench({ rows: 4, features: 1, slots: 1 })!,
    createPlainWorkbench({ rows: 4, features: 1, slots: 1 }),
  ]) {
    bench.build(0, 2, 2);
    assert.ok(histogram(bench, 0, 1).every(cell => cell === 0));
    assert.is(bench.partition(1, 1, 0, new Uint8Array(256)), 1);
  }
});

test.run();
