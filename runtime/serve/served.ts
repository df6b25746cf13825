import { serveMessages } from '../../compiler/diagnostics/messages/serve.ts';
import { suggest } from '../../compiler/diagnostics/suggest.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import { type Serving, servedNames, servingOf } from '../../compiler/plan/serving.ts';
import { fault } from '../data/faults.ts';

/** A deployment with all that its service has to know of the plan. */
export interface Served extends Serving {
  readonly plan: Plan;
  /** The registry's environment; `local` where none is named. */
  readonly environment: string;
  readonly name: string;
}

/** ` --env production`, for commands in hints. */
export const environmentOption = (plan: Plan): string =>
  plan.environment === null ? '' : ` --env ${plan.environment}`;

/** The deployment of this name, or the only one. @throws MlpError where there is none, or none that answers requests */
export function servedOf(plan: Plan, named?: string): Served {
  const online = servedNames(plan);
  const name = named ?? online[0];
  if (name === undefined) throw fault(serveMessages.noDeployment, { models: Object.keys(plan.models) });
  if (named === undefined && online.length > 1)
    throw fault(serveMessages.whichDeployment, { deployments: online });
  const deployment = plan.deployments[name];
  if (!deployment) {
    const near = online.find(other => plan.deployments[other]!.serves === name) ?? suggest(name, online);
    if (online.length === 0) throw fault(serveMessages.noDeployment, { models: Object.keys(plan.models) });
    throw fault(serveMessages.unknownDeployment, { deployment: name, near, deployments: online });
  }
  if (deployment.score) {
    const facts = { deployment: name, sink: deployment.score.sink };
    throw fault(serveMessages.scoresOnly, facts, { at: deployment.at });
  }
  return { ...servingOf(plan, name), plan, environment: plan.environment ?? 'local', name };
}

/** What the deployment declares and one process of `mlp serve` does not carry out, each with its place in the spec. */
export function notCarriedOut({ deployment }: Served): readonly string[] {
  const { shadow, check, rollout, rollback, replicas, resources } = deployment;
  return [
    ...(shadow === null ? [] : [`\`shadow ${shadow}\`: the second model is not asked`]),
    ...(check === null ? [] : ['`check`: nothing is measured before it answers']),
    ...(rollout.strategy === 'all_at_once'
      ? []
      : [`\`rollout ${rollout.strategy}\`: every request goes to the champion`]),
    ...(rollback === null ? [] : ['`rollback`: no version is taken back by itself']),
    ...(replicas === null ? [] : ['`replicas`: this is one process']),
    ...(resources === null ? [] : ['`resources`: it takes what the machine gives']),
  ];
}
