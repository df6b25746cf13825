import type { FunctionKey } from './generated/keys.ts';

/** A printed argument: safe to stand next to any operator. `optional` tells whether it may be null. */
export interface Argument {
  readonly sql: string;
  readonly optional: boolean;
}

type Printer = (...args: string[]) => string;

const NAN = "'nan'::DOUBLE";
const EARTH_RADIUS_KM = '6371.0088e0';
const local = (at: string, zone: string): string => `timezone(${zone}, ${at})`;
const call =
  (name: string): Printer =>
  (...args) =>
    `${name}(${args.join(', ')})`;
/** The same function of what the zone's clocks show. */
const zoned =
  (printer: Printer): Printer =>
  (at, zone) =>
    printer(local(at!, zone!));
const toDate: Printer = at => `CAST(${at} AS DATE)`;
const bigint = (x: string | undefined): string => `CAST(${x} AS BIGINT)`;
const radians = (degrees: string): string => `radians(${degrees})`;
const sine2 = (from: string, to: string): string => `pow(sin(${radians(`${to} - ${from}`)} / 2), 2)`;
/** DuckDB takes positions and counts of 32 bits; no text is longer. */
const position = (x: string, least: 0 | 1): string =>
  `CAST(least(greatest(${x}, ${least}), 2147483647) AS BIGINT)`;

/** Every library function as DuckDB writes it, to the meaning in `stdlib/`. Arguments are not null; see `strict`. */
const printers: Readonly<Record<FunctionKey, Printer>> = {
  hour_datetime: call('hour'),
  hour_timestamp_string: zoned(call('hour')),
  minute_datetime: call('minute'),
  minute_timestamp_string: zoned(call('minute')),
  second_datetime: call('second'),
  second_timestamp: call('second'),
  day_date: call('day'),
  day_datetime: call('day'),
  day_timestamp_string: zoned(call('day')),
  weekday_date: call('dayname'),
  weekday_datetime: call('dayname'),
  weekday_timestamp_string: zoned(call('dayname')),
  month_date: call('monthname'),
  month_datetime: call('monthname'),
  month_timestamp_string: zoned(call('monthname')),
  year_date: call('year'),
  year_datetime: call('year'),
  year_timestamp_string: zoned(call('year')),
  day_of_year_date: call('dayofyear'),
  day_of_year_datetime: call('dayofyear'),
  date_datetime: toDate,
  date_timestamp_string: zoned(toDate),
  local: (at, zone) => local(at!, zone!),
  seconds_between_datetime_datetime: (start, end) => `((epoch_us(${end}) - epoch_us(${start})) / 1e6)`,
  seconds_between_timestamp_timestamp: (start, end) => `((epoch_us(${end}) - epoch_us(${start})) / 1e6)`,
  days_between: (start, end) => `date_diff('day', ${start}, ${end})`,
  seconds: length => `(${length} / 1e3)`,
  hours: length => `(${length} / 3.6e6)`,
  days: length => `(${length} / 8.64e7)`,
  abs_int: call('abs'),
  abs_float: call('abs'),
  sign: x => `CAST(sign(${x}) AS BIGINT)`,
  least: call('least'),
  greatest: call('greatest'),
  clamp_int_int_int: (x, low, high) => `least(greatest(${x}, ${low}), ${high})`,
  clamp_float_float_float: (x, low, high) => `least(greatest(${x}, ${low}), ${high})`,
  div_int_int: (a, b) => `(${a} // ${b})`,
  // DuckDB calls the least int modulo -1 an overflow; it is 0, as modulo 1.
  mod: (a, b) => `(${a} % CASE WHEN ${b} = -1 THEN 1 ELSE ${b} END)`,
  round: call('round'),
  floor: call('floor'),
  ceil: call('ceil'),
  sqrt: x => `CASE WHEN ${x} < 0 THEN ${NAN} ELSE sqrt(${x}) END`,
  exp: call('exp'),
  log: x =>
    `CASE WHEN ${x} > 0 THEN ln(${x}) WHEN ${x} = 0 THEN '-inf'::DOUBLE WHEN ${x} < 0 THEN ${NAN} END`,
  // Precise near zero (Kahan; Higham, Accuracy and Stability of Numerical Algorithms, 1.14.1).
  log1p: x =>
    `CASE WHEN 1 + ${x} = 1 OR ${x} = 'inf'::DOUBLE THEN ${x} WHEN ${x} > -1 THEN ln(1 + ${x}) * (${x} / ((1 + ${x}) - 1)) ` +
    `WHEN ${x} = -1 THEN '-inf'::DOUBLE WHEN ${x} < -1 THEN ${NAN} END`,
  pow: call('pow'),
  sin: x => `CASE WHEN isinf(${x}) THEN ${NAN} ELSE sin(${x}) END`,
  cos: x => `CASE WHEN isinf(${x}) THEN ${NAN} ELSE cos(${x}) END`,
  is_nan: call('isnan'),
  is_finite: call('isfinite'),
  distance_km: (latitude1, longitude1, latitude2, longitude2) => {
    const along = `cos(${radians(latitude1!)}) * cos(${radians(latitude2!)}) * ${sine2(longitude1!, longitude2!)}`;
    // Beyond the poles the square may be negative.
    const square = `least(1, greatest(0, ${sine2(latitude1!, latitude2!)} + ${along}))`;
    // The difference of two finite angles may be infinite, of which DuckDB refuses the sine.
    const angles = [latitude1, latitude2, `${latitude2} - ${latitude1}`, `${longitude2} - ${longitude1}`];
    const finite = angles.map(x => `isfinite(${x})`).join(' AND ');
    return `CASE WHEN ${finite} THEN 2 * ${EARTH_RADIUS_KM} * asin(sqrt(${square})) ELSE ${NAN} END`;
  },
  lower: call('lower'),
  upper: call('upper'),
  trim: x => `trim(${x}, E' \\t\\r\\n')`,
  length: call('length'),
  substring: (x, start, count) => `substring(${x}, ${position(start!, 1)}, ${position(count!, 0)})`,
  starts_with: call('starts_with'),
  ends_with: call('ends_with'),
  contains: call('contains'),
  replace: call('replace'),
  split_part: (x, separator, part) =>
    `CASE WHEN ${part} >= 1 THEN CASE WHEN ${separator} <> '' THEN list_extract(string_split(${x}, ${separator}), ${part}) ` +
    `WHEN ${part} = 1 THEN ${x} END END`,
  concat: (...parts) => (parts.length === 0 ? "''" : `(${parts.join(' || ')})`),
  to_float_int: x => `CAST(${x} AS DOUBLE)`,
  to_float_string: x =>
    `CASE WHEN regexp_full_match(${x}, '[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?') ` +
    `AND isfinite(TRY_CAST(${x} AS DOUBLE)) THEN TRY_CAST(${x} AS DOUBLE) END`,
  to_int_bool: bigint,
  to_int_float: x => `CAST(trunc(${x}) AS BIGINT)`,
  to_int_string: x => `CASE WHEN regexp_full_match(${x}, '[+-]?[0-9]+') THEN TRY_CAST(${x} AS BIGINT) END`,
  to_string_bool: x => `CAST(${x} AS VARCHAR)`,
  to_string_int: x => `CAST(${x} AS VARCHAR)`,
  to_string_date: x => `CAST(${x} AS VARCHAR)`,
  to_string_any: x => x!,
  hash_string_string: (x, salt) => `sha256(${salt} || ${x})`,
  hash_int_string: (x, salt) => `sha256(${salt} || CAST(${x} AS VARCHAR))`,
  bucket_int_int: (x, width) => {
    const wide = `CAST(${x} AS HUGEINT)`;
    const floor = bigint(`${wide} - ((${wide} % ${width} + ${width}) % ${width})`);
    const refuse = `error('a bucket''s width is above zero, not ' || ${width})`;
    return /^(CAST\()?[1-9][0-9]*( AS BIGINT\))?$/.test(width!)
      ? floor
      : `CASE WHEN ${width} > 0 THEN ${floor} ELSE ${refuse} END`;
  },
  bucket_float_float: (x, width) => `(floor(${x} / ${width}) * ${width})`,
};

/** What lowering needs beyond the library: `__micros` of a moment, `__wall` the wall-clock time of a day, `__fail`. */
const internals: Readonly<Record<string, Printer>> = {
  __micros: at => `epoch_us(${at})`,
  __wall: day => `CAST(${day} AS TIMESTAMP)`,
  __fail: call('error'),
};

/** In these DuckDB's own function does not give null for every null. */
const notStrict: ReadonlySet<string> = new Set<FunctionKey>([
  'least',
  'greatest',
  'clamp_int_int_int',
  'clamp_float_float_float',
  'sqrt',
  'substring',
  'split_part',
  'distance_km',
  'bucket_int_int',
]);

/** A call of a library function. @throws if no declaration has that key, which a checked plan cannot hold */
export function functionSql(key: string, args: readonly Argument[]): string {
  const printer = printers[key as FunctionKey] ?? internals[key];
  if (printer === undefined) throw new Error(`the library has no function ${key}`);
  const sql = printer(...args.map(arg => arg.sql));
  const guarded = notStrict.has(key) ? args.filter(arg => arg.optional) : [];
  if (guarded.length === 0) return sql;
  return `CASE WHEN ${guarded.map(arg => `${arg.sql} IS NOT NULL`).join(' AND ')} THEN ${sql} END`;
}
