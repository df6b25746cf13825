import { dataMessages } from '../../compiler/diagnostics/messages/data.ts';
import type { Model, SplitPlan } from '../../compiler/plan/plan.ts';
import type { Database, Row } from '../data/duckdb.ts';
import { fault } from '../data/faults.ts';
import { identifier, number } from '../data/sql.ts';
import { type PartName, partNames, type SplitReport } from './parts.ts';
import { rowHash } from './row-hash.ts';

/** Which rows of the view `rows` are which part's. */
export interface Assignment {
  /** The rows of each part, purged and thinned; none for a part that is not declared. */
  readonly queries: Readonly<Record<PartName, string>>;
  readonly boundaries: SplitReport['boundaries'];
  /** Of declared parts: rows before purging and thinning, and how many of them are purged. */
  readonly counts: Partial<Record<PartName, { readonly rows: number; readonly purged: number }>>;
}

interface Columns {
  /** What the parts hold. */
  readonly kept: readonly string[];
  /** What makes a row what it is, for its hash. */
  readonly identity: readonly string[];
}

interface Bounds {
  /** SQL value that says where a row lies. */
  readonly value: string;
  /** From inclusive, to exclusive, as SQL; null is open. */
  readonly parts: readonly {
    readonly part: PartName;
    readonly from: string | null;
    readonly to: string | null;
  }[];
  readonly boundaries: SplitReport['boundaries'];
  /** The moment after which a label comes too late for a part; by time only. */
  readonly ends: Partial<Record<PartName, string>>;
}

/** A model that is loaded and not trained here needs no split: all rows judge it. */
const wholeTest: Bounds = {
  value: 'true',
  parts: [{ part: 'test', from: null, to: null }],
  boundaries: {},
  ends: {},
};

/** Finds a split's boundaries on the view `rows`, purges what became known after them and thins the training part. */
export async function assign(
  database: Database,
  name: string,
  model: Model,
  columns: Columns,
): Promise<Assignment> {
  const split = model.split;
  const bounds =
    split === null
      ? wholeTest
      : split.by === 'time'
        ? await timeBounds(database, name, split)
        : await hashBounds(database, name, split);
  const kept = columns.kept.map(identifier).join(', ');
  const conditions: Partial<Record<PartName, string>> = {};
  const counted: string[] = [];
  for (const { part, from, to } of bounds.parts) {
    const inside = [
      ...(from === null ? [] : [`${bounds.value} >= ${from}`]),
      ...(to === null ? [] : [`${bounds.value} < ${to}`]),
    ];
    const member = inside.length === 0 ? 'true' : inside.join(' AND ');
    const end = bounds.ends[part];
    const late = end === undefined ? 'false' : `coalesce(__label_known::TIMESTAMP > ${end}, false)`;
    conditions[part] = `${member} AND NOT ${late}`;
    counted.push(
      `count(*) FILTER (${member}) AS ${part}`,
      `count(*) FILTER (${member} AND ${late}) AS ${part}_purged`,
    );
  }
  const [row] = await database.rows(`SELECT ${counted.join(', ')} FROM rows`);
  const counts = countsOf(row!, bounds);
  const query = (part: PartName): string => `SELECT ${kept} FROM rows WHERE ${conditions[part] ?? 'false'}`;
  return {
    queries: {
      train: (await sampled(database, model, conditions.train, counts.train, columns)) ?? query('train'),
      validation: query('validation'),
      test: query('test'),
    },
    boundaries: bounds.boundaries,
    counts,
  };
}

function countsOf(row: Row, bounds: Bounds): Assignment['counts'] {
  return Object.fromEntries(
    bounds.parts.map(({ part }) => [
      part,
      { rows: Number(row[part]), purged: Number(row[`${part}_purged`]) },
    ]),
  );
}

/** The declared parts in the order of time. */
function ordered(split: SplitPlan): SplitPlan['parts'] {
  return partNames.flatMap(name => split.parts.filter(({ part }) => part === name));
}

const moment = (milliseconds: number): string => `make_timestamp_ms(${milliseconds})`;

/** By shares: quantiles of T, so that rows of one moment stay on one side. By `last`: lengths back from the last T. */
async function timeBounds(database: Database, name: string, split: SplitPlan): Promise<Bounds> {
  const column = split.column ?? 'the moment of prediction';
  await requireValues(database, name, split, column, '__at');
  const parts = ordered(split);
  const starts = parts.every(({ last }) => last !== null)
    ? await lastStarts(database, parts)
    : await shareStarts(database, parts);
  const sqlStarts = starts.map(start => (start === null ? null : moment(start)));
  const boundaries = Object.fromEntries(
    parts.flatMap(({ part }, i) => (starts[i] === null ? [] : [[part, isoText(starts[i]!)] as const])),
  );
  const ends = Object.fromEntries(
    parts.flatMap(({ part }, i) => (i + 1 < parts.length ? [[part, sqlStarts[i + 1]!] as const] : [])),
  );
  return {
    value: '__at::TIMESTAMP',
    parts: parts.map(({ part }, i) => ({ part, from: sqlStarts[i]!, to: sqlStarts[i + 1] ?? null })),
    boundaries,
    ends,
  };
}

function isoText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', '').replace('Z', '');
}

async function shareStarts(database: Database, parts: SplitPlan['parts']): Promise<(number | null)[]> {
  let sum = 0;
  const cuts = parts.slice(0, -1).map(({ share }) => {
    sum += share ?? 0;
    // Shares add up in floating point: 0.7 + 0.15 must not be 0.85 and a hair.
    return Math.round(Math.min(sum, 1) * 1e9) / 1e9;
  });
  if (cuts.length === 0) return [null];
  const [row] = await database.rows(
    `SELECT ${cuts.map((cut, i) => `epoch_ms(quantile_disc(__at::TIMESTAMP, ${number(cut)})) AS c${i}`).join(', ')} FROM rows`,
  );
  return [null, ...cuts.map((_, i) => Number(row![`c${i}`] ?? 0))];
}

async function lastStarts(database: Database, parts: SplitPlan['parts']): Promise<(number | null)[]> {
  const [row] = await database.rows('SELECT epoch_ms(max(__at)::TIMESTAMP) AS high FROM rows');
  // The last moment itself belongs to the last part.
  let end = Number(row!['high'] ?? 0) + 1;
  const starts = [...parts].reverse().map(({ last }) => {
    end -= last!;
    return end;
  });
  return starts.reverse();
}

/** A row's, or its group's, place in [0, 1) against the running sum of the shares. */
async function hashBounds(database: Database, name: string, split: SplitPlan): Promise<Bounds> {
  if (split.by === 'group')
    await requireValues(database, name, split, split.column ?? 'the group', '__group');
  const parts = ordered(split);
  let sum = 0;
  const starts = parts.map(({ share }) => {
    const start = Math.round(sum * 1e9) / 1e9;
    sum += share ?? 0;
    return start;
  });
  return {
    value: '__place',
    parts: parts.map(({ part }, i) => ({
      part,
      from: i === 0 ? null : number(starts[i]!),
      to: i + 1 < parts.length ? number(starts[i + 1]!) : null,
    })),
    boundaries: Object.fromEntries(parts.map(({ part }, i) => [part, starts[i]!])),
    ends: {},
  };
}

async function requireValues(
  database: Database,
  name: string,
  split: SplitPlan,
  column: string,
  value: string,
): Promise<void> {
  const [row] = await database.rows(`SELECT count(*) - count(${identifier(value)}) AS n FROM rows`);
  const rows = Number(row!['n']);
  if (rows > 0) throw fault(dataMessages.nullSplit, { model: name, column, rows }, { at: split.at });
}

/**
 * The training rows with the least hashes, as many as `sample` asks for (fewer where equal rows would have to part); null
 * without need. One scan: rows below a hash that is a little more than their share are set aside, and counted out among
 * themselves. The hash has a salt of its own, for the places of a hash split's training rows are no longer uniform.
 */
async function sampled(
  database: Database,
  model: Model,
  condition: string | undefined,
  counts: { readonly rows: number; readonly purged: number } | undefined,
  columns: Columns,
): Promise<string | null> {
  if (model.sample === null || condition === undefined || counts === undefined) return null;
  const available = counts.rows - counts.purged;
  const wanted = 'rows' in model.sample ? model.sample.rows : Math.round(model.sample.share * available);
  if (wanted >= available) return null;
  const hash = rowHash(columns.identity, 'sample');
  const kept = columns.kept.map(identifier).join(', ');
  const likely = (wanted / available) * (1 + 8 / Math.sqrt(Math.max(1, wanted)));
  for (const limit of likely < 1 ? [likely, 1] : [1]) {
    await database.execute(
      `CREATE OR REPLACE TEMP TABLE candidates AS SELECT ${kept}, ${hash} AS __hash FROM rows
       WHERE ${condition} AND ${hash} < ${number(limit)}`,
    );
    const [next] = await database.rows(
      `SELECT __hash AS hash FROM candidates ORDER BY __hash LIMIT 1 OFFSET ${wanted}`,
    );
    if (next !== undefined)
      return `SELECT ${kept} FROM candidates WHERE __hash < ${number(Number(next['hash']))}`;
    // None beyond the wanted: equal rows, many of them, made the guess too low.
  }
  return null;
}
