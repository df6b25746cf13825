import { type Int, intOf } from '../../features/functions/values.ts';
import { describeValue, Problem, problemCodes } from './problem.ts';
import {
  formatDate,
  formatDatetime,
  formatTimestamp,
  NoTime,
  parseDate,
  parseDatetime,
  parseTimestamp,
} from './times.ts';

/** Reads a value of one type out of JSON, as `runtime/features/functions/values.ts` holds it, or says what is wrong. */
export interface ValueReader<T> {
  read(json: unknown): T | Problem;
  /** The value in JSON again. */
  write(value: T): JsonValue;
}
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Both ends belong to it. */
export interface Range<T> {
  readonly from?: T;
  readonly to?: T;
}

/** Half of a character above U+FFFF, which no UTF-8 can hold. */
const loneSurrogate = /\p{Surrogate}/u;

const wrongType = (json: unknown, wanted: string, hint?: string): Problem =>
  new Problem(problemCodes.type, `is ${describeValue(json)}, not ${wanted}`, hint);
const outside = (what: string): Problem => new Problem(problemCodes.outside, what);

function bounded<T extends Int>(value: T, range: Range<Int>, shown: (value: Int) => string): T | Problem {
  if (range.from !== undefined && value < range.from)
    return outside(`is ${shown(value)}, below ${shown(range.from)}`);
  if (range.to !== undefined && value > range.to)
    return outside(`is ${shown(value)}, above ${shown(range.to)}`);
  return value;
}

const bool: ValueReader<boolean> = {
  read: json => (typeof json === 'boolean' ? json : wrongType(json, 'true or false')),
  write: value => value,
};

/** A whole number; one beyond 2^53 is decimal text, as a number of JSON would not be exact. */
function int(options: Range<Int> & { readonly among?: readonly Int[] } = {}): ValueReader<Int> {
  const allowed = options.among === undefined ? undefined : new Set(options.among);
  return {
    read(json) {
      const value = typeof json === 'string' ? intOfText(json) : intOfNumber(json);
      if (value instanceof Problem) return value;
      if (allowed && !allowed.has(value)) return notAmong(value, options.among ?? []);
      return bounded(value, options, String);
    },
    write: value => (typeof value === 'bigint' ? String(value) : value),
  };
}

function intOfNumber(json: unknown): Int | Problem {
  if (typeof json !== 'number') return wrongType(json, 'a whole number');
  if (Number.isSafeInteger(json)) return json + 0;
  if (!Number.isInteger(json)) return wrongType(json, 'a whole number');
  const hint = 'a number of JSON is not exact beyond 2^53: write it as text';
  return wrongType(json, 'a whole number that is exact', hint);
}

function intOfText(text: string): Int | Problem {
  if (!/^-?(?:0|[1-9]\d{0,18})$/.test(text)) return wrongType(text, 'a whole number of 64 bits');
  const value = BigInt(text);
  return value === BigInt.asIntN(64, value) ? intOf(value) : wrongType(text, 'a whole number of 64 bits');
}

function float(options: Range<number> & { readonly among?: readonly number[] } = {}): ValueReader<number> {
  const allowed = options.among === undefined ? undefined : new Set(options.among);
  return {
    read(json) {
      // What is written as 1e999 is read as infinity.
      if (typeof json !== 'number' || !Number.isFinite(json)) return wrongType(json, 'a finite number');
      if (allowed && !allowed.has(json)) return notAmong(json, options.among ?? []);
      return bounded(json, options, String);
    },
    write: value => (Number.isFinite(value) ? value : null),
  };
}

/** Text that, as a whole, matches a pattern or is one of several. */
function text<T extends string = string>(
  options: { readonly matching?: RegExp; readonly among?: readonly T[] } = {},
): ValueReader<T> {
  const { matching, among } = options;
  const allowed = among === undefined ? undefined : new Set<string>(among);
  return {
    read(json) {
      if (typeof json !== 'string') return wrongType(json, 'text');
      if (loneSurrogate.test(json))
        return wrongType(json, 'text: half of a surrogate pair stands alone in it');
      if (allowed && !allowed.has(json)) return notAmong(json, among ?? []);
      if (matching && !matching.test(json))
        return outside(`is ${describeValue(json)}, which does not match the pattern`);
      return json as T;
    },
    write: value => value,
  };
}

function notAmong(value: Int | string, among: readonly (Int | string)[]): Problem {
  const near =
    typeof value === 'string'
      ? among.find(one => String(one).toLowerCase() === value.toLowerCase())
      : undefined;
  return new Problem(
    problemCodes.outside,
    `is ${describeValue(value)}, which is none of the allowed values`,
    near === undefined ? undefined : `did you mean ${describeValue(near)}?`,
  );
}

/** A member of an enum. */
const member = <T extends string>(...members: readonly T[]): ValueReader<T> => text({ among: members });

interface TimeKind {
  readonly parse: (text: string) => number | NoTime;
  readonly format: (value: number) => string;
  readonly wanted: string;
}
const timeKinds = {
  date: { parse: parseDate, format: formatDate, wanted: 'a date such as "2001-03-01"' },
  datetime: {
    parse: parseDatetime,
    format: formatDatetime,
    wanted: 'a wall-clock time such as "2001-03-01T18:15:00"',
  },
  timestamp: {
    parse: parseTimestamp,
    format: formatTimestamp,
    wanted: 'an instant such as "2001-03-01T18:15:00Z"',
  },
} as const satisfies Record<string, TimeKind>;

/** Times as ISO text; so are the ends of their range. */
function time({ parse, format, wanted }: TimeKind, range: Range<string>): ValueReader<number> {
  const bound = (iso: string | undefined): { readonly value?: number } => {
    const value = iso === undefined ? undefined : parse(iso);
    if (value instanceof NoTime) throw new Error(`the bound ${iso} ${value.why}`);
    return value === undefined ? {} : { value };
  };
  const [low, high] = [bound(range.from).value, bound(range.to).value];
  const ends: Range<number> = {
    ...(low === undefined ? {} : { from: low }),
    ...(high === undefined ? {} : { to: high }),
  };
  return {
    read(json) {
      if (typeof json !== 'string') return wrongType(json, wanted);
      const value = parse(json);
      if (value instanceof NoTime)
        return new Problem(problemCodes.type, `is ${describeValue(json)}, and that ${value.why}`);
      return bounded(value, ends, moment => format(Number(moment)));
    },
    write: format,
  };
}

const date = (range: Range<string> = {}): ValueReader<number> => time(timeKinds.date, range);
const datetime = (range: Range<string> = {}): ValueReader<number> => time(timeKinds.datetime, range);
const timestamp = (range: Range<string> = {}): ValueReader<number> => time(timeKinds.timestamp, range);

/** Whole milliseconds, bytes: what JSON holds as a whole number. */
function whole(range: Range<number> = {}): ValueReader<number> {
  return {
    read(json) {
      if (typeof json !== 'number' || !Number.isSafeInteger(json)) return wrongType(json, 'a whole number');
      return bounded(json + 0, range, String);
    },
    write: value => value,
  };
}

/** Bytes as base64. */
const bytes: ValueReader<Uint8Array> = {
  read(json) {
    if (typeof json !== 'string') return wrongType(json, 'bytes as base64');
    const read = Buffer.from(json, 'base64');
    return read.toString('base64') === json ? new Uint8Array(read) : wrongType(json, 'bytes as base64');
  },
  write: value => Buffer.from(value).toString('base64'),
};

function list<T>(element: ValueReader<T>, length?: number): ValueReader<readonly T[]> {
  return {
    read(json) {
      if (!Array.isArray(json)) return wrongType(json, 'an array');
      if (length !== undefined && json.length !== length)
        return wrongType(json, `an array of ${length} numbers`);
      const values: T[] = [];
      for (const [i, item] of json.entries()) {
        const value = element.read(item);
        if (value instanceof Problem)
          return new Problem(value.code, `has an item ${i} that ${value.what}`, value.hint);
        values.push(value);
      }
      return values;
    },
    write: items => items.map(item => element.write(item)),
  };
}

const vector = (length?: number): ValueReader<readonly number[]> => list(float(), length);

/** What may be missing: null, or left out. */
function optional<T>(reader: ValueReader<T>): ValueReader<T | null> {
  return {
    read: json => (json === null || json === undefined ? null : reader.read(json)),
    write: value => (value === null ? null : reader.write(value)),
  };
}

/** Readers of the language's types, by the names of those types. */
export const read = {
  bool,
  int,
  float,
  text,
  member,
  date,
  datetime,
  timestamp,
  whole,
  bytes,
  list,
  vector,
  optional,
} as const;
