/**
 * `linear_regression`: least squares plus l2 times the squared weights, the intercept free (ridge regression,
 * Hoerl and Kennard 1970), by the normal equations of standardised columns; by limited-memory BFGS for many columns.
 */

import { checkTraining } from '../check.ts';
import { type ParamSpec, resolveParams } from '../params.ts';
import type { FitContext, Trainer } from '../types.ts';
import { addTransposed, designRows, fitDesign, gram, gramDiagonal, products, type Rows } from './design.ts';
import { linearModel } from './model.ts';
import { minimise, solveRidged } from './solve.ts';

const NAME = 'linear_regression';

export const linearParams: readonly ParamSpec[] = [
  {
    name: 'l2',
    kind: 'float',
    default: 1,
    low: 0,
    high: 1e12,
    doc: "Penalty on the sum of squared weights of the standardised columns (alpha of scikit-learn's Ridge); 0 is plain least squares.",
  },
];

const CHOLESKY_WIDTH = 2500;
const ITERATIONS = 1000;

export const linearRegression: Trainer = {
  name: NAME,
  tasks: ['regression'],
  acceptsMissing: false,
  acceptsCategories: true,
  params: linearParams,
  /** @throws LearnError `missing-values` naming the column, and for rows, labels or parameters that do not fit */
  fit(frame, target, given, context) {
    const params = resolveParams(NAME, linearParams, given);
    checkTraining(linearRegression, frame, target);
    context.signal?.throwIfAborted();
    const design = fitDesign(NAME, frame);
    const rows = designRows(NAME, frame, design);
    const { offset, centred } = centre(target.values);
    const solved =
      design.width <= CHOLESKY_WIDTH
        ? {
            weights: normalEquations(rows, design.width, centred, params['l2']!),
            rounds: 1,
            stopped: 'solved',
          }
        : iterate(rows, design.width, centred, params['l2']!, context);
    solved.weights[design.width - 1]! += offset;
    return linearModel({
      trainer: NAME,
      task: target.task,
      classes: [],
      params,
      design,
      weights: [solved.weights],
      fitted: { rounds: solved.rounds, stopped: solved.stopped },
    });
  },
};

/** The label less its mean, which the intercept gets back: large labels lose no digits in the sums. */
function centre(values: Float64Array): { offset: number; centred: Float64Array } {
  let offset = 0;
  for (let row = 0; row < values.length; row++) offset += (values[row]! - offset) / (row + 1);
  return { offset, centred: values.map(value => value - offset) };
}

function normalEquations(rows: Rows, width: number, labels: Float64Array, l2: number): Float64Array {
  const matrix = gram(rows, width);
  for (let i = 0; i + 1 < width; i++) matrix[i * width + i]! += l2;
  const right = new Float64Array(width);
  addTransposed(rows, labels, right);
  return solveRidged(matrix, right);
}

function iterate(rows: Rows, width: number, labels: Float64Array, l2: number, context: FitContext) {
  const residual = new Float64Array(rows.count);
  let scale = 0;
  for (const label of labels) scale += Math.abs(label);
  const found = minimise(
    (weights, gradient) => {
      products(rows, weights, residual);
      let value = 0;
      for (let row = 0; row < rows.count; row++) {
        residual[row]! -= labels[row]!;
        value += residual[row]! ** 2 / 2;
      }
      for (let i = 0; i < width; i++) {
        const own = i + 1 < width ? l2 * weights[i]! : 0;
        gradient[i] = own;
        value += (own * weights[i]!) / 2;
      }
      addTransposed(rows, residual, gradient);
      return value;
    },
    new Float64Array(width),
    {
      iterations: ITERATIONS,
      diagonal: gramDiagonal(rows, width, l2),
      tolerance: 1e-9 * Math.max(scale, Number.MIN_VALUE),
      onIteration: (done, value) => {
        context.signal?.throwIfAborted();
        context.onProgress?.({ done, total: ITERATIONS, trainLoss: value / rows.count });
      },
    },
  );
  return {
    weights: found.x,
    rounds: found.iterations,
    stopped: found.converged ? 'converged' : 'all iterations done',
  };
}
