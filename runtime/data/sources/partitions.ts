import type { Source } from '../../../compiler/plan/plan.ts';

export type Partition = NonNullable<Source['partition']>;

/** [start, end) of a partition, milliseconds since 1970; cut in UTC, weeks from Monday. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Interval {
  readonly from: string | null;
  readonly to: string | null;
}

const hour = 3_600_000;
const day = 24 * hour;

/** The partition that an instant lies in. */
export function spanOf(instant: number, grain: Partition['grain']): Span {
  if (grain === 'monthly') {
    const at = new Date(instant);
    const month = (more: number): number => Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + more, 1);
    return { start: month(0), end: month(1) };
  }
  // 1970 began on a Thursday.
  const [length, first] = grain === 'hourly' ? [hour, 0] : grain === 'daily' ? [day, 0] : [7 * day, 4 * day];
  const start = Math.floor((instant - first) / length) * length + first;
  return { start, end: start + length };
}

/** The partitions of [from, to), in order. */
export function spansOf(from: number, to: number, grain: Partition['grain']): readonly Span[] {
  const spans: Span[] = [];
  for (let span = spanOf(from, grain); span.start < to; span = spanOf(span.end, grain)) spans.push(span);
  return spans;
}

/**
 * Whether a path may hold rows of the interval: a folder `column=value` on its way says of which partition the file is,
 * as Hive and what came after write them. Without such a folder it may.
 */
export function inInterval(path: string, { column, grain }: Partition, { from, to }: Interval): boolean {
  if (from === null && to === null) return true;
  const value = path
    .split('/')
    .map(segment => /^([^=]+)=(.*)$/s.exec(segment))
    .find(match => match !== null && decoded(match[1]!) === column)?.[2];
  const instant = value === undefined ? Number.NaN : instantOf(decoded(value));
  if (Number.isNaN(instant)) return true;
  const { start, end } = spanOf(instant, grain);
  return (from === null || end > Date.parse(from)) && (to === null || start < Date.parse(to));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `2001-03`, `2001-03-01`, `2001-03-01T18`, `2001-03-01 18:00:00`: UTC. */
function instantOf(text: string): number {
  const [, date, time] = /^(\d{4}-\d{2}(?:-\d{2})?)(?:[T ](\d{2}(?::\d{2}){0,2}))?Z?$/.exec(text) ?? [];
  if (date === undefined) return Number.NaN;
  const whole = date.length === 7 ? `${date}-01` : date;
  return Date.parse(`${whole}T${`${time ?? '00'}:00:00`.slice(0, 8)}Z`);
}
