import type { Plan } from '../../../compiler/plan/plan.ts';
import { gridEnds } from '../../../compiler/plan/tables.ts';
import { tableOf } from '../../../compiler/sql/view/terms.ts';
import { microsOf, type Row } from '../values.ts';

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;

/** Moments of a grid for one row of its source, in microseconds: from its arrival to the end of the data. */
export function gridMoments(
  plan: Plan,
  name: string,
  own: Row,
  table: (name: string) => readonly Row[],
): readonly number[] {
  const view = plan.views[name]!;
  if (view.moment?.kind !== 'each') throw new Error(`${name} is no grid`);
  const { grain } = view.moment;
  const time = (of: string, row: Row, column: string) =>
    microsOf(row[column] ?? null, tableOf(plan, of).columns.get(column)!);
  const event = time(view.source, own, view.eventTime!);
  const ends = gridEnds(plan, name).flatMap(end =>
    table(end.table).flatMap(row => {
      const moment = time(end.table, row, end.column);
      return moment === null ? [] : [moment + end.offset * 1000];
    }),
  );
  if (event === null || ends.length === 0) return [];
  const arrival = event + (plan.sources[view.source]?.lag ?? 0) * 1000;
  const last = ends.reduce((a, b) => Math.max(a, b));
  const moments: number[] = [];
  const first = start(grain, arrival);
  for (let at = first < arrival ? next(grain, first) : first; at <= last; at = next(grain, at))
    moments.push(at);
  return moments;
}

type Grain = 'hour' | 'day' | 'week' | 'month';

/** The latest point of the grid not after a moment; weeks begin on Monday. */
function start(grain: Grain, micros: number): number {
  if (grain === 'month') {
    const date = new Date(Math.floor(micros / 1000));
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) * 1000;
  }
  if (grain === 'week') return Math.floor((micros - 4 * DAY) / (7 * DAY)) * 7 * DAY + 4 * DAY;
  const length = grain === 'hour' ? HOUR : DAY;
  return Math.floor(micros / length) * length;
}

function next(grain: Grain, at: number): number {
  if (grain === 'month') {
    const date = new Date(at / 1000);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) * 1000;
  }
  return at + { hour: HOUR, day: DAY, week: 7 * DAY }[grain];
}
