import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dataMessages } from '../../compiler/diagnostics/messages/data.ts';
import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import { targetsMessages } from '../../compiler/diagnostics/messages/targets.ts';
import type { Step } from '../../compiler/plan/plan.ts';
import { fault } from '../data/faults.ts';
import { MlpError, type Program, type StepParams, type StepProgress, type StepResult } from './contract.ts';
import type { Runners } from './runners.ts';
import { checkDocument } from './schemas.ts';

export interface Execution {
  readonly program: Program;
  readonly step: Step;
  readonly params: StepParams;
  /** Folder of an input artifact by name; absent where an external input has none. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Where the outputs and `result.json` go. */
  readonly out: string;
  readonly root: string;
  /** See `StepContext.cache`. */
  readonly cache?: string | undefined;
  readonly signal: AbortSignal;
  readonly runners: Runners;
  progress(event: StepProgress): void;
}

/**
 * Carries out one step by its contract: reads the input folders alone, makes each output whole in `.name.partial`
 * before it gets its name, and always writes `result.json`. A fault of the user or the data is a `failed` result;
 * so is a fault of this program, with the code MLP8599.
 */
export async function executeStep(execution: Execution): Promise<StepResult> {
  const { step, out } = execution;
  mkdirSync(out, { recursive: true });
  const partials = new Map<string, string>();
  let result: StepResult;
  try {
    const outcome = await runStepKind(execution, partials);
    result = { version: 'result/1', step: step.id, ...outcome };
    await checkDocument('result/1', result, `The result of step ${step.id}`);
    if (result.status !== 'failed') nameOutputs(step, partials, out);
  } catch (error) {
    result = failure(step.id, error);
  }
  for (const partial of partials.values()) rmSync(partial, { recursive: true, force: true });
  writeWhole(path.join(out, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

async function runStepKind(execution: Execution, partials: Map<string, string>) {
  const { step, program, params, inputs, out, root, signal, progress } = execution;
  const load = execution.runners[step.kind];
  if (!load) throw fault(targetsMessages.notCarriedOut, { what: `the step \`${step.id}\`` }, { at: step.at });
  for (const input of step.inputs)
    if (!('external' in input) && !inputs[input.name])
      throw fault(
        runMessages.missingInput,
        { step: step.id, input: input.name, from: input.from, output: input.output },
        { at: step.at },
      );
  const run = await load();
  return run({
    plan: program.plan,
    step,
    program,
    params,
    root,
    cache: execution.cache,
    signal,
    progress,
    input: name => {
      if (!step.inputs.some(input => input.name === name))
        throw new Error(`step ${step.id} declares no input ${name}`);
      return inputs[name];
    },
    output: name => {
      if (!step.outputs.some(output => output.name === name))
        throw new Error(`step ${step.id} declares no output ${name}`);
      const partial = path.join(out, `.${name}.partial`);
      if (!partials.has(name)) {
        rmSync(partial, { recursive: true, force: true });
        mkdirSync(partial);
        partials.set(name, partial);
      }
      return partial;
    },
  });
}

function nameOutputs(step: Step, partials: ReadonlyMap<string, string>, out: string): void {
  for (const { name } of step.outputs) {
    const partial = partials.get(name);
    if (!partial) throw new Error(`step ${step.id} did not write its output ${name}`);
    const folder = path.join(out, name);
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  }
}

/** The result of a step that threw. */
export function failure(step: string, error: unknown): StepResult {
  const facts = errorFacts(error);
  return { version: 'result/1', step, status: 'failed', metrics: {}, notes: [], snapshots: {}, error: facts };
}

interface Facts {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly at?: number;
}

export function errorFacts(error: unknown): Facts {
  if (error instanceof MlpError)
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.at === undefined ? {} : { at: error.at }),
    };
  if (error instanceof Error && error.name === 'LearnError')
    return errorFacts(fault(runMessages.training, { reason: error.message }));
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (process.env['MLP_DEBUG']) process.stderr.write(`${stack}\n`);
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return errorFacts(fault(dataMessages.outOfDisk, { reason: null }));
  if (syscall === 'write') return errorFacts(fault(dataMessages.outOfDisk, { reason: String(code) }));
  return errorFacts(fault(runMessages.broken, { reason: message }));
}

/** Readers see the old file or the new one, never a part. */
export function writeWhole(file: string, content: string): void {
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, content);
  renameSync(partial, file);
}

/** The input folders that are there, for a step on a command line. */
export function inputsIn(step: Step, folder: string): Record<string, string> {
  const there = step.inputs.map(input => [input.name, path.join(folder, input.name)] as const);
  return Object.fromEntries(there.filter(([, file]) => existsSync(file)));
}

export function readText(file: string): string {
  return readFileSync(file, 'utf8');
}
