import { featureStoreMessages } from '../../compiler/diagnostics/messages/feature-store.ts';
import { suggest } from '../../compiler/diagnostics/suggest.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import { fault } from '../data/faults.ts';
import type { Program } from '../engine/contract.ts';
import type { Observer, RunOutcome } from '../engine/events.ts';
import { runProgram } from '../engine/run.ts';

/** The views that names stand for: views themselves, or those of a model, or of the model that a deployment serves. */
export function viewsNamed(plan: Plan, names: readonly string[]): string[] {
  if (names.length === 0) return Object.keys(plan.views);
  return [
    ...new Set(
      names.flatMap(name => {
        if (plan.views[name] !== undefined) return [name];
        const model = plan.models[plan.deployments[name]?.serves ?? name];
        if (model === undefined) throw unknownView(plan, name);
        return model.views;
      }),
    ),
  ];
}

function unknownView(plan: Plan, name: string): Error {
  const names = [plan.views, plan.models, plan.deployments].flatMap(Object.keys);
  const facts = { name, near: suggest(name, names), names: Object.keys(plan.views) };
  return fault(featureStoreMessages.unknownView, facts);
}

export interface TablesOptions {
  readonly root: string;
  /** What the run is called in lists of runs. */
  readonly label: string;
  /** Rows up to here are wanted, an ISO instant: what judges how fresh a source is, too. */
  readonly until?: string | null;
  readonly signal?: AbortSignal;
  readonly observer?: Observer;
}

/**
 * Makes the rows of tables by a run, checked and validated as ever; what is in the store already is taken from it.
 * Gives the folder of each table. @throws MlpError where a step failed or a validation refused
 */
export async function makeTables(
  program: Program,
  tables: readonly string[],
  options: TablesOptions,
): Promise<ReadonlyMap<string, string>> {
  if (tables.length === 0) return new Map();
  const outcome = await runProgram(program, {
    root: options.root,
    goal: options.label,
    goals: tables,
    to: options.until ?? null,
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.observer ? { observer: options.observer } : {}),
  });
  if (outcome.status !== 'succeeded') throw notReady(outcome);
  return new Map(
    tables.map(table => {
      const step = outcome.steps.find(({ of, kind }) => of === table && kind !== 'validate');
      return [table, step!.outputs['rows']!] as const;
    }),
  );
}

function notReady(outcome: RunOutcome): Error {
  const lines = outcome.steps.flatMap(step => {
    if (step.status === 'failed') return [step.result?.error?.message ?? `${step.step} failed`];
    return step.status === 'refused' ? (step.result?.notes.slice(0, 3) ?? []) : [];
  });
  const error = outcome.steps.find(({ status }) => status === 'failed')?.result?.error;
  const status = outcome.status === 'refused' ? 'was refused by a validation' : outcome.status;
  const facts = { run: outcome.run, status, lines };
  return fault(featureStoreMessages.tablesNotReady, facts, error?.at === undefined ? {} : { at: error.at });
}
