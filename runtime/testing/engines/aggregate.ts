import type { Value, WindowExpr } from '../../../compiler/plan/plan.ts';
import { aggregates } from '../../features/functions/index.ts';
import { compareValues, type Scalar } from '../../features/functions/values.ts';
import type { Held } from '../values.ts';

/** What a window takes of one row: the value, and what `first` and `last` go by. */
export interface Taken {
  readonly value: Held;
  readonly order: readonly Held[];
}

/** An aggregate of the rows of a window, or of those that a value is fitted on. Null: there is no value. */
export function aggregate(
  { aggregate: name, args = {} }: Pick<WindowExpr, 'aggregate' | 'args'>,
  rows: readonly Taken[],
): Held {
  const compute = aggregates[name as keyof typeof aggregates] as
    | ((values: readonly Held[], ...more: readonly Value[]) => Held)
    | undefined;
  if (compute === undefined) throw new Error(`the library has no aggregate ${name}`);
  const ordered = [...rows].sort((a, b) => compareOrders(a.order, b.order));
  return compute(
    ordered.map(row => row.value),
    ...Object.values(args),
  );
}

/** Value by value; null lies above every value, as DuckDB orders rows. */
export function compareOrders(a: readonly Held[], b: readonly Held[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i]!;
    if (x === null || y === null) {
      if (x !== y) return x === null ? 1 : -1;
      continue;
    }
    const order = Array.isArray(x)
      ? compareOrders(x, y as readonly Held[])
      : compareValues(x as Scalar, y as Scalar);
    if (order !== 0) return order;
  }
  return 0;
}
