/** Tensors of the Open Inference Protocol as JSON carries them, and columns of rows. */

import type { Type } from '../../../compiler/plan/plan.ts';

export const datatypes = [
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP16',
  'FP32',
  'FP64',
  'BYTES',
] as const;
export type Datatype = (typeof datatypes)[number];

/** What is wrong with a tensor, in words. */
export class TensorFault {
  readonly what: string;
  constructor(what: string) {
    this.what = what;
  }
}

/** Lists are of any length, one row's of another than the next's, which no tensor is. */
export const isTensor = (type: Type): boolean => type.kind !== 'list';

/** The sides of a column's tensor beside its rows: a vector's numbers stand beside each other. */
export const sidesOf = (type: Type): readonly number[] => (type.kind === 'vector' ? [type.length ?? -1] : []);

/** The datatype in which a column is announced; others that fit its kind are taken too. Blobs are base64. */
export function datatypeOf(type: Type): Datatype {
  if (type.kind === 'bool') return 'BOOL';
  if (type.kind === 'int' || type.kind === 'duration' || type.kind === 'size') return 'INT64';
  return /^(float|rate|vector)$/.test(type.kind) ? 'FP64' : 'BYTES';
}

type Family = 'bool' | 'int' | 'float' | 'text';
const familyOf = (datatype: Datatype): Family =>
  datatype === 'BOOL' ? 'bool' : datatype === 'BYTES' ? 'text' : datatype.startsWith('FP') ? 'float' : 'int';

/** Whether a tensor of this datatype can fill a column: an int may stand for a float, nothing else changes kind. */
export function fits(datatype: Datatype, type: Type): boolean {
  const wanted = familyOf(datatypeOf(type));
  const given = familyOf(datatype);
  return given === wanted || (given === 'int' && wanted === 'float');
}

/** The values of a tensor, flat or nested as its shape, each as JSON of a row; null is a missing value. */
export function valuesOf(
  name: string,
  shape: readonly number[],
  datatype: Datatype,
  data: readonly unknown[],
): readonly unknown[] | TensorFault {
  const count = shape.reduce((product, side) => product * side, 1);
  const flat = flatten(data, shape.length);
  if (flat.length !== count)
    return new TensorFault(
      `the tensor \`${name}\` of shape [${shape.join(', ')}] has ${count} values, and its data ${flat.length}`,
    );
  const values: unknown[] = [];
  for (const [i, value] of flat.entries()) {
    const read = value === null ? null : elementOf(datatype, value);
    if (read instanceof TensorFault)
      return new TensorFault(`value ${i} of the tensor \`${name}\` ${read.what}`);
    values.push(read);
  }
  return values;
}

/** One level of arrays for each side beyond the first, no further. */
function flatten(data: readonly unknown[], sides: number): readonly unknown[] {
  let flat = data;
  for (let side = 1; side < sides && flat.some(Array.isArray); side++) flat = flat.flat(1);
  return flat;
}

function elementOf(datatype: Datatype, value: unknown): unknown {
  // The value itself is not shown: it may be personal.
  const wrong = new TensorFault(`is no ${datatype}`);
  switch (familyOf(datatype)) {
    case 'bool':
      return typeof value === 'boolean' ? value : wrong;
    case 'text':
      return typeof value === 'string' ? value : wrong;
    case 'int':
      return whole(datatype, value) ? value : wrong;
    case 'float':
      if (typeof value !== 'number') return wrong;
      return datatype === 'FP32' ? Math.fround(value) : datatype === 'FP16' ? half(value) : value;
  }
}

/** Within the bits of the datatype; beyond 2^53 an int may be text, as elsewhere. */
function whole(datatype: Datatype, value: unknown): boolean {
  const exact = typeof value === 'string' && /^-?\d{1,20}$/.test(value);
  if (!exact && !(typeof value === 'number' && Number.isInteger(value))) return false;
  const bits = Number(datatype.replace(/\D+/, ''));
  const big = BigInt(value as string | number);
  return big === (datatype.startsWith('U') ? BigInt.asUintN(bits, big) : BigInt.asIntN(bits, big));
}

/** The nearest number of 16 bits (IEEE 754 binary16), ties to even; beyond 65,504 infinite. */
export function half(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const size = Math.abs(value);
  // Below 2^-14 numbers of 16 bits are 2^-24 apart, above that 11 binary digits long.
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const step = 2 ** (exponent - 10);
  const steps = size / step;
  const low = Math.floor(steps);
  const rest = steps - low;
  const rounded = rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
  const result = rounded * step;
  return Math.sign(value) * (result > 65_504 ? Number.POSITIVE_INFINITY : result);
}
