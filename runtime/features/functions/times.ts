import { civil, daysFromCivil } from './calendar.ts';
import type { Month, ScalarFunctions, Weekday } from './generated/signatures.ts';
import { type CalendarDate, type Datetime, MICROSECONDS_A_DAY, type Timestamp } from './values.ts';
import { offsetAt } from './zones.ts';

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

/** `2001-03-01`; years beyond four digits are written out, and those before 1 as `0045-03-15 (BC)`. */
export function dateText(at: CalendarDate): string {
  const { year, month, day } = civil(at);
  const number = year > 0 ? year : 1 - year;
  const text = [String(number).padStart(4, '0'), two(month), two(day)].join('-');
  return year > 0 ? text : `${text} (BC)`;
}
const two = (value: number): string => String(value).padStart(2, '0');

/** What a zone's clocks show. */
function localTime(at: Timestamp, zone: string): Datetime {
  if (zone === 'UTC') return at;
  return at + offsetAt(Math.floor(at / 1e6), zone) * 1e6;
}
