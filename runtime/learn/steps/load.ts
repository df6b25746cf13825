import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { foreignMessages } from '../../../compiler/diagnostics/messages/foreign.ts';
import type { Model as ModelPlan } from '../../../compiler/plan/plan.ts';
import { fault } from '../../data/faults.ts';
import type { StepRunner } from '../../engine/contract.ts';
import { LearnError } from '../errors.ts';
import { onnxFile, onnxModel } from '../onnx/model.ts';
import { saveModel } from '../open-model.ts';
import type { ModelFile, Task } from '../types.ts';
import { modelOf } from './common.ts';
import { writeTrainingRows } from './identity.ts';

/** A graph of more than this is no model that a row at a time is scored with. */
const mostBytes = 2 * 1024 ** 3;

/** Takes a model from elsewhere in: its graph must fit the features and the task before anything is scored with it. */
export const loadStep: StepRunner = async context => {
  const plan = modelOf(context);
  if (!plan.load) throw new Error(`model ${context.step.of} loads nothing`);
  const { args, at } = plan.load;
  const name = String(args['path'] ?? '');
  const output = typeof args['output'] === 'string' ? args['output'] : null;
  const graph = await readGraph(context.root, name, at);
  const task = plan.task as Task;
  const classes = task === 'multiclass' ? plan.classes : [];
  if (classes === null)
    throw refused(
      name,
      at,
      'its classes are not known',
      'let the label be an enum, whose members are the classes in the order of the model’s probabilities',
    );
  const about = { task, classes, features: featuresOf(plan), params: {}, output, from: { path: name } };
  const model = await onnxModel(onnxFile(graph, about), graph).catch(error => {
    throw error instanceof LearnError ? refused(name, at, error.message.replace(`${name} `, 'it ')) : error;
  });
  const folder = context.output('model');
  await saveModel(folder, model);
  // Nobody here knows which rows it was trained on; were that a reason not to compare it, it could never be compared.
  await writeTrainingRows(folder, new BigUint64Array());
  const sha256 = createHash('sha256').update(graph).digest('hex');
  return {
    status: 'succeeded',
    metrics: { features: plan.features.length, bytes: graph.length },
    notes: [
      `${name}, ${Math.ceil(graph.length / 1024).toLocaleString('en-US')} KiB, sha256 ${sha256.slice(0, 12)}…`,
      'warning: it comes from elsewhere: which rows it was trained on is not known here, and if test rows are among them its metrics are too good',
    ],
    snapshots: { [context.step.of]: { uri: name, bytes: graph.length, hash: `sha256:${sha256}` } },
  };
};

const refused = (name: string, at: number, reason: string, hint?: string) =>
  fault(foreignMessages.onnxLoaded, { path: name, reason }, { at, hint });

async function readGraph(root: string, name: string, at: number): Promise<Buffer> {
  const file = path.resolve(root, name);
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile())
    throw refused(
      name,
      at,
      found ? 'it is no file' : 'there is no such file',
      'the path starts at the project folder',
    );
  if (found.size > mostBytes) throw refused(name, at, 'it is larger than 2 GiB');
  return readFile(file);
}

/** As the frames of the parts have them: a vector is a number for each place. Text has no vocabulary of its own here. */
function featuresOf(plan: ModelPlan): ModelFile['features'] {
  return plan.features.flatMap(({ name, type }): ModelFile['features'] => {
    if (type.kind === 'string' || type.kind === 'enum') return [{ name, kind: 'category', vocabulary: [] }];
    if (type.kind !== 'vector') return [{ name, kind: 'number' }];
    return Array.from({ length: type.length ?? 0 }, (_, i) => ({
      name: `${name}[${i}]`,
      kind: 'number' as const,
    }));
  });
}
