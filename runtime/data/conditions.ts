import type { Condition, Expr, Value } from '../../compiler/plan/plan.ts';
import { expressionSql } from '../../compiler/sql/expression.ts';
import { sqlType } from '../../compiler/sql/types.ts';
import type { Database } from './duckdb.ts';
import { expressionText, valueText } from './expression-text.ts';
import { literal } from './sql.ts';

/** A condition with the values of its aggregates and drift measures, in the order in which it reads them. */
export interface Instance {
  readonly condition: Condition;
  readonly values: readonly Value[];
}

export interface Judged {
  readonly holds: boolean;
  /** What was measured: `mean(delay)` and its value, each once. */
  readonly actual: readonly { readonly text: string; readonly value: Value }[];
  /** What is asked of the measured side, with this run's numbers: `in 0..30`; null where the condition has no such side. */
  readonly required: string | null;
}

/** The aggregates and drift measures that a condition reads, depth first. */
export function measuresOf(expr: Expr): readonly Expr[] {
  if (expr.op === 'table_aggregate' || expr.op === 'drift') return [expr];
  return expr.op === 'call' ? expr.args.flatMap(measuresOf) : [];
}

/** So many conditions are put into one query. */
const batch = 100;

/**
 * Evaluates conditions on values that were measured. DuckDB computes them, with the same SQL as everything else, so that an
 * operator has one meaning; a condition without a value does not hold.
 */
export async function judge(database: Database, instances: readonly Instance[]): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (let from = 0; from < instances.length; from += batch) {
    const some = instances.slice(from, from + batch);
    const columns = some.flatMap((instance, i) => {
      const sides = requiredSides(instance.condition.condition);
      return [
        `(${withValues(instance, instance.condition.condition)}) AS holds${i}`,
        ...sides.map((side, s) => `(${withValues(instance, side)}) AS side${i}_${s}`),
      ];
    });
    const [row] = await database.rows(`SELECT ${columns.join(', ')}`);
    some.forEach((instance, i) => {
      const sides = requiredSides(instance.condition.condition).map((_, s) => row![`side${i}_${s}`] as Value);
      judged.push({
        holds: row![`holds${i}`] === true,
        actual: actualOf(instance),
        required: requiredText(instance.condition.condition, sides),
      });
    });
  }
  return judged;
}

/** An expression as SQL with the instance's values as literals. Values are taken in the order of the whole condition. */
function withValues({ condition, values }: Instance, expr: Expr): string {
  const places = new Map(measuresOf(condition.condition).map((measure, i) => [measure, values[i] ?? null]));
  return expressionSql(expr, {
    column: () => {
      throw new Error('a condition of a table reads no single row');
    },
    other: measure => valueSql(places.get(measure) ?? null, measure),
  });
}

function valueSql(value: Value, { type }: Expr): string {
  const cast = sqlType(type);
  return value === null ? `CAST(NULL AS ${cast})` : `CAST(${literal(String(value))} AS ${cast})`;
}

function actualOf({ condition, values }: Instance): Judged['actual'] {
  const named = new Map(
    measuresOf(condition.condition).map((measure, i) => [expressionText(measure), values[i] ?? null]),
  );
  return [...named].map(([text, value]) => ({ text, value }));
}

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

/** The sides of a comparison that set the bound: those that measure nothing. */
function requiredSides(expr: Expr): readonly Expr[] {
  if (expr.op !== 'call') return [];
  const [a, b] = expr.args;
  if (expr.fn === 'in_range') return expr.args.slice(1);
  if (symbols[expr.fn] === undefined || a === undefined || b === undefined) return [];
  return [measuresOf(a).length > 0 ? b : a];
}

function requiredText(expr: Expr, sides: readonly Value[]): string | null {
  if (expr.op !== 'call' || sides.length === 0) return null;
  if (expr.fn === 'in_range') return `in ${sides.map(valueText).join('..')}`;
  const turned = measuresOf(expr.args[0]!).length === 0;
  return `${(turned ? mirrored : symbols)[expr.fn]} ${valueText(sides[0]!)}`;
}
