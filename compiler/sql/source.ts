import type { Expr, Plan, Schema, SchemaColumn, Type, Value } from '../plan/plan.ts';
import { identifier } from './escape.ts';
import { expressionSql } from './expression.ts';
import { sqlType } from './types.ts';
import { columnOf } from './view/terms.ts';

/** How a source's columns are cast and what each must satisfy; what `runtime/engine/contract.ts` calls a SourceProgram. */
export interface SourceChecks {
  readonly columns: readonly {
    readonly name: string;
    readonly sqlType: string;
    readonly checks: readonly { readonly rule: CheckRule; readonly sql: string }[];
  }[];
}
export type CheckRule = 'required' | 'range' | 'pattern' | 'enum' | 'set' | 'item' | 'arrival';

/** A row violates a check where it is false. Null passes, but for `required`; nan lies in no range. */
export function sourceProgram(plan: Plan, name: string): SourceChecks {
  const source = plan.sources[name];
  const schema = source === undefined ? undefined : plan.schemas[source.schema];
  if (schema === undefined) throw new Error(`the plan has no source ${name}`);
  return rowChecks(schema, source!.lag);
}

/** The same of the rows that a component takes, by parameter, and of those that it makes. */
export function componentProgram(
  plan: Plan,
  name: string,
): { inputs: Record<string, SourceChecks>; rows: SourceChecks } {
  const use = plan.components[name];
  const made = use === undefined ? undefined : plan.schemas[use.schema];
  if (use === undefined || made === undefined) throw new Error(`the plan has no component value ${name}`);
  const inputs = Object.entries(use.inputs).flatMap(([parameter, table]) => {
    const schema = plan.schemas[(plan.sources[table] ?? plan.components[table])?.schema ?? ''];
    return schema ? [[parameter, rowChecks(schema, plan.sources[table]?.lag ?? 0)] as const] : [];
  });
  return { inputs: Object.fromEntries(inputs), rows: rowChecks(made, 0) };
}

function rowChecks(schema: Schema, lag: number): SourceChecks {
  return {
    columns: schema.columns.map(column => ({
      name: column.name,
      sqlType: sqlType(column.type),
      checks: [...schemaChecks(column), ...arrivalOf(column, schema, lag)],
    })),
  };
}

/**
 * A column that says when others are known lies no earlier than its row can have arrived: event time + lag. What is
 * known by T is judged on the strength of that.
 */
function arrivalOf({ name }: SchemaColumn, schema: Schema, lag: number): { rule: CheckRule; sql: string }[] {
  const says = schema.columns.some(({ known }) => known.latest.some(m => m.column === name));
  if (!says || schema.eventTime === null) return [];
  const arrives = `${identifier(schema.eventTime)}::TIMESTAMP + to_milliseconds(${lag})`;
  return [{ rule: 'arrival', sql: `${identifier(name)}::TIMESTAMP >= ${arrives}` }];
}

/** What a schema demands of a column that is of its type. */
export function schemaChecks({ name, type }: SchemaColumn): { rule: CheckRule; sql: string }[] {
  const column = columnOf(name, type);
  const sql = (expr: Expr): string => expressionSql(expr, { column: ref => identifier(ref.column) });
  const literal = (value: Value): Expr => ({ op: 'literal', value, type: bare(type), at: 0 });
  const condition = (fn: string, ...args: Expr[]): string =>
    sql({ op: 'call', fn, args: [column, ...args], type: { kind: 'bool', optional: type.optional }, at: 0 });
  const { min, max, pattern, members, values } = type;
  const checks: { rule: CheckRule; sql: string }[] = [];
  if (!type.optional) checks.push({ rule: 'required', sql: `${identifier(name)} IS NOT NULL` });
  if (type.kind === 'enum' && members !== undefined)
    checks.push({ rule: 'enum', sql: condition('in_set', ...members.map(literal)) });
  if (min !== undefined && max !== undefined)
    checks.push({ rule: 'range', sql: condition('in_range', literal(min), literal(max)) });
  else if (min !== undefined) checks.push({ rule: 'range', sql: condition('ge', literal(min)) });
  else if (max !== undefined) checks.push({ rule: 'range', sql: condition('le', literal(max)) });
  if (values !== undefined) checks.push({ rule: 'set', sql: condition('in_set', ...values.map(literal)) });
  if (pattern !== undefined) checks.push({ rule: 'pattern', sql: condition('matching', literal(pattern)) });
  const items = itemCheck(identifier(name), type, 0);
  if (items !== undefined) checks.push({ rule: 'item', sql: items });
  return checks;
}

/** What must hold of every item of a list or vector; null where there is no list. */
function itemCheck(list: string, type: Type, depth: number): string | undefined {
  const element = type.kind === 'vector' ? vectorItem : type.kind === 'list' ? type.element : undefined;
  if (element === undefined) return undefined;
  const name = `item ${depth}`;
  const item = { name, type: element, known: { latest: [] }, tags: [], at: 0 };
  const checks = schemaChecks(item).filter(({ rule }) => rule !== 'item');
  if (element.kind === 'float') checks.push({ rule: 'range', sql: `isfinite(${identifier(name)})` });
  const inner = itemCheck(identifier(name), element, depth + 1);
  const all = [...checks.map(({ sql }) => sql), ...(inner === undefined ? [] : [inner])];
  if (all.length === 0) return undefined;
  const holds = all.map(sql => `coalesce(${sql}, true)`).join(' AND ');
  const held = type.kind === 'vector' ? `CAST(${list} AS DOUBLE[])` : list;
  const each = `list_transform(${held}, lambda ${identifier(name)}: ${holds})`;
  return `(${list} IS NULL OR coalesce(list_bool_and(${each}), true))`;
}
const vectorItem: Type = { kind: 'float', optional: false };

const bare = (type: Type): Type => ({ kind: type.kind, optional: false });
