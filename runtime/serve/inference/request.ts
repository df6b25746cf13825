import { Ajv, type ValidateFunction } from 'ajv';
import { suggest } from '../../../compiler/diagnostics/suggest.ts';
import type { Type } from '../../../compiler/plan/plan.ts';
import { type Datatype, datatypes, fits, isTensor, sidesOf, TensorFault, valuesOf } from './tensors.ts';

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: Datatype;
  readonly data: readonly unknown[];
}
export interface InferenceRequest {
  readonly id?: string;
  readonly inputs: readonly Tensor[];
  readonly outputs?: readonly { readonly name: string }[];
}

const parameters = { type: 'object' } as const;
const tensor = {
  type: 'object',
  required: ['name', 'shape', 'datatype', 'data'],
  additionalProperties: false,
  properties: {
    name: { type: 'string' },
    shape: { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 1, maxItems: 2 },
    datatype: { enum: datatypes },
    parameters,
    data: { type: 'array' },
  },
} as const;

/** As the protocol has it, but for its extensions, which send data outside of the JSON. */
const schema = {
  type: 'object',
  required: ['inputs'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', maxLength: 1000 },
    parameters,
    inputs: { type: 'array', items: tensor, minItems: 1, maxItems: 10_000 },
    outputs: {
      type: 'array',
      maxItems: 100,
      items: {
        type: 'object',
        required: ['name'],
        additionalProperties: false,
        properties: { name: { type: 'string' }, parameters },
      },
    },
  },
} as const;

let validate: ValidateFunction<InferenceRequest> | undefined;

export function readInference(json: unknown): InferenceRequest | TensorFault {
  validate ??= new Ajv({ allowUnionTypes: true }).compile<InferenceRequest>(schema);
  if (validate(json)) return json;
  const error = validate.errors?.[0];
  const stranger = (error?.params as { additionalProperty?: string } | undefined)?.additionalProperty;
  const where = error?.instancePath ? `\`${error.instancePath}\` of the request` : 'the request';
  return new TensorFault(
    `${where} ${error?.message ?? 'is malformed'}${stranger ? `: \`${stranger}\`` : ''}`,
  );
}

/** The numbers of each row; a vector of nulls alone is a missing one. */
function vectorsOf(flat: readonly unknown[], side: number): readonly unknown[] {
  return Array.from({ length: flat.length / side }, (_, i) => {
    const numbers = flat.slice(i * side, (i + 1) * side);
    return numbers.every(number => number === null) ? null : numbers;
  });
}

/**
 * The rows of a request, one for each place in its tensors. A tensor has the shape [rows] or [rows, 1], of a vector [rows, its length], and is named as a
 * column; a column that may be missing needs none.
 */
export function rowsOf(
  { inputs }: InferenceRequest,
  columns: ReadonlyMap<string, Type>,
  most: number,
): readonly Readonly<Record<string, unknown>>[] | TensorFault {
  const rows = inputs[0]!.shape[0]!;
  if (rows === 0) return new TensorFault(`the tensor \`${inputs[0]!.name}\` has no rows`);
  if (rows > most) return new TensorFault(`the request has ${rows} rows, and one may have ${most}`);
  const records: Record<string, unknown>[] = Array.from({ length: rows }, () => ({}));
  const seen = new Set<string>();
  for (const input of inputs) {
    const { name, shape, datatype, data } = input;
    const type = columns.get(name);
    if (type === undefined) {
      const near = suggest(name, columns.keys());
      const hint =
        near === undefined ? `there are ${[...columns.keys()].join(', ')}` : `did you mean \`${near}\`?`;
      return new TensorFault(`there is no input \`${name.slice(0, 100)}\`; ${hint}`);
    }
    if (seen.has(name)) return new TensorFault(`the input \`${name}\` is given twice`);
    seen.add(name);
    if (!isTensor(type))
      return new TensorFault(
        `the input \`${name}\` is a ${type.kind}, which has another length in each row and is no tensor; ask with \`POST /predict\``,
      );
    if (!fits(datatype, type))
      return new TensorFault(`the input \`${name}\` is ${datatype}, which is no ${type.kind}`);
    const [side] = sidesOf(type);
    if (shape[0] !== rows || (shape[1] ?? 1) !== (side ?? 1)) {
      const wanted = side === undefined ? `[${rows}] as \`${inputs[0]!.name}\`` : `[${rows}, ${side}]`;
      return new TensorFault(`the input \`${name}\` has the shape [${shape.join(', ')}], not ${wanted}`);
    }
    const flat = valuesOf(name, shape, datatype, data);
    if (flat instanceof TensorFault) return flat;
    const values = side === undefined ? flat : vectorsOf(flat, side);
    values.forEach((value, i) => {
      Object.defineProperty(records[i]!, name, { value, enumerable: true });
    });
  }
  return records;
}
