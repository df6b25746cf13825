/** Small ONNX graphs for tests, written as the protobuf that they are. */

type Bytes = readonly number[];

function varint(value: number): Bytes {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}
const int = (field: number, value: number): Bytes => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, value: Bytes): Bytes => [
  ...varint(field * 8 + 2),
  ...varint(value.length),
  ...value,
];
const text = (field: number, value: string): Bytes => bytes(field, [...new TextEncoder().encode(value)]);
const float = (field: number, value: number): Bytes => [
  ...varint(field * 8 + 5),
  ...new Uint8Array(new Float32Array([value]).buffer),
];

const elementTypes = { float: 1, int32: 6, int64: 7, string: 8, bool: 9, double: 11 } as const;
export type ElementName = keyof typeof elementTypes;

/** A length of null is left open. */
export interface GraphPort {
  readonly name: string;
  readonly type: ElementName;
  readonly shape: readonly (number | null)[];
}
export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | { readonly float: number }>>;
}
export interface Graph {
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
  readonly nodes: readonly GraphNode[];
  /** Constant matrices of floats by name. */
  readonly weights?: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>
  >;
}

function port(field: number, { name, type, shape }: GraphPort): Bytes {
  const lengths = shape.flatMap(length => bytes(1, length === null ? text(2, 'n') : int(1, length)));
  const tensor = [...int(1, elementTypes[type]), ...bytes(2, lengths)];
  return bytes(field, [...text(1, name), ...bytes(2, bytes(1, tensor))]);
}

function node({ op, inputs, outputs, attributes = {} }: GraphNode): Bytes {
  const given = Object.entries(attributes).map(([name, value]) =>
    typeof value === 'number'
      ? [...text(1, name), ...int(3, value), ...int(20, 2)]
      : [...text(1, name), ...float(2, value.float), ...int(20, 1)],
  );
  return bytes(1, [
    ...inputs.flatMap(name => text(1, name)),
    ...outputs.flatMap(name => text(2, name)),
    ...text(4, op),
    ...given.flatMap(attribute => bytes(5, attribute)),
  ]);
}

export function onnxBytes(graph: Graph): Uint8Array {
  const weights = Object.entries(graph.weights ?? {}).map(([name, { shape, values }]) => [
    ...shape.flatMap(length => int(1, length)),
    ...int(2, elementTypes.float),
    ...text(8, name),
    ...bytes(9, [...new Uint8Array(Float32Array.from(values).buffer)]),
  ]);
  const body = [
    ...graph.nodes.flatMap(node),
    ...text(2, 'test'),
    ...weights.flatMap(tensor => bytes(5, tensor)),
    ...graph.inputs.flatMap(input => port(11, input)),
    ...graph.outputs.flatMap(output => port(12, output)),
  ];
  return Uint8Array.from([...int(1, 8), ...bytes(7, body), ...bytes(8, [...text(1, ''), ...int(2, 13)])]);
}

/** sigmoid(x . weights), of one matrix `x`, with one probability a row. */
export const logistic = (weights: readonly number[], rows: number | null = null): Graph => ({
  inputs: [{ name: 'x', type: 'float', shape: [rows, weights.length] }],
  outputs: [{ name: 'probability', type: 'float', shape: [rows, 1] }],
  nodes: [
    { op: 'MatMul', inputs: ['x', 'w'], outputs: ['z'] },
    { op: 'Sigmoid', inputs: ['z'], outputs: ['probability'] },
  ],
  weights: { w: { shape: [weights.length, 1], values: weights } },
});
