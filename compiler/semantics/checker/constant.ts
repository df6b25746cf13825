import type { Value } from '../../plan/expression.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { paramConstant } from './constants.ts';
import type { Checker, Constant } from './context.ts';

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;
export const fitsInt = (value: bigint): boolean => value >= MIN_INT && value <= MAX_INT;

/** The value of a constant expression, whose types must be known; an int is a bigint. Undefined if it is not constant. */
export function constantOf(c: Checker, expression: ast.Expression): Constant | undefined {
  switch (expression.kind) {
    case 'Unary':
    case 'Binary':
    case 'If':
      return remembered(c, expression);
    default: {
      const value = evaluate(c, expression);
      return value === undefined ? undefined : coerce(value, c, expression);
    }
  }
}

function remembered(c: Checker, expression: ast.Expression): Constant | undefined {
  if (c.constants.has(expression)) return c.constants.get(expression);
  // A constant that needs itself has been reported.
  c.constants.set(expression, undefined);
  const value = coerce(evaluate(c, expression), c, expression);
  c.constants.set(expression, value);
  return value;
}

/** As the plan writes it: an int beyond 2^53 as decimal text. */
export function planValue(constant: Constant): Value {
  if (typeof constant !== 'bigint') return constant;
  const number = Number(constant);
  return Number.isSafeInteger(number) ? number : constant.toString();
}

/** A constant as a number, for ranges. */
export function numberOf(constant: Constant | undefined): number | undefined {
  if (typeof constant === 'bigint') return Number(constant);
  return typeof constant === 'number' ? constant : undefined;
}

function coerce(value: Constant | undefined, c: Checker, expression: ast.Expression): Constant | undefined {
  const { kind } = c.typeOf(expression);
  if (typeof value === 'bigint' && kind === 'float') return Number(value);
  if (typeof value !== 'number' || (kind !== 'duration' && kind !== 'size')) return value;
  // Whole units, cut towards zero; `+ 0` makes zero of minus zero.
  const whole = Math.trunc(value) + 0;
  return Number.isSafeInteger(whole) ? whole : undefined;
}

function evaluate(c: Checker, e: ast.Expression): Constant | undefined {
  switch (e.kind) {
    case 'Int':
      return e.value;
    case 'Float':
    case 'String':
    case 'Time':
    case 'Bool':
      return e.value;
    case 'Duration':
      return e.milliseconds;
    case 'Size':
      return e.bytes;
    case 'Rate':
      return e.perSecond;
    case 'Null':
      return null;
    case 'NameExpression':
      return named(c, e.name);
    case 'Member':
      return named(c, e.member);
    case 'Unary':
      return unary(e.operator, constantOf(c, e.operand));
    case 'Binary':
      return binary(c, e);
    case 'If': {
      const condition = constantOf(c, e.condition);
      if (typeof condition !== 'boolean') return undefined;
      return constantOf(c, condition ? e.then : e.otherwise);
    }
    default:
      return undefined;
  }
}

function named(c: Checker, name: ast.Name): Constant | undefined {
  const symbol = c.symbols.get(name);
  if (symbol?.kind === 'member') return symbol.name;
  if (symbol?.kind !== 'declaration') return undefined;
  if (symbol.declaration.kind === 'Let') return remembered(c, symbol.declaration.value);
  return symbol.declaration.kind === 'Param' ? paramConstant(c, symbol.declaration) : undefined;
}

function unary(operator: '-' | 'not', value: Constant | undefined): Constant | undefined {
  if (value === null) return null;
  if (operator === 'not') return typeof value === 'boolean' ? !value : undefined;
  if (typeof value === 'bigint') return fitsInt(-value) ? -value : undefined;
  return typeof value === 'number' ? -value : undefined;
}

function binary(c: Checker, e: ast.Binary): Constant | undefined {
  const left = constantOf(c, e.left);
  if (left === undefined) return undefined;
  if (e.operator === '??') return left === null ? constantOf(c, e.right) : left;
  const right = constantOf(c, e.right);
  if (right === undefined) return undefined;
  if (e.operator === 'and' || e.operator === 'or') return kleene(e.operator, left, right);
  if (left === null || right === null) return null;
  return arithmetic(e.operator, left, right) ?? compare(e.operator, left, right);
}

function kleene(operator: 'and' | 'or', left: Constant, right: Constant): Constant {
  const decides = operator === 'or';
  if (left === decides || right === decides) return decides;
  return left === null || right === null ? null : !decides;
}

function arithmetic(operator: string, left: Constant, right: Constant): Constant | undefined {
  if (typeof left === 'bigint' && typeof right === 'bigint' && operator !== '/') {
    const value =
      operator === '+'
        ? left + right
        : operator === '-'
          ? left - right
          : operator === '*'
            ? left * right
            : undefined;
    return value !== undefined && fitsInt(value) ? value : undefined;
  }
  const a = numberOf(left);
  const b = numberOf(right);
  if (a === undefined || b === undefined) return undefined;
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  if (operator === '*') return a * b;
  return operator === '/' ? a / b : undefined;
}

function compare(operator: string, left: Constant, right: Constant): boolean | undefined {
  const numbers = typeof left !== 'string' && typeof left !== 'boolean';
  const a = numbers ? numberOf(left) : left;
  const b = numbers ? numberOf(right) : right;
  if (a === undefined || b === undefined || a === null || b === null || typeof a !== typeof b)
    return undefined;
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  if (operator === '>') return a > b;
  return operator === '>=' ? a >= b : undefined;
}
