/**
 * `logistic_regression`: the least sum of log losses plus l2 / 2 times the squared weights, the intercept free.
 *
 * Two classes and not too many columns: Newton's method (iteratively reweighted least squares, McCullagh and Nelder
 * 1989, 2.5) with halved steps. Else, and for several classes (softmax): limited-memory BFGS.
 */

import { checkTraining } from '../check.ts';
import { type ParamSpec, resolveParams } from '../params.ts';
import type { FitContext, Target, Trainer } from '../types.ts';
import {
  addTransposed,
  type Design,
  designRows,
  fitDesign,
  gram,
  gramDiagonal,
  products,
  type Rows,
} from './design.ts';
import { linearModel } from './model.ts';
import { minimise, solveRidged } from './solve.ts';

const NAME = 'logistic_regression';

export const logisticParams: readonly ParamSpec[] = [
  {
    name: 'l2',
    kind: 'float',
    default: 1,
    low: 0,
    high: 1e12,
    doc: 'Penalty l2/2 on the sum of squared weights (1/C of scikit-learn); above 0 it keeps separable data finite.',
  },
  { name: 'iterations', kind: 'int', default: 100, low: 1, high: 10_000, doc: 'Most steps of the solver.' },
];

/** Beyond this many columns a Newton step (columns^3 / 3) costs more than BFGS steps over the rows. */
const NEWTON_WIDTH = 1500;
/** The solver ends when no entry of the gradient is greater than this times the number of rows. */
const TOLERANCE = 1e-8;
/** The same for BFGS, whose last digits come slowly and change no decision; as scikit-learn ends. */
const STEPS_TOLERANCE = 1e-4;

export const logisticRegression: Trainer = {
  name: NAME,
  tasks: ['binary', 'multiclass'],
  acceptsMissing: false,
  acceptsCategories: true,
  params: logisticParams,
  /** @throws LearnError `missing-values` naming the column, and for rows, labels or parameters that do not fit */
  fit(frame, target, given, context) {
    const params = resolveParams(NAME, logisticParams, given);
    checkTraining(logisticRegression, frame, target);
    const design = fitDesign(NAME, frame);
    const rows = designRows(NAME, frame, design);
    const problem: Problem = {
      rows,
      design,
      target,
      l2: params['l2']!,
      iterations: params['iterations']!,
      context,
    };
    const binary = target.task === 'binary';
    const solved = !binary
      ? softmax(problem)
      : design.width <= NEWTON_WIDTH
        ? newton(problem)
        : sparse(problem);
    const stopped = solved.converged ? 'converged' : 'all iterations done';
    return linearModel({
      trainer: NAME,
      task: target.task,
      classes: target.classes,
      params,
      design,
      weights: solved.weights,
      fitted: { rounds: solved.iterations, stopped },
    });
  },
};

interface Problem {
  readonly rows: Rows;
  readonly design: Design;
  readonly target: Target;
  readonly l2: number;
  readonly iterations: number;
  readonly context: FitContext;
}

interface Solved {
  readonly weights: Float64Array[];
  readonly iterations: number;
  readonly converged: boolean;
}

function step(problem: Problem, iteration: number, loss: number): void {
  const { context, iterations, rows } = problem;
  context.signal?.throwIfAborted();
  context.onProgress?.({ done: iteration, total: iterations, trainLoss: loss / rows.count });
}

/** l2 / 2 w'w without the intercept. */
function penalty(weights: Float64Array, l2: number): number {
  let sum = 0;
  for (let i = 0; i + 1 < weights.length; i++) sum += weights[i]! * weights[i]!;
  return (l2 / 2) * sum;
}

/** Sum of log(1 + e^x) - y x, in the form that does not overflow. */
function logisticLoss(raw: Float64Array, labels: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < raw.length; row++) {
    const x = raw[row]!;
    sum += Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0) - labels[row]! * x;
  }
  return sum;
}

function newton(problem: Problem): Solved {
  const { rows, design, target, l2 } = problem;
  const { width } = design;
  let weights = new Float64Array(width);
  let raw = products(rows, weights);
  let value = logisticLoss(raw, target.values);
  const curvature = new Float64Array(rows.count);
  const residual = new Float64Array(rows.count);
  for (let iteration = 0; iteration < problem.iterations; iteration++) {
    step(problem, iteration, value);
    for (let row = 0; row < rows.count; row++) {
      const p = 1 / (1 + Math.exp(-raw[row]!));
      residual[row] = p - target.values[row]!;
      curvature[row] = p * (1 - p);
    }
    const gradient = weights.map((w, i) => (i + 1 < width ? l2 * w : 0));
    addTransposed(rows, residual, gradient);
    if (gradient.every(g => Math.abs(g) <= TOLERANCE * rows.count))
      return { weights: [weights], iterations: iteration, converged: true };
    const hessian = gram(rows, width, curvature);
    for (let i = 0; i + 1 < width; i++) hessian[i * width + i]! += l2;
    const direction = solveRidged(hessian, gradient);
    // A full step nearly always descends; far from the minimum it may overshoot.
    let size = 1;
    let next = weights;
    let nextRaw = raw;
    let nextValue = value;
    for (; size > 1e-6; size /= 2) {
      next = weights.map((w, i) => w - size * direction[i]!);
      nextRaw = products(rows, next);
      nextValue = logisticLoss(nextRaw, target.values) + penalty(next, l2);
      if (nextValue < value) break;
    }
    if (!(nextValue < value)) return { weights: [weights], iterations: iteration, converged: true };
    weights = next;
    raw = nextRaw;
    value = nextValue;
  }
  return { weights: [weights], iterations: problem.iterations, converged: false };
}

/** Two classes, many columns. */
function sparse(problem: Problem): Solved {
  const { rows, design, target, l2 } = problem;
  const raw = new Float64Array(rows.count);
  const found = minimise(
    (weights, gradient) => {
      products(rows, weights, raw);
      const value = logisticLoss(raw, target.values) + penalty(weights, l2);
      for (let row = 0; row < rows.count; row++)
        raw[row] = 1 / (1 + Math.exp(-raw[row]!)) - target.values[row]!;
      for (let i = 0; i < weights.length; i++) gradient[i] = i + 1 < weights.length ? l2 * weights[i]! : 0;
      addTransposed(rows, raw, gradient);
      return value;
    },
    new Float64Array(design.width),
    options(problem),
  );
  return { weights: [found.x], iterations: found.iterations, converged: found.converged };
}

const options = (problem: Problem, outputs = 1) => ({
  iterations: problem.iterations,
  tolerance: STEPS_TOLERANCE * problem.rows.count,
  diagonal: repeated(gramDiagonal(problem.rows, problem.design.width, 4 * problem.l2), outputs),
  onIteration: (iteration: number, value: number) => step(problem, iteration, value),
});

function repeated(vector: Float64Array, count: number): Float64Array {
  const out = new Float64Array(vector.length * count);
  for (let k = 0; k < count; k++) out.set(vector, k * vector.length);
  return out;
}

/** Several classes: a vector of weights for each; the penalty makes them unique. */
function softmax(problem: Problem): Solved {
  const { rows, design, target, l2 } = problem;
  const { width } = design;
  const classes = target.classes.length;
  const part = (vector: Float64Array, k: number): Float64Array => vector.subarray(k * width, (k + 1) * width);
  const raw = Array.from({ length: classes }, () => new Float64Array(rows.count));
  const found = minimise(
    (weights, gradient) => {
      let value = 0;
      for (let k = 0; k < classes; k++) {
        const own = part(weights, k);
        products(rows, own, raw[k]);
        value += penalty(own, l2);
        for (let i = 0; i < width; i++) gradient[k * width + i] = i + 1 < width ? l2 * own[i]! : 0;
      }
      value += softmaxResiduals(raw, target.values);
      for (let k = 0; k < classes; k++) addTransposed(rows, raw[k]!, part(gradient, k));
      return value;
    },
    new Float64Array(classes * width),
    options(problem, classes),
  );
  const weights = raw.map((_, k) => part(found.x, k).slice());
  return { weights, iterations: found.iterations, converged: found.converged };
}

/** Turns the raw scores, a vector a class, into p - y in place; returns the sum of log losses. */
function softmaxResiduals(raw: readonly Float64Array[], labels: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    let greatest = Number.NEGATIVE_INFINITY;
    for (const own of raw) greatest = Math.max(greatest, own[row]!);
    let total = 0;
    for (const own of raw) total += Math.exp(own[row]! - greatest);
    const logTotal = Math.log(total) + greatest;
    sum += logTotal - raw[labels[row]!]![row]!;
    raw.forEach((own, k) => {
      own[row] = Math.exp(own[row]! - logTotal) - Number(labels[row] === k);
    });
  }
  return sum;
}
