/**
 * Names of the operators as `CallExpr.fn` has them. A library function of the same name (`div`, which is not `/`) is told
 * from the operator by its key.
 */
export const operatorNames = [
  'add',
  'sub',
  'mul',
  'div',
  'neg',
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'and',
  'or',
  'not',
  'coalesce',
  'if',
  'in_range',
  'in_set',
  'matching',
  'is_null',
  'list',
] as const;
export type OperatorName = (typeof operatorNames)[number];

const operators: ReadonlySet<string> = new Set(operatorNames);

/** What the key is made from: parameters in order with the kind they are declared with, `enum` for a named enum. */
export interface Overload {
  readonly name: string;
  readonly parameterKinds: readonly string[];
}

/**
 * The key under which a library function or aggregate stands in plans and is implemented: its name where it is the only
 * one of that name, else the name and the declared kinds of all parameters, joined by underscores: `hour_datetime`,
 * `hour_timestamp_string`, `count_any`. An overload without parameters keeps the bare name: `count`.
 * `overloads` are all declarations of that name and the same sort (functions apart from aggregates), `declared` itself among them.
 */
export function overloadKey(declared: Overload, overloads: readonly Overload[]): string {
  const single = overloads.length <= 1 && !operators.has(declared.name);
  if (single || declared.parameterKinds.length === 0) return declared.name;
  return [declared.name, ...declared.parameterKinds].join('_');
}
