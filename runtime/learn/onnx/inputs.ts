/** How features become the inputs of an ONNX graph: by name and type, or in order as one matrix of numbers. */
import { suggest } from '../../../compiler/diagnostics/suggest.ts';
import { LearnError } from '../errors.ts';
import type { CategoryColumn, Frame, ModelFile, NumberColumn } from '../types.ts';
import type { ElementType, Ort, Port } from './session.ts';

/** A category without a vocabulary is text that nobody counted, as of a model from elsewhere. */
export type InputFeature = ModelFile['features'][number];

/** Reads rows [from, to) of a frame, whose columns are the features in order, into the tensor of one input. */
export interface Feed {
  readonly input: string;
  tensor(ort: typeof Ort, frame: Frame, from: number, to: number): Ort.Tensor;
}

/** Rows in one call: enough to hide its cost, few enough for any graph's memory. */
const batchRows = 4096;

export interface InputPlan {
  readonly feeds: readonly Feed[];
  readonly batch: number;
}

/**
 * @param features those of the model in its order. A category without a vocabulary has no codes, only text.
 * @throws LearnError `onnx-inputs`, which lists all that does not fit
 */
export function planInputs(
  what: string,
  inputs: readonly Port[],
  features: readonly InputFeature[],
): InputPlan {
  const [only, ...others] = inputs;
  const feeds =
    only && others.length === 0 && !features.some(({ name }) => name === only.name)
      ? [matrixFeed(what, only, features)]
      : namedFeeds(what, inputs, features);
  return { feeds, batch: batchOf(what, inputs) };
}

function batchOf(what: string, inputs: readonly Port[]): number {
  const fixed = inputs.map(({ shape }) => shape[0]).find(length => typeof length === 'number');
  if (fixed === undefined || fixed === null) return batchRows;
  if (fixed === 1) return 1;
  throw differs(what, [`it takes exactly ${fixed} rows at once, and rows come in any number`]);
}

function differs(what: string, problems: readonly string[]): LearnError {
  return new LearnError('onnx-inputs', `${what} does not fit the model's features: ${problems.join('; ')}`, {
    count: problems.length,
    advice:
      'Inputs are matched to features by name and type: float, double, int64, int32 or bool for a number, string for text; or a graph has one input, a matrix of float or double with a column for each feature in the order of `features`. `without { … }` leaves features out',
  });
}

const matrixTypes: readonly (ElementType | null)[] = ['float32', 'float64'];

function matrixFeed(what: string, { name, type, shape }: Port, features: readonly InputFeature[]): Feed {
  const width = shape.length === 2 ? shape[1]! : undefined;
  const problems: string[] = [];
  if (!matrixTypes.includes(type))
    problems.push(`its input \`${name}\` is ${typeWord(type)}, not a matrix of float or double`);
  else if (width === undefined)
    problems.push(`its input \`${name}\` has ${shape.length} dimensions, not rows and columns`);
  else if (width !== null && width !== features.length)
    problems.push(
      `its input \`${name}\` takes ${width} numbers a row, the model has ${features.length} features: ${features.map(feature => feature.name).join(', ')}`,
    );
  for (const { name: text } of features.filter(f => f.kind === 'category' && f.vocabulary === undefined))
    problems.push(`\`${text}\` is text, and \`${name}\` takes numbers alone`);
  if (problems.length > 0) throw differs(what, problems);
  return {
    input: name,
    tensor(ort, frame, from, to) {
      const rows = to - from;
      const data =
        type === 'float64'
          ? new Float64Array(rows * features.length)
          : new Float32Array(rows * features.length);
      frame.columns.forEach((column, i) => {
        const values = column.kind === 'number' ? column.values : column.codes;
        for (let row = 0; row < rows; row++) data[row * features.length + i] = values[from + row]!;
      });
      return new ort.Tensor(type as 'float32', data as Float32Array, [rows, features.length]);
    },
  };
}

function namedFeeds(
  what: string,
  inputs: readonly Port[],
  features: readonly InputFeature[],
): readonly Feed[] {
  const problems: string[] = [];
  const unmatched = features.filter(({ name }) => !inputs.some(input => input.name === name));
  const feeds = inputs.flatMap((input): Feed[] => {
    const index = features.findIndex(({ name }) => name === input.name);
    const feature = features[index];
    if (feature === undefined) {
      const near = suggest(
        input.name,
        unmatched.map(({ name }) => name),
      );
      problems.push(
        `its input \`${input.name}\` is no feature${near === undefined ? '' : ` (is it \`${near}\`?)`}`,
      );
      return [];
    }
    const problem = misfit(input, feature);
    if (problem === undefined) return [columnFeed(what, input, index)];
    problems.push(problem);
    return [];
  });
  for (const { name } of unmatched) problems.push(`it has no input for the feature \`${name}\``);
  if (problems.length > 0) throw differs(what, problems);
  return feeds;
}

const numberTypes: readonly (ElementType | null)[] = ['float32', 'float64', 'int64', 'int32', 'bool'];
const codeTypes: readonly (ElementType | null)[] = ['int64', 'int32'];

function misfit({ name, type, shape }: Port, feature: InputFeature): string | undefined {
  const wide = shape.length > 2 || (shape.length === 2 && shape[1] !== null && shape[1] !== 1);
  if (wide) return `its input \`${name}\` takes several values a row`;
  if (feature.kind === 'number')
    return numberTypes.includes(type)
      ? undefined
      : `its input \`${name}\` is ${typeWord(type)}, and the feature \`${name}\` is a number`;
  if (type === 'string' || (feature.vocabulary !== undefined && codeTypes.includes(type))) return undefined;
  return `its input \`${name}\` is ${typeWord(type)}, and the feature \`${name}\` is text`;
}

const typeWord = (type: ElementType | null): string =>
  type === null
    ? 'no tensor'
    : (({ float32: 'float', float64: 'double' } as Record<string, string>)[type] ?? type);

function columnFeed(what: string, { name, type, shape }: Port, index: number): Feed {
  return {
    input: name,
    tensor(ort, frame, from, to) {
      const column = frame.columns[index]!;
      const rows = to - from;
      const data =
        column.kind === 'number'
          ? numbers(what, column, type, from, rows)
          : categories(column, type, from, rows);
      return new ort.Tensor(type as 'float32', data as Float32Array, shape.length === 2 ? [rows, 1] : [rows]);
    },
  };
}

type Data = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array | readonly string[];

function numbers(
  what: string,
  { name, values }: NumberColumn,
  type: ElementType | null,
  from: number,
  rows: number,
): Data {
  const part = values.subarray(from, from + rows);
  if (type === 'float32') return Float32Array.from(part);
  if (type === 'float64') return part.slice();
  const missing = part.findIndex(value => !Number.isInteger(value));
  if (missing >= 0) {
    const value = part[missing]!;
    throw new LearnError(
      'missing-values',
      `${what} takes \`${name}\` as ${type}, and in row ${from + missing + 1} it is ${Number.isNaN(value) ? 'missing' : value}`,
      {
        name,
        advice: `Give it a value where it has none, \`${name} ?? 0\`, or export the graph with a float input`,
      },
    );
  }
  if (type === 'int64') return BigInt64Array.from(part, value => BigInt(value));
  return type === 'bool' ? Uint8Array.from(part, value => (value === 0 ? 0 : 1)) : Int32Array.from(part);
}

/** Text as it is, missing as empty text; or codes in the vocabulary, -1 missing, its length for what it does not have. */
function categories(
  { codes, vocabulary }: CategoryColumn,
  type: ElementType | null,
  from: number,
  rows: number,
): Data {
  const part = codes.subarray(from, from + rows);
  if (type === 'string') return Array.from(part, code => (code < 0 ? '' : (vocabulary[code] ?? 'other')));
  return type === 'int64' ? BigInt64Array.from(part, code => BigInt(code)) : Int32Array.from(part);
}
