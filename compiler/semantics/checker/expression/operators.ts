import { typesMessages } from '../../../diagnostics/messages/types.ts';
import { suggest } from '../../../diagnostics/suggest.ts';
import type { Type } from '../../../plan/type.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { replaceText } from '../../fixes.ts';
import {
  bool,
  describe,
  fits,
  greater,
  isComparable,
  isNumber,
  isOrdered,
  isQuantity,
  isUnknown,
  join,
  lesser,
  optional,
  plain,
  required,
  unitsClash,
  unknown,
  unrefined,
  withoutUnit,
  withUnit,
} from '../../types.ts';
import { constantOf } from '../constant.ts';
import type { Checker, Env } from '../context.ts';
import { boundOf, checkPattern, checkRangeOrder } from '../type-expression.ts';
import { Conditions } from './conditions.ts';
import { domainOf } from './domains.ts';
import { matches } from './expect.ts';
import { infer } from './infer.ts';
import { arithmeticAdvice, comparisonAdvice, misfit, unitClash } from './misfit.ts';
import { haveCommonText } from './patterns.ts';
import { arithmeticRange, decided, intervalOf, negatedRange, reportDecided } from './ranges.ts';

const lift = (type: Type, ...operands: readonly Type[]): Type =>
  operands.some(operand => operand.optional) ? optional(type) : type;

export function inferUnary(c: Checker, env: Env, e: ast.Unary): Type {
  const wanted = e.operator === 'not' ? bool : undefined;
  const operand = infer(c, env, e.operand, wanted);
  if (isUnknown(operand)) return e.operator === 'not' ? bool : unknown;
  const good =
    e.operator === 'not'
      ? operand.kind === 'bool'
      : isQuantity(operand) && operand.kind !== 'size' && operand.kind !== 'rate';
  if (good) return e.operator === 'not' ? lift(bool, operand) : negatedRange(operand);
  const expected = e.operator === 'not' ? 'a truth value' : 'a number or a duration';
  const facts = { operator: e.operator, found: describe(operand), expected };
  c.error(env.module, typesMessages.operand, facts, e.operand.span);
  return e.operator === 'not' ? bool : unknown;
}

export function inferBinary(c: Checker, env: Env, e: ast.Binary, expected: Type | undefined): Type {
  switch (e.operator) {
    case 'and':
    case 'or':
      return inferLogical(c, env, e);
    case '??':
      return inferCoalesce(c, env, e, expected);
    case '+':
    case '-':
    case '*':
    case '/':
      return inferArithmetic(c, env, e);
    default:
      return inferComparison(c, env, e);
  }
}

function inferLogical(c: Checker, env: Env, e: ast.Binary): Type {
  let result: Type = bool;
  const types = [e.left, e.right].map(operand => infer(c, env, operand, bool));
  if (e.operator === 'or' && otherwise(c, env, e, types)) return unknown;
  for (const [i, operand] of [e.left, e.right].entries()) {
    const type = types[i]!;
    if (isUnknown(type)) continue;
    if (type.kind === 'bool') result = lift(result, type);
    else {
      const facts = { operator: e.operator, found: describe(type), expected: 'truth values' };
      c.error(env.module, typesMessages.operand, facts, operand.span);
    }
  }
  new Conditions(c, env).chain(e);
  return result;
}

/** `name or "none"`, which was meant to give a value in the place of a missing one: reported as one mistake. */
function otherwise(c: Checker, env: Env, e: ast.Binary, [left, right]: readonly Type[]): boolean {
  if (!left?.optional || !right || left.kind === 'bool' || right.kind === 'bool') return false;
  if (!fits(right, required(left))) return false;
  const { operatorSpan: span } = e;
  const facts = { operator: 'or', found: describe(left), expected: 'truth values' };
  const hint = 'a value in the place of a missing one follows `??`';
  const fixes = [replaceText(env.module, span, '??', false)];
  c.error(env.module, typesMessages.operand, facts, span, { hint, fixes });
  return true;
}

function inferCoalesce(c: Checker, env: Env, e: ast.Binary, expected: Type | undefined): Type {
  const left = infer(c, env, e.left, expected);
  const right = infer(c, env, e.right, isUnknown(left) ? expected : required(left));
  if (isUnknown(left) || isUnknown(right)) return isUnknown(left) ? required(right) : unknown;
  if (!left.optional) {
    const span = { start: e.operatorSpan.start, end: e.right.span.end };
    let start = e.left.span.end;
    // The closing bracket of the left side stays.
    while (start < e.operatorSpan.start && env.module.file.text[start] !== ' ') start++;
    const fixes = [
      {
        title: 'remove the default',
        edits: [{ file: env.module.file, span: { start, end: e.right.span.end }, text: '' }],
      },
    ];
    c.error(env.module, typesMessages.needlessDefault, {}, span, {
      fixes: isBracketed(env, e.right) ? [] : fixes,
    });
    return left;
  }
  if (clash(c, env, e, left, right)) return unknown;
  const joined = join(required(left), right);
  if (joined) return left.kind === 'null' ? right : withDefaultRange(c, e.right, joined, left);
  const facts = { left: describe(required(left)), right: describe(right), what: 'the value and its default' };
  c.error(env.module, typesMessages.noCommonType, facts, e.right.span);
  return left.kind === 'null' ? right : required(left);
}

const isBracketed = (env: Env, e: ast.Expression): boolean => env.module.file.text[e.span.start - 1] === '(';

/** The value's range, widened by the default when that is a constant. */
function withDefaultRange(c: Checker, right: ast.Expression, joined: Type, left: Type): Type {
  const bounds = intervalOf(c, right, c.typeOf(right));
  const { min: _min, max: _max, ...rest } = joined;
  const alike = (a: number | string | undefined, b: number | string | undefined): boolean =>
    a !== undefined && b !== undefined && typeof a === typeof b;
  return {
    ...rest,
    ...(alike(left.min, bounds.min) ? { min: lesser(left.min!, bounds.min!) } : {}),
    ...(alike(left.max, bounds.max) ? { max: greater(left.max!, bounds.max!) } : {}),
  };
}

function clash(c: Checker, env: Env, e: ast.Binary, left: Type, right: Type): boolean {
  if (!unitsClash(left, right)) return false;
  unitClash(c, env, e, left, right);
  return true;
}

function inferArithmetic(c: Checker, env: Env, e: ast.Binary): Type {
  const left = infer(c, env, e.left);
  const right = infer(c, env, e.right);
  if (isUnknown(left) || isUnknown(right)) return unknown;
  const result = arithmeticType(e.operator, left, right);
  if (!result) return misfit(c, env, e, left, right, arithmeticAdvice(e, left, right));
  const additive = e.operator === '+' || e.operator === '-';
  if (additive && clash(c, env, e, left, right)) return unknown;
  const unit = additive ? (left.unit ?? right.unit) : scaledUnit(c, e, left, right);
  const base = withUnit(lift(withoutUnit(unrefined(result)), left, right), unit);
  const typed = arithmeticRange(base, e.operator, intervalOf(c, e.left, left), intervalOf(c, e.right, right));
  reportOverflow(c, env, e, typed);
  return typed;
}

function arithmeticType(operator: string, left: Type, right: Type): Type | undefined {
  if (isNumber(left) && isNumber(right)) {
    return plain(operator === '/' || left.kind === 'float' || right.kind === 'float' ? 'float' : 'int');
  }
  if (!isQuantity(left) || !isQuantity(right)) return undefined;
  const same = left.kind === right.kind;
  if (operator === '+' || operator === '-') return same ? plain(left.kind) : undefined;
  if (operator === '*') {
    if (isNumber(left)) return plain(right.kind);
    return isNumber(right) ? plain(left.kind) : undefined;
  }
  if (isNumber(right)) return plain(left.kind);
  return same ? plain('float') : undefined;
}

/** A bare number keeps the other's unit in a product, and in a quotient as the divisor; all else drops it. */
function scaledUnit(c: Checker, e: ast.Binary, left: Type, right: Type): string | undefined {
  const bare = (node: ast.Expression, type: Type) =>
    type.unit === undefined && constantOf(c, node) !== undefined;
  if (bare(e.right, right)) return left.unit;
  return e.operator === '*' && bare(e.left, left) ? right.unit : undefined;
}

const beyond: Readonly<Partial<Record<Type['kind'], string>>> = {
  int: 'the result does not fit 64 bits',
  duration: 'a duration has fewer than 2^53 milliseconds',
  size: 'a size has fewer than 2^53 bytes',
};

function reportOverflow(c: Checker, env: Env, e: ast.Binary, type: Type): void {
  const why = beyond[type.kind];
  if (why === undefined || constantOf(c, e.left) === undefined || constantOf(c, e.right) === undefined)
    return;
  c.types.set(e, type);
  if (constantOf(c, e) === undefined) c.error(env.module, typesMessages.overflow, { why }, e.span);
}

function inferComparison(c: Checker, env: Env, e: ast.Binary): Type {
  const equality = e.operator === '==' || e.operator === '!=';
  const { left, right } = inferPair(c, env, e.left, e.right);
  if (left.kind === 'null' || right.kind === 'null') return nullComparison(c, env, e);
  if (isUnknown(left) || isUnknown(right)) return lift(bool, left, right);
  const comparable =
    (fits(required(left), required(right)) || fits(required(right), required(left))) &&
    (equality ? isComparable(left) && isComparable(right) : isOrdered(left) && isOrdered(right));
  if (!comparable) {
    misfit(c, env, e, left, right, comparisonAdvice(env, e, left, right));
    return bool;
  }
  if (clash(c, env, e, left, right)) return bool;
  checkAllowed(c, env, e.left, left, e.right);
  checkAllowed(c, env, e.right, right, e.left);
  const always = decided(e.operator, intervalOf(c, e.left, left), intervalOf(c, e.right, right));
  reportDecided(c, env, e, always, [
    { expression: e.left, type: left },
    { expression: e.right, type: right },
  ]);
  return lift(bool, left, right);
}

/** Two sides of a comparison; the one that has an enum's type tells how the other is read. */
function inferPair(
  c: Checker,
  env: Env,
  first: ast.Expression,
  second: ast.Expression,
): { left: Type; right: Type } {
  const literal = (e: ast.Expression) => e.kind === 'String' || e.kind === 'NameExpression';
  if (literal(first) && !literal(second)) {
    const right = infer(c, env, second);
    return { left: infer(c, env, first, required(right)), right };
  }
  if (first.kind === 'String') {
    const right = infer(c, env, second);
    return { left: infer(c, env, first, required(right)), right };
  }
  const left = infer(c, env, first);
  return { left, right: infer(c, env, second, required(left)) };
}

function nullComparison(c: Checker, env: Env, e: ast.Binary): Type {
  const negated = e.operator === '!=';
  const isLeft = e.left.kind === 'Null';
  const other = isLeft ? e.right : e.left;
  const text = env.module.file.text.slice(other.span.start, other.span.end);
  const replacement = `${text} is ${negated ? 'not ' : ''}null`;
  const fixes = [
    {
      title: `write \`${replacement}\``,
      edits: [{ file: env.module.file, span: e.span, text: replacement }],
    },
  ];
  const simple = e.operator === '==' || e.operator === '!=';
  c.error(env.module, typesMessages.nullComparison, { negated }, e.span, { fixes: simple ? fixes : [] });
  return bool;
}

/** A constant text that the other side can never be. */
function checkAllowed(
  c: Checker,
  env: Env,
  expression: ast.Expression,
  type: Type,
  other: ast.Expression,
): void {
  if (type.kind !== 'string' || (!type.values && type.pattern === undefined)) return;
  const value = constantOf(c, other);
  if (typeof value !== 'string' || constantOf(c, expression) !== undefined) return;
  const text = env.module.file.text.slice(expression.span.start, expression.span.end);
  if (type.values && !type.values.includes(value)) {
    const near = suggest(value, type.values.map(String));
    const suggestion = near === undefined ? undefined : JSON.stringify(near);
    const fixes =
      suggestion === undefined
        ? []
        : [
            {
              title: `change it to ${suggestion}`,
              edits: [{ file: env.module.file, span: other.span, text: suggestion }],
            },
          ];
    const values = type.values.map(one => JSON.stringify(one));
    const facts = { value: JSON.stringify(value), values, what: `\`${text}\``, suggestion };
    c.error(env.module, typesMessages.notInSet, facts, other.span, { fixes });
  } else if (type.pattern !== undefined && !matches(type.pattern, value)) {
    const facts = {
      value: JSON.stringify(value),
      range: `text that matches r"${type.pattern}"`,
      what: `\`${text}\``,
    };
    c.error(env.module, typesMessages.outOfRange, facts, other.span);
  }
}

export function inferIn(c: Checker, env: Env, e: ast.InRange | ast.InSet): Type {
  const operand = infer(c, env, e.operand);
  const items = e.kind === 'InRange' ? [e.range.low, e.range.high] : e.items;
  let result = lift(bool, operand);
  let known = !isUnknown(operand);
  for (const item of items) {
    const type = infer(c, env, item, required(operand));
    if (isUnknown(operand) || isUnknown(type)) {
      known = false;
      continue;
    }
    result = lift(result, type);
    const comparable =
      isComparable(operand) &&
      (fits(required(type), required(operand)) || fits(required(operand), required(type)));
    if (type.kind === 'null' || !comparable || (e.kind === 'InRange' && !isOrdered(operand))) {
      const facts = { operator: 'in', left: describe(operand), right: describe(type) };
      c.error(env.module, typesMessages.operands, facts, item.span);
      known = false;
    } else if (unitsClash(operand, type)) {
      const facts = { operator: 'in', left: JSON.stringify(operand.unit), right: JSON.stringify(type.unit) };
      c.error(env.module, typesMessages.unitClash, facts, item.span);
    } else if (e.kind === 'InSet') checkAllowed(c, env, e.operand, operand, item);
  }
  if (known && e.kind === 'InRange') checkInRange(c, env, e, operand);
  if (known && e.kind === 'InSet') checkInSet(c, env, e, operand);
  return result;
}

function checkInRange(c: Checker, env: Env, e: ast.InRange, operand: Type): void {
  const low = boundOf(constantOf(c, e.range.low));
  const high = boundOf(constantOf(c, e.range.high));
  checkRangeOrder(c, env.module, e.range, low, high);
  if (low === undefined || high === undefined || low > high) return;
  const value = intervalOf(c, e.operand, operand);
  const atLeast = decided('>=', value, { min: low, max: low });
  const atMost = decided('<=', value, { min: high, max: high });
  const inside = atLeast === false || atMost === false ? false : atLeast && atMost ? true : undefined;
  const always = inside === undefined ? undefined : inside !== e.negated;
  reportDecided(c, env, e, always, [{ expression: e.operand, type: operand }]);
}

/** A set that holds all values that there are, or numbers and times of which none can be. */
function checkInSet(c: Checker, env: Env, e: ast.InSet, operand: Type): void {
  const subject = { expression: e.operand, type: operand };
  const domain = domainOf(operand);
  const items = e.items.map(item => memberOf(c, item) ?? constantOf(c, item));
  if (items.length === 0 || items.some(item => item === undefined)) return;
  const held = new Set(items);
  if (domain.only && !operand.optional && [...domain.only].every(value => held.has(value))) {
    reportDecided(c, env, e, !e.negated, [subject]);
    return;
  }
  const value = intervalOf(c, e.operand, operand);
  const never = e.items.filter(item => decided('==', value, intervalOf(c, item, c.typeOf(item))) === false);
  if (never.length === e.items.length) reportDecided(c, env, e, e.negated, [subject]);
  else for (const item of never) reportDecided(c, env, item, false, [subject]);
}

function memberOf(c: Checker, e: ast.Expression): string | undefined {
  const name = e.kind === 'NameExpression' ? e.name : e.kind === 'Member' ? e.member : undefined;
  const symbol = name && c.symbols.get(name);
  return symbol?.kind === 'member' ? symbol.name : undefined;
}

const contradicts = (own: string | undefined, asked: string): boolean =>
  own !== undefined && haveCommonText(own, asked) === false;

/** A pattern that all of the few values match, or none; that is the column's own, or shares no text with it. */
function checkMatching(c: Checker, env: Env, e: ast.Matching, operand: Type, pattern: string): void {
  const subject = { expression: e.operand, type: operand };
  const fit = operand.values?.map(value => matches(pattern, String(value)));
  const all = fit?.every(Boolean) || operand.pattern === pattern;
  if (all && !operand.optional) reportDecided(c, env, e, !e.negated, [subject]);
  else if (fit && fit.length > 0 ? !fit.some(Boolean) : contradicts(operand.pattern, pattern))
    reportDecided(c, env, e, e.negated, [subject]);
}

export function inferMatching(c: Checker, env: Env, e: ast.Matching): Type {
  const operand = infer(c, env, e.operand);
  if (e.pattern.kind === 'String') {
    c.typed(e.pattern, plain('string'));
    checkPattern(c, env.module, e.pattern);
  }
  if (isUnknown(operand)) return bool;
  if (operand.kind !== 'string') {
    const facts = { operator: 'matching', found: describe(operand), expected: 'a text' };
    c.error(env.module, typesMessages.operand, facts, e.operand.span);
    return bool;
  }
  if (e.pattern.kind === 'String') checkMatching(c, env, e, operand, e.pattern.value);
  return lift(bool, operand);
}

export function inferIsNull(c: Checker, env: Env, e: ast.IsNull): Type {
  const operand = infer(c, env, e.operand);
  if (!isUnknown(operand) && !operand.optional) {
    c.error(env.module, typesMessages.neverNull, { negated: e.negated }, e.span);
  }
  return bool;
}
