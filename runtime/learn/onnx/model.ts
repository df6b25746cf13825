/** A model whose scores an ONNX graph computes: of a trainer of the team, or loaded from elsewhere. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LearnError } from '../errors.ts';
import { alignFrame } from '../frame.ts';
import type { AnyModel, Column, Frame, ModelFile } from '../types.ts';
import { type InputFeature, planInputs } from './inputs.ts';
import { planOutput } from './outputs.ts';
import { openSession } from './session.ts';

/** The graph's file beside `model.json`. */
export const graphFile = 'model.onnx';

/** `body` of a model file whose trainer is `onnx`. */
export interface OnnxBody {
  readonly file: typeof graphFile;
  readonly bytes: number;
  readonly sha256: string;
  /** The output that is read; null: the last one. */
  readonly output: string | null;
  /** Where the graph came from: the trainer's name, or the path that the spec loads. */
  readonly from: { readonly trainer: string } | { readonly path: string };
}

/** The model file of a graph. `features` of a loaded graph have no vocabulary of its own: `[]`. */
export function onnxFile(
  graph: Uint8Array,
  about: Pick<ModelFile, 'task' | 'classes' | 'features' | 'params'> & Pick<OnnxBody, 'output' | 'from'>,
): ModelFile {
  const { output, from, ...rest } = about;
  const sha256 = createHash('sha256').update(graph).digest('hex');
  const body: OnnxBody = { file: graphFile, bytes: graph.length, sha256, output, from };
  return { format: 'mlp-model/1', trainer: 'onnx', ...rest, body };
}

/**
 * Opens the graph beside a model file that has been checked. It must be the very bytes that the file names.
 * @throws LearnError `bad-model-file`, and what `openSession`, `planInputs`, `planOutput` throw
 */
export async function openOnnx(file: ModelFile, folder: string): Promise<AnyModel> {
  const body = file.body as OnnxBody;
  const graph = await readFile(path.join(folder, graphFile)).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new LearnError('bad-model-file', `The model has no ${graphFile} beside its model.json`);
  });
  if (createHash('sha256').update(graph).digest('hex') !== body.sha256)
    throw new LearnError('bad-model-file', `${graphFile} is not the file that model.json names`, {
      advice: 'Train or load the model again, or restore the artifact',
    });
  return onnxModel(file, graph);
}

/** The model of a graph in memory, as `openOnnx` gives it. */
export async function onnxModel(file: ModelFile, graph: Uint8Array): Promise<AnyModel> {
  const { from, output } = file.body as OnnxBody;
  const what = 'path' in from ? from.path : `the graph of \`${from.trainer}\``;
  const session = await openSession(graph, what);
  const own = 'path' in from ? file.features.map(({ name, kind }) => ({ name, kind })) : file.features;
  const { feeds, batch } = planInputs(what, session.inputs, own);
  const reader = planOutput(what, session.outputs, output, file.task, file.classes);
  const width = file.task === 'multiclass' ? file.classes.length : 1;
  return {
    trainer: 'trainer' in from ? from.trainer : 'onnx',
    task: file.task,
    classes: file.classes,
    graph,
    toJSON: () => file,
    async predict(frame) {
      const aligned = align(frame, own);
      const scores = new Float64Array(frame.rows * width);
      for (let start = 0; start < frame.rows; start += batch) {
        const end = Math.min(frame.rows, start + batch);
        const tensors = feeds.map(
          feed => [feed.input, feed.tensor(session.ort, aligned, start, end)] as const,
        );
        const given = await session.run(Object.fromEntries(tensors), reader.output);
        reader.read(given, end - start, scores, start);
      }
      return scores;
    },
  };
}

/** The columns in the graph's order; text of a model from elsewhere stays as it is. */
function align(frame: Frame, features: readonly InputFeature[]): Frame {
  const { rows, columns } = alignFrame(frame, features);
  const byName = new Map(frame.columns.map(column => [column.name, column]));
  const kept = columns.map((column, i): Column => {
    const { kind, name, vocabulary } = features[i]!;
    return kind === 'category' && vocabulary === undefined ? byName.get(name)! : column;
  });
  return { rows, columns: kept };
}
