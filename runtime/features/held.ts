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
