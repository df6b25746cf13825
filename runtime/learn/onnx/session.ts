/** The ONNX runtime, loaded when the first ONNX model is opened. */
import type * as Ort from 'onnxruntime-web';
import { LearnError } from '../errors.ts';

export type { Ort };
export type ElementType = Ort.Tensor.Type;

/** An input or output of the graph. A length that the graph leaves open is null. */
export interface Port {
  readonly name: string;
  /** Null: no tensor, such as the maps that scikit-learn's classifiers give by default. */
  readonly type: ElementType | null;
  readonly shape: readonly (number | null)[];
}

export interface Session {
  readonly ort: typeof Ort;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  run(feeds: Readonly<Record<string, Ort.Tensor>>, output: string): Promise<Ort.Tensor>;
}

/**
 * Opens a graph. The runtime is WebAssembly: no native code, no install script, and the same bits on every machine.
 * @param what how messages call the model: a path, or the trainer that made it
 * @throws LearnError `no-onnx-runtime`, `bad-onnx`
 */
export async function openSession(bytes: Uint8Array, what: string): Promise<Session> {
  const ort = await loadRuntime();
  let session: Ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(bytes, { graphOptimizationLevel: 'all' });
  } catch (error) {
    throw new LearnError('bad-onnx', `${what} is no ONNX model that can be run: ${reasonOf(error)}`, {
      advice:
        bytes.length === 0
          ? 'The file is empty'
          : 'The file must hold one whole model, without external data and with operators of ONNX and ai.onnx.ml alone',
    });
  }
  return {
    ort,
    inputs: session.inputMetadata.map(portOf),
    outputs: session.outputMetadata.map(portOf),
    run: async (feeds, output) => {
      try {
        return (await session.run(feeds, [output]))[output] as Ort.Tensor;
      } catch (error) {
        throw new LearnError('bad-onnx', `${what} failed while it was scoring: ${reasonOf(error)}`);
      }
    },
  };
}

let loading: Promise<typeof Ort> | undefined;

async function loadRuntime(): Promise<typeof Ort> {
  loading ??= import('onnxruntime-web').then(ort => {
    // One thread: the same order of sums everywhere, and no workers that outlive a step.
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = 'error';
    return ort;
  });
  try {
    return await loading;
  } catch (error) {
    loading = undefined;
    throw new LearnError('no-onnx-runtime', 'An ONNX model needs the package onnxruntime-web', {
      advice:
        'It is not installed with mlp-runtime since most models do without: `npm install onnxruntime-web`',
      found: error instanceof Error ? error.message : String(error),
    });
  }
}

/** A length left open is a name, nothing, or all bits set. */
const lengthOf = (length: number | string): number | null =>
  typeof length === 'number' && length >= 0 && length < 0xffffffff ? length : null;

function portOf(meta: Ort.InferenceSession.ValueMetadata): Port {
  if (!meta.isTensor) return { name: meta.name, type: null, shape: [] };
  return { name: meta.name, type: meta.type, shape: meta.shape.map(lengthOf) };
}

/** What the runtime says, without its own words around it and without paths of this machine. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const said = /ERROR_MESSAGE: "?([^\n"]*)/.exec(text)?.[1] ?? text.split('\n', 1)[0] ?? '';
  return said
    .replace(/^.*?(ERROR_CODE: \d+, )/, '')
    .replace(/\/[\w./-]*\/(onnxruntime|onnx)\/[\w./-]*:\d+ /g, '')
    .trim()
    .slice(0, 300);
}
