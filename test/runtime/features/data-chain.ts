/** Specs whose data steps are run one after another, without the engine. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Plan, StepKind } from '../../../compiler/plan/plan.ts';
import { viewCode } from '../../../compiler/sql/fitting.ts';
import { sourceProgram } from '../../../compiler/sql/source.ts';
import { validationSql } from '../../../compiler/sql/validation.ts';
import { ingest } from '../../../runtime/data/ingest.ts';
import { validate } from '../../../runtime/data/validate.ts';
import type { Program, StepRunner } from '../../../runtime/engine/contract.ts';
import { features } from '../../../runtime/features/features.ts';
import { split } from '../../../runtime/features/split.ts';
import { compileText } from '../../support/specs.ts';
import { runStep, type StepRun } from '../data/support.ts';

const runners: Partial<Record<StepKind, StepRunner>> = { ingest, validate, features, split };

/** Compiles a spec and runs its data steps; what each wrote, by step. */
export async function chain(
  root: string,
  text: string,
  threads = 2,
): Promise<{ plan: Plan; done: Record<string, StepRun> }> {
  const { plan, diagnostics } = compileText(text);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  assert.equal(
    errors.map(({ code, message }) => `${code} ${message}`),
    [],
  );
  const program: Partial<Program> = {
    views: Object.fromEntries(Object.keys(plan!.views).map(name => [name, viewCode(plan!, name)])),
    validations: Object.fromEntries(
      Object.keys(plan!.validations).map(name => [name, { sql: validationSql(plan!, name) }]),
    ),
    sources: Object.fromEntries(Object.keys(plan!.sources).map(name => [name, sourceProgram(plan!, name)])),
  };
  const done: Record<string, StepRun> = {};
  for (const step of plan!.steps) {
    const runner = runners[step.kind];
    if (runner === undefined) continue;
    const inputs = Object.fromEntries(
      step.inputs.flatMap(input =>
        'from' in input ? [[input.name, join(done[input.from]!.folder, input.output)]] : [],
      ),
    );
    done[step.id] = await runStep(runner, { plan: plan!, step, program, root, inputs, params: { threads } });
  }
  return { plan: plan!, done };
}
