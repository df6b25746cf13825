import type { CallExpr, ColumnRef, Expr, FeatureRef, Literal, Type, WindowExpr } from '../plan/plan.ts';
import type { OperatorName } from '../semantics/overload-key.ts';
import { operatorNames } from '../semantics/overload-key.ts';
import { double, identifier, text } from './escape.ts';
import { functionSql } from './functions.ts';
import { microsecondsOf } from './moments.ts';
import { sqlType } from './types.ts';

/** What stands for the leaves of an expression in the query around it. */
export interface Leaves {
  column(ref: ColumnRef): string;
  feature?(ref: FeatureRef): string;
  window?(window: WindowExpr): string;
  /** Aggregates of a table, drift and the like. */
  other?(expr: Expr): string;
}

/** How tightly printed SQL binds; what binds less is put in parentheses. */
const Level = { or: 1, and: 2, not: 3, compare: 4, add: 5, multiply: 6, unary: 7, atom: 8 } as const;
type Level = (typeof Level)[keyof typeof Level];
interface Printed {
  readonly sql: string;
  readonly level: Level;
}

const operators: ReadonlySet<string> = new Set(operatorNames);
const atom = (sql: string): Printed => ({ sql, level: Level.atom });

/** An expression as DuckDB SQL. Its value is that of the printed TypeScript on every row. */
export function expressionSql(expr: Expr, leaves: Leaves): string {
  return new Printer(leaves).print(expr).sql;
}

/** The same, safe to stand next to any operator. */
export function operandSql(expr: Expr, leaves: Leaves): string {
  return new Printer(leaves).at(expr, Level.atom);
}

class Printer {
  readonly #leaves: Leaves;

  constructor(leaves: Leaves) {
    this.#leaves = leaves;
  }

  print(expr: Expr): Printed {
    switch (expr.op) {
      case 'literal':
        return literal(expr, true);
      case 'column':
        return atom(this.#leaves.column(expr));
      case 'feature':
        return atom(this.#leaf(this.#leaves.feature?.(expr), expr));
      case 'window':
        return atom(this.#leaf(this.#leaves.window?.(expr), expr));
      case 'call':
        return operators.has(expr.fn) ? this.#operator(expr, expr.fn as OperatorName) : this.#call(expr);
      default:
        return atom(this.#leaf(this.#leaves.other?.(expr), expr));
    }
  }

  at(expr: Expr, level: Level): string {
    return bracket(this.print(expr), level);
  }

  #leaf(sql: string | undefined, expr: Expr): string {
    if (sql === undefined) throw new Error(`a ${expr.op} has no place here`);
    return sql;
  }

  #call(expr: CallExpr): Printed {
    // Registered with the database; nulls are its own matter.
    if (expr.team !== undefined)
      return atom(`${identifier(expr.fn)}(${expr.args.map(arg => this.print(arg).sql).join(', ')})`);
    const args = expr.args.map(arg => ({ sql: this.at(arg, Level.atom), optional: arg.type.optional }));
    const sql = functionSql(expr.fn, args);
    return { sql, level: sql.startsWith('CASE') ? Level.or : Level.atom };
  }

  #operator(expr: CallExpr, operator: OperatorName): Printed {
    const [a, b, c] = expr.args;
    switch (operator) {
      case 'add':
      case 'sub':
      case 'mul':
      case 'div':
        return this.#arithmetic(operator, a!, b!);
      case 'eq':
      case 'ne':
      case 'lt':
      case 'le':
      case 'gt':
      case 'ge':
        return this.#comparison(operator, a!, b!);
      case 'neg':
        return { sql: `-${this.at(a!, Level.atom)}`, level: Level.unary };
      case 'and':
        return { sql: `${this.at(a!, Level.and)} AND ${this.at(b!, Level.and)}`, level: Level.and };
      case 'or':
        return { sql: `${this.at(a!, Level.or)} OR ${this.at(b!, Level.or)}`, level: Level.or };
      case 'not':
        return { sql: `NOT ${this.at(a!, Level.compare)}`, level: Level.not };
      case 'coalesce':
        return chosen(
          expr.type,
          expr.args.map(arg => this.print(arg).sql),
          x => `coalesce(${x.join(', ')})`,
        );
      case 'if':
        return chosen(
          expr.type,
          [b!, c!].map(branch => this.print(branch).sql),
          ([x, y]) => `CASE WHEN ${this.print(a!).sql} THEN ${x} ELSE ${y} END`,
        );
      case 'in_range':
        return this.#inRange(a!, b!, c!);
      case 'in_set':
        return this.#inSet(a!, expr.args.slice(1));
      case 'matching':
        return atom(`regexp_full_match(${this.print(a!).sql}, ${this.print(b!).sql})`);
      case 'is_null':
        return { sql: `${this.at(a!, Level.add)} IS NULL`, level: Level.compare };
      case 'list': {
        const items = expr.args.map(arg => this.print(arg).sql);
        return atom(`CAST([${items.join(', ')}] AS ${sqlType(expr.type)})`);
      }
    }
  }

  #arithmetic(operator: 'add' | 'sub' | 'mul' | 'div', a: Expr, b: Expr): Printed {
    const kinds = `${a.type.kind} ${b.type.kind}`;
    const [x, y] = [() => this.at(a, Level.atom), () => this.at(b, Level.atom)];
    const time = /^(datetime|timestamp|date)$/;
    if (operator === 'add' && a.type.kind === 'string') {
      return { sql: `${this.at(a, Level.add)} || ${this.at(b, Level.multiply)}`, level: Level.add };
    }
    if (operator === 'add' && a.type.kind === 'duration' && time.test(b.type.kind))
      return this.#shift('+', b, a);
    if (time.test(a.type.kind) && b.type.kind === 'duration')
      return this.#shift(operator === 'add' ? '+' : '-', a, b);
    if (kinds === 'date date') return atom(`(date_diff('day', ${y()}, ${x()}) * 86400000)`);
    if (time.test(a.type.kind) && time.test(b.type.kind)) {
      return atom(`((epoch_us(${x()}) - epoch_us(${y()})) // 1000)`);
    }
    if (
      (isWhole(a.type.kind) || isWhole(b.type.kind)) &&
      (operator === 'mul' || (operator === 'div' && b.type.kind === 'float'))
    ) {
      return this.#scaled(operator, a, b);
    }
    if (operator === 'div') {
      return {
        sql: `${this.#double(a, Level.multiply)} / ${this.#double(b, Level.unary)}`,
        level: Level.multiply,
      };
    }
    const both = a.op === 'literal' && b.op === 'literal';
    const level = operator === 'mul' ? Level.multiply : Level.add;
    const left = both ? this.at(a, level) : this.#bare(a, level);
    const right = both ? this.at(b, (level + 1) as Level) : this.#bare(b, (level + 1) as Level);
    const sql = `${left} ${{ add: '+', sub: '-', mul: '*' }[operator]} ${right}`;
    return isWhole(a.type.kind) ? wholeUnits(`(${sql})`) : { sql, level };
  }

  #shift(sign: '+' | '-', moment: Expr, length: Expr): Printed {
    return {
      sql: `${this.at(moment, Level.add)} ${sign} to_milliseconds(${this.print(length).sql})`,
      level: Level.add,
    };
  }

  /** A duration or size by a number: whole units again, cut towards zero. */
  #scaled(operator: 'mul' | 'div', a: Expr, b: Expr): Printed {
    const floats = a.type.kind === 'float' || b.type.kind === 'float';
    const sign = operator === 'mul' ? '*' : '/';
    const [x, y] = [this.at(a, Level.multiply), this.at(b, Level.unary)];
    return wholeUnits(floats ? `CAST(trunc(${x} ${sign} ${y}) AS BIGINT)` : `(${x} ${sign} ${y})`);
  }

  #double(expr: Expr, level: Level): string {
    return expr.type.kind === 'float' ? this.at(expr, level) : `CAST(${this.print(expr).sql} AS DOUBLE)`;
  }

  /** DuckDB puts nan above every number and equal to itself; in the language, as in IEEE 754, it is neither. */
  #comparison(operator: Comparison, a: Expr, b: Expr): Printed {
    const sql = `${this.#bare(a, Level.add)} ${SIGNS[operator]} ${this.#bare(b, Level.add)}`;
    const [guarded, other] =
      operator === 'lt' || operator === 'le' || ((operator === 'eq' || operator === 'ne') && isNumber(b))
        ? [b, a]
        : [a, b];
    if (!hasNan(a.type.kind) || isNumber(guarded)) return { sql, level: Level.compare };
    return this.#unlessNan({ sql, level: Level.compare }, guarded, [other], operator === 'ne');
  }

  /** `answer` where `guarded` is nan. Null stays null: a plain AND would make false of it. */
  #unlessNan(test: Printed, guarded: Expr, others: readonly Expr[], answer: boolean): Printed {
    const nan = `isnan(${this.print(guarded).sql})`;
    const optional = others.filter(other => other.type.optional);
    if (optional.length > 0) {
      const present = optional.map(other => ` AND ${this.at(other, Level.atom)} IS NOT NULL`).join('');
      return { sql: `CASE WHEN ${nan}${present} THEN ${answer} ELSE ${test.sql} END`, level: Level.or };
    }
    return answer
      ? { sql: `${bracket(test, Level.or)} OR ${nan}`, level: Level.or }
      : { sql: `${bracket(test, Level.and)} AND NOT ${nan}`, level: Level.and };
  }

  #inRange(x: Expr, low: Expr, high: Expr): Printed {
    const parts = [x, low, high].map(part => this.#bare(part, Level.add));
    const between: Printed = { sql: `${parts[0]} BETWEEN ${parts[1]} AND ${parts[2]}`, level: Level.compare };
    const checked =
      !hasNan(x.type.kind) || isNumber(high) ? between : this.#unlessNan(between, high, [x, low], false);
    return this.#ifPresent([low, high], checked);
  }

  #inSet(x: Expr, items: readonly Expr[]): Printed {
    const listed = items.map(item => this.#bare(item, Level.add)).join(', ');
    const within: Printed = { sql: `${this.#bare(x, Level.add)} IN (${listed})`, level: Level.compare };
    const numbers = !hasNan(x.type.kind) || isNumber(x) || items.every(isNumber);
    const checked = numbers ? within : this.#unlessNan(within, x, items, false);
    return this.#ifPresent(items, checked);
  }

  /** SQL answers without a null where another part decides; the operators of the language are strict. */
  #ifPresent(parts: readonly Expr[], answer: Printed): Printed {
    const optional = parts.filter(part => part.type.optional);
    if (optional.length === 0) return answer;
    const present = optional.map(part => `${this.at(part, Level.atom)} IS NOT NULL`).join(' AND ');
    return { sql: `CASE WHEN ${present} THEN ${answer.sql} END`, level: Level.or };
  }

  /** A literal without the cast that it needs where nothing beside it has a type. */
  #bare(expr: Expr, level: Level): string {
    return expr.op === 'literal' ? bracket(literal(expr, false), level) : this.at(expr, level);
  }
}

const hasNan = (kind: string): boolean => kind === 'float' || kind === 'rate';

/** Held as whole numbers of a unit. */
const isWhole = (kind: string): boolean => kind === 'duration' || kind === 'size';

/**
 * As it is below 2^53 in size, where TypeScript's numbers end, and beyond 64 bits on the way from there on, which is an
 * error. The product is of another type, since DuckDB would multiply its constant with others of the spec beforehand.
 */
const wholeUnits = (sql: string): Printed =>
  atom(`((CAST(CAST(${sql} AS HUGEINT) * 1024 - 1 AS BIGINT) + 1) // 1024)`);

/** DuckDB chooses between lists, but not between arrays of a fixed length. */
function chosen(
  type: Type,
  values: readonly string[],
  choice: (values: readonly string[]) => string,
): Printed {
  if (type.kind !== 'vector') {
    const sql = choice(values);
    return { sql, level: sql.startsWith('CASE') ? Level.or : Level.atom };
  }
  const lists = values.map(value => `CAST(${value} AS DOUBLE[])`);
  return atom(`CAST(${choice(lists)} AS ${sqlType(type)})`);
}

type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';
const SIGNS: Readonly<Record<Comparison, string>> = {
  eq: '=',
  ne: '<>',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
};

const bracket = (printed: Printed, level: Level): string =>
  printed.level >= level ? printed.sql : `(${printed.sql})`;

const isNumber = (expr: Expr): boolean => expr.op === 'literal' && !Number.isNaN(Number(expr.value));

function literal({ value, type }: Literal, typed: boolean): Printed {
  if (value === null) return atom(type.kind === 'null' ? 'NULL' : `CAST(NULL AS ${sqlType(type)})`);
  if (typeof value === 'boolean') return atom(String(value));
  switch (type.kind) {
    case 'int':
    case 'duration':
    case 'size':
      return integer(String(value), typed);
    case 'float':
    case 'rate':
      return signed(double(Number(value)));
    case 'date':
      return atom(`DATE ${text(String(value))}`);
    case 'datetime':
      return atom(`TIMESTAMP ${text(momentText(String(value)))}`);
    case 'timestamp':
      return atom(`TIMESTAMPTZ ${text(`${momentText(String(value))}+00`)}`);
    default:
      return atom(text(String(value)));
  }
}

/** DuckDB wants seconds, and offsets of its own form: all moments are written alike. */
function momentText(iso: string): string {
  const micros = microsecondsOf(iso);
  const milliseconds = Math.floor(micros / 1000);
  const text = new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '');
  return `${text}${String(micros - milliseconds * 1000).padStart(3, '0')}`;
}

/** Small whole numbers are read as 32 bits, so on their own they are cast. */
function integer(value: string, typed: boolean): Printed {
  return typed ? atom(`CAST(${value} AS BIGINT)`) : signed(value);
}

const signed = (sql: string): Printed => ({ sql, level: sql.startsWith('-') ? Level.unary : Level.atom });
