import { type Constraint, type Interval, type Linear, scale } from './linear.ts';

/** Comparisons of a difference with zero, as lists of alternatives, each a list of constraints that hold together. */
export type Alternatives = readonly (readonly Constraint[])[];

/** When `difference` relates to zero as asked, and when not. */
export function relation(
  fn: string,
  difference: Linear,
  intervalOf: (name: string) => Interval | undefined,
): readonly [Alternatives, Alternatives] {
  const opposite = scale(difference, -1);
  const atMost = (strict: boolean): Constraint => tightened({ value: difference, strict }, intervalOf);
  const atLeast = (strict: boolean): Constraint => tightened({ value: opposite, strict }, intervalOf);
  switch (fn) {
    case 'ge':
      return [[[atLeast(false)]], [[atMost(true)]]];
    case 'gt':
      return [[[atLeast(true)]], [[atMost(false)]]];
    case 'le':
      return [[[atMost(false)]], [[atLeast(true)]]];
    case 'lt':
      return [[[atMost(true)]], [[atLeast(false)]]];
    case 'eq':
      return [[[atMost(false), atLeast(false)]], [[atMost(true)], [atLeast(true)]]];
    default:
      return [[[atMost(true)], [atLeast(true)]], [[atMost(false), atLeast(false)]]];
  }
}

/** A bound of one whole number is a whole number: more than 2 rows are at least 3. */
function tightened(constraint: Constraint, intervalOf: (name: string) => Interval | undefined): Constraint {
  const { value, strict } = constraint;
  if (value.terms.size !== 1) return constraint;
  for (const [name, c] of value.terms) {
    if (intervalOf(name)?.whole !== true) return constraint;
    const bound = exact(-value.constant / c);
    const sign = Math.sign(c);
    const nearest = sign > 0 ? Math.floor(bound) : Math.ceil(bound);
    const whole = strict && nearest === bound ? bound - sign : nearest;
    return { value: { constant: -sign * whole, terms: new Map([[name, sign]]) }, strict: false };
  }
  return constraint;
}

/** Sums of decimal fractions may miss a whole number by a hair. */
const exact = (value: number): number =>
  Math.abs(value - Math.round(value)) < 1e-9 ? Math.round(value) : value;
