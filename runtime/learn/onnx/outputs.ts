/** Which output of an ONNX graph holds the scores, and how they are read out of it. */
import { LearnError } from '../errors.ts';
import type { Task } from '../types.ts';
import type { Ort, Port } from './session.ts';

/** Reads a batch's tensor into `scores`, whose rows from `from` on are those of the batch. */
export interface ScoreReader {
  readonly output: string;
  read(tensor: Ort.Tensor, rows: number, scores: Float64Array, from: number): void;
}

/**
 * @param output as the spec names it; null: the last one, where classifiers have their probabilities
 * @throws LearnError `onnx-outputs`
 */
export function planOutput(
  what: string,
  outputs: readonly Port[],
  output: string | null,
  task: Task,
  classes: readonly string[],
): ScoreReader {
  const port = output === null ? outputs.at(-1) : outputs.find(({ name }) => name === output);
  const names = outputs.map(({ name }) => name).join(', ');
  if (!port) throw differs(`${what} has no output \`${output ?? ''}\`, it has ${names}`);
  if (port.type === null)
    throw differs(
      `${what} gives \`${port.name}\` as a list of maps`,
      "Export it as a tensor: `to_onnx(…, options={'zipmap': False})` of skl2onnx",
    );
  if (port.type !== 'float32' && port.type !== 'float64')
    throw differs(
      `${what} gives \`${port.name}\` as ${port.type}, and ${wanted(task)} is asked for`,
      `Name the output that holds it, \`onnx("…", output: "…")\`; there are ${names}`,
    );
  const width = task === 'multiclass' ? classes.length : 1;
  const found = port.shape.length > 1 ? port.shape.slice(1).reduce(product, 1) : 1;
  const possible = task === 'binary' ? [1, 2] : [width];
  if (found !== null && !possible.includes(found))
    throw differs(
      `${what} gives ${found} numbers a row, and ${wanted(task)} is ${possible.join(' or ')}`,
      task === 'multiclass' ? `The classes are ${classes.join(', ')}` : undefined,
    );
  return {
    output: port.name,
    read(tensor, rows, scores, from) {
      const data = tensor.data as Float32Array | Float64Array;
      const each = data.length / rows;
      if (!possible.includes(each))
        throw differs(
          `${what} gave ${data.length} numbers for ${rows} rows, and ${wanted(task)} is ${possible.join(' or ')} a row`,
        );
      for (let row = 0; row < rows; row++)
        for (let k = 0; k < width; k++) {
          // Of two probabilities the second is that of true.
          const score = data[row * each + (each === 2 && task === 'binary' ? 1 : k)]!;
          scores[(from + row) * width + k] = checked(what, score, task, from + row);
        }
    },
  };
}

const product = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a * b;

const wanted = (task: Task): string =>
  task === 'binary' ? 'a probability of true' : task === 'multiclass' ? 'a probability a class' : 'a number';

/** A rounding beyond an end is put back to it; more than that is no probability. */
function checked(what: string, score: number, task: Task, row: number): number {
  if (task === 'regression' && Number.isFinite(score)) return score;
  if (score >= -1e-6 && score <= 1 + 1e-6) return Math.min(1, Math.max(0, score));
  throw new LearnError(
    'onnx-outputs',
    `${what} gave ${score} for row ${row + 1}, which is not ${wanted(task)}`,
    {
      found: String(score),
      advice: Number.isFinite(score)
        ? 'Let the graph end with a sigmoid or softmax, or name the output that holds probabilities'
        : 'Missing values may be what it cannot take: let the trainer not accept `missing`, or fill them in the features',
    },
  );
}

const differs = (message: string, advice?: string): LearnError =>
  new LearnError('onnx-outputs', message, advice === undefined ? {} : { advice });
