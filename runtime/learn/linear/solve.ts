/** Solving for weights: Cholesky for few columns, limited-memory BFGS for many. */

/**
 * Solves A x = b for a symmetric positive definite A, given by its lower triangle (row-major), which is overwritten.
 * Null when A is not positive definite beyond rounding. Golub and Van Loan, "Matrix Computations", 4.2.
 */
export function solveCholesky(a: Float64Array, b: Float64Array): Float64Array | null {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const before = a[i * n + j]!;
      let sum = before;
      for (let k = 0, p = i * n, q = j * n; k < j; k++, p++, q++) sum -= a[p]! * a[q]!;
      if (i !== j) a[i * n + j] = sum / a[j * n + j]!;
      else if (sum > 1e-13 * before) a[i * n + i] = Math.sqrt(sum);
      else return null;
    }
  }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= a[i * n + k]! * x[k]!;
    x[i]! /= a[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= a[k * n + i]! * x[k]!;
    x[i]! /= a[i * n + i]!;
  }
  return x;
}

/**
 * Solves with the least ridge, relative to the greatest entry of the diagonal, that makes A positive definite:
 * without a penalty, columns that depend on each other leave it singular.
 */
export function solveRidged(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  let greatest = Number.MIN_VALUE;
  for (let i = 0; i < n; i++) greatest = Math.max(greatest, a[i * n + i]!);
  for (let ridge = 0; ; ridge = ridge === 0 ? 1e-10 : ridge * 10) {
    const copy = a.slice();
    for (let i = 0; i < n; i++) copy[i * n + i]! += ridge * greatest;
    const x = solveCholesky(copy, b);
    if (x !== null) return x;
    if (ridge > 1) throw new RangeError('the matrix holds no finite numbers');
  }
}

/** Writes the gradient at x to `gradient` and returns the value. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface Minimum {
  readonly x: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
}

export interface MinimiseOptions {
  readonly iterations: number;
  /** Ends when no entry of the gradient is greater. */
  readonly tolerance: number;
  /** About the diagonal of the hessian, up to a factor: columns of very different scales then converge alike. */
  readonly diagonal?: Float64Array;
  /** Called before each iteration; may throw to end it. */
  readonly onIteration?: (iteration: number, value: number) => void;
}

const MEMORY = 10;

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly rho: number;
}

/** Limited-memory BFGS with halving of the step: Nocedal and Wright, "Numerical Optimization", algorithm 7.5. */
export function minimise(objective: Objective, start: Float64Array, options: MinimiseOptions): Minimum {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = objective(x, gradient);
  const memory: Pair[] = [];
  for (let iteration = 0; iteration < options.iterations; iteration++) {
    options.onIteration?.(iteration, value);
    if (greatestOf(gradient) <= options.tolerance) return { x, iterations: iteration, converged: true };
    const direction = descent(gradient, memory, options.diagonal);
    const slope = dot(direction, gradient);
    // The first step knows no curvature: it is of length 1 at most. Later ones are right as they are.
    let size = memory.length === 0 ? 1 / Math.max(1, Math.sqrt(dot(direction, direction))) : 1;
    const next = new Float64Array(x.length);
    const nextGradient = new Float64Array(x.length);
    let nextValue = Number.POSITIVE_INFINITY;
    for (; size > 1e-12; size /= 2) {
      for (let i = 0; i < x.length; i++) next[i] = x[i]! + size * direction[i]!;
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + 1e-4 * size * slope) break;
    }
    // No descent beyond rounding is left.
    if (!(nextValue < value))
      return { x, iterations: iteration, converged: greatestOf(gradient) <= 1e3 * options.tolerance };
    remember(memory, x, next, gradient, nextGradient);
    x = next;
    gradient = nextGradient;
    value = nextValue;
  }
  return { x, iterations: options.iterations, converged: greatestOf(gradient) <= options.tolerance };
}

function remember(
  memory: Pair[],
  x: Float64Array,
  next: Float64Array,
  g: Float64Array,
  nextG: Float64Array,
): void {
  const step = next.map((v, i) => v - x[i]!);
  const change = nextG.map((v, i) => v - g[i]!);
  const curvature = dot(step, change);
  if (curvature <= 1e-14 * dot(change, change)) return;
  memory.push({ step, change, rho: 1 / curvature });
  if (memory.length > MEMORY) memory.shift();
}

/** The two-loop recursion: minus the gradient, times the approximate inverse of the hessian. */
function descent(gradient: Float64Array, memory: readonly Pair[], diagonal?: Float64Array): Float64Array {
  const q = gradient.map(g => -g);
  const alphas: number[] = [];
  for (let i = memory.length - 1; i >= 0; i--) {
    const { step, change, rho } = memory[i]!;
    const alpha = rho * dot(step, q);
    alphas[i] = alpha;
    for (let j = 0; j < q.length; j++) q[j]! -= alpha * change[j]!;
  }
  const last = memory[memory.length - 1];
  if (diagonal !== undefined) for (let j = 0; j < q.length; j++) q[j]! /= diagonal[j]!;
  if (last !== undefined) {
    let squares = 0;
    for (let j = 0; j < q.length; j++) squares += last.change[j]! ** 2 / (diagonal?.[j] ?? 1);
    const scale = 1 / (last.rho * squares);
    for (let j = 0; j < q.length; j++) q[j]! *= scale;
  }
  memory.forEach(({ step, change, rho }, i) => {
    const beta = alphas[i]! - rho * dot(change, q);
    for (let j = 0; j < q.length; j++) q[j]! += beta * step[j]!;
  });
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function greatestOf(values: Float64Array): number {
  let greatest = 0;
  for (const value of values) greatest = Math.max(greatest, Math.abs(value));
  return greatest;
}
