// Values that are fitted on rows: both engines fit the same ones, to the bit, and compute the same features with them.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fittingOf } from '../../../compiler/plan/fitted.ts';
import { fit } from '../../../runtime/features/fitted.ts';
import { randomOf } from '../../../runtime/learn/random.ts';
import { batchFitted, batchRows } from '../../../runtime/testing/engines/batch.ts';
import { servedRows } from '../../../runtime/testing/engines/served.ts';
import { drawTables } from '../../../runtime/testing/random/draw.ts';
import { examine } from '../../../runtime/testing/random/examine.ts';
import { pasted } from '../../../runtime/testing/random/paste.ts';
import { Random, rounds } from '../../support/random.ts';
import { compileText } from '../../support/specs.ts';
import { generated, withTestDatabase } from './support.ts';

const kinds = {
  int: ['i', 'j'],
  float: ['f', 'g'],
  string: ['s'],
  bool: ['b'],
  duration: ['d'],
  date: ['day'],
} as const;
type Kind = keyof typeof kinds;
const schema = `import std.sources { csv }
schema Row {
  at: datetime @event_time
  k: string in {"a", "b"}
  i: int in -1000..1000
  j: int?
  f: float?
  g: float in -1e3..1e3
  s: string?
  b: bool?
  d: duration?
  day: date
  y: bool @known_after(1h)
}
source rows: Row = csv("rows.csv")
`;

/** A fitted value of a column, or of a feature above, and a feature that reads it. */
function drawFeature(random: Random, name: string, above: string[]): string {
  const kind = random.pick(Object.keys(kinds) as Kind[]);
  const number = kind === 'int' || kind === 'float';
  const column =
    kind === 'float' && above.length > 0 && random.chance(0.6)
      ? random.pick(above)
      : random.pick(kinds[kind]);
  const order = number || kind === 'duration' || kind === 'date' || kind === 'string' ? ['min', 'max'] : [];
  const aggregate = random.pick([
    ...order,
    ...(number ? ['mean', 'sum', 'stddev', 'median', 'quantile'] : []),
    ...(kind === 'bool' ? ['share', 'any', 'all'] : []),
    'count',
    'count_distinct',
    'first',
    'last',
  ]);
  const value = `fitted ${aggregate}(${column}${aggregate === 'quantile' ? `, ${random.pick(['0.1', '0.5', '0.9'])}` : ''})`;
  const counts = aggregate === 'count' || aggregate === 'count_distinct';
  if (counts || aggregate === 'share') return `  ${name} = g + ${counts ? 'to_float' : ''}(${value})`;
  if (kind === 'bool') return `  ${name} = (b ?? false) == ${value}`;
  if (!number) return `  ${name} = if ${column} == ${value} then 1 else 0`;
  if (kind === 'float') above.push(name);
  const exact = kind === 'int' && ['min', 'max', 'sum', 'first', 'last'].includes(aggregate);
  if (exact) return `  ${name} = to_float(i) - to_float(${value})`;
  return random.chance(0.5)
    ? `  ${name} = (${kind === 'int' ? 'to_float(i)' : `(${column} ?? 1.0)`} - ${value}) / 3`
    : `  ${name} = ${kind === 'int' ? 'g' : column} ?? ${value}`;
}

function drawSpec(random: Random): string {
  const above: string[] = [];
  const lines = Array.from({ length: random.int(1, 6) }, (_, n) => drawFeature(random, `x${n}`, above));
  const window = random.chance(0.4)
    ? ['  recent = mean(g over 7d by k) ?? 0.0', '  unusual = recent - fitted mean(recent)']
    : [];
  return `${schema}features View from rows at at {\n  plain = length(s ?? "")\n${[...window, ...lines].join('\n')}\n  label y = y\n}\n`;
}

test('of drawn views both engines fit the same values and compute the same features', () =>
  withTestDatabase(async database => {
    const random = new Random();
    console.log(`seed ${random.seed}`);
    const used = new Map<string, number>();
    let rows = 0;
    for (let done = 0, tried = 0; done < rounds(20, 2_000); tried++) {
      assert.ok(tried < 20 * (done + 10), 'hardly a drawn spec is right');
      const text = drawSpec(random);
      const { plan } = compileText(text);
      if (!plan) continue;
      done++;
      const program = await generated(plan);
      for (const { expr } of fittingOf(plan.views['View']!).values)
        used.set(expr.aggregate, (used.get(expr.aggregate) ?? 0) + 1);
      for (let i = 0; i < 3; i++) {
        const tables = drawTables(plan, 'View', randomOf(random.int(0, 1e9)));
        rows += tables['rows']!.length;
        const found = await examine({ database, program, view: 'View' }, tables, random.int(0, 1e9));
        // A sum of extreme ints, say, is an error of the row; both engines have it.
        if (found && found.kind !== 'error')
          assert.unreachable(
            `${text}\n${found.message}\n${JSON.stringify(found.actual)}\n${pasted(plan, 'View', found)}`,
          );
      }
    }
    console.log(`${rows} rows, ${[...used].map(([name, n]) => `${name} ${n}`).join(', ')}`);
    assert.ok(used.size >= 8, 'too few aggregates were drawn');
  }));

const centred = `${schema}features View from rows at at {
  filled = f ?? fitted mean(f)
  centred = (filled - fitted mean(filled)) / fitted stddev(filled)
  label y = y
}
`;
const row = (i: number, f: number | null) => ({
  at: i * 1e6,
  k: 'a',
  i,
  j: null,
  f,
  g: 0,
  s: null,
  b: null,
  d: null,
  day: 0,
  y: true,
});

test('values of values: the second stage is of the rows that the first has finished', () =>
  withTestDatabase(async database => {
    const plan = compileText(centred).plan!;
    const program = await generated(plan);
    const tables = { rows: [row(1, 2), row(2, null), row(3, 4)] };
    const fitted = await batchFitted(database, program, 'View', tables);
    assert.equal(fitted, { View: { mean_f: 3, mean_filled: 3, stddev_filled: 1 } });
    const rows = await batchRows(database, program, 'View', tables, fitted);
    assert.equal(
      rows.map(({ values }) => [values['filled'], values['centred']]),
      [
        [2, -1],
        [3, 0],
        [4, 1],
      ],
    );
    // Another model's values, on both engines.
    const other = { View: { mean_f: 10, mean_filled: 1, stddev_filled: 2 } };
    const again = await batchRows(database, program, 'View', tables, other);
    const online = await servedRows(database, program, 'View', tables, { fitted: other });
    assert.equal(again[1]!.values, { filled: 10, centred: 4.5, y: true });
    assert.equal(
      online.map(computed => 'values' in computed && computed.values),
      again.map(({ values }) => values),
    );
  }));

test('nothing to fit: no number stands for it', () =>
  withTestDatabase(async database => {
    const program = await generated(compileText(centred).plan!);
    for (const tables of [{ rows: [row(1, null), row(2, null)] }, { rows: [] }, { rows: [row(1, 2)] }]) {
      const error = await batchFitted(database, program, 'View', tables).then(
        () => undefined,
        (e: Error & { code: string; at: number }) => e,
      );
      assert.is(error?.code, 'MLP8571');
      const { line } = program.plan.positions[error!.at]!;
      assert.is(centred.split('\n')[line - 1]!.includes('fitted'), true);
    }
    assert.equal(await fit(database, program, [], 'SELECT 1'), {});
  }));

test.run();
