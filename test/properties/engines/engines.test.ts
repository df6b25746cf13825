import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TypeKind } from '../../../compiler/plan/type.ts';
import { operatorNames } from '../../../compiler/semantics/overload-key.ts';
import { openDuckDB } from '../../support/duckdb.ts';
import { Random } from '../../support/random.ts';
import { aggregates, functions } from './drawing.ts';
import { drawRound, namesOf, type Round, short } from './rounds.ts';
import { report } from './shrinking.ts';

/**
 * Random features over random schemas and rows: both engines give each row the same value, to the bit (transcendental
 * functions to a relative 1e-12), and it is of the type that the checker gave the feature. Counts what was compared for
 * every function, operator, aggregate and type: each at least a thousand times and a million values in all with `--long`.
 */
const long = process.env['FUZZ_LONG'] !== undefined;
const size = long ? { rows: 320, features: 110 } : short;
const LEAST = 1000;
/** Every kind that a value of a row can have: a kind that is new in the language does not compile until it stands here. */
type RowKind = Exclude<TypeKind, 'table' | 'model' | 'metric' | 'secret' | 'null' | 'unknown'>;
const kinds = Object.keys({
  bool: true,
  int: true,
  float: true,
  string: true,
  date: true,
  datetime: true,
  timestamp: true,
  duration: true,
  size: true,
  rate: true,
  enum: true,
  list: true,
  vector: true,
  blob: true,
} satisfies Record<RowKind, true>);

test('SQL and TypeScript give every expression the same value', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  const counts = new Counts();
  const start = Date.now();
  for (
    let rounds = 0;
    long ? rounds < 40 || counts.all < 1_000_000 || counts.least < LEAST : rounds < short.rounds;
    rounds++
  ) {
    const { round, differences } = await drawRound(random, connection, size, rounds);
    counts.add(round);
    const [first] = differences;
    if (first !== undefined)
      assert.unreachable(`seed ${random.seed}\n${await report(connection, first, round.rows)}`);
    if (Date.now() - start > 3_000_000) break;
  }
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  console.log(`seed ${random.seed}: ${counts.all} values compared in ${seconds} s\n${counts.text()}`);
  const rare = counts.below(long ? LEAST : 1);
  assert.equal(rare, [], `compared fewer than ${long ? LEAST : 1} times`);
  if (long) assert.ok(counts.all >= 1_000_000);
  connection.closeSync();
});

/** How many values were compared, without those that were null in both, by what the expressions are made of. */
class Counts {
  readonly #counts = new Map<string, number>([
    ...functions.map(f => [f.key, 0] as const),
    ...operatorNames.map(name => [name, 0] as const),
    ...aggregates.map(a => [`aggregate ${a.key}`, 0] as const),
    ...kinds.map(kind => [`type ${kind}`, 0] as const),
  ]);
  all = 0;

  add({ cases, windows }: Round): void {
    for (const { expr, clean, typescript } of cases) {
      const values = clean.filter(row => typescript[row] !== null).length;
      this.all += clean.length;
      for (const name of namesOf(expr)) this.#count(name, values);
    }
    for (const { expr, sql } of windows) {
      this.all += sql.size;
      this.#count(`aggregate ${expr.aggregate}`, [...sql.values()].filter(value => value !== null).length);
    }
  }

  #count(name: string, values: number): void {
    const before = this.#counts.get(name);
    if (before !== undefined) this.#counts.set(name, before + values);
  }

  get least(): number {
    return Math.min(...this.#counts.values());
  }

  below(least: number): string[] {
    return [...this.#counts].filter(([, count]) => count < least).map(([name, count]) => `${name}: ${count}`);
  }

  text(): string {
    return [...this.#counts].map(([name, count]) => `${name} ${count}`).join(', ');
  }
}

test.run();
