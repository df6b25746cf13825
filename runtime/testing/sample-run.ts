import path from 'node:path';
import type { Plan, Step } from '../../compiler/plan/plan.ts';
import { dependenciesOf } from '../../compiler/plan/steps.ts';
import { viewCode } from '../../compiler/sql/fitting.ts';
import { componentProgram, sourceProgram } from '../../compiler/sql/source.ts';
import { validationSql } from '../../compiler/sql/validation.ts';
import { unsupported } from '../../compiler/targets/local/capabilities.ts';
import type { Program, StepResult } from '../engine/contract.ts';
import { executeStep } from '../engine/execute.ts';
import { runners } from '../engine/runners.ts';
import { defaultParams } from '../engine/step.ts';
import type { TeamFunctions } from '../features/functions/team.ts';

export interface SampleRun {
  /** Folder of what each step wrote, by its id. */
  readonly folders: ReadonlyMap<string, string>;
  /** The first step that failed; those after it were not carried out. */
  readonly failed: { readonly step: Step; readonly result: StepResult } | null;
}

/**
 * Carries out steps one after another on a sample of the data: `sample` rows, spread over the whole, of each source that
 * a view takes its rows from, and all of those that are looked up. A gate or validation that refuses stops nothing: what
 * it asks of the whole data does not hold of a sample. Nor does the age of the data: a test says the same tomorrow. There
 * is no store, so nothing is cached or remembered.
 */
export async function sampleRun(
  plan: Plan,
  steps: readonly Step[],
  options: {
    readonly root: string;
    readonly folder: string;
    readonly sample: number;
    readonly functions?: TeamFunctions | undefined;
  },
): Promise<SampleRun> {
  const sources = Object.entries(plan.sources).map(([name, source]) => [
    name,
    { ...source, freshWithin: null },
  ]);
  const made = programOf({ ...plan, sources: Object.fromEntries(sources) as Plan['sources'] });
  const program: Program = options.functions ? { ...made, functions: options.functions } : made;
  const folders = new Map<string, string>();
  for (const step of steps) {
    const out = path.join(options.folder, step.id);
    const inputs = step.inputs.flatMap(input => {
      const from = 'from' in input ? folders.get(input.from) : undefined;
      return from === undefined ? [] : [[input.name, path.join(from, (input as { output: string }).output)]];
    });
    const result = await executeStep({
      program,
      step,
      params: { ...defaultParams(), sample: options.sample },
      inputs: Object.fromEntries(inputs),
      out,
      root: options.root,
      signal: new AbortController().signal,
      runners,
      progress: () => {},
    });
    if (result.status === 'failed') return { folders, failed: { step, result } };
    folders.set(step.id, out);
  }
  return { folders, failed: null };
}

/** The program of a plan as the TypeScript target writes it, as far as steps read it. */
export function programOf(plan: Plan): Program {
  const each = <T>(names: Readonly<Record<string, unknown>>, make: (name: string) => T) =>
    Object.fromEntries(Object.keys(names).map(name => [name, make(name)]));
  return {
    plan,
    views: each(plan.views, name => viewCode(plan, name)),
    validations: each(plan.validations, name => ({ sql: validationSql(plan, name) })),
    sources: each(plan.sources, name => sourceProgram(plan, name)),
    components: each(plan.components, name => componentProgram(plan, name)),
  };
}

/** The steps that this runtime carries out, and those that it does not or that wait for such a one, each in its order. */
export function possibleSteps(plan: Plan, steps: readonly Step[]): { can: Step[]; cannot: Step[] } {
  const cannot = new Set<string>();
  for (const step of steps)
    if (unsupported(plan, [step]).length > 0 || dependenciesOf(step).some(id => cannot.has(id)))
      cannot.add(step.id);
  return { can: steps.filter(({ id }) => !cannot.has(id)), cannot: steps.filter(({ id }) => cannot.has(id)) };
}
