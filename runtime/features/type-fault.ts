import type { Type } from '../../compiler/plan/plan.ts';
import { javaScriptPattern } from '../../compiler/sql/pattern.ts';
import { type Held, shown } from './held.ts';
import { literalValue } from './literal-value.ts';

/** How a value breaks the type that the compiler gave it, with the condition that it breaks; null: it does not. */
export function typeFault(
  value: Held,
  type: Type,
): { readonly what: string; readonly condition: (name: string) => string } | null {
  if (value === null)
    return type.optional
      ? null
      : { what: 'is null, and its type is not optional', condition: name => `${name} is not null` };
  if (Array.isArray(value)) return null;
  const range = rangeFault(value, type);
  if (range) return range;
  const allowed = type.members ?? type.values;
  if (allowed && !allowed.some(one => one === value)) {
    const set = `{${allowed.map(one => JSON.stringify(one)).join(', ')}}`;
    return { what: `is not one of ${set}`, condition: name => `${name} in ${set}` };
  }
  const { pattern } = type;
  if (pattern !== undefined && !matches(pattern, String(value)))
    return { what: `does not match r"${pattern}"`, condition: name => `${name} matching r"${pattern}"` };
  return null;
}

const patterns = new Map<string, RegExp>();

function matches(pattern: string, value: string): boolean {
  const whole = patterns.get(pattern) ?? new RegExp(`^(?:${javaScriptPattern(pattern)})$`, 'u');
  patterns.set(pattern, whole);
  return whole.test(value);
}

/** Sums and means of floats may miss an end of their range by their last digit. */
const slack = 1e-9;

function rangeFault(value: Held, type: Type) {
  if (type.min === undefined && type.max === undefined) return null;
  const held = (bound: Type['min']) =>
    bound === undefined
      ? undefined
      : Number(literalValue({ value: bound, type: { ...type, optional: false } }));
  const [low, high] = [held(type.min), held(type.max)];
  const number = Number(value);
  const room = type.kind === 'float' ? slack * Math.max(1, Math.abs(number)) : 0;
  // Written so that nan, which is in no range, is outside.
  const inside = (low === undefined || number >= low - room) && (high === undefined || number <= high + room);
  if (inside) return null;
  const text = (bound: number) => shown(bound, type);
  const condition = (name: string) => {
    if (low === undefined) return `${name} <= ${text(high!)}`;
    return high === undefined ? `${name} >= ${text(low)}` : `${name} in ${text(low)}..${text(high)}`;
  };
  const range = `${low === undefined ? '' : text(low)}..${high === undefined ? '' : text(high)}`;
  return { what: `lies outside of ${range}, the range of its type`, condition };
}
