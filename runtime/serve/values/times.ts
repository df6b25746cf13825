import { civil, daysFromCivil } from '../../features/functions/calendar.ts';
import { MICROSECONDS_A_DAY } from '../../features/functions/values.ts';

/** Why a text is no time of its kind, in words that follow "it". */
export class NoTime {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

const day = /^(\d{4})-(\d{2})-(\d{2})$/;
const clock =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

/** `2001-03-01` as days since 1970-01-01. */
export function parseDate(text: string): number | NoTime {
  const parts = day.exec(text);
  if (!parts) return new NoTime('is not written as 2001-03-01');
  return dayNumber(Number(parts[1]), Number(parts[2]), Number(parts[3]));
}

/** `2001-03-01T18:15:00.250` of a wall clock, without an offset, as microseconds since 1970. */
export const parseDatetime = (text: string): number | NoTime => parseClock(text, 'datetime');
/** `2001-03-01T18:15:00Z` or with an offset as microseconds since 1970 in UTC. */
export const parseTimestamp = (text: string): number | NoTime => parseClock(text, 'timestamp');

function parseClock(text: string, kind: 'datetime' | 'timestamp'): number | NoTime {
  const parts = clock.exec(text);
  const form = kind === 'datetime' ? '2001-03-01T18:15:00' : '2001-03-01T18:15:00Z';
  if (!parts) return new NoTime(`is not written as ${form}`);
  const [, year, month, date, hour, minute, second = '0', fraction = '', zone] = parts;
  if (kind === 'datetime' && zone !== undefined)
    return new NoTime('has an offset, and a wall-clock time has none');
  if (kind === 'timestamp' && zone === undefined)
    return new NoTime('has no offset: end it with Z or one such as +01:00');
  const days = dayNumber(Number(year), Number(month), Number(date));
  if (days instanceof NoTime) return days;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    return new NoTime('has an hour, minute or second that no clock shows');
  if (fraction.length > 6) return new NoTime('has more than six digits of a second');
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offsetSeconds(zone);
  const exact =
    BigInt(days) * BigInt(MICROSECONDS_A_DAY) +
    BigInt(seconds) * 1_000_000n +
    BigInt(fraction.padEnd(6, '0'));
  const micros = Number(exact);
  return BigInt(micros) === exact ? micros : new NoTime('is finer than can be held that far from today');
}

const offsetSeconds = (zone: string | undefined): number =>
  zone === undefined || zone === 'Z'
    ? 0
    : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60);

function dayNumber(year: number, month: number, date: number): number | NoTime {
  if (year < 1) return new NoTime('lies before the year 1');
  const days = month >= 1 && month <= 12 && date >= 1 ? daysFromCivil(year, month, date) : Number.NaN;
  const back = Number.isNaN(days) ? undefined : civil(days);
  return back?.month === month && back.day === date ? days : new NoTime('is a day that does not exist');
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `2001-03-01` of days since 1970-01-01. */
export function formatDate(days: number): string {
  const { year, month, day: date } = civil(days);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(date)}`;
}

/** `2001-03-01T18:15:00` of microseconds since 1970; digits of a second only where there are any. */
export function formatDatetime(micros: number): string {
  const days = Math.floor(micros / MICROSECONDS_A_DAY);
  const rest = micros - days * MICROSECONDS_A_DAY;
  const seconds = Math.floor(rest / 1e6);
  const fraction = rest - seconds * 1e6;
  const digits = fraction === 0 ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${formatDate(days)}T${two(hour)}:${two(minute)}:${two(seconds % 60)}${digits}`;
}

export const formatTimestamp = (micros: number): string => `${formatDatetime(micros)}Z`;
