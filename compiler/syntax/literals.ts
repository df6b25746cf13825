/**
 * What the text of a literal means. Each function returns the value, or the first thing that is wrong with it as a
 * fact; the lexer makes the diagnostic.
 */

export type NumberKind = 'Int' | 'Float' | 'Percent' | 'Duration' | 'Size' | 'Rate';

export interface NumberValue {
  readonly kind: NumberKind;
  readonly value: bigint | number;
  readonly fault?: NumberFault;
}
export type NumberFault =
  | { readonly what: 'unit'; readonly unit: string; readonly digits: string }
  | { readonly what: 'form'; readonly why: string; readonly repair?: string };

/** Units of the calendar, as days. */
const DAYS: Readonly<Record<string, number>> = {
  ...{ w: 7, wk: 7, wks: 7, week: 7, weeks: 7 },
  ...{ mo: 30, mon: 30, month: 30, months: 30 },
  ...{ y: 365, yr: 365, yrs: 365, year: 365, years: 365 },
};

/** `2w` as `14d`; undefined for any other unit. */
export function inDays(digits: string, unit: string): string | undefined {
  const days = own(DAYS, unit.toLowerCase());
  return days === undefined || !/^\d{1,6}$/.test(digits) ? undefined : `${Number(digits) * days}d`;
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Every unit that may follow a number, and how people write it otherwise. */
export const units = [...Object.keys(MILLISECONDS), ...Object.keys(BYTES), 'rps', '%'];
export const unitSynonyms: Readonly<Record<string, string>> = {
  m: 'min',
  mins: 'min',
  minute: 'min',
  minutes: 'min',
  sec: 's',
  secs: 's',
  seconds: 's',
  second: 's',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  day: 'd',
  days: 'd',
  msec: 'ms',
  KB: 'KiB',
  kB: 'KiB',
  K: 'KiB',
  Ki: 'KiB',
  MB: 'MiB',
  M: 'MiB',
  Mi: 'MiB',
  GB: 'GiB',
  G: 'GiB',
  Gi: 'GiB',
  TB: 'TiB',
  Ti: 'TiB',
  qps: 'rps',
};

const PARTS = /^(\d[\d_]*)(\.\d[\d_]*)?([eE][+-]?\d[\d_]*)?(.*)$/;
const LARGEST_INT = 2n ** 63n;

export function readNumber(text: string): NumberValue {
  // Nearly every number is a few digits.
  if (text.length < 10 && /^\d+$/.test(text) && (text.length === 1 || text.charCodeAt(0) !== 48)) {
    return { kind: 'Int', value: BigInt(text) };
  }
  // Reading a number takes longer than its digits are many.
  if (text.length > 1000)
    return { kind: 'Float', value: 0, fault: { what: 'form', why: `it has ${text.length} characters` } };
  const [, whole = '', fraction = '', exponent = '', suffix = ''] = PARTS.exec(text)!;
  const plain = `${whole}${fraction}${exponent}`.replaceAll('_', '');
  const form = numberFault(whole, fraction, exponent, suffix, plain);
  const fault = form === undefined ? {} : { fault: form };
  if (suffix === '%') return { kind: 'Percent', value: Number(shiftedByTwo(plain)), ...fault };
  const milliseconds = own(MILLISECONDS, suffix);
  if (milliseconds !== undefined)
    return { kind: 'Duration', ...scaled(plain, milliseconds, 'milliseconds'), ...fault };
  const bytes = own(BYTES, suffix);
  if (bytes !== undefined) return { kind: 'Size', ...scaled(plain, bytes, 'bytes'), ...fault };
  if (suffix === 'rps') return { kind: 'Rate', value: Number(plain), ...fault };
  const isInt = fraction === '' && exponent === '';
  return { kind: isInt ? 'Int' : 'Float', value: isInt ? BigInt(plain) : Number(plain), ...fault };
}

const own = (table: Readonly<Record<string, number>>, key: string): number | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** In whole milliseconds or bytes, computed in decimals: a float would make a little more or less of it. */
function scaled(plain: string, factor: number, of: string): Pick<NumberValue, 'value' | 'fault'> {
  const [, whole = '', fraction = ''] = /^(\d+)(?:\.(\d+))?/.exec(plain)!;
  const product = BigInt(whole + fraction) * BigInt(factor);
  const unit = 10n ** BigInt(fraction.length);
  const value = Number(product / unit);
  if (product % unit !== 0n)
    return { value, fault: { what: 'form', why: `it is not a whole number of ${of}` } };
  if (Number.isSafeInteger(value)) return { value };
  return {
    value,
    fault: { what: 'form', why: `there are more than ${Number.MAX_SAFE_INTEGER} ${of} in it` },
  };
}

/** `99.9` to `99.9e-2`: reading the decimal gives the nearest float, dividing would not. */
function shiftedByTwo(plain: string): string {
  const e = plain.search(/[eE]/);
  return e < 0 ? `${plain}e-2` : `${plain.slice(0, e)}e${Number(plain.slice(e + 1)) - 2}`;
}

function numberFault(
  whole: string,
  fraction: string,
  exponent: string,
  suffix: string,
  plain: string,
): NumberFault | undefined {
  if (/__|_$/.test(whole) || /__|_$/.test(fraction)) {
    const repair = `${whole}${fraction}`.replace(/_+/g, '_').replace(/_(?=\.|$)/g, '') + suffix;
    return { what: 'form', why: 'an underscore must stand between two digits', repair };
  }
  if (whole === '0' && /^[xXbBoO][\da-fA-F_]/.test(suffix)) {
    const value = Number(`0${suffix}`);
    const repair = Number.isSafeInteger(value) ? String(value) : undefined;
    return { what: 'form', why: 'numbers are decimal', ...(repair === undefined ? {} : { repair }) };
  }
  if (suffix !== '' && !units.includes(suffix))
    return { what: 'unit', unit: suffix, digits: `${whole}${fraction}` };
  if (exponent !== '' && suffix !== '') return { what: 'form', why: 'a number with a unit has no exponent' };
  if (/^0\d/.test(whole)) {
    const repair = `${whole.replace(/^0+(?=\d)/, '')}${fraction}${suffix}`;
    return { what: 'form', why: 'a number does not begin with a zero', repair };
  }
  if (/^\d+$/.test(plain) && suffix === '') {
    if (BigInt(plain) > LARGEST_INT) return { what: 'form', why: 'it does not fit into 64 bits' };
  } else if (!Number.isFinite(Number(plain))) return { what: 'form', why: 'it is larger than any float' };
  return undefined;
}

export interface TimeValue {
  readonly form: 'date' | 'datetime' | 'timestamp';
  readonly fault?: string;
  /** What it must have been meant to be: more than one where day and month may be exchanged. */
  readonly meant?: readonly string[];
}

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?)?$/;

export function readTime(text: string): TimeValue {
  const foreign = FOREIGN_TIME.test(text) ? foreignTime(text) : undefined;
  if (foreign) return foreign;
  const zoned = /T.*(?:Z|[+-][\d:]*)$/i.test(text);
  const form = zoned ? 'timestamp' : /T/i.test(text) ? 'datetime' : 'date';
  const parts = TIME.exec(text);
  if (!parts) return { form, fault: timeForm(text) };
  const [, year, month, day, hour = '0', minute = '0', second = '0', , zone] = parts;
  const fault =
    dateFault(Number(year), Number(month), Number(day)) ??
    clockFault(Number(hour), Number(minute), Number(second)) ??
    (zone === undefined || zone === 'Z' ? undefined : zoneFault(zone));
  return fault === undefined ? { form } : { form, fault };
}

const FOREIGN_TIME = /[/ ]|^\d+\./;

/** `01/02/2024`, `2024/1/2`, `1.2.2024`, `2024-01-02 10:00`. */
function foreignTime(text: string): TimeValue | undefined {
  if (text.includes(' ')) {
    const meant = text.replace(' ', 'T');
    const { form, fault } = readTime(meant);
    const why = 'the time of the day follows `T`, without a space';
    return { form, fault: why, ...(fault === undefined ? { meant: [meant] } : {}) };
  }
  const parts = text.split(/[/.]/).map(part => part.padStart(2, '0'));
  const [a, b, c] = parts as [string, string, string];
  const orders =
    a.length === 4
      ? [[a, b, c]]
      : text.includes('.')
        ? [[c, b, a]]
        : [
            [c, a, b],
            [c, b, a],
          ];
  const meant = orders.map(order => order.join('-')).filter(one => readTime(one).fault === undefined);
  return { form: 'date', fault: 'its parts are joined by `-`, the year first', meant: [...new Set(meant)] };
}

function timeForm(text: string): string {
  if (/[tz]/.test(text) && TIME.test(text.toUpperCase())) return 'write `T` and `Z` as capital letters';
  if (/^\d{4}-\d{2}-\d{2}T\d{0,2}$/i.test(text)) return 'a time has hours and minutes: `T18:15`';
  if (/[+-](?!\d{2}:\d{2}$)[\d:]*$/.test(text.slice(10)))
    return 'an offset is written `+01:00`, or `Z` for none';
  return 'a date is written `2001-03-01`, a time `2001-03-01T18:15` or `2001-03-01T18:15:00Z`';
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

function dateFault(year: number, month: number, day: number): string | undefined {
  if (month < 1 || month > 12) return `there is no month ${month}`;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  if (day >= 1 && day <= length) return undefined;
  return `${MONTHS[month - 1]} ${year} has ${length} days`;
}

function clockFault(hour: number, minute: number, second: number): string | undefined {
  if (hour > 23) return `hours run from 00 to 23, this says ${hour}`;
  if (minute > 59) return `minutes run from 00 to 59, this says ${minute}`;
  if (second > 59) return `seconds run from 00 to 59, this says ${second}`;
  return undefined;
}

function zoneFault(zone: string): string | undefined {
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  return hours > 18 || minutes > 59 ? 'an offset runs from -18:00 to +18:00' : undefined;
}

export interface StringValue {
  readonly value: string;
  readonly raw: boolean;
  readonly block: boolean;
  readonly closed: boolean;
  /** Escapes that mean nothing: offset into the token and length. */
  readonly badEscapes: readonly { readonly offset: number; readonly length: number }[];
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  '0': '\0',
};

/** Reads `"…"`, `"""…"""` or `r"…"` as the lexer cut it. */
export function readString(text: string): StringValue {
  if (text.startsWith('r')) {
    const closed = text.length > 2 && text.endsWith('"');
    return { value: text.slice(2, closed ? -1 : undefined), raw: true, block: false, closed, badEscapes: [] };
  }
  if (text.startsWith('"""')) {
    const closed = text.length >= 6 && text.endsWith('"""');
    const value = dedent(text.slice(3, closed ? -3 : undefined));
    return { value, raw: false, block: true, closed, badEscapes: [] };
  }
  return readEscapes(text);
}

function readEscapes(text: string): StringValue {
  const badEscapes: { offset: number; length: number }[] = [];
  let value = '';
  let i = 1;
  let closed = false;
  while (i < text.length) {
    const c = text[i]!;
    if (c === '"') {
      closed = true;
      break;
    }
    if (c !== '\\') {
      value += c;
      i++;
      continue;
    }
    const unicode = /^\\u(?:\{([\da-fA-F]{1,6})\}|([\da-fA-F]{4}))/.exec(text.slice(i, i + 10));
    const point = unicode === null ? undefined : Number.parseInt(unicode[1] ?? unicode[2]!, 16);
    const simple = text[i + 1] === undefined ? undefined : Object.hasOwn(ESCAPES, text[i + 1]!);
    if (point !== undefined && point <= 0x10ffff) value += String.fromCodePoint(point);
    else if (simple) value += ESCAPES[text[i + 1]!];
    else badEscapes.push({ offset: i, length: Math.min(unicode?.[0].length ?? 2, text.length - i) });
    i += unicode?.[0].length ?? 2;
  }
  return { value, raw: false, block: false, closed, badEscapes };
}

/** A block string: the first line break goes, and so does the indentation that all its lines share. */
function dedent(body: string): string {
  if (!/[\r\n]/.test(body)) return body;
  const lines = body.replace(/\r\n?/g, '\n').split('\n');
  const first = lines[0]!.trim() === '' ? 1 : 0;
  const last = lines.at(-1)!;
  // The line of the closing quotes counts for the indentation, so that it can be chosen.
  const counted = lines.slice(1).filter((line, i, all) => line.trim() !== '' || i === all.length - 1);
  const indent = Math.min(...counted.map(line => line.length - line.trimStart().length));
  const kept = lines
    .slice(first)
    .map((line, i) => (first + i === 0 ? line : line.slice(Math.min(indent, blank(line)))));
  if (last.trim() === '') kept.pop();
  return kept.join('\n');
}

const blank = (line: string): number => line.length - line.trimStart().length;
