import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as runtime from '../../../runtime/features/functions/index.ts';
import { openDuckDB } from '../../support/duckdb.ts';
import { Random } from '../../support/random.ts';
import { compileText } from '../../support/specs.ts';
import { aggregates as aggregateSignatures, Drawer, drawColumns, functions } from './drawing.ts';
import { type Engines, sound } from './engines.ts';
import { type Column, type Node, print, sizeOf } from './language.ts';
import { drawRows } from './rounds.ts';
import { explain, shrink, wrongOf } from './shrinking.ts';

const planted = (changes: Partial<typeof runtime.functions>): Engines => ({
  ...sound,
  runtime: { ...runtime, functions: { ...runtime.functions, ...changes } },
});

/** Features with a call of a function somewhere inside, drawn until the planted mistake shows in one. */
async function shrunkBy(key: string, engines: Engines) {
  const random = new Random();
  const connection = await openDuckDB(1);
  const signature = functions.find(f => f.key === key)!;
  for (let i = 0; i < 400; i++) {
    const columns = drawColumns(random);
    const drawer = new Drawer(random, columns);
    const inner = drawer.call(signature, 3);
    const node: Node = random.chance(0.5)
      ? {
          kind: 'bool',
          optional: inner.optional,
          op: '==',
          text: '',
          args: [inner, drawer.draw(inner.kind, 3)],
        }
      : inner;
    const { columns: all, cells } = drawRows(random, columns, 1);
    const failure = { columns: all, node, rows: cells };
    if (sizeOf(node) < 5 || (await wrongOf(connection, failure, engines)) === undefined) continue;
    const shrunk = await shrink(connection, failure, engines);
    const again = await wrongOf(connection, shrunk, engines);
    connection.closeSync();
    return { shrunk, again, drawn: print(node), seed: random.seed };
  }
  throw new Error(`the mistake did not show, seed ${random.seed}`);
}

test('a mistake in one function is shrunk to a spec of that function', async () => {
  const engines = planted({ length: text => text.length });
  const { shrunk, again, drawn, seed } = await shrunkBy('length', engines);
  const text = explain(shrunk);
  console.log(`seed ${seed}, from\n  ${drawn}\n${text}`);
  assert.ok(sizeOf(shrunk.node) <= 2, text);
  assert.match(print(shrunk.node), /^length\(/);
  assert.equal(compileText(shrunk.spec).diagnostics, []);
  // A letter beyond U+FFFF is two units of UTF-16: nothing shorter shows the mistake.
  assert.match(text, /🦆|\u{1f600}/u);
  assert.is(again, shrunk.why);
  assert.match(shrunk.why, /^SQL \d, TypeScript \d$/);
});

test('rows are shrunk as well, to those that an aggregate needs', async () => {
  const { sum_float: sum } = runtime.aggregates;
  const aggregates = { ...runtime.aggregates, sum_float: (x: Parameters<typeof sum>[0]) => sum(x.slice(-2)) };
  const engines: Engines = { ...sound, runtime: { ...runtime, aggregates } };
  const random = new Random();
  const connection = await openDuckDB(1);
  const columns: readonly Column[] = [{ name: 'weight', kind: 'float', optional: true }];
  const { columns: all, cells } = drawRows(random, columns, 60);
  const drawer = new Drawer(random, columns);
  const signature = aggregateSignatures.find(a => a.key === 'sum_float')!;
  const node: Node = { ...drawer.aggregate(signature, 0), where: false, args: [column] };
  const failure = { columns: all, node, rows: cells };
  const shrunk = await shrink(connection, failure, engines);
  const text = explain(shrunk);
  console.log(`seed ${random.seed}\n${text}`);
  assert.equal(compileText(shrunk.spec).diagnostics, []);
  assert.match(print(shrunk.node), /^sum\((weight|\d\.0) over/);
  assert.is(shrunk.rows.length, 3, text);
  connection.closeSync();
});
const column: Node = { kind: 'float', optional: true, op: 'column', text: 'weight', args: [] };

test.run();
