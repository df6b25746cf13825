/** Real flights for the benchmarks: split by time, thinned by a hash of the row and the seed, as typed columns. */

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { categoryColumn, frameOf } from '../../runtime/learn/frame.ts';
import type { Frame, Target } from '../../runtime/learn/types.ts';

export interface Part {
  readonly frame: Frame;
  /** More than 15 minutes late. */
  readonly late: Target;
  /** Minutes late, from -60 to 180, because a few flights are days late. */
  readonly minutes: Target;
}

export interface FlightParts {
  readonly train: Part;
  readonly validate: Part;
  readonly test: Part;
}

export interface FlightSizes {
  readonly train: number;
  readonly validate: number;
  readonly test: number;
}

/** The package exports its entry point alone; the data lies beside the folder of that. */
export const vegaData = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data');

interface Columns {
  readonly [name: string]: readonly (string | number | null)[];
}

/** The first 70% of the time trains, the next 15% validate, the last 15% test. */
export async function loadFlights(seed: number, sizes: FlightSizes): Promise<FlightParts> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const read = async (part: number, rows: number): Promise<Columns> => {
      const reader = await connection.runAndReadAll(query, { seed, part, rows, flights, airports });
      return reader.getColumnsObjectJS() as unknown as Columns;
    };
    const train = await read(0, sizes.train);
    const vocabularies = Object.fromEntries(
      categories.map(name => [name, [...new Set((train[name] as string[]).filter(v => v !== null))].sort()]),
    );
    return {
      train: partOf(train, vocabularies),
      validate: partOf(await read(1, sizes.validate), vocabularies),
      test: partOf(await read(2, sizes.test), vocabularies),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const flights = join(vegaData, 'flights-3m.parquet');
const airports = join(vegaData, 'airports.csv');
const categories = ['weekday', 'origin', 'destination', 'state'];
const numbers = ['hour', 'miles'];

const query = `
  with bounds as (select quantile_cont(date, 0.70) as a, quantile_cont(date, 0.85) as b from read_parquet($flights)),
  picked as (
    select f.*, file_row_number as row
    from read_parquet($flights, file_row_number = true) f, bounds
    where delay is not null and case when date <= a then 0 when date <= b then 1 else 2 end = $part
    order by hash(file_row_number * 1000003 + $seed), file_row_number limit $rows
  )
  select hour(date)::double as hour, dayname(date) as weekday, ln(1 + distance) as miles, origin, destination,
         state, (delay > 15)::int as late, greatest(-60, least(180, delay))::double as minutes
  from picked left join read_csv($airports, nullstr = 'NA') home on home.iata = origin
  order by date, row`;

function partOf(columns: Columns, vocabularies: Record<string, string[]>): Part {
  const column = (name: string): readonly (string | number | null)[] => columns[name]!;
  const numeric = (name: string): Float64Array =>
    Float64Array.from(column(name), value => Number(value ?? Number.NaN));
  const frame = frameOf([
    ...numbers.map(name => ({ kind: 'number' as const, name, values: numeric(name) })),
    ...categories.map(name => categoryColumn(name, column(name) as (string | null)[], vocabularies[name])),
  ]);
  return {
    frame,
    late: { task: 'binary', values: numeric('late'), classes: [] },
    minutes: { task: 'regression', values: numeric('minutes'), classes: [] },
  };
}
