import type { Condition, Expr, Plan, TableAggregateExpr, Type } from '../plan/plan.ts';
import { aggregated, aggregateSql, aggregateText } from './aggregates.ts';
import { identifier, text } from './escape.ts';
import { type Leaves, operandSql } from './expression.ts';
import { type Table, tableOf } from './view/terms.ts';

/**
 * What a validation computes, in one query of one row. Columns:
 * - `rows`: how many rows the table has;
 * - `missing:c` of each column, and `min:c`, `max:c`, `mean:c`, `stddev:c` of numbers and times, as doubles (times in
 *   milliseconds since 1970);
 * - `rule:i:j`: the j-th aggregate of the i-th rule, in the order of `tableAggregates`;
 * - `groups:i` of a rule `for each`: a JSON text of groups, `[{"by": [text or null], "rows": n, "values": [text or null]}]`,
 *   sorted by `by`, those with fewer rows than the rule's minimum among them.
 * All but the groups is one scan of the table; the groups of rules that go by the same columns are one more.
 */
export function validationSql(plan: Plan, name: string): string {
  const validation = plan.validations[name];
  if (validation === undefined) throw new Error(`the plan has no validation ${name}`);
  const table = tableOf(plan, validation.on);
  const eventTime = eventTimeOf(plan, validation.on);
  const context: Context = { table, order: orderOf(table, eventTime) };
  const rules = validation.rules.map((rule, i) => ({ rule, i }));
  const plain = rules.filter(({ rule }) => rule.forEach === null);
  const columns = [
    'count(*) AS rows',
    ...[...table.columns].flatMap(([column, type]) => statistics(column, type)),
    ...plain.flatMap(({ rule, i }) =>
      tableAggregates(rule.condition).map(
        (aggregate, j) => `${valueSql(aggregate, context)} AS ${identifier(ruleColumn(i, j))}`,
      ),
    ),
  ];
  const main = `SELECT\n  ${columns.join(',\n  ')}\nFROM ${identifier(table.relation)}`;
  const grouped = groupsBy(rules.filter(({ rule }) => rule.forEach !== null));
  if (grouped.length === 0) return main;
  const joined = grouped.map((group, n) => `CROSS JOIN (${groupsSql(group, context)}) AS groups_${n}`);
  return `SELECT *\nFROM (\n${main}\n) AS whole\n${joined.join('\n')}`;
}

/** The column that holds an aggregate of a rule without `for each`. */
export const ruleColumn = (rule: number, aggregate: number): string => `rule:${rule}:${aggregate}`;
/** The column that holds the groups of a rule with `for each`. */
export const groupsColumn = (rule: number): string => `groups:${rule}`;

/** The aggregates of a condition, in the order in which they are written. */
export function tableAggregates(expr: Expr): TableAggregateExpr[] {
  if (expr.op === 'table_aggregate') return [expr];
  return expr.op === 'call' ? expr.args.flatMap(tableAggregates) : [];
}

interface Context {
  readonly table: Table;
  /** What `first` and `last` go by. */
  readonly order: string;
}
interface Numbered {
  readonly rule: Condition;
  readonly i: number;
}

const leaves: Leaves = {
  column: ref => identifier(ref.column),
  // Of a view.
  feature: ref => identifier(ref.name),
};

function eventTimeOf(plan: Plan, name: string): string | null {
  const schema = plan.sources[name]?.schema ?? plan.components[name]?.schema;
  if (schema !== undefined) return plan.schemas[schema]?.eventTime ?? null;
  return plan.views[name]?.moment === null ? null : '__at';
}

function orderOf(table: Table, eventTime: string | null): string {
  const columns = [...(eventTime === null ? [] : [eventTime]), ...table.columns.keys()];
  return `row(${columns.map(identifier).join(', ')})`;
}

function valueSql(aggregate: TableAggregateExpr, { order }: Context): string {
  const [first, ...rest] = aggregate.args;
  const expr = first === undefined ? null : aggregated(aggregate.aggregate, first);
  const value = expr === null ? null : { expr, sql: operandSql(expr, leaves) };
  const constant = rest[0]?.op === 'literal' ? { q: rest[0].value } : {};
  const options = { args: constant, order, sorted: false };
  return aggregateText(aggregateSql(aggregate.aggregate, value, options));
}

function statistics(column: string, type: Type): string[] {
  const name = identifier(column);
  const missing = `count(*) - count(${name}) AS ${identifier(`missing:${column}`)}`;
  const number = numberSql(name, type);
  if (number === undefined) return [missing];
  const of = { min: 'min', max: 'max', mean: 'favg', stddev: 'stddev_pop' } as const;
  return [
    missing,
    ...Object.entries(of).map(([key, fn]) => `${fn}(${number}) AS ${identifier(`${key}:${column}`)}`),
  ];
}

function numberSql(name: string, type: Type): string | undefined {
  switch (type.kind) {
    case 'int':
    case 'float':
    case 'duration':
    case 'size':
    case 'rate':
      return `CAST(${name} AS DOUBLE)`;
    case 'date':
    case 'datetime':
    case 'timestamp':
      return `CAST(epoch_ms(CAST(${name} AS TIMESTAMP)) AS DOUBLE)`;
    default:
      return undefined;
  }
}

/** Rules by the columns they group by. */
function groupsBy(rules: readonly Numbered[]): Numbered[][] {
  const groups = new Map<string, Numbered[]>();
  for (const numbered of rules) {
    const key = JSON.stringify(numbered.rule.forEach!.by);
    groups.set(key, [...(groups.get(key) ?? []), numbered]);
  }
  return [...groups.values()];
}

function groupsSql(group: readonly Numbered[], context: Context): string {
  const by = group[0]!.rule.forEach!.by;
  const keys = by.map((column, k) => `CAST(${identifier(column)} AS VARCHAR) AS key${k}`);
  const values = group.flatMap(({ rule, i }) =>
    tableAggregates(rule.condition).map(
      (aggregate, j) => `${valueSql(aggregate, context)} AS ${identifier(ruleColumn(i, j))}`,
    ),
  );
  const names = by.map((_, k) => `key${k}`);
  const inner = `SELECT ${[...keys, 'count(*) AS n', ...values].join(', ')} FROM ${identifier(context.table.relation)} GROUP BY ${by.map(identifier).join(', ')}`;
  const lists = group.map(({ rule, i }) => {
    const texts = tableAggregates(rule.condition).map(
      (_, j) => `CAST(${identifier(ruleColumn(i, j))} AS VARCHAR)`,
    );
    const struct = `{${text('by')}: [${names.join(', ')}], ${text('rows')}: n, ${text('values')}: CAST([${texts.join(', ')}] AS VARCHAR[])}`;
    return `CAST(to_json(coalesce(list(${struct} ORDER BY ${names.join(', ')}), [])) AS VARCHAR) AS ${identifier(groupsColumn(i))}`;
  });
  return `SELECT ${lists.join(', ')} FROM (${inner})`;
}
