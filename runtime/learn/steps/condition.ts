/** Evaluates a gate's condition on the numbers of one evaluation. Null is "no value": the logic is Kleene's. */
import { runMessages } from '../../../compiler/diagnostics/messages/run.ts';
import type { Expr, MetricExpr } from '../../../compiler/plan/plan.ts';
import { fault } from '../../data/faults.ts';
import { metricKey, type RuleValue } from '../../engine/documents.ts';

type Value = number | string | boolean | null;

/** A metric's value where it is asked for; `problem` says why a missing one is a failure rather than null. */
export type MetricReader = (metric: MetricExpr) => {
  readonly value: number | null;
  readonly problem: string | null;
};

export interface Judgement {
  /** Whether it holds; a condition with a problem, or without a value, does not. */
  readonly holds: boolean;
  readonly actual: readonly RuleValue[];
  readonly required: string | null;
  readonly reason: string | null;
}

/** A comparison relative to less than this says nothing. */
const nearZero = 1e-9;

export function judge(condition: Expr, read: MetricReader): Judgement {
  const actual = new Map<string, number | null>();
  const problems: string[] = [];
  const scope: Scope = {
    metric(expr) {
      const { value, problem } = read(expr);
      const name = metricName(expr);
      actual.set(name, value);
      if (problem !== null && !problems.includes(problem)) problems.push(problem);
      return value;
    },
    problem: text => void problems.push(text),
  };
  const value = evaluate(condition, scope);
  if (value === null && problems.length === 0) problems.push('it has no value');
  return {
    holds: value === true && problems.length === 0,
    actual: [...actual].map(([name, number]) => ({ name, value: number })),
    required: requirement(condition, read),
    reason: problems.length > 0 ? problems.join('; ') : null,
  };
}

export function metricName({ of, metric, args }: MetricExpr): string {
  const key = metricKey(metric, args);
  return of === 'model' ? key : `${of}.${key}`;
}

interface Scope {
  metric(expr: MetricExpr): number | null;
  problem(text: string): void;
}

function evaluate(expr: Expr, scope: Scope): Value {
  if (expr.op === 'literal') return expr.value;
  if (expr.op === 'metric') return scope.metric(expr);
  if (expr.op !== 'call')
    throw fault(runMessages.gateExpression, { what: `\`${expr.op}\`` }, { at: expr.at });
  const args = expr.args.map(arg => evaluate(arg, scope));
  relativeToNothing(expr.fn, expr.args, args, scope);
  const apply = functions[expr.fn];
  if (!apply)
    throw fault(runMessages.gateExpression, { what: `the function \`${expr.fn}\`` }, { at: expr.at });
  return apply(args);
}

/** `auc / baseline.auc` and `auc >= 1.1 * baseline.auc` prove nothing where the baseline has next to no value. */
function relativeToNothing(fn: string, exprs: readonly Expr[], args: readonly Value[], scope: Scope): void {
  const from = fn === 'div' ? 1 : fn === 'mul' ? 0 : exprs.length;
  for (let i = from; i < exprs.length; i++) {
    const expr = exprs[i]!;
    const value = args[i];
    if (typeof value === 'number' && Math.abs(value) < nearZero && readsRival(expr))
      scope.problem(
        `it compares with ${expr.op === 'metric' ? metricName(expr) : 'a value'}, which is next to zero`,
      );
  }
}

function readsRival(expr: Expr): boolean {
  if (expr.op === 'metric') return expr.of !== 'model';
  return expr.op === 'call' && expr.args.some(readsRival);
}

type Operator = (args: readonly Value[]) => Value;
const strict =
  (apply: (args: readonly never[]) => Value): Operator =>
  args =>
    args.includes(null) ? null : apply(args as readonly never[]);
const numeric = (apply: (a: number, b: number) => Value): Operator =>
  strict(([a, b]) => apply(Number(a), Number(b)));

const functions: Readonly<Record<string, Operator>> = {
  add: numeric((a, b) => a + b),
  sub: numeric((a, b) => a - b),
  mul: numeric((a, b) => a * b),
  div: numeric((a, b) => a / b),
  neg: strict(([a]) => -Number(a)),
  to_float: strict(([a]) => Number(a)),
  eq: strict(([a, b]) => a === b),
  ne: strict(([a, b]) => a !== b),
  lt: numeric((a, b) => a < b),
  le: numeric((a, b) => a <= b),
  gt: numeric((a, b) => a > b),
  ge: numeric((a, b) => a >= b),
  in_range: strict(([x, low, high]) => Number(x) >= Number(low) && Number(x) <= Number(high)),
  in_set: strict(([x, ...items]) => items.includes(x as never)),
  and: args => (args.includes(false) ? false : args.includes(null) ? null : true),
  or: args => (args.includes(true) ? true : args.includes(null) ? null : false),
  not: strict(([a]) => !a),
  coalesce: args => args.find(arg => arg !== null) ?? null,
  is_null: ([a]) => a === null,
  if: ([condition, yes, no]) => (condition === true ? yes! : no!),
  abs_float: strict(([a]) => Math.abs(Number(a))),
  abs_int: strict(([a]) => Math.abs(Number(a))),
  min_float: numeric(Math.min),
  max_float: numeric(Math.max),
};

const symbols: Readonly<Record<string, string>> = {
  ge: '>=',
  gt: '>',
  le: '<=',
  lt: '<',
  eq: '==',
  ne: '!=',
};
const mirrored: Readonly<Record<string, string>> = {
  ge: '<=',
  gt: '<',
  le: '>=',
  lt: '>',
  eq: '==',
  ne: '!=',
};

/** What is asked of the side that reads the model's metric, with this run's numbers: `>= 0.6452`. */
function requirement(condition: Expr, read: MetricReader): string | null {
  if (condition.op !== 'call') return null;
  const silent: Scope = { metric: expr => read(expr).value, problem: () => {} };
  const text = (expr: Expr) => numberText(evaluate(expr, silent));
  const [left, right, high] = condition.args;
  if (condition.fn === 'in_range' && right && high) return `in ${text(right)}..${text(high)}`;
  const symbol = symbols[condition.fn];
  if (!symbol || !left || !right) return null;
  if (readsModel(left) || !readsModel(right)) return `${symbol} ${text(right)}`;
  return `${mirrored[condition.fn]} ${text(left)}`;
}

function readsModel(expr: Expr): boolean {
  if (expr.op === 'metric') return expr.of === 'model';
  return expr.op === 'call' && expr.args.some(readsModel);
}

export function numberText(value: Value): string {
  if (typeof value !== 'number') return value === null ? 'undefined' : String(value);
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(4)));
}
