import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkModelFile } from './model-file.ts';
import { loadModel } from './trainers.ts';
import type { AnyModel, ModelFile } from './types.ts';

/**
 * The model of an artifact's folder, whatever made it: what evaluation, scoring and services open. An ONNX graph scores
 * asynchronously, so `await` the result of `predict`.
 * @throws LearnError as `loadModel`, and what opening a graph throws; ENOENT where the folder holds no model
 */
export async function openModel(folder: string): Promise<AnyModel> {
  const json: unknown = JSON.parse(await readFile(path.join(folder, 'model.json'), 'utf8'));
  checkModelFile(json);
  if (json.trainer !== 'onnx') return loadModel(json);
  const { openOnnx } = await import('./onnx/model.ts');
  return openOnnx(json as ModelFile, folder);
}

/** Writes what `openModel` reads: the model file, and beside it a graph where the model is one. */
export async function saveModel(folder: string, model: AnyModel): Promise<void> {
  if (model.graph) await writeFile(path.join(folder, 'model.onnx'), model.graph);
  await writeFile(path.join(folder, 'model.json'), `${JSON.stringify(model.toJSON(), null, 1)}\n`);
}
