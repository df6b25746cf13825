import type { Type } from '../../compiler/plan/plan.ts';
import { double, text } from '../../compiler/sql/escape.ts';
import { sqlType } from '../../compiler/sql/types.ts';
import type { Cell } from '../data/duckdb.ts';
import type { EvaluatedValue } from './functions/evaluate.ts';
import { intOf } from './functions/values.ts';

/** A value as `features/functions/values.ts` holds it; a vector or list is an array of those. */
export type Held = EvaluatedValue | readonly Held[];
export type Row = Readonly<Record<string, Held>>;

/** The value as a literal of SQL, of the type that its column has there. */
export function sqlLiteral(value: Held, type: Type): string {
  if (value === null) return 'NULL';
  if (Array.isArray(value)) {
    const element: Type = type.kind === 'vector' ? { kind: 'float', optional: true } : (type.element ?? type);
    const items = (value as readonly Held[]).map(item => sqlLiteral(item, element)).join(', ');
    return `CAST([${items}] AS ${sqlType(type)})`;
  }
  switch (type.kind) {
    case 'bool':
      return String(value);
    case 'int':
    case 'duration':
    case 'size':
      return `CAST(${value} AS BIGINT)`;
    case 'float':
    case 'rate':
      return `CAST(${double(Number(value))} AS DOUBLE)`;
    case 'date':
      return `CAST(make_timestamp(CAST(${BigInt(Number(value)) * 86_400_000_000n} AS BIGINT)) AS DATE)`;
    case 'datetime':
      return `make_timestamp(CAST(${value} AS BIGINT))`;
    case 'timestamp':
      return `CAST(make_timestamp(CAST(${value} AS BIGINT)) AS TIMESTAMPTZ)`;
    default:
      return text(String(value));
  }
}

/** A column of SQL in the form in which `heldCell` takes it. */
export function heldSql(column: string, type: Type): string {
  if (type.kind === 'date') return `date_diff('day', DATE '1970-01-01', ${column})`;
  return type.kind === 'datetime' || type.kind === 'timestamp' ? `epoch_us(${column})` : column;
}

/** Large ints come as text. */
export function heldCell(cell: Cell, type: Type): Held {
  if (Array.isArray(cell)) {
    const element = type.element ?? { kind: 'float', optional: true };
    return (cell as readonly Cell[]).map(item => heldCell(item, element));
  }
  const whole = type.kind === 'int' || type.kind === 'duration' || type.kind === 'size';
  return whole && typeof cell === 'string' ? intOf(BigInt(cell)) : (cell as EvaluatedValue);
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
