import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import type { Plan, Step } from '../../compiler/plan/plan.ts';
import { unsupported } from '../../compiler/targets/local/capabilities.ts';
import { fault } from '../data/faults.ts';
import { MlpError } from './contract.ts';

/** Everything that the goal needs and this runtime cannot do yet; thrown before anything runs. */
export class RunRefusal extends MlpError {
  readonly problems: readonly MlpError[];
  constructor(problems: readonly MlpError[]) {
    const first = problems[0]!;
    super(first.code, first.message, {
      ...(first.hint === undefined ? {} : { hint: first.hint }),
      ...(first.at === undefined ? {} : { at: first.at }),
    });
    this.problems = problems;
  }
}

/** Finds what of these steps cannot be carried out; empty: they can. */
export function preflight(plan: Plan, steps: readonly Step[]): readonly MlpError[] {
  const refused = unsupported(plan, steps).map(({ code, message, hint, at }) => {
    const where = plan.positions[at] === undefined ? {} : { at };
    return new MlpError(code, message, { ...(hint === undefined ? {} : { hint }), ...where });
  });
  return [...refused, ...steps.flatMap(step => here(plan, step))];
}

/** What another place could do, but not this machine in this environment. */
function here(plan: Plan, step: Step): readonly MlpError[] {
  const problems: MlpError[] = [];
  if (step.resources?.gpu) {
    const hint = 'take `gpu` out of its resources, or replace it in an environment';
    problems.push(
      fault(runMessages.notHere, { what: `step ${step.id} asks for a GPU` }, { at: step.at, hint }),
    );
  }
  const model = plan.models[step.of];
  const home = plan.environment === null ? undefined : plan.environments[plan.environment]?.models?.from;
  if (model && step.kind === 'split' && home) {
    const facts = { model: step.of, environment: plan.environment ?? '', home };
    problems.push(fault(runMessages.trainedElsewhere, facts, { at: model.at }));
  }
  return problems;
}
