import type { Expr, Model, SplitPlan } from '../plan/plan.ts';
import type { Draft } from '../plan/steps.ts';

/** A comparison with a number, the number on the right: `count() >= 100_000`. */
export interface Bound {
  readonly of: Expr;
  readonly low: number;
  readonly high: number;
}

const ANY = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** What a condition that holds says of single values: the bounds of all that are joined by `and`. */
export function boundsIn(condition: Expr): Bound[] {
  if (condition.op !== 'call') return [];
  const { fn, args } = condition;
  if (fn === 'and') return args.flatMap(boundsIn);
  if (fn === 'in_range') {
    const [of, low, high] = args;
    const [from, to] = [numberOf(low), numberOf(high)];
    return of && from !== undefined && to !== undefined ? [{ of: bare(of), low: from, high: to }] : [];
  }
  const [left, right] = args;
  if (!left || !right) return [];
  const [a, b] = [numberOf(left), numberOf(right)];
  const [of, number, turned] =
    b !== undefined ? [left, b, false] : a !== undefined ? [right, a, true] : [undefined, 0, false];
  if (!of) return [];
  if (fn === 'eq') return [{ of: bare(of), low: number, high: number }];
  if (fn === 'ge' || fn === 'gt')
    return [{ of: bare(of), ...ANY, ...(turned ? { high: number } : { low: number }) }];
  if (fn === 'le' || fn === 'lt')
    return [{ of: bare(of), ...ANY, ...(turned ? { low: number } : { high: number }) }];
  return [];
}

/** Without the conversion from whole numbers. */
export const bare = (expr: Expr): Expr =>
  expr.op === 'call' && expr.fn === 'to_float_int' && expr.args[0] ? expr.args[0] : expr;

export function numberOf(expr: Expr | undefined): number | undefined {
  if (!expr) return undefined;
  const inside = bare(expr);
  if (inside.op === 'call' && inside.fn === 'neg') {
    const value = numberOf(inside.args[0]);
    return value === undefined ? undefined : -value;
  }
  if (inside.op !== 'literal') return undefined;
  const value = typeof inside.value === 'string' ? Number(inside.value) : inside.value;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** What the validations of a table require of the whole of it. */
export function requiredOf(draft: Draft, table: string): readonly Bound[] {
  let byTable = required.get(draft);
  if (!byTable) {
    byTable = new Map();
    for (const { on, rules } of Object.values(draft.validations)) {
      const whole = rules.filter(rule => rule.severity === 'require' && rule.forEach === null);
      const bounds = whole.flatMap(rule => boundsIn(rule.condition));
      byTable.set(on, [...(byTable.get(on) ?? []), ...bounds]);
    }
    required.set(draft, byTable);
  }
  return byTable.get(table) ?? [];
}
const required = new WeakMap<Draft, Map<string, readonly Bound[]>>();

/** The number of rows below which a validation refuses the table; undefined if none asks. */
export function leastRows(draft: Draft, table: string): number | undefined {
  const counts = requiredOf(draft, table).filter(
    ({ of, low }) =>
      of.op === 'table_aggregate' && /^count(_|$)/.test(of.aggregate) && of.args.length === 0 && low > 0,
  );
  return counts.length === 0 ? undefined : Math.max(...counts.map(({ low }) => low));
}

export const shareOf = (split: SplitPlan | null, part: 'train' | 'validation' | 'test'): number | undefined =>
  split?.parts.find(one => one.part === part)?.share ?? undefined;

/** How many rows the test part of a model has at least, by its split and the validations of its source. */
export function testRows(draft: Draft, model: Model): number | undefined {
  const source = draft.views[model.views[0] ?? '']?.source;
  const rows = source === undefined ? undefined : leastRows(draft, source);
  const share = shareOf(model.split, 'test');
  return rows === undefined || share === undefined ? undefined : Math.floor(rows * share);
}
