import type { Schema } from '../../../compiler/plan/plan.ts';
import type { StepContext } from '../../engine/contract.ts';
import { boundsOf } from '../sources/origin.ts';
import { identifier, literal } from '../sql.ts';

/** The run's data interval on a column. */
export interface Interval {
  readonly column: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly filter: string;
}

/** The run's data interval [from, to) on the event time; a row without one stays, to be found missing. */
export function intervalOf(context: StepContext, schema: Schema): Interval | null {
  const bounds = boundsOf(schema, context.params);
  if (bounds === null) return null;
  const { column, from, to } = bounds;
  const name = identifier(column);
  const bound = (instant: string): string => `(${literal(instant)}::TIMESTAMPTZ AT TIME ZONE 'UTC')`;
  const both = [
    ...(from === null ? [] : [`${name}::TIMESTAMP >= ${bound(from)}`]),
    ...(to === null ? [] : [`${name}::TIMESTAMP < ${bound(to)}`]),
  ];
  return { column, from, to, filter: `(${name} IS NULL OR (${both.join(' AND ')}))` };
}
