import type { Type } from '../../compiler/plan/plan.ts';
import { MICROSECONDS_A_DAY } from '../features/functions/values.ts';
import type { Held, Row } from '../features/held.ts';

export { type Held, heldCell, heldSql, type Row, shown, sqlLiteral } from '../features/held.ts';

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
