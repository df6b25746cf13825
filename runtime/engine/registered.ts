import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import type { Plan, Step } from '../../compiler/plan/plan.ts';
import { fault } from '../data/faults.ts';
import type { StepParams, StepResult } from './contract.ts';
import type { RegisteredModel } from './events.ts';
import { failure } from './execute.ts';
import { type Fold, rolledOut, untilRolledOut } from './fold.ts';

/** The models that a run has registered, and what its batch deployments may do with them. */
export class Registered {
  readonly models: RegisteredModel[] = [];
  private readonly plan: Plan;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  /** The model of a batch deployment. */
  private servedBy(step: Step): RegisteredModel | undefined {
    const serves = this.plan.deployments[step.of]?.serves;
    return this.models.find(({ model }) => model === serves);
  }

  /** Scoring is told the version that each row is to name. */
  paramsOf(step: Step, params: StepParams): StepParams {
    const model = step.kind === 'score' ? this.servedBy(step) : undefined;
    return model ? { ...params, versions: { [model.model]: model.version.version } } : params;
  }

  /** A version that waits for an approval, or that somebody took back, scores nothing. */
  refusal(step: Step): StepResult | undefined {
    const model = step.kind === 'score' ? this.servedBy(step) : undefined;
    if (!model || model.withheld === null || model.withheld === untilRolledOut) return undefined;
    const { version } = model.version;
    const facts = { deployment: step.of, model: model.model, version, why: model.withheld };
    const told = failure(step.id, fault(runMessages.notToServe, facts, { at: step.at }));
    return { ...told, status: 'refused' };
  }

  /** What was scored is written: the model is what the deployment promised. */
  rollOut(step: Step, fold: () => Fold): void {
    const model = this.servedBy(step);
    if (model) this.models[this.models.indexOf(model)] = rolledOut(fold(), model);
  }
}
