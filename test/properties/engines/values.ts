import type { Expr, Type } from '../../../compiler/plan/plan.ts';
import * as plan from '../../support/plan.ts';
import type { Random } from '../../support/random.ts';
import { type Column, enums, isSeveral, itemKind, type Kind } from './language.ts';

/** Values of each kind: what may stand in a spec, and what may stand in a row, extremes among them. */

const texts = [
  '',
  'a',
  'abc',
  'Straße',
  'İstanbul',
  'ǆ ǅ',
  'ᾳᾲ',
  "it's",
  'a"b',
  'back\\slash',
  ' \t padded \r\n',
  '\u00a0no break\u2003',
  'a-b--c',
  '-',
  '1.5',
  '-7',
  ' 12',
  '+3',
  '1e3',
  '.5',
  '5.',
  '1e999',
  '-1e-999',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '99999999999999999999',
  'naïve',
  '🦆 duck',
  '🦆🦆-🦆',
  '\u{1f600}\u{fffd}',
  '\uffff',
  'e\u0301',
  'ORD',
  'true',
  '%_',
  '$1',
  '$&',
  'ΌΣΟΣ',
  'ﬁn',
  'İi̇ıI',
  'line\u2028end',
];

/** What texts are searched for. */
export const parts = ['', '-', 'a', 'A', 'b', '🦆', '🦆🦆', 'ß', '\u{301}', '--'];

/** Some where Node's own time zone data say otherwise than DuckDB's are among them. */
export const zones = [
  'UTC',
  'Europe/Berlin',
  'America/Chicago',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/St_Johns',
  'Africa/Monrovia',
  'Africa/Casablanca',
  'America/Vancouver',
  'Europe/Chisinau',
  'EST5EDT',
  'Asia/Tehran',
];

export const patterns = [
  '[A-Z]{3}',
  '.*',
  '.',
  '.+',
  '\\s*[a-z]+\\s*',
  '[^ ]*',
  '(a|b)+.*',
  '\\d+',
  '[+-]?\\d+',
  "it's",
  '\\w*\\-?.*',
  '.\\n?',
  '[^a-z]*',
  '\\S+',
];

const names: Readonly<Record<Kind, string>> = {
  bool: 'paid',
  int: 'pages',
  float: 'weight',
  string: 'word',
  date: 'born',
  datetime: 'seen',
  timestamp: 'sent',
  duration: 'wait',
  size: 'volume',
  rate: 'speed',
  Weekday: 'wday',
  Month: 'season',
  Shade: 'shade',
  '[int]': 'marks',
  '[string?]': 'tags',
  '[timestamp]': 'visits',
  'vector(3)': 'place',
  blob: 'photo',
};
export const nameOf = (kind: Kind): string => names[kind];

const extremes = {
  int: [
    '9223372036854775807',
    '-9223372036854775808',
    '9007199254740993',
    -9007199254740991,
    2147483648,
    -1,
    0,
    1,
  ],
  float: [
    NaN,
    Infinity,
    -Infinity,
    -0,
    0,
    5e-324,
    -5e-324,
    1.7976931348623157e308,
    1e22,
    1e-20,
    0.1,
    -0.5,
    0.49999999999999994,
    2.5,
    2 ** 52 + 0.5,
    2 ** 63,
    -(2 ** 63),
    -(2 ** 64),
  ],
  duration: [0, 1, -1, 9_007_199_254_740_991, -9_007_199_254_740_991, 86_400_000],
  size: [0, 1, 9_007_199_254_740_991, 1024],
  rate: [0, 1e-300, 1e300, 0.1, 200],
} as const;

const DAY = 86_400_000;
const iso = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '');
/** Midnights, leap days, the hours at which clocks change in some of the zones, the ends of what is exact online. */
const moments = [
  '1970-01-01T00:00:00',
  '1969-12-31T23:59:59.999999',
  '2000-02-29T12:00:00',
  '1900-02-28T23:59:59',
  '2024-02-29T23:59:59.999999',
  '2023-03-26T01:00:00',
  '2023-10-29T00:30:00',
  '2023-10-29T01:30:00',
  '2023-11-05T06:30:00',
  '2011-12-30T10:00:00',
  '1684-08-01T00:00:00',
  '2255-06-01T00:00:00',
  '2023-04-01T15:00:00',
];

/** A value for a cell of a row, as a plan writes literals. */
export function cellOf(random: Random, { kind, optional, range }: Column): Expr {
  const type = typeOf(kind);
  if (optional && random.chance(0.25)) return plan.literal(null, { ...type, optional: true });
  if (range !== undefined) {
    const value = random.chance(0.2) ? random.pick(range) : random.int(...range);
    return plan.literal(kind === 'int' ? value : Math.min(range[1], value + random.int(0, 9) / 10), type);
  }
  const often = random.chance(0.3);
  const of = kind === 'vector(3)' ? 'float' : itemKind(kind);
  if (of !== undefined) {
    const length = kind === 'vector(3)' ? 3 : random.int(0, 3);
    const item = { name: '', kind: of, optional: kind.includes('?') };
    return plan.call('list', type, ...Array.from({ length }, () => cellOf(random, item)));
  }
  switch (kind) {
    case 'bool':
      return plan.literal(random.chance(0.5), type);
    case 'int':
      return plan.literal(often ? random.pick(extremes.int) : random.int(-20, 40), type);
    case 'float': {
      const plain = random.chance(0.5) ? random.int(-8, 8) / 2 : Math.round(random.next() * 4e6 - 1e6) / 1000;
      return plan.literal(often ? random.pick(extremes.float) : plain, type);
    }
    case 'string':
      return plan.literal(random.pick(texts), type);
    case 'date':
      return plan.literal(
        (often ? random.pick(moments) : iso(random.int(-40_000, 40_000) * DAY)).slice(0, 10),
        type,
      );
    case 'datetime':
      return plan.literal(often ? random.pick(moments) : momentOf(random, -1e12, 4e12), type);
    case 'timestamp': {
      const recent = random.pick(moments.filter(at => at > '1973' && at < '2037'));
      return plan.literal(`${often ? recent : momentOf(random, 1e11, 2e12)}Z`, type);
    }
    case 'duration':
    case 'size': {
      const low = kind === 'size' ? 0 : -1e10;
      return plan.literal(often ? random.pick(extremes[kind]) : random.int(low, 1e10), type);
    }
    case 'rate':
      return plan.literal(often ? random.pick(extremes.rate) : random.int(0, 4000) / 8, type);
    case 'blob':
      return plan.literal(random.pick(['', '00', 'ff00', 'c3a9']), type);
    default:
      return plan.literal(random.pick(enums[kind as keyof typeof enums]), type);
  }
}

function momentOf(random: Random, low: number, high: number): string {
  const text = iso(random.int(low, high));
  return random.chance(0.5) ? `${text}${random.int(100, 999)}` : text;
}

export function typeOf(kind: Kind): Type {
  const item = itemKind(kind);
  if (item !== undefined)
    return { kind: 'list', optional: false, element: { ...typeOf(item), optional: kind.includes('?') } };
  if (kind === 'vector(3)') return { kind: 'vector', optional: false, length: 3 };
  if (kind in enums) return plan.enumOf(kind, ...enums[kind as keyof typeof enums]);
  return { kind: kind as Type['kind'], optional: false };
}

/** A literal as a spec writes it. `simple`: one that may stand as the pattern of a `match`. */
export function literalText(random: Random, kind: Kind, simple = false): string {
  switch (kind) {
    case 'bool':
      return String(random.chance(0.5));
    case 'int':
      return String(random.chance(0.1) && !simple ? 9007199254740993n : random.int(simple ? 0 : -3, 12));
    case 'float':
      return random.pick(['0.0', '1.0', '-1.0', '0.5', '2.5', '0.1', '1e22', '1e-7', '-0.3', '1e300']);
    case 'string':
      return quoted(random.pick(texts));
    case 'date':
      return random.pick(moments).slice(0, 10);
    case 'datetime':
      return random.pick(moments).replace(/\.\d+$/, '');
    case 'timestamp':
      return `${random.pick(moments).replace(/\.\d+$/, '')}Z`;
    case 'duration':
      return random.pick(['0ms', '1ms', '1500ms', '30s', '1h', '1d', '1.5h', '7d']);
    case 'size':
      return random.pick(['1B', '64KiB', '2MiB', '4GiB']);
    case 'rate':
      return random.pick(['1rps', '200rps', '0.5rps']);
    default:
      if (isSeveral(kind)) throw new Error(`there are no literals of ${kind}`);
      return JSON.stringify(random.pick(enums[kind]));
  }
}

/** A text in quotes, with the escapes of the language. */
export const quoted = (text: string): string =>
  `"${[...text].map(sign => (/["\\]/.test(sign) ? `\\${sign}` : /[\p{C}\p{Z}]/u.test(sign) && sign !== ' ' ? `\\u{${sign.codePointAt(0)!.toString(16)}}` : sign)).join('')}"`;
