import type { CallExpr, Expr, Literal } from '../../../compiler/plan/plan.ts';
import { javaScriptPattern } from '../../../compiler/sql/pattern.ts';
import { type EvaluatedValue, literalValue } from '../literal-value.ts';
import { functions } from './index.ts';
import { callTeam, type TeamFunctions } from './team.ts';
import {
  addDuration,
  addInt,
  and,
  compareText,
  durationBetween,
  type Int,
  inRange,
  inSet,
  MICROSECONDS_A_DAY,
  multiplyInt,
  negateInt,
  or,
  type Scalar,
  subtractInt,
  wholeOf,
} from './values.ts';

export { type EvaluatedValue, literalValue };

/**
 * The value of an expression of the plan: what the printed SQL and the printed TypeScript give, for conditions and tests
 * that no program was generated for; `team` are the functions of the team's code that it calls. `leaf` gives the value of everything that is neither a literal nor a call: columns,
 * features, windows, aggregates, metrics, drift.
 * @throws RowError where the value does not exist
 */
export function evaluate(
  expr: Expr,
  leaf: (expr: Exclude<Expr, Literal | CallExpr>) => EvaluatedValue,
  team?: TeamFunctions,
): EvaluatedValue {
  if (expr.op === 'literal') return literalValue(expr);
  if (expr.op !== 'call') return leaf(expr);
  const at = (i: number): EvaluatedValue => evaluate(expr.args[i]!, leaf, team);
  switch (expr.fn) {
    case 'and':
      return and(at(0) as boolean | null, at(1) as boolean | null);
    case 'or':
      return or(at(0) as boolean | null, at(1) as boolean | null);
    case 'coalesce':
      return expr.args.reduce<EvaluatedValue>((value, arg) => value ?? evaluate(arg, leaf, team), null);
    case 'if':
      return at(at(0) === true ? 1 : 2);
    case 'is_null':
      return at(0) === null;
    case 'list':
      return expr.args.map(arg => evaluate(arg, leaf, team) as Scalar | null);
    default: {
      const args = expr.args.map(arg => evaluate(arg, leaf, team));
      if (expr.team === undefined) return strict(expr, args);
      const own = team?.[expr.fn];
      if (own === undefined) throw new Error(`the program has no function ${expr.fn}`);
      return callTeam(own, args as readonly (Scalar | null)[]);
    }
  }
}

function strict(expr: CallExpr, args: readonly EvaluatedValue[]): EvaluatedValue {
  if (args.includes(null)) return null;
  const values = args as readonly Scalar[];
  const [a, b, c] = values;
  switch (expr.fn) {
    case 'not':
      return !a;
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return ordered(expr.fn, a!, b!);
    case 'in_range':
      return inRange(a!, b!, c!);
    case 'in_set':
      return inSet(a!, ...values.slice(1));
    case 'matching':
      return matches(expr.args[1]!, String(a));
    case 'neg':
      return negated(expr.args[0]!.type.kind, a!);
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
      return arithmetic(expr.fn, expr.args[0]!.type.kind, expr.args[1]!.type.kind, a!, b!);
    default: {
      const implementation = (
        functions as unknown as Record<string, (...args: readonly Scalar[]) => EvaluatedValue>
      )[expr.fn];
      if (implementation === undefined) throw new Error(`the library has no function ${expr.fn}`);
      return implementation(...values);
    }
  }
}

function ordered(operator: 'lt' | 'le' | 'gt' | 'ge', a: Scalar, b: Scalar): boolean {
  const [x, y] = typeof a === 'string' ? [compareText(a, b as string), 0] : [a, b];
  switch (operator) {
    case 'lt':
      return x < y;
    case 'le':
      return x <= y;
    case 'gt':
      return x > y;
    case 'ge':
      return x >= y;
  }
}

function negated(kind: string, a: Scalar): Scalar {
  if (kind === 'int') return negateInt(a as Int);
  return isWhole(kind) ? 0 - (a as number) : -(a as number);
}

const isTime = (kind: string): boolean => kind === 'datetime' || kind === 'timestamp' || kind === 'date';
const isWhole = (kind: string): boolean => kind === 'duration' || kind === 'size';

function arithmetic(
  operator: 'add' | 'sub' | 'mul' | 'div',
  x: string,
  y: string,
  a: Scalar,
  b: Scalar,
): Scalar {
  if (x === 'string') return `${String(a)}${String(b)}`;
  if (x === 'int' && y === 'int' && operator !== 'div') {
    return { add: addInt, sub: subtractInt, mul: multiplyInt }[operator](a as Int, b as Int);
  }
  const [m, n] = [Number(a), Number(b)];
  if (isTime(x) && isTime(y))
    return x === 'date' && y === 'date' ? (m - n) * 86_400_000 : durationBetween(m, n);
  const start = (kind: string, moment: number): number =>
    kind === 'date' ? moment * MICROSECONDS_A_DAY : moment;
  if (isTime(x) && y === 'duration') return addDuration(start(x, m), operator === 'add' ? n : -n);
  if (x === 'duration' && isTime(y)) return addDuration(start(y, n), m);
  const result = { add: m + n, sub: m - n, mul: m * n, div: m / n }[operator];
  const whole = isWhole(x) || isWhole(y);
  return whole && !(operator === 'div' && x === y) ? wholeOf(Math.trunc(result)) : result;
}

const patterns = new Map<string, RegExp>();

function matches(pattern: Expr, text: string): boolean {
  if (pattern.op !== 'literal') throw new Error('a pattern is a literal');
  const source = String(pattern.value);
  let compiled = patterns.get(source);
  if (compiled === undefined) {
    compiled = new RegExp(`^(?:${javaScriptPattern(source)})$`, 'u');
    patterns.set(source, compiled);
  }
  return compiled.test(text);
}
