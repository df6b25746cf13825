// Generated from stdlib/ by scripts/generate-library.ts; npm run generate.

import type { CalendarDate, Datetime, Duration, Int, Scalar, Timestamp } from '../values.ts';

/** A day of the week. */
export type Weekday =
  | 'Monday'
  | 'Tuesday'
  | 'Wednesday'
  | 'Thursday'
  | 'Friday'
  | 'Saturday'
  | 'Sunday';

/** A month of the year. */
export type Month =
  | 'January'
  | 'February'
  | 'March'
  | 'April'
  | 'May'
  | 'June'
  | 'July'
  | 'August'
  | 'September'
  | 'October'
  | 'November'
  | 'December';

/** The library functions by the key of their declaration. Strict parameters never see null. */
export interface ScalarFunctions {
  /** The hour of the day, 0 to 23. */
  hour_datetime(at: Datetime): number;
  /** The hour of the day on the clock of a time zone, 0 to 23. */
  hour_timestamp_string(at: Timestamp, zone: string): number;
  /** The minute of the hour, 0 to 59. */
  minute_datetime(at: Datetime): number;
  /** The minute of the hour on the clock of a time zone, 0 to 59. */
  minute_timestamp_string(at: Timestamp, zone: string): number;
  /** The whole second of the minute, 0 to 59. */
  second_datetime(at: Datetime): number;
  /** The whole second of the minute, 0 to 59. */
  second_timestamp(at: Timestamp): number;
  /** The day of the month, 1 to 31. */
  day_date(at: CalendarDate): number;
  /** The day of the month, 1 to 31. */
  day_datetime(at: Datetime): number;
  /** The day of the month in a time zone, 1 to 31. */
  day_timestamp_string(at: Timestamp, zone: string): number;
  /** The day of the week. */
  weekday_date(at: CalendarDate): Weekday;
  /** The day of the week. */
  weekday_datetime(at: Datetime): Weekday;
  /** The day of the week in a time zone. */
  weekday_timestamp_string(at: Timestamp, zone: string): Weekday;
  /** The month of the year. */
  month_date(at: CalendarDate): Month;
  /** The month of the year. */
  month_datetime(at: Datetime): Month;
  /** The month of the year in a time zone. */
  month_timestamp_string(at: Timestamp, zone: string): Month;
  /** The year of the proleptic Gregorian calendar. */
  year_date(at: CalendarDate): Int;
  /** The year of the proleptic Gregorian calendar. */
  year_datetime(at: Datetime): Int;
  /** The year of the proleptic Gregorian calendar in a time zone. */
  year_timestamp_string(at: Timestamp, zone: string): Int;
  /** The day of the year, 1 to 366. */
  day_of_year_date(at: CalendarDate): number;
  /** The day of the year, 1 to 366. */
  day_of_year_datetime(at: Datetime): number;
  /** The calendar day of a wall-clock time. */
  date_datetime(at: Datetime): CalendarDate;
  /** The calendar day of an instant in a time zone. */
  date_timestamp_string(at: Timestamp, zone: string): CalendarDate;
  /** What the clocks of a time zone show at an instant. */
  local(at: Timestamp, zone: string): Datetime;
  /** The seconds from one moment to another, with a fraction; negative when the second lies earlier. */
  seconds_between_datetime_datetime(start: Datetime, end: Datetime): number;
  /** The seconds from one moment to another, with a fraction; negative when the second lies earlier. */
  seconds_between_timestamp_timestamp(start: Timestamp, end: Timestamp): number;
  /** The days from one day to another; negative when the second lies earlier. */
  days_between(start: CalendarDate, end: CalendarDate): Int;
  /** The length of a duration in seconds. */
  seconds(length: Duration): number;
  /** The length of a duration in hours. */
  hours(length: Duration): number;
  /** The length of a duration in days of 24 hours. */
  days(length: Duration): number;
  /** The number without its sign. */
  abs_int(x: Int): Int;
  /** The number without its sign. */
  abs_float(x: number): number;
  /** -1, 0 or 1 as the number is negative, zero or positive. */
  sign(x: Int): number;
  /** The smaller of two values; of texts, the one whose code points come first. */
  least<T extends Scalar>(a: T, b: T): T;
  /** The greater of two values; of texts, the one whose code points come last. */
  greatest<T extends Scalar>(a: T, b: T): T;
  /** The value, or the nearest end of low..high where it lies outside. Where low is above high, high. */
  clamp_int_int_int(x: Int, low: Int, high: Int): Int;
  /** The value, or the nearest end of low..high where it lies outside. Where low is above high, high. */
  clamp_float_float_float(x: number, low: number, high: number): number;
  /** The quotient of whole numbers, cut towards zero; null for a divisor of zero. */
  div_int_int(a: Int, b: Int): Int | null;
  /** What `div` leaves, with the sign of the dividend; null for a divisor of zero. */
  mod(a: Int, b: Int): Int | null;
  /** The nearest whole number, halves away from zero. */
  round(x: number): number;
  /** The greatest whole number that is not above it. */
  floor(x: number): number;
  /** The least whole number that is not below it. */
  ceil(x: number): number;
  /** The square root; nan for a negative number. */
  sqrt(x: number): number;
  /** e to the power of x. */
  exp(x: number): number;
  /** The natural logarithm; minus infinity for zero, nan below it. */
  log(x: number): number;
  /** The natural logarithm of 1 + x, precise near zero; minus infinity for -1, nan below it. */
  log1p(x: number): number;
  /** The base raised to an exponent, as IEEE 754 `pow`: 1 for an exponent of zero. */
  pow(base: number, exponent: number): number;
  /** The sine; nan for an infinite angle. */
  sin(x: number): number;
  /** The cosine; nan for an infinite angle. */
  cos(x: number): number;
  /** Whether a number is nan. */
  is_nan(x: number): boolean;
  /** Whether a number is neither nan nor infinite. */
  is_finite(x: number): boolean;
  /** The great-circle distance on a sphere of the Earth's mean radius 6371.0088 km, by the haversine formula. */
  distance_km(latitude1: number, longitude1: number, latitude2: number, longitude2: number): number;
  /** The text in lower case, each code point by Unicode's simple mapping. */
  lower(text: string): string;
  /** The text in upper case, each code point by Unicode's simple mapping. */
  upper(text: string): string;
  /** The text without spaces, tabs and line ends at its two ends. */
  trim(text: string): string;
  /** The number of code points. */
  length(text: string): Int;
  /** A part of a text. A start below 1 counts as 1, a count below 0 as 0. */
  substring(text: string, start: Int, count: Int): string;
  /** Whether a text begins with another. */
  starts_with(text: string, prefix: string): boolean;
  /** Whether a text ends with another. */
  ends_with(text: string, suffix: string): boolean;
  /** Whether a text holds another. */
  contains(text: string, part: string): boolean;
  /** The text with every occurrence of a part replaced, from left to right. An empty part occurs nowhere. */
  replace(text: string, part: string, replacement: string): string;
  /** One of the parts between separators; null where there is no such part. An empty separator occurs nowhere. */
  split_part(text: string, separator: string, part: Int): string | null;
  /** The texts one after the other. */
  concat(...parts: readonly string[]): string;
  /** The nearest float. */
  to_float_int(x: Int): number;
  /** The number that a text writes in decimal, such as "-1.5" or "2e3"; null where it writes none, or one too large. */
  to_float_string(x: string): number | null;
  /** 1 for true, 0 for false. */
  to_int_bool(x: boolean): number;
  /** The whole number towards zero; nan, infinity and what is beyond 64 bits are errors of the row. */
  to_int_float(x: number): Int;
  /** The whole number that a text writes in decimal digits; null where it writes none, or one beyond 64 bits. */
  to_int_string(x: string): Int | null;
  /** "true" or "false". */
  to_string_bool(x: boolean): string;
  /** The number in decimal digits. */
  to_string_int(x: Int): string;
  /** The day as "2001-03-01". */
  to_string_date(x: CalendarDate): string;
  /** An enum's member as text; a text as it is. */
  to_string_any<T extends Scalar>(x: T): string;
  /**
   * A text that stands for another, always the same one for the same text: the SHA-256 of salt and text, 64 hexadecimal
   * digits. Without a secret salt, whoever can guess a text can also recognise it.
   */
  hash_string_string(x: string, salt: string): string;
  /** A text that stands for a whole number: the SHA-256 of salt and decimal digits, 64 hexadecimal digits. */
  hash_int_string(x: Int, salt: string): string;
  /** The greatest multiple of the width that is not above the number: 47 in buckets of 10 is 40. */
  bucket_int_int(x: Int, width: Int): Int;
  /** The greatest multiple of the width that is not above the number. */
  bucket_float_float(x: number, width: number): number;
}

/** A float, or an int that is taken as it is, exactly. */
export type Numeric = number | bigint;

/**
 * The aggregates by the key of their declaration. The first argument has one entry for each row, null where the row has no
 * value, and those entries are left out; its order matters to `first` and `last` alone: by event time, then by the whole row.
 * Null is what there is none of: no value, or too few.
 */
export interface AggregateFunctions {
  /** The number of rows. */
  count(rows: readonly unknown[]): number;
  /** The number of rows in which the value is not null. */
  count_any<T extends Scalar>(x: readonly (T | null)[]): number;
  /** The number of different values. */
  count_distinct<T extends Scalar>(x: readonly (T | null)[]): number;
  /** The total. */
  sum_int(x: readonly (Int | null)[]): Int | null;
  /** The total. */
  sum_float(x: readonly (Numeric | null)[]): number | null;
  /** The arithmetic mean. */
  mean(x: readonly (Numeric | null)[]): number | null;
  /** The least value. */
  min<T extends Scalar>(x: readonly (T | null)[]): T | null;
  /** The greatest value. */
  max<T extends Scalar>(x: readonly (T | null)[]): T | null;
  /** The standard deviation of a sample (divided by n - 1); of fewer than two values there is none. */
  stddev(x: readonly (Numeric | null)[]): number | null;
  /** The middle value; the mean of the two in the middle of an even number. */
  median(x: readonly (Numeric | null)[]): number | null;
  /** The value below which a share of the values lies, between neighbours by linear interpolation. */
  quantile(x: readonly (Numeric | null)[], q: number): number | null;
  /** The share of rows in which the condition is true, among those in which it is not null. */
  share(x: readonly (boolean | null)[]): number | null;
  /** Whether the condition is true in a row. */
  any(x: readonly (boolean | null)[]): boolean | null;
  /** Whether the condition is true in every row. */
  all(x: readonly (boolean | null)[]): boolean | null;
  /** The value of the earliest row by event time; among rows of one time, that of the least row. */
  first<T extends Scalar>(x: readonly (T | null)[]): T | null;
  /** The value of the latest row by event time; among rows of one time, that of the greatest row. */
  last<T extends Scalar>(x: readonly (T | null)[]): T | null;
}
