import { availableParallelism } from 'node:os';
import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import type { Step } from '../../compiler/plan/plan.ts';
import { fault } from '../data/faults.ts';
import type { Program, StepParams, StepProgress, StepResult } from './contract.ts';
import { executeStep, inputsIn, readText } from './execute.ts';
import { defaultMemory, formatMemory } from './resources.ts';
import { type Runners, runners } from './runners.ts';
import { parseDocument } from './schemas.ts';

export interface StepOptions {
  /** Folder that holds the input artifacts, each under its input's name. */
  readonly in: string;
  /** Folder to write outputs and `result.json` into. */
  readonly out: string;
  /** A `params/1` file; without it the whole data, all processors. */
  readonly params?: string | undefined;
  /** The project's folder, against which source paths are resolved. */
  readonly root: string;
  readonly signal?: AbortSignal;
  readonly progress?: (event: StepProgress) => void;
  readonly runners?: Runners;
}

/**
 * One step outside any store: what a pod or a CI job runs. Gives the result, which is also in `out/result.json`.
 * Throws `MlpError` for an unknown step or bad parameters, when there is nothing yet to write a result about.
 */
export async function runStep(program: Program, stepId: string, options: StepOptions): Promise<StepResult> {
  const step = findStep(program, stepId);
  const params = options.params ? await readParams(options.params) : defaultParams();
  return executeStep({
    program,
    step,
    params,
    inputs: inputsIn(step, options.in),
    out: options.out,
    root: options.root,
    signal: options.signal ?? new AbortController().signal,
    runners: options.runners ?? runners,
    progress: options.progress ?? (() => {}),
  });
}

/** 0 fine, 1 at fault, 3 refused. */
export function stepExitCode(result: Pick<StepResult, 'status'>): 0 | 1 | 3 {
  return result.status === 'succeeded' ? 0 : result.status === 'refused' ? 3 : 1;
}

export function defaultParams(): StepParams {
  return {
    version: 'params/1',
    from: null,
    to: null,
    overrides: {},
    threads: availableParallelism(),
    memory: formatMemory(defaultMemory()),
  };
}

async function readParams(file: string): Promise<StepParams> {
  let json: string;
  try {
    json = readText(file);
  } catch (cause) {
    throw fault(
      runMessages.badDocument,
      { where: `the parameters file ${file}`, what: 'cannot be read' },
      { cause },
    );
  }
  return parseDocument<StepParams>('params/1', json, `the parameters file ${file}`);
}

export function findStep(program: Program, id: string): Step {
  const step = program.plan.steps.find(candidate => candidate.id === id);
  if (step) return step;
  const near = program.plan.steps
    .map(candidate => candidate.id)
    .filter(other => other.includes(id) || id.includes(other));
  throw fault(runMessages.unknownStep, {
    step: id,
    steps: near.length > 0 ? near : program.plan.steps.map(s => s.id),
  });
}
