import type { NameSpace } from '../scope.ts';

/** What a name of another language is here: a name, or what is written in its place. */
export interface Meant {
  readonly name?: string;
  readonly hint?: string;
}

const otherwise = { hint: 'a value instead of null is written `value ?? instead`' };
const isNull = { hint: 'whether a value is missing is asked by `value is null` or `value is not null`' };
const choice = {
  hint: 'a choice is written `if condition then a else b`, or `match value { "a" => 1, _ => 0 }`',
};
const window = {
  hint: 'earlier rows are read by a window of time, as in `mean(value over 7d by key)`; ranks and numbers of rows there are none',
};
const clock = {
  hint: 'a spec has no clock: what is computed is as of the moment of prediction, `features … from … at moment`',
};
const membership = {
  hint: 'one of several values is asked by `value in {"a", "b"}`, a range by `value in 1..5`',
};
const pattern = { hint: 'a pattern is asked by `value matching r"…"`, which is for the whole text' };

const named = (name: string, ...words: readonly string[]): [string, Meant][] =>
  words.map(word => [word, { name }]);
const written = (meant: Meant, ...words: readonly string[]): [string, Meant][] =>
  words.map(word => [word, meant]);

/** Functions of SQL, pandas, Python and JavaScript, in lower case. */
const functions: ReadonlyMap<string, Meant> = new Map([
  ...named('length', 'len', 'char_length', 'strlen', 'size'),
  ...named('mean', 'avg', 'average'),
  ...named('stddev', 'std', 'stdev', 'stddev_samp'),
  ...named('count_distinct', 'nunique', 'n_distinct', 'approx_count_distinct'),
  ...named('quantile', 'percentile', 'percentile_cont', 'approx_quantile'),
  ...named('upper', 'ucase', 'uppercase', 'toupper'),
  ...named('lower', 'lcase', 'lowercase', 'tolower'),
  ...named('trim', 'strip', 'btrim'),
  ...named('substring', 'substr', 'slice', 'mid'),
  ...named('starts_with', 'startswith', 'starts'),
  ...named('ends_with', 'endswith', 'ends'),
  ...named('split_part', 'split'),
  ...named('concat', 'concatenate', 'join', 'format'),
  ...named('contains', 'includes', 'instr', 'strpos'),
  ...named('pow', 'power'),
  ...named('log', 'ln'),
  ...named('ceil', 'ceiling'),
  ...named('clamp', 'clip'),
  ...named('to_int', 'int', 'integer', 'bigint'),
  ...named('to_float', 'float', 'double', 'number'),
  ...named('to_string', 'str', 'string', 'text', 'varchar'),
  ...named('weekday', 'dayofweek', 'day_of_week', 'dow'),
  ...named('day_of_year', 'dayofyear', 'doy'),
  ...named('days_between', 'datediff', 'date_diff'),
  ...named('hash', 'sha256', 'md5', 'sha1'),
  ...written(otherwise, 'coalesce', 'ifnull', 'nvl', 'fillna', 'fill_null', 'zeroifnull'),
  ...written(isNull, 'isnull', 'isna', 'notna', 'notnull', 'is_null', 'is_not_null'),
  ...written(choice, 'iff', 'iif', 'ifelse', 'if_else', 'when', 'where', 'decode', 'case'),
  ...written(window, 'lag', 'lead', 'shift', 'rolling', 'rank', 'row_number', 'dense_rank', 'ntile'),
  ...written(clock, 'now', 'today', 'current_date', 'current_timestamp', 'getdate'),
  ...written(membership, 'isin', 'is_in', 'between'),
  ...written(pattern, 'like', 'rlike', 'regexp_like', 'regexp_matches', 'regex', 'match'),
]);

const values: ReadonlyMap<string, Meant> = new Map([
  ...named('true', 'True', 'TRUE', 'yes', 'Yes'),
  ...named('false', 'False', 'FALSE', 'no', 'No'),
  ...named('null', 'None', 'NULL', 'Null', 'nil', 'undefined', 'NaN', 'nan', 'NA'),
  ...written(clock, 'current_date', 'current_timestamp'),
]);

/** What a name that is not known may mean in another language. */
export const foreignWord = (name: string, space: NameSpace): Meant | undefined =>
  space === 'functions' ? functions.get(name.toLowerCase()) : values.get(name);
