import type { Expr } from '../plan/plan.ts';
import { aggregated, aggregateSql, aggregateText } from './aggregates.ts';
import { identifier } from './escape.ts';
import { expressionSql, type Leaves, operandSql } from './expression.ts';
import { type Aggregate, type Framed, inputsOf, type Relation } from './relational.ts';
import { sqlType } from './types.ts';

/** A relation as one DuckDB query: a common table for each step, read from top to bottom. Same relation, same text. */
export function relationSql(relation: Relation): string {
  return new Printer(relation).query();
}

const leaves: Leaves = { column: ref => identifier(ref.column) };
const sqlOf = (expr: Expr): string => expressionSql(expr, leaves);
const list = (names: readonly string[]): string => names.map(identifier).join(', ');

class Printer {
  readonly #root: Relation;
  readonly #uses = new Map<Relation, number>();
  readonly #names = new Map<Relation, string>();
  readonly #tables: string[] = [];

  constructor(root: Relation) {
    this.#root = root;
    this.#count(root);
  }

  #count(relation: Relation): void {
    const uses = this.#uses.get(relation) ?? 0;
    this.#uses.set(relation, uses + 1);
    if (uses === 0) for (const input of inputsOf(relation)) this.#count(input);
  }

  query(): string {
    const last = this.#select(this.#root);
    if (this.#tables.length === 0) return last;
    return `WITH\n${this.#tables.join(',\n')}\n${last}`;
  }

  /** The name of a relation's table, which is written before what reads it. What is read twice is computed once. */
  #table(relation: Relation): string {
    const known = this.#names.get(relation);
    if (known !== undefined) return known;
    const select = this.#select(relation);
    const name = `${relation.op}_${this.#tables.length + 1}`;
    this.#names.set(relation, name);
    const kept = this.#uses.get(relation)! > 1 ? 'MATERIALIZED' : 'NOT MATERIALIZED';
    this.#tables.push(`  ${name} AS ${kept} (\n    ${select.replaceAll('\n', '\n    ')}\n  )`);
    return name;
  }

  #select(relation: Relation): string {
    switch (relation.op) {
      case 'scan': {
        const columns = relation.columns.map(
          ({ column, as }) => `${identifier(column)} AS ${identifier(as)}`,
        );
        return `SELECT ${columns.length === 0 ? '1 AS "#"' : columns.join(', ')}\nFROM ${identifier(relation.table)}`;
      }
      case 'numbered': {
        const order = relation.order.length === 0 ? '' : `ORDER BY ${list(relation.order)}`;
        return `SELECT *, row_number() OVER (${order}) AS ${identifier(relation.name)}\nFROM ${this.#table(relation.input)}`;
      }
      case 'project': {
        const columns = relation.columns.map(({ name, expr }) => `${sqlOf(expr)} AS ${identifier(name)}`);
        const all = relation.all ? ['*', ...columns] : columns;
        return `SELECT\n  ${all.join(',\n  ')}\nFROM ${this.#table(relation.input)}`;
      }
      case 'renamed': {
        const gone = relation.columns.flatMap(({ from, to }) => [from, to]);
        const fresh = relation.columns.map(({ from, to }) => `${identifier(from)} AS ${identifier(to)}`);
        return `SELECT * EXCLUDE (${list(gone)}), ${fresh.join(', ')}\nFROM ${this.#table(relation.input)}`;
      }
      case 'dropped':
        return `SELECT * EXCLUDE (${list(relation.columns)})\nFROM ${this.#table(relation.input)}`;
      case 'filter':
        return `SELECT *\nFROM ${this.#table(relation.input)}\nWHERE ${sqlOf(relation.condition)}`;
      case 'join': {
        const [left, right] = [this.#table(relation.left), this.#table(relation.right)];
        const on = relation.on.map(condition => `(${sqlOf(condition)})`).join(' AND ');
        return `SELECT *\nFROM ${left}\n${relation.kind === 'left' ? 'LEFT' : 'INNER'} JOIN ${right} ON ${on || 'true'}`;
      }
      case 'as_of': {
        const [left, right] = [this.#table(relation.left), this.#table(relation.right)];
        const equal = relation.equal.map(pair => `${identifier(pair.left)} = ${identifier(pair.right)} AND `);
        const last = `${identifier(relation.moment)} >= ${identifier(relation.event)}`;
        return `SELECT *\nFROM ${left}\nASOF LEFT JOIN ${right} ON ${equal.join('')}${last}`;
      }
      case 'pick':
        return this.#pick(relation);
      case 'grid':
        return this.#grid(relation);
      case 'windowed': {
        const frames = relation.frames.map(frame => framed(frame, relation));
        return `SELECT\n  *,\n  ${frames.join(',\n  ')}\nFROM ${this.#table(relation.input)}`;
      }
      case 'aggregated': {
        const columns = [
          ...relation.by.map(identifier),
          ...relation.aggregates.map(
            aggregate => `${printed(aggregate, true)} AS ${identifier(aggregate.name)}`,
          ),
        ];
        const by = relation.by.length === 0 ? '' : `\nGROUP BY ${list(relation.by)}`;
        return `SELECT\n  ${columns.join(',\n  ')}\nFROM ${this.#table(relation.input)}${by}`;
      }
      case 'union':
        return relation.inputs.map(input => `SELECT * FROM ${this.#table(input)}`).join('\nUNION ALL\n');
    }
  }

  /** The greatest row is that of the greatest tuple, which a plain aggregate finds without a sort. */
  #pick({ input, by, order, keep }: Extract<Relation, { op: 'pick' }>): string {
    const tuple = [...new Set([...order, ...keep])];
    const row = `row(${list(tuple)})`;
    const kept = keep.map(name => `(best)[${tuple.indexOf(name) + 1}] AS ${identifier(name)}`);
    const grouped = `SELECT ${list(by)}, max(${row}) AS best FROM ${this.#table(input)} GROUP BY ${list(by)}`;
    const columns = [...by.filter(name => !keep.includes(name)).map(identifier), ...kept];
    return `SELECT ${columns.join(', ')}\nFROM (${grouped})`;
  }

  #grid({ input, name, type, grain, start, ends }: Extract<Relation, { op: 'grid' }>): string {
    const cast = (sql: string): string => `CAST(${sql} AS ${sqlType(type)})`;
    const from = cast(identifier(start));
    const step = `INTERVAL 1 ${grain.toUpperCase()}`;
    const trunc = `date_trunc('${grain}', ${from})`;
    const first = `CASE WHEN ${trunc} = ${from} THEN ${from} ELSE ${trunc} + ${step} END`;
    const last = ends.map(({ table, column, offset }) => {
      const latest = `max(${cast(identifier(column))})`;
      const moment = offset === 0 ? latest : `${latest} + to_milliseconds(${offset})`;
      return `SELECT ${moment} AS moment FROM ${identifier(table)}`;
    });
    const end = `(SELECT max(moment) FROM (${last.join(' UNION ALL ')}))`;
    return `SELECT *, unnest(generate_series(${first}, ${end}, ${step})) AS ${identifier(name)}\nFROM ${this.#table(input)}`;
  }
}

function printed(aggregate: Aggregate, sorted: boolean, over = ''): string {
  const expr = aggregate.value === null ? null : aggregated(aggregate.aggregate, aggregate.value);
  const value = expr === null ? null : { expr, sql: operandSql(expr, leaves) };
  const order = `row(${list(aggregate.order)})`;
  const sql = aggregateSql(aggregate.aggregate, value, { args: aggregate.args, order, sorted });
  return aggregateText(sql, aggregate.filter === null ? null : sqlOf(aggregate.filter), over);
}

function framed(frame: Framed, { partition, order, tie }: Extract<Relation, { op: 'windowed' }>): string {
  const by = partition.length === 0 ? '' : `PARTITION BY ${list(partition)} `;
  const { key, lower, upper } = tie === null ? plainBounds(frame, order) : tiedBounds(frame, order, tie);
  const exclude = frame.excludeSelf ? ' EXCLUDE CURRENT ROW' : '';
  const over = ` OVER (${by}ORDER BY ${key} RANGE BETWEEN ${lower} AND ${upper}${exclude})`;
  return `${printed(frame, false, over)} AS ${identifier(frame.name)}`;
}

interface Bounds {
  readonly key: string;
  readonly lower: string;
  readonly upper: string;
}

function plainBounds({ lower, upper }: Framed, order: string): Bounds {
  const bound = (offset: number): string =>
    offset <= 0 ? `CAST(${-offset} AS BIGINT) PRECEDING` : `CAST(${offset} AS BIGINT) FOLLOWING`;
  return { key: identifier(order), lower: bound(lower), upper: bound(upper) };
}

const TIES = 2n ** 32n;

/**
 * A range goes by one number, so moment and tie are put into one of 128 bits, the tie in its low half; the bounds take the
 * row's own tie off again and reach from the first tie of one moment to the last of another.
 */
function tiedBounds({ lower, upper }: Framed, order: string, tie: string): Bounds {
  const own = identifier(tie);
  const bound = (offset: number, reach: bigint): string => {
    const distance = BigInt(offset) * TIES + reach;
    return offset < 0 || (offset === 0 && reach === 0n)
      ? `CAST(${-distance} + ${own} AS HUGEINT) PRECEDING`
      : `CAST(${distance} - ${own} AS HUGEINT) FOLLOWING`;
  };
  return {
    key: `CAST(${identifier(order)} AS HUGEINT) * ${TIES} + ${own}`,
    lower: bound(lower, 0n),
    upper: bound(upper, TIES - 1n),
  };
}
