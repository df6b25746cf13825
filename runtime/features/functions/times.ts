import type { Month, ScalarFunctions, Weekday } from './generated/signatures.ts';
import { type CalendarDate, type Datetime, MICROSECONDS_A_DAY, RowError, type Timestamp } from './values.ts';

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;

const WEEKDAYS: readonly Weekday[] = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
];
const MONTHS: readonly Month[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Functions of times, one for each declaration of `stdlib/prelude.mlp`, where their meaning is written. */
export const timeFunctions = {
  hour_datetime: at => hourOf(at),
  hour_timestamp_string: (at, zone) => hourOf(localTime(at, zone)),
  minute_datetime: at => minuteOf(at),
  minute_timestamp_string: (at, zone) => minuteOf(localTime(at, zone)),
  second_datetime: at => secondOf(at),
  second_timestamp: at => secondOf(at),
  day_date: at => civil(at).day,
  day_datetime: at => civil(dayOf(at)).day,
  day_timestamp_string: (at, zone) => civil(dayOf(localTime(at, zone))).day,
  weekday_date: at => weekdayOf(at),
  weekday_datetime: at => weekdayOf(dayOf(at)),
  weekday_timestamp_string: (at, zone) => weekdayOf(dayOf(localTime(at, zone))),
  month_date: at => monthOf(at),
  month_datetime: at => monthOf(dayOf(at)),
  month_timestamp_string: (at, zone) => monthOf(dayOf(localTime(at, zone))),
  year_date: at => civil(at).year,
  year_datetime: at => civil(dayOf(at)).year,
  year_timestamp_string: (at, zone) => civil(dayOf(localTime(at, zone))).year,
  day_of_year_date: at => dayOfYear(at),
  day_of_year_datetime: at => dayOfYear(dayOf(at)),
  date_datetime: at => dayOf(at),
  date_timestamp_string: (at, zone) => dayOf(localTime(at, zone)),
  local: (at, zone) => localTime(at, zone),
  seconds_between_datetime_datetime: (start, end) => (end - start) / 1e6,
  seconds_between_timestamp_timestamp: (start, end) => (end - start) / 1e6,
  days_between: (start, end) => end - start,
  seconds: length => length / 1e3,
  hours: length => length / 3.6e6,
  days: length => length / 8.64e7,
  to_string_date: at => dateText(at),
} satisfies Partial<ScalarFunctions>;

/** The remainder with the sign of the divisor, so that moments before 1970 have their parts too. */
const modulo = (a: number, b: number): number => ((a % b) + b) % b;

const dayOf = (at: Datetime): CalendarDate => Math.floor(at / MICROSECONDS_A_DAY);
const hourOf = (at: Datetime): number => Math.floor(modulo(at, MICROSECONDS_A_DAY) / HOUR);
const minuteOf = (at: Datetime): number => Math.floor(modulo(at, HOUR) / MINUTE);
const secondOf = (at: Datetime): number => Math.floor(modulo(at, MINUTE) / 1_000_000);
const weekdayOf = (day: CalendarDate): Weekday => WEEKDAYS[modulo(day + 3, 7)]!;
const monthOf = (day: CalendarDate): Month => MONTHS[civil(day).month - 1]!;
const dayOfYear = (day: CalendarDate): number => day - daysFromCivil(civil(day).year, 1, 1) + 1;

/** Year, month and day of a day number, proleptic Gregorian (Hinnant, "chrono-compatible low-level date algorithms"). */
export function civil(day: CalendarDate): {
  readonly year: number;
  readonly month: number;
  readonly day: number;
} {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const part = Math.floor((5 * ofYear + 2) / 153);
  const month = part < 10 ? part + 3 : part - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * part + 2) / 5) + 1,
  };
}

/** The day number of a date, proleptic Gregorian (Hinnant). */
export function daysFromCivil(year: number, month: number, day: number): CalendarDate {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const ofEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + ofYear;
  return era * 146_097 + ofEra - 719_468;
}

/** `2001-03-01`; years beyond four digits are written out, and those before 1 as `0045-03-15 (BC)`. */
export function dateText(at: CalendarDate): string {
  const { year, month, day } = civil(at);
  const number = year > 0 ? year : 1 - year;
  const text = [String(number).padStart(4, '0'), two(month), two(day)].join('-');
  return year > 0 ? text : `${text} (BC)`;
}
const two = (value: number): string => String(value).padStart(2, '0');

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  try {
    const clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    clocks.set(zone, clock);
    return clock;
  } catch {
    throw new RowError(`there is no time zone ${JSON.stringify(zone)}`);
  }
}

/** What a zone's clocks show, by the time zone data of the JavaScript engine. */
function localTime(at: Timestamp, zone: string): Datetime {
  if (zone === 'UTC') return at;
  const seconds = Math.floor(at / 1e6);
  return at + offsetSeconds(seconds, zone) * 1e6;
}

let last = { start: Number.NaN, zone: '', offset: 0 };

const QUARTER = 900;

/** Seconds to add to UTC. A quarter of an hour at whose ends it is the same has it throughout, and is looked up once. */
function offsetSeconds(seconds: number, zone: string): number {
  const start = Math.floor(seconds / QUARTER) * QUARTER;
  if (last.start === start && last.zone === zone) return last.offset;
  const offset = offsetAt(start, zone);
  if (offset !== offsetAt(start + QUARTER - 1, zone)) return offsetAt(seconds, zone);
  last = { start, zone, offset };
  return offset;
}

function offsetAt(seconds: number, zone: string): number {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of clockOf(zone).formatToParts(seconds * 1000)) parts[type] = value;
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts[type]);
  const year = parts.era?.startsWith('B') ? 1 - of('year') : of('year');
  const days = daysFromCivil(year, of('month'), of('day'));
  return days * 86_400 + of('hour') * 3600 + of('minute') * 60 + of('second') - seconds;
}
