/** Data and helpers that the tests of this folder share. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LearnError, type LearnErrorCode } from '../../../runtime/learn/errors.ts';
import { categoryColumn, frameOf, selectRows, selectTarget } from '../../../runtime/learn/frame.ts';
import { type Random, randomOf } from '../../../runtime/learn/random.ts';
import type { Column, Frame, Model, ModelFile, Target } from '../../../runtime/learn/types.ts';

export interface Part {
  readonly frame: Frame;
  readonly target: Target;
}

export const number = (name: string, values: Iterable<number>): Column => ({
  kind: 'number',
  name,
  values: Float64Array.from(values),
});
export const binary = (values: Iterable<number>): Target => ({
  task: 'binary',
  values: Float64Array.from(values),
  classes: [],
});
export const regression = (values: Iterable<number>): Target => ({
  task: 'regression',
  values: Float64Array.from(values),
  classes: [],
});
export const multiclass = (values: Iterable<number>, classes: readonly string[]): Target => ({
  task: 'multiclass',
  values: Float64Array.from(values),
  classes,
});
export const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Standard normal (Box and Muller 1958). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** Runs `property` on random seeds; a failure names the seed that repeats it. SEED fixes the first. */
export function forSeeds(runs: number, property: (random: Random, seed: number) => void): void {
  const first = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  for (let seed = first; seed < first + runs; seed++) {
    try {
      property(randomOf(seed), seed);
    } catch (error) {
      if (error instanceof Error) error.message += ` (repeat with SEED=${seed})`;
      throw error;
    }
  }
}

/** The error that `run` must throw. */
export function learnError(code: LearnErrorCode, run: () => unknown): LearnError {
  try {
    run();
  } catch (error) {
    if (error instanceof LearnError && error.code === code) return error;
    throw error;
  }
  throw new Error(`expected ${code}, nothing was thrown`);
}

/** Through text, as a store would keep it. */
export const throughText = (model: Model): ModelFile => JSON.parse(JSON.stringify(model)) as ModelFile;

const data = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data');

interface Penguin {
  readonly [column: string]: string | number | null;
}

/** 344 penguins of three species; measurements and sex are missing in some. */
export function penguins(): Part {
  const rows = JSON.parse(readFileSync(join(data, 'penguins.json'), 'utf8')) as Penguin[];
  const numbers = ['Beak Length (mm)', 'Beak Depth (mm)', 'Flipper Length (mm)', 'Body Mass (g)'];
  const classes = ['Adelie', 'Chinstrap', 'Gentoo'];
  return {
    frame: frameOf([
      ...numbers.map(name =>
        number(
          name,
          rows.map(row => (row[name] as number | null) ?? Number.NaN),
        ),
      ),
      ...['Island', 'Sex'].map(name =>
        categoryColumn(
          name,
          rows.map(row => row[name] as string | null),
        ),
      ),
    ]),
    target: multiclass(
      rows.map(row => classes.indexOf(row['Species'] as string)),
      classes,
    ),
  };
}

/** Every `nth` row apart. */
export function split(part: Part, nth: number): { train: Part; test: Part } {
  const all = Int32Array.from({ length: part.frame.rows }, (_, row) => row);
  const take = (index: Int32Array): Part => ({
    frame: selectRows(part.frame, index),
    target: selectTarget(part.target, index),
  });
  return { train: take(all.filter(row => row % nth !== 0)), test: take(all.filter(row => row % nth === 0)) };
}

interface Flight {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

/** 20,000 flights in the order of time; late is more than 15 minutes. */
export function flights(): Part {
  const rows = JSON.parse(readFileSync(join(data, 'flights-20k.json'), 'utf8')) as Flight[];
  rows.sort((a, b) => Date.parse(a.date) - Date.parse(b.date));
  const moments = rows.map(row => new Date(row.date));
  return {
    frame: frameOf([
      number(
        'hour',
        moments.map(moment => moment.getHours()),
      ),
      number(
        'miles',
        rows.map(row => Math.log1p(row.distance)),
      ),
      categoryColumn(
        'weekday',
        moments.map(moment => String(moment.getDay())),
      ),
      categoryColumn(
        'origin',
        rows.map(row => row.origin),
      ),
      categoryColumn(
        'destination',
        rows.map(row => row.destination),
      ),
    ]),
    target: binary(rows.map(row => Number(row.delay > 15))),
  };
}

export { selectRows as rowsOf, selectTarget as labelsOf };
