import type { CallExpr, Expr } from '../../../compiler/plan/plan.ts';
import type { OperatorName } from '../../../compiler/semantics/overload-key.ts';
import type { AggregateKey, FunctionKey } from '../../../compiler/sql/generated/keys.ts';
import {
  aggregates,
  functions as of,
  type ScalarFunctions,
} from '../../../runtime/features/functions/index.ts';
import * as plan from '../../support/plan.ts';

/**
 * A small wrong change of every function, operator and aggregate, in each engine: what a hurried implementation would do.
 * The tables are typed by the library, so that one without a mutant does not compile.
 */

const DAY = 86_400_000_000;
const trunc = (at: number, unit: number): number => Math.trunc(at / unit);
const compared = (a: unknown, b: unknown): boolean => (a as number) <= (b as number);

export const typeScriptMutants: ScalarFunctions = {
  // Parts of a moment before 1970 by a remainder that keeps its sign.
  hour_datetime: at => trunc(at % DAY, 3_600_000_000) + 0,
  hour_timestamp_string: at => of.hour_datetime(at),
  minute_datetime: at => of.minute_datetime(at + 30_000_000),
  minute_timestamp_string: at => of.minute_datetime(at),
  second_datetime: at => of.second_datetime(at + 500_000),
  second_timestamp: at => trunc(at % 60_000_000, 1_000_000) || 59,
  day_date: at => of.day_date(at) - 1,
  day_datetime: at => of.day_date(trunc(at, DAY)),
  day_timestamp_string: at => of.day_datetime(at),
  weekday_date: at => of.weekday_date(at + 1),
  weekday_datetime: at => of.weekday_date(trunc(at, DAY)),
  weekday_timestamp_string: at => of.weekday_datetime(at),
  month_date: at => of.month_date(at + 5),
  month_datetime: at => of.month_date(Math.round(at / DAY) + 2),
  month_timestamp_string: at => of.month_datetime(at + 3 * DAY),
  year_date: at => of.year_date(at - 60),
  year_datetime: at => Math.trunc(at / DAY / 365.25) + 1970,
  year_timestamp_string: at => of.year_datetime(at + 40 * DAY),
  day_of_year_date: at => Math.min(of.day_of_year_date(at), 365) - 1 || 1,
  day_of_year_datetime: at => of.day_of_year_datetime(at) % 365,
  date_datetime: at => trunc(at, DAY) + 0,
  date_timestamp_string: at => of.date_datetime(at),
  local: at => at,
  seconds_between_datetime_datetime: (start, end) => Math.trunc((end - start) / 1e6),
  seconds_between_timestamp_timestamp: (start, end) => (start - end) / 1e6,
  days_between: (start, end) => Math.abs(Number(of.days_between(start, end))),
  seconds: length => Math.trunc(length / 1e3),
  hours: length => length / 1e3 / 3600,
  days: length => length / 8.64e7 + 1e-9,
  abs_int: x => (x === 0 ? 1 : of.abs_int(x)),
  abs_float: x => (x > -1 ? x : -x),
  sign: x => (x > 0 ? 1 : -1),
  least: (a, b) => (compared(a, b) ? a : b),
  greatest: (a, b) => (compared(b, a) ? a : b),
  clamp_int_int_int: (x, low, high) => of.greatest(of.least(x, high), low),
  clamp_float_float_float: (x, low, high) => Math.min(Math.max(x, low), high),
  div_int_int: (a, b) => (b === 0 ? null : Math.floor(Number(a) / Number(b))),
  mod: (a, b) => (b === 0 ? null : ((Number(a) % Number(b)) + Number(b)) % Number(b)),
  round: x => Math.round(x),
  floor: x => Math.trunc(x),
  ceil: x => Math.floor(x) + 1,
  sqrt: x => (x < 0 ? 0 : Math.sqrt(x)),
  exp: x => Math.exp(x) * (1 + 1e-10),
  log: x => (x <= 0 ? Number.NaN : Math.log(x)),
  log1p: x => Math.log(1 + x),
  pow: (base, exponent) => base ** exponent * (1 + 1e-10),
  sin: x => Math.sin(x % (2 * Math.PI)),
  cos: x => Math.cos(x) + 1e-10,
  is_nan: x => !Number.isFinite(x),
  is_finite: x => !Number.isNaN(x),
  distance_km: (a, b, c, d) => of.distance_km(a, b, c, d) * (6371 / 6371.0088),
  lower: text => text.toLowerCase(),
  upper: text => text.toUpperCase(),
  trim: text => text.trim(),
  length: text => text.length,
  substring: (text, start, count) => text.substr(Math.max(Number(start), 1) - 1, Math.max(Number(count), 0)),
  starts_with: (text, prefix) => prefix !== '' && text.startsWith(prefix),
  ends_with: (text, suffix) => suffix !== '' && text.endsWith(suffix),
  contains: (text, part) => part !== '' && text.includes(part),
  replace: (text, part, replacement) => text.replace(part, replacement),
  split_part: (text, separator, part) => text.split(separator)[Number(part) - 1] ?? null,
  concat: (...parts) => [...parts].reverse().join(''),
  to_float_int: x => Math.fround(Number(x)),
  to_float_string: x => (x.trim() === '' || Number.isNaN(Number(x)) ? null : Number(x)),
  to_int_bool: x => (x ? 0 : 1),
  to_int_float: x => of.to_int_float(Math.floor(x)),
  to_int_string: x => (/^-?[0-9]+$/.test(x) ? of.to_int_string(x) : null),
  to_string_bool: x => (x ? 'True' : 'False'),
  to_string_int: x => String(Number(x)),
  to_string_date: at => new Date(at * 86_400_000).toISOString().slice(2, 10),
  to_string_any: x => String(x).toLowerCase(),
  hash_string_string: (x, salt) => of.hash_string_string(salt, x),
  hash_int_string: (x, salt) => of.hash_string_string(String(Number(x)), salt).toUpperCase(),
  bucket_int_int: (x, width) => of.bucket_int_int(x < 0 ? of.abs_int(x) : x, width),
  bucket_float_float: (x, width) => Math.trunc(x / width) * width,
};

type SqlMutant = (sql: string, ...args: string[]) => string;
const shifted =
  (by: string): SqlMutant =>
  (sql, at) =>
    sql.replaceAll(at!, `(${at} + INTERVAL ${by})`);
const inUtc: SqlMutant = (sql, _at, zone) => sql.replaceAll(zone!, `'UTC'`);
const precise: SqlMutant = sql => `(${sql} * (1 + 1e-10::DOUBLE))`;

export const sqlMutants: Readonly<Record<FunctionKey, SqlMutant>> = {
  hour_datetime: shifted('30 MINUTES'),
  hour_timestamp_string: inUtc,
  minute_datetime: shifted('30 SECONDS'),
  minute_timestamp_string: inUtc,
  second_datetime: shifted('500 MILLISECONDS'),
  second_timestamp: shifted('500 MILLISECONDS'),
  day_date: (_, at) => `dayofweek(${at})`,
  day_datetime: shifted('12 HOURS'),
  day_timestamp_string: inUtc,
  weekday_date: (_, at) => `dayname(${at} + 1)`,
  weekday_datetime: shifted('12 HOURS'),
  weekday_timestamp_string: inUtc,
  month_date: (_, at) => `monthname(${at} + 5)`,
  month_datetime: shifted('5 DAYS'),
  month_timestamp_string: shifted('5 DAYS'),
  year_date: (_, at) => `isoyear(${at} + 40)`,
  year_datetime: shifted('40 DAYS'),
  year_timestamp_string: shifted('40 DAYS'),
  day_of_year_date: sql => `(${sql} % 365)`,
  day_of_year_datetime: shifted('12 HOURS'),
  date_datetime: shifted('12 HOURS'),
  date_timestamp_string: inUtc,
  local: inUtc,
  seconds_between_datetime_datetime: (_, start, end) =>
    `CAST(date_diff('second', ${start}, ${end}) AS DOUBLE)`,
  seconds_between_timestamp_timestamp: (_, start, end) =>
    `CAST(date_diff('second', ${start}, ${end}) AS DOUBLE)`,
  days_between: (_, start, end) => `abs(date_diff('day', ${start}, ${end}))`,
  seconds: (_, length) => `CAST(${length} // 1000 AS DOUBLE)`,
  hours: (_, length) => `(${length} / 1e3 / 3600)`,
  days: (_, length) => `CAST(${length} // 86400000 AS DOUBLE)`,
  abs_int: (_, x) => `greatest(${x}, -1)`,
  abs_float: (_, x) => `greatest(${x}, 0)`,
  sign: (_, x) => `CASE WHEN ${x} > 0 THEN 1 ELSE -1 END`,
  // Without what makes null of a null.
  least: (_, a, b) => `least(${a}, ${b}, ${a})`,
  greatest: (_, a, b) => `greatest(${a}, ${b})`,
  clamp_int_int_int: (_, x, low, high) => `greatest(least(${x}, ${high}), ${low})`,
  clamp_float_float_float: (_, x, low, high) => `greatest(least(${x}, ${high}), ${low})`,
  div_int_int: (_, a, b) => `CAST(floor(${a} / ${b}) AS BIGINT)`,
  mod: (_, a, b) => `((${a} % ${b} + ${b}) % ${b})`,
  round: (_, x) => `round_even(${x}, 0)`,
  floor: (_, x) => `trunc(${x})`,
  ceil: (_, x) => `(floor(${x}) + 1)`,
  sqrt: (_, x) => `sqrt(abs(${x}))`,
  exp: precise,
  log: (_, x) => `ln(nullif(greatest(${x}, 0), 0))`,
  log1p: (_, x) => `CASE WHEN 1 + ${x} > 0 THEN ln(1 + ${x}) END`,
  pow: precise,
  sin: (_, x) => `CASE WHEN isfinite(${x}) THEN sin(${x} % (2 * pi())) ELSE ${x} END`,
  cos: precise,
  is_nan: (_, x) => `(NOT isfinite(${x}))`,
  is_finite: (_, x) => `(NOT isnan(${x}))`,
  distance_km: sql => `(${sql} * (6371 / 6371.0088))`,
  lower: (_, x) => `upper(${x})`,
  upper: (_, x) => `replace(upper(${x}), 'ẞ', 'SS')`,
  trim: (_, x) => `trim(${x})`,
  length: (_, x) => `strlen(${x})`,
  substring: (_, x, start, count) => `substring(${x}, ${start}, ${count})`,
  starts_with: (_, x, prefix) => `(${prefix} <> '' AND starts_with(${x}, ${prefix}))`,
  ends_with: (_, x, suffix) => `(${suffix} <> '' AND ends_with(${x}, ${suffix}))`,
  contains: (_, x, part) => `(${part} <> '' AND contains(${x}, ${part}))`,
  replace: (_, x, part, replacement) => `replace(${x}, ${replacement}, ${part})`,
  split_part: (_, x, separator, part) =>
    `split_part(${x}, ${separator}, CAST(least(${part}, 2000000000) AS INTEGER))`,
  concat: (_, ...parts) => `concat(${parts.join(', ')}, ' ')`,
  to_float_int: (_, x) => `CAST(CAST(${x} AS FLOAT) AS DOUBLE)`,
  to_float_string: (_, x) => `TRY_CAST(trim(${x}) AS DOUBLE)`,
  to_int_bool: (_, x) => `CAST(NOT ${x} AS BIGINT)`,
  to_int_float: (_, x) => `CAST(${x} AS BIGINT)`,
  to_int_string: (_, x) => `TRY_CAST(${x} AS BIGINT)`,
  to_string_bool: (_, x) => `CAST(CAST(${x} AS INTEGER) AS VARCHAR)`,
  to_string_int: (_, x) => `CAST(CAST(${x} AS DOUBLE) AS VARCHAR)`,
  to_string_date: (_, x) => `strftime(${x}, '%d.%m.%Y')`,
  to_string_any: (_, x) => `lower(${x})`,
  hash_string_string: (_, x, salt) => `sha256(${x} || ${salt} || ' ')`,
  hash_int_string: (_, x, salt) => `sha256(CAST(${x} AS VARCHAR) || ${salt} || ' ')`,
  bucket_int_int: (_, x, width) => `(${x} // ${width} * ${width})`,
  bucket_float_float: (_, x, width) => `(trunc(${x} / ${width}) * ${width})`,
};

type Rewriting = (call: CallExpr) => Expr;
const to =
  (fn: OperatorName): Rewriting =>
  call => ({ ...call, fn });
const negated: Rewriting = call => plan.call('neg', call.type, call);
const opposite: Rewriting = call => plan.call('not', call.type, call);

/** The operator as another tree, which either engine may be given. */
export const operatorMutants: Readonly<Record<OperatorName, Rewriting>> = {
  add: to('sub'),
  sub: to('add'),
  mul: negated,
  div: negated,
  neg: call => call.args[0]!,
  eq: to('ne'),
  ne: to('eq'),
  lt: to('le'),
  le: to('lt'),
  gt: to('ge'),
  ge: to('gt'),
  and: to('or'),
  or: to('and'),
  not: call => call.args[0]!,
  coalesce: call => call.args[0]!,
  if: ({ args: [condition, then, otherwise], ...call }) => ({
    ...call,
    args: [condition!, otherwise!, then!],
  }),
  in_range: ({ args: [x, low, high], type }) =>
    plan.call('and', type, plan.call('ge', type, x!, low!), plan.call('lt', type, x!, high!)),
  in_set: call => (call.args.length > 2 ? { ...call, args: call.args.slice(0, -1) } : opposite(call)),
  matching: opposite,
  is_null: opposite,
  list: call => ({ ...call, args: [...call.args].reverse() }),
};

export const aggregateMutants: typeof aggregates = {
  count: rows => rows.length + 1,
  count_any: x => x.length,
  count_distinct: x => new Set(x).size,
  sum_int: x => aggregates.sum_int(x) ?? 0,
  sum_float: x => x.reduce<number>((sum, value) => Math.fround(sum + Number(value)), 0),
  mean: x => aggregates.sum_float(x)! / x.length,
  min: x => aggregates.max(x),
  max: x => aggregates.min(x),
  stddev: x => aggregates.stddev(x.slice(1)),
  median: x => (aggregates.sum_float(x) ?? 0) / Math.max(1, x.length),
  quantile: (x, q) => aggregates.quantile(x, 1 - q),
  share: x => x.filter(value => value === true).length / x.length,
  any: x => x.includes(true),
  all: x => !x.includes(false),
  first: x => x[0] ?? null,
  last: x => x.at(-1) ?? null,
};

/** By the value's SQL and the filter behind the call. */
export const sqlAggregateMutants: Readonly<Record<AggregateKey, (x: string, filter: string) => string>> = {
  count: (_, filter) => `count(*)${filter} + 1`,
  count_any: (_, filter) => `count(*)${filter}`,
  count_distinct: (x, filter) => `count(${x})${filter}`,
  sum_int: (x, filter) => `coalesce(sum(${x})${filter}, 0)`,
  sum_float: (x, filter) => `sum(CAST(CAST(${x} AS FLOAT) AS DOUBLE))${filter}`,
  mean: (x, filter) => `avg(CAST(${x} AS DOUBLE))${filter}`,
  min: (x, filter) => `max(${x})${filter}`,
  max: (x, filter) => `min(${x})${filter}`,
  stddev: (x, filter) => `stddev_pop(CASE WHEN abs(${x}) < 1e100 THEN ${x} END)${filter}`,
  median: (x, filter) => `quantile_disc(${x}, 0.5)${filter}`,
  quantile: (x, filter) => `quantile_disc(${x}, 0.3)${filter}`,
  share: (x, filter) => `avg(CAST(coalesce(${x}, false) AS INTEGER))${filter}`,
  any: (x, filter) => `bool_and(${x})${filter}`,
  all: (x, filter) => `bool_or(${x})${filter}`,
  first: (x, filter) => `arg_max(${x}, id)${filter}`,
  last: (x, filter) => `arg_min(${x}, id)${filter}`,
};
