import type { Type } from '../../compiler/plan/plan.ts';
import { MICROSECONDS_A_DAY } from '../features/functions/values.ts';
import type { Held, Row } from '../features/held.ts';

export { type Held, heldCell, heldSql, type Row, sqlLiteral } from '../features/held.ts';

/** Rows by the name of their source or of what a component made. */
export type Tables = Readonly<Record<string, readonly Row[]>>;

/** A time in microseconds; days count as their midnights. */
export const microsOf = (value: Held, type: Type): number | null =>
  value === null ? null : Number(value) * (type.kind === 'date' ? MICROSECONDS_A_DAY : 1);

const relative = 1e-10;

/** Equal, but for the last digits of floats, which the order of a sum and a library of transcendental functions move. */
export function sameValue(a: Held, b: Held): boolean {
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((x, i) => sameValue(x, b[i]!))
    );
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== 'number' || typeof b !== 'number') return false;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  return Math.abs(a - b) <= Math.max(relative * Math.max(Math.abs(a), Math.abs(b)), 1e-12);
}

/** The value as the language writes it: `"ORD"`, `31.0`, `2001-03-01T18:15`. */
export function shown(value: Held, type: Type): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    const element = type.element ?? { kind: 'float', optional: true };
    return `[${(value as readonly Held[]).map(item => shown(item, element)).join(', ')}]`;
  }
  switch (type.kind) {
    case 'float':
      return floatText(Number(value));
    case 'rate':
      return `${Number(value)}rps`;
    case 'duration':
      return durationText(Number(value));
    case 'size':
      return `${value}B`;
    case 'date':
      return isoText(Number(value) * 86_400_000_000).slice(0, 10);
    case 'datetime':
      return isoText(Number(value));
    case 'timestamp':
      return `${isoText(Number(value)).replace(/(T\d\d:\d\d)$/, '$1:00')}Z`;
    case 'string':
    case 'enum':
      return JSON.stringify(value);
    default:
      return String(value);
  }
}

function floatText(value: number): string {
  if (!Number.isFinite(value)) return String(value).toLowerCase();
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text.replace('e+', 'e');
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

function durationText(milliseconds: number): string {
  const sign = milliseconds < 0 ? '-' : '';
  const length = Math.abs(milliseconds);
  const unit = units.find(([, size]) => length >= size && length % size === 0);
  return unit ? `${sign}${length / unit[1]}${unit[0]}` : `${sign}${length}ms`;
}

/** Of microseconds; seconds and their fraction only where there are any. */
function isoText(micros: number): string {
  const milliseconds = Math.floor(micros / 1000);
  const rest = micros - milliseconds * 1000;
  const iso = new Date(milliseconds).toISOString().slice(0, -1);
  if (rest > 0) return `${iso}${String(rest).padStart(3, '0')}`;
  return iso.replace(/\.000$/, '').replace(/(T\d\d:\d\d):00$/, '$1');
}
