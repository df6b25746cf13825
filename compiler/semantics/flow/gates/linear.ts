/** Linear inequalities over unknown numbers, and whether any numbers satisfy them: what conditions are judged by. */

export interface Linear {
  readonly constant: number;
  readonly terms: ReadonlyMap<string, number>;
}
/** `value <= 0`, or `value < 0`. */
export interface Constraint {
  readonly value: Linear;
  readonly strict: boolean;
}
/** What a number can be; infinite where nothing is known. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** It has no fraction. */
  readonly whole?: boolean;
}

/** Terms do not change, so sums share them where they can. */
const noTerms: ReadonlyMap<string, number> = new Map();

export const constant = (value: number): Linear => ({ constant: value, terms: noTerms });
export const variable = (name: string): Linear => ({ constant: 0, terms: new Map([[name, 1]]) });

export function scale(a: Linear, by: number): Linear {
  if (by === 0) return constant(0);
  if (a.terms.size === 0) return constant(a.constant * by);
  const terms = new Map<string, number>();
  a.terms.forEach((c, name) => {
    terms.set(name, c * by);
  });
  return { constant: a.constant * by, terms };
}

export function add(a: Linear, b: Linear): Linear {
  const sum = a.constant + b.constant;
  if (b.terms.size === 0) return { constant: sum, terms: a.terms };
  if (a.terms.size === 0) return { constant: sum, terms: b.terms };
  const terms = new Map(a.terms);
  b.terms.forEach((c, name) => {
    const total = (terms.get(name) ?? 0) + c;
    if (total === 0) terms.delete(name);
    else terms.set(name, total);
  });
  return { constant: sum, terms };
}

export const subtract = (a: Linear, b: Linear): Linear => add(a, scale(b, -1));

/** Sums of decimal fractions are off by this much at most, for numbers about as large as `near`. */
const tolerance = 1e-9;
const slack = tolerance * 1e-3;
const limit = 4_000;

const contradicts = ({ value, strict }: Constraint): boolean =>
  strict ? value.constant >= -slack : value.constant > slack;

/**
 * Can all constraints hold at once, with every number in its interval? By Fourier's elimination, exact over the reals;
 * where it would grow beyond all measure the answer is yes.
 */
export function feasible(
  constraints: readonly Constraint[],
  intervalOf: (name: string) => Interval,
): boolean {
  if (constraints.length === 0) return true;
  if (constraints.length === 1) return alone(constraints[0]!, intervalOf);
  if (constraints.every(c => c.value.terms.size <= 1)) return separate(constraints, intervalOf);
  const names = new Set(constraints.flatMap(c => [...c.value.terms.keys()]));
  let system = [...constraints, ...[...names].flatMap(name => bounds(name, intervalOf(name)))];
  for (;;) {
    if (system.some(c => c.value.terms.size === 0 && contradicts(c))) return false;
    const name = cheapest(system);
    if (name === undefined) return true;
    system = eliminate(system, name);
    if (system.length > limit) return true;
  }
}

/** One constraint holds somewhere if it holds where its value is least. */
function alone({ value, strict }: Constraint, intervalOf: (name: string) => Interval): boolean {
  let least = value.constant;
  let empty = false;
  value.terms.forEach((c, name) => {
    const { low, high } = intervalOf(name);
    if (low > high) empty = true;
    least += c * (c > 0 ? low : high);
  });
  return !empty && !contradicts({ value: constant(least), strict });
}

/** A common case: every constraint bounds one number, so each number is judged by itself. */
function separate(constraints: readonly Constraint[], intervalOf: (name: string) => Interval): boolean {
  const left = new Map<string, { low: number; high: number; openLow: boolean; openHigh: boolean }>();
  for (const constraint of constraints) {
    const { value, strict } = constraint;
    const [term] = value.terms;
    if (!term) {
      if (contradicts(constraint)) return false;
      continue;
    }
    const [name, c] = term;
    const range = left.get(name) ?? { ...intervalOf(name), openLow: false, openHigh: false };
    left.set(name, range);
    const bound = -value.constant / c;
    // Two bounds that differ by a rounding are one, and it is open if either is.
    if (c > 0 && bound <= range.high + slack) {
      range.openHigh = strict || (range.openHigh && bound >= range.high - slack);
      range.high = Math.min(bound, range.high);
    } else if (c < 0 && bound >= range.low - slack) {
      range.openLow = strict || (range.openLow && bound <= range.low + slack);
      range.low = Math.max(bound, range.low);
    }
  }
  return [...left.values()].every(({ low, high, openLow, openHigh }) =>
    openLow || openHigh ? low < high - slack : low <= high + slack,
  );
}

function bounds(name: string, { low, high }: Interval): Constraint[] {
  const x = variable(name);
  return [
    ...(Number.isFinite(low) ? [{ value: subtract(constant(low), x), strict: false }] : []),
    ...(Number.isFinite(high) ? [{ value: subtract(x, constant(high)), strict: false }] : []),
  ];
}

/** The variable whose elimination makes the fewest new constraints. */
function cheapest(system: readonly Constraint[]): string | undefined {
  const counts = new Map<string, { up: number; down: number }>();
  for (const { value } of system)
    for (const [name, c] of value.terms) {
      const count = counts.get(name) ?? { up: 0, down: 0 };
      if (c > 0) count.up++;
      else count.down++;
      counts.set(name, count);
    }
  const cost = ({ up, down }: { up: number; down: number }): number => up * down - up - down;
  return [...counts].sort(([a, x], [b, y]) => cost(x) - cost(y) || (a < b ? -1 : 1))[0]?.[0];
}

/** Every upper bound of a variable must be above every lower one; then the variable is gone. */
function eliminate(system: readonly Constraint[], name: string): Constraint[] {
  const coefficient = (c: Constraint): number => c.value.terms.get(name) ?? 0;
  const rest = system.filter(c => coefficient(c) === 0);
  const upper = system.filter(c => coefficient(c) > 0);
  const lower = system.filter(c => coefficient(c) < 0);
  const combined = upper.flatMap(u =>
    lower.map((l): Constraint => {
      const sum = add(scale(u.value, 1 / coefficient(u)), scale(l.value, -1 / coefficient(l)));
      const terms = new Map([...sum.terms].filter(([key, c]) => key !== name && Math.abs(c) > slack));
      return { value: { constant: sum.constant, terms }, strict: u.strict || l.strict };
    }),
  );
  return [...rest, ...combined];
}
