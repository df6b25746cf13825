import { typesMessages } from '../../../diagnostics/messages/types.ts';
import type { Type } from '../../../plan/type.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { describeBound, describeRange, isQuantity, isUnknown } from '../../types.ts';
import { constantOf, numberOf } from '../constant.ts';
import type { Checker, Env } from '../context.ts';

/** Inclusive bounds of a value, as far as they are known; texts for times. */
export interface Interval {
  readonly min: number | string | undefined;
  readonly max: number | string | undefined;
}

export function intervalOf(c: Checker, expression: ast.Expression, type: Type): Interval {
  const constant = constantOf(c, expression);
  const isTime = type.kind === 'date' || type.kind === 'datetime' || type.kind === 'timestamp';
  if (typeof constant === 'string' && isTime) return { min: constant, max: constant };
  const number = numberOf(constant);
  if (number !== undefined) return { min: number, max: number };
  return { min: type.min, max: type.max };
}

function withBounds(type: Type, min: number | undefined, max: number | undefined): Type {
  const low = min !== undefined && Number.isFinite(min);
  const high = max !== undefined && Number.isFinite(max);
  if (low) return high ? { ...type, min, max } : { ...type, min };
  return high ? { ...type, max } : type;
}
const number = (bound: number | string | undefined): number | undefined =>
  typeof bound === 'number' ? bound : undefined;

/** The range of a sum, difference, product or quotient of quantities. */
export function arithmeticRange(type: Type, operator: string, a: Interval, b: Interval): Type {
  if (!isQuantity(type)) return type;
  const aMin = number(a.min);
  const aMax = number(a.max);
  const bMin = number(b.min);
  const bMax = number(b.max);
  if (operator === '+') return withBounds(type, add(aMin, bMin), add(aMax, bMax));
  if (operator === '-') return withBounds(type, add(aMin, minus(bMax)), add(aMax, minus(bMin)));
  if (operator === '/') return quotientRange(type, aMin, aMax, bMin, bMax);
  if (
    operator !== '*' ||
    aMin === undefined ||
    aMax === undefined ||
    bMin === undefined ||
    bMax === undefined
  ) {
    return type;
  }
  const corners = [aMin * bMin, aMin * bMax, aMax * bMin, aMax * bMax].map(end => inUnits(type, end));
  return withBounds(type, Math.min(...corners), Math.max(...corners));
}

const add = (x: number | undefined, y: number | undefined): number | undefined =>
  x === undefined || y === undefined ? undefined : x + y;
const minus = (x: number | undefined): number | undefined => (x === undefined ? undefined : -x);

/** A duration or size is cut to whole units, towards zero. */
const inUnits = ({ kind }: Type, end: number): number =>
  kind === 'duration' || kind === 'size' ? Math.trunc(end) + 0 : end;

/** By a divisor that is never zero. */
function quotientRange(
  type: Type,
  aMin: number | undefined,
  aMax: number | undefined,
  bMin: number | undefined,
  bMax: number | undefined,
): Type {
  if (aMin === undefined || aMax === undefined || bMin === undefined || bMax === undefined) return type;
  if (bMin <= 0 && bMax >= 0) return type;
  const corners = [aMin / bMin, aMin / bMax, aMax / bMin, aMax / bMax].map(end => inUnits(type, end));
  return withBounds(type, Math.min(...corners), Math.max(...corners));
}

export function negatedRange(type: Type): Type {
  const { min, max, ...rest } = type;
  const [low, high] = [number(min), number(max)];
  return withBounds(rest, high === undefined ? undefined : -high, low === undefined ? undefined : -low);
}

/** The one outcome that a comparison has, or undefined. */
export function decided(operator: string, a: Interval, b: Interval): boolean | undefined {
  const below = a.max !== undefined && b.min !== undefined && typeof a.max === typeof b.min;
  const above = a.min !== undefined && b.max !== undefined && typeof a.min === typeof b.max;
  switch (operator) {
    case '<':
      return below && a.max! < b.min! ? true : above && a.min! >= b.max! ? false : undefined;
    case '<=':
      return below && a.max! <= b.min! ? true : above && a.min! > b.max! ? false : undefined;
    case '>':
      return decided('<', b, a);
    case '>=':
      return decided('<=', b, a);
    case '==':
      return (below && a.max! < b.min!) || (above && a.min! > b.max!) ? false : undefined;
    case '!=':
      return (below && a.max! < b.min!) || (above && a.min! > b.max!) ? true : undefined;
    default:
      return undefined;
  }
}

/**
 * Says that a comparison has only one outcome. Comparisons of constants alone are deliberate (`debug == true` with a
 * param), and those of metrics are the matter of the gate's own rules.
 */
export function reportDecided(
  c: Checker,
  env: Env,
  at: ast.Expression,
  always: boolean | undefined,
  operands: readonly { readonly expression: ast.Expression; readonly type: Type }[],
): void {
  if (always === undefined || env.gate) return;
  const varying = operands.find(
    ({ expression, type }) => constantOf(c, expression) === undefined && !isUnknown(type),
  );
  if (!varying) return;
  const { expression, type } = varying;
  const text = env.module.file.text.slice(expression.span.start, expression.span.end).replace(/\s+/g, ' ');
  const same = type.pattern !== undefined && at.kind === 'Matching' && !type.values;
  const why = same
    ? `\`${text}\` matches r"${type.pattern}"`
    : type.values
      ? `\`${text}\` is one of ${type.values.map(value => JSON.stringify(value)).join(', ')}`
      : `\`${text}\` is ${boundsInWords(type)}`;
  const span = at.span;
  if (env.place === 'validation' && env.rows) {
    c.error(env.module, typesMessages.ruleDecided, { passes: always, why }, span);
  } else c.error(env.module, typesMessages.alwaysSame, { always, why }, span);
}

function boundsInWords(type: Type): string {
  const open = typeof type.max === 'number' && type.max >= 2 ** 63;
  if (type.min !== undefined && type.max !== undefined && !open) return `in ${describeRange(type)}`;
  if (type.members) return `one of ${type.members.join(', ')}`;
  if (type.kind === 'bool') return 'true or false';
  if (type.min !== undefined) return `at least ${describeBound(type, type.min)}`;
  return type.max === undefined ? 'such' : `at most ${describeBound(type, type.max)}`;
}
