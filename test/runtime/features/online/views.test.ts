import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openEmbedded } from '../../../../runtime/features/online/embedded.ts';
import { openOnlineFeatures } from '../../../../runtime/features/online/open.ts';
import { openDuckDB } from '../../../support/duckdb.ts';
import { generatedProgram, move, requestOf, Scratch } from '../../../support/online.ts';
import { Random, rounds } from '../../../support/random.ts';
import { computed, load, planOf, randomRows, randomView } from '../../../support/random-views.ts';

const same = (a: unknown, b: unknown, near: boolean): boolean =>
  Object.is(a, b) ||
  (near && typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= 1e-12 * Math.abs(a));

test('views drawn at random are online what they are in batch, row by row', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  const total = rounds(25, 1000);
  let compared = 0;
  let filled = 0;
  for (let round = 0; round < total; round++) {
    const tables = {
      events: randomRows(random, random.int(1, 30)),
      others: randomRows(random, random.int(0, 40)),
    };
    await load(connection, tables);
    const view = randomView(random);
    const plan = planOf(view);
    const scratch = new Scratch();
    const program = await generatedProgram(plan);
    const folders = await scratch.export(connection, ['source:events', 'source:others']);
    const store = (await openEmbedded(scratch.folder, 'local'))!;
    await move(program, store, scratch, { folders, from: 0 });
    await store.close();
    const online = await openOnlineFeatures(program, ['View'], { root: scratch.folder });
    const batch = (await computed(connection, plan, view)).filter(({ at }) => at !== null);
    const found = await online.compute(
      batch.map(({ row, at }) => ({
        row: requestOf(tables.events[row - 1]!, online.requestColumns),
        at: at!,
      })),
    );
    // Of all aggregates, a deviation alone is not the same to the bit: DuckDB's goes through the rows in another way.
    const deviates = new Set(
      view.features.filter(f => f.expr.op === 'window' && f.expr.aggregate === 'stddev').map(f => f.name),
    );
    for (const [i, { row, at, values }] of batch.entries()) {
      for (const { name, label, expr } of view.features) {
        if (label) continue;
        const [theirs, ours] = [values[name], found[i]![name]];
        assert.ok(
          same(theirs, ours, deviates.has(name)),
          `${name} of row ${row} at ${at}: batch ${String(theirs)}, online ${String(ours)} (seed ${random.seed}, round ${round})\n${JSON.stringify({ moment: view.moment, materialize: view.materialize, expr: expr })}`,
        );
        compared++;
        if (name.startsWith('window') && ours !== null && ours !== 0) filled++;
      }
    }
    await online.close();
    scratch.drop();
  }
  console.log(
    `seed ${random.seed}: ${total} views, ${compared} values, ${filled} of windows that hold something`,
  );
  assert.ok(filled > total);
  connection.closeSync();
});

test.run();
