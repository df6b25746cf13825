import type { Literal } from '../../compiler/plan/plan.ts';
import { microsecondsOf } from '../../compiler/sql/moments.ts';
import { intOf, MICROSECONDS_A_DAY, type Scalar, type Several } from './functions/values.ts';

/** A value of the language as `functions/values.ts` holds it. */
export type EvaluatedValue = Scalar | Several | null;

/** A literal's JSON form as a value: ints beyond 2^53 are text there, and times ISO text. */
export function literalValue({ value, type }: Pick<Literal, 'value' | 'type'>): EvaluatedValue {
  if (value === null || typeof value === 'boolean') return value;
  switch (type.kind) {
    case 'int':
      return typeof value === 'number' ? value : intOf(BigInt(value));
    case 'float':
    case 'duration':
    case 'size':
    case 'rate':
      return Number(value);
    case 'date':
      return microsecondsOf(String(value)) / MICROSECONDS_A_DAY;
    case 'datetime':
    case 'timestamp':
      return microsecondsOf(String(value));
    default:
      return value;
  }
}
