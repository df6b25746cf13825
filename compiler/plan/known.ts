import type { At, FeatureView, Known, Moment, Schema, Source } from './plan.ts';

/** The arithmetic of K, the moment from which a value is known (language reference, "Time"). */

/** Known always: constants, tables without time. */
export const always: Known = { latest: [] };

/** Known at the moment of prediction, `offset` milliseconds later. */
export const atMoment = (offset = 0, at?: At): Known => ({
  latest: [{ base: 'at', offset, ...(at === undefined ? {} : { at }) }],
});

const order = { event: 0, at: 1, column: 2 } as const;
const sameBase = (a: Moment, b: Moment): boolean => a.base === b.base && a.column === b.column;
const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The latest of several: per base the greatest offset, in one order. */
export function latest(...all: readonly Known[]): Known {
  let result = always;
  for (let i = 0; i < all.length; i++) result = later(result, all[i]!);
  return result;
}

/** The later of two. Nearly all have one moment of the same base, or none. */
export function later(a: Known, b: Known): Known {
  if (a === b || b.latest.length === 0) return canonical(a);
  if (a.latest.length === 0) return canonical(b);
  const first = a.latest[0]!;
  const second = b.latest[0]!;
  if (a.latest.length === 1 && b.latest.length === 1 && sameBase(first, second))
    return second.offset > first.offset ? b : a;
  return merged([...a.latest, ...b.latest]);
}

const canonical = (known: Known): Known => (known.latest.length < 2 ? known : merged(known.latest));

function merged(moments: readonly Moment[]): Known {
  const kept: Moment[] = [];
  for (const moment of moments) {
    const i = kept.findIndex(other => sameBase(other, moment));
    if (i < 0) kept.push(moment);
    else if (moment.offset > kept[i]!.offset) kept[i] = moment;
  }
  kept.sort((a, b) => order[a.base] - order[b.base] || before(a.column ?? '', b.column ?? ''));
  return { latest: kept };
}

/** A column of a source as the source delivers it: no earlier than event time plus the source's lag. */
export function knownInSource(source: Source, schema: Schema, column: string): Known {
  const known = schema.columns.find(c => c.name === column)?.known ?? always;
  return delivered(source, schema, known);
}

/** K of a source's value whose schema says `known`. */
export function delivered(source: Source, schema: Schema, known: Known): Known {
  if (schema.eventTime === null) return known;
  return later(known, { latest: [{ base: 'event', offset: source.lag }] });
}

/** How long after its event time a value is known, as far as that is a constant. */
export function delayOf(known: Known): number {
  let delay = 0;
  for (const m of known.latest) if (m.base === 'event' && m.offset > delay) delay = m.offset;
  return delay;
}

/** What is known of a row's times when its values are judged. */
export interface RowTimes {
  readonly eventTime: string | null;
  /** The source's lag: rows arrive no earlier than this after their event. */
  readonly lag: number;
  /** Columns that `@known_at` names. Since no value is known before its row arrives, they are not before that. */
  readonly arrivals: ReadonlySet<string>;
}

/**
 * Which of the moments are not provably at or before the moment of prediction T of a view. T is a column plus an
 * offset, or, on a grid, a point no earlier than the row's arrival (event time + lag). Without T nothing is late.
 */
export function notKnownBy(known: Known, moment: FeatureView['moment'], row: RowTimes): Moment[] {
  if (moment === null) return [];
  return known.latest.filter(m => {
    if (m.base === 'at') return m.offset > 0;
    if (moment.kind === 'each') return m.base === 'column' || m.offset > row.lag;
    const column = m.base === 'event' ? row.eventTime : m.column;
    if (column === moment.column) return m.offset > moment.offset;
    const arrives = m.base === 'event' && row.arrivals.has(moment.column);
    return !arrives || m.offset > row.lag + moment.offset;
  });
}
