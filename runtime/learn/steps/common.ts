/** What the learning steps share: their inputs, and the files that they leave for each other. */

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runMessages } from '../../../compiler/diagnostics/messages/run.ts';
import type { Model as ModelPlan, TrainerUse } from '../../../compiler/plan/plan.ts';
import { fault } from '../../data/faults.ts';
import type { Snapshot, StepContext } from '../../engine/contract.ts';
import { type DocumentKind, parseDocument } from '../../engine/schemas.ts';
import type { Fitted } from '../../features/fitted.ts';
import type { PartName } from '../../features/parts.ts';
import { LearnError } from '../errors.ts';
import { type Part, readPart, readSplit } from '../frames/read-part.ts';
import { trainerByName } from '../trainers.ts';
import type { AnyTrainer } from '../types.ts';

export function modelOf(context: StepContext): ModelPlan {
  const model = context.plan.models[context.step.of];
  if (!model) throw new Error(`the plan has no model ${context.step.of}`);
  return model;
}

/** The folder of an input that the contract promises. */
export function folderOf(context: StepContext, input: string): string {
  const folder = context.input(input);
  if (folder === undefined) throw new Error(`step ${context.step.id} has no input ${input}`);
  return folder;
}

/** A part with its rows, or undefined for one that the split does not declare. */
export async function partOf(
  context: StepContext,
  part: PartName,
  output: string,
  fitted?: Fitted,
): Promise<Part | undefined> {
  const folder = folderOf(context, 'parts');
  const split = await readSplit(folder);
  if (!split.parts[part]) return undefined;
  const { threads, memory } = context.params;
  const scratch = path.join(context.output(output), '.scratch');
  return readPart({
    folder,
    plan: context.plan,
    model: context.step.of,
    part,
    threads,
    memory,
    scratch,
    signal: context.signal,
    ...(fitted ? { fitted: { program: context.program, values: fitted } } : {}),
  });
}

export async function rowsByPart(context: StepContext): Promise<Record<string, number>> {
  const { parts } = await readSplit(folderOf(context, 'parts'));
  return Object.fromEntries(Object.entries(parts).map(([part, report]) => [part, report.rows]));
}

export async function writeJson(
  context: StepContext,
  output: string,
  file: string,
  value: unknown,
): Promise<void> {
  await writeFile(path.join(context.output(output), file), `${JSON.stringify(value, null, 1)}\n`);
}

export async function readDocument<T>(
  context: StepContext,
  input: string,
  kind: DocumentKind,
  name: string,
): Promise<T> {
  const file = path.join(folderOf(context, input), name);
  return parseDocument<T>(kind, await readFile(file, 'utf8'), file);
}

/** The trainer that a spec's trainer stands for; one of the team keeps its files in the folder of an output. */
export async function trainerOf(context: StepContext, use: TrainerUse, output: string): Promise<AnyTrainer> {
  if (use.run.language === 'builtin') return trainerByName(use.run.target || use.trainer);
  const { foreignTrainer } = await import('../../foreign/trainer.ts');
  return foreignTrainer(context, use, context.output(output));
}

/** The snapshot of the team's code that a trainer is. */
export async function trainerSnapshot(
  context: StepContext,
  use: TrainerUse,
): Promise<Record<string, Snapshot>> {
  if (use.run.language === 'builtin') return {};
  const { codeSnapshot } = await import('../../foreign/code.ts');
  const snapshot = codeSnapshot(use.run, context.root);
  return snapshot === undefined ? {} : { [use.trainer]: snapshot };
}

/** Points an error of the trainer at where the spec asks for it. */
export async function placedAt<T>(at: number, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LearnError)) throw error;
    throw fault(runMessages.training, { reason: error.message }, { at, cause: error });
  }
}
