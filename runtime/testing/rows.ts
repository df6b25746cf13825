import path from 'node:path';
import { connectionMessages } from '../../compiler/diagnostics/messages/connections.ts';
import { dataMessages } from '../../compiler/diagnostics/messages/data.ts';
import type { Model, Plan, Type } from '../../compiler/plan/plan.ts';
import { goalSteps } from '../../compiler/plan/steps.ts';
import { MlpError } from '../engine/contract.ts';
import { defaultParams } from '../engine/step.ts';
import type { TeamFunctions } from '../features/functions/team.ts';
import { partColumns } from '../features/part-columns.ts';
import { categoryColumn, frameOf } from '../learn/frame.ts';
import { readPart, readSplit } from '../learn/frames/read-part.ts';
import { type Random, randomOf } from '../learn/random.ts';
import type { Column, Frame, Target } from '../learn/types.ts';
import { possibleSteps, sampleRun } from './sample-run.ts';

/** What a model is tried on. */
export interface Rows {
  readonly frame: Frame;
  readonly target: Target;
  /** Rows of the other parts, for predictions alone. */
  readonly others: readonly Frame[];
  /** Why the rows are not the data's own. */
  readonly generated: string | null;
}

/** A missing or unreachable source is no fault of what is tested: the rows are then made up. */
export const unreachable: ReadonlySet<string> = new Set(
  [
    dataMessages.fileNotFound,
    dataMessages.sourceKind,
    connectionMessages.secretMissing,
    connectionMessages.unreachable,
  ].map(({ definition }) => definition.code),
);

/** At least `wanted` training rows, if the data have them: a sample of the model's own, or rows made up by their types. */
export async function rowsOf(
  plan: Plan,
  name: string,
  wanted: number,
  options: { readonly root: string; readonly folder: string; readonly functions?: TeamFunctions | undefined },
): Promise<Rows> {
  const model = plan.models[name]!;
  const split = plan.steps.find(step => step.kind === 'split' && step.of === name)!;
  const needed = goalSteps(plan, split.id)!.needed.filter(step => step.kind !== 'validate');
  const { can, cannot } = possibleSteps(plan, needed);
  if (cannot.length > 0)
    return generatedRows(plan, model, wanted, `${cannot[0]!.id} cannot be carried out here`);
  const { folders, failed } = await sampleRun(plan, can, { ...options, sample: 4 * wanted + 1_000 });
  if (failed) {
    const { code, message, hint, at } = failed.result.error!;
    if (unreachable.has(code)) return generatedRows(plan, model, wanted, message);
    throw new MlpError(code, message, { ...(hint ? { hint } : {}), ...(at === undefined ? {} : { at }) });
  }
  const folder = path.join(folders.get(split.id)!, 'parts');
  const { threads, memory } = defaultParams();
  const { parts } = await readSplit(folder);
  const read = (part: 'train' | 'validation' | 'test') =>
    readPart({
      folder,
      plan,
      model: name,
      part,
      threads,
      memory,
      scratch: path.join(options.folder, `.read-${part}`),
      signal: new AbortController().signal,
    });
  const { frame, target } = await read('train');
  const others: Frame[] = [];
  for (const part of ['validation', 'test'] as const) if (parts[part]) others.push((await read(part)).frame);
  return { frame, target, others, generated: null };
}

/** Rows drawn by the features' types; the label follows from them, so that there is something to learn. */
export function generatedRows(plan: Plan, model: Model, rows: number, why: string): Rows {
  const random = randomOf(model.seed ?? 1);
  const hidden = new Float64Array(rows);
  const trainer = model.trainer;
  const columns = partColumns(plan, model).features.flatMap(({ name, type }) =>
    drawn(name, type, rows, random, hidden, trainer?.acceptsMissing ?? false),
  );
  const target = labelled(model, hidden);
  return { frame: frameOf(columns, rows), target, others: [], generated: why };
}

const categories = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const missingShare = 0.1;

function drawn(
  name: string,
  type: Type,
  rows: number,
  random: Random,
  hidden: Float64Array,
  missing: boolean,
): Column[] {
  if (type.kind === 'vector')
    return Array.from({ length: type.length ?? 0 }, (_, i) =>
      numbers(`${name}[${i}]`, { kind: 'float', optional: false }, rows, random, hidden, missing),
    );
  if (type.kind !== 'string' && type.kind !== 'enum')
    return [numbers(name, type, rows, random, hidden, missing)];
  const values = (type.members ?? type.values?.map(String) ?? categories) as readonly string[];
  const worth = values.map(() => random.next() - 0.5);
  const cells = Array.from({ length: rows }, (_, row) => {
    const code = random.integer(0, values.length - 1);
    if (type.optional && missing && random.next() < missingShare) return null;
    hidden[row]! += worth[code]!;
    return values[code]!;
  });
  return [categoryColumn(name, cells)];
}

function numbers(
  name: string,
  type: Type,
  rows: number,
  random: Random,
  hidden: Float64Array,
  missing: boolean,
): Column {
  const [low, high] = rangeOf(type);
  const whole = type.kind === 'int' || type.kind === 'bool';
  const weight = random.next() - 0.5;
  const values = Float64Array.from({ length: rows }, (_, row) => {
    const place = random.next();
    if (type.optional && missing && random.next() < missingShare) return Number.NaN;
    const value = low + place * (high - low);
    hidden[row]! += weight * place * 2;
    return whole ? Math.round(value) : value;
  });
  return { kind: 'number', name, values };
}

/** What the type declares; times in milliseconds, as frames hold them. */
function rangeOf({ kind, min, max }: Type): [number, number] {
  if (kind === 'bool') return [0, 1];
  const bound = (value: Type['min']) => (typeof value === 'string' ? Date.parse(value) : value);
  const time = kind === 'date' || kind === 'datetime' || kind === 'timestamp';
  const low = bound(min) ?? (time ? Date.UTC(2000, 0) : -1);
  return [low, Math.max(bound(max) ?? (time ? Date.UTC(2030, 0) : low + 2), low)];
}

/** The hidden value itself, or its place among all rows' cut into as many classes as there are. */
function labelled(model: Model, hidden: Float64Array): Target {
  if (model.task === 'regression') return { task: 'regression', values: hidden, classes: [] };
  const classes = model.task === 'binary' ? [] : (model.classes ?? ['a', 'b', 'c']);
  const count = model.task === 'binary' ? 2 : Math.max(2, classes.length);
  const order = [...hidden.keys()].sort((a, b) => hidden[a]! - hidden[b]!);
  const values = new Float64Array(hidden.length);
  for (const [place, row] of order.entries()) values[row] = Math.floor((place * count) / hidden.length);
  return { task: model.task === 'binary' ? 'binary' : 'multiclass', values, classes };
}
