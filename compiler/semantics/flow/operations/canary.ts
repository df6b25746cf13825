import { deploymentMessages } from '../../../diagnostics/messages/deployment.ts';
import { durationText } from '../../../plan/build/text.ts';
import type { Deployment, Expr } from '../../../plan/plan.ts';
import type { SourceFile } from '../../../source/text.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { replaceText } from '../../fixes.ts';
import { itemOf, type Operations } from './facts.ts';
import { type Need, Needs, readingOf } from './requests.ts';

/** Canary arithmetic: each step sees enough requests to decide by, and so does each load of a check. */
export function checkCanaries(facts: Operations): void {
  const needs = new Needs(facts.metrics);
  for (const [declaration, deployment] of facts.each('Deployment', facts.draft.deployments)) {
    checkSteps(facts, declaration, deployment, needs);
    checkLoads(facts, declaration, deployment, needs);
    checkLength(facts, declaration, deployment);
  }
}

function checkSteps(
  facts: Operations,
  declaration: ast.DeploymentDeclaration,
  { traffic, rollback, rollout }: Deployment,
  needs: Needs,
): void {
  const written = itemOf(declaration.items, 'Rollout');
  const rate = itemOf(declaration.items, 'Traffic');
  if (!written || !rate || traffic === null || traffic <= 0 || !rollback) return;
  if (rollout.strategy !== 'canary') return;
  const need = needs.of(rollback.condition);
  if (!need) return;
  const file = facts.program.fileOf(declaration);
  for (const [i, { share, duration }] of rollout.steps.entries()) {
    const step = written.steps[i];
    if (!step || duration === null || share <= 0) continue;
    const perSecond = traffic * share;
    if ((perSecond * duration) / 1000 >= need.requests) continue;
    tooFew(facts, file, step.duration ?? step, 'step', perSecond, duration, need, rollback.condition, [
      facts.label(declaration, rate.rate.span, 'the expected traffic'),
    ]);
  }
}

function checkLoads(
  facts: Operations,
  declaration: ast.DeploymentDeclaration,
  { check }: Deployment,
  needs: Needs,
): void {
  const rules = itemOf(declaration.items, 'Check')?.rules ?? [];
  const written = rules.filter((rule): rule is ast.ConditionRule => rule.kind === 'Condition');
  const planned = (check?.rules ?? []).filter(rule => rule.policy === null);
  for (const [i, { condition, load }] of planned.entries()) {
    const rule = written[i];
    if (!load || !rule?.load) continue;
    const need = needs.of(condition);
    if (!need || (load.rate * load.duration) / 1000 >= need.requests) continue;
    const file = facts.program.fileOf(declaration);
    tooFew(facts, file, rule.load.duration, 'load', load.rate, load.duration, need, condition);
  }
}

function tooFew(
  facts: Operations,
  file: SourceFile,
  at: ast.Node,
  what: 'step' | 'load',
  perSecond: number,
  duration: number,
  need: Need,
  condition: Expr,
  labels: readonly ReturnType<Operations['label']>[] = [],
): void {
  const longer = durationText(roundedUp((need.requests / perSecond) * 1000));
  const suggestion = `let it last ${longer}${what === 'step' ? ', or take a larger share' : ', or load it more'}`;
  const has = Math.floor((perSecond * duration) / 1000);
  const args = { what, has, needed: need.requests, condition: need.what, suggestion };
  const cause = facts.flow.label(readingOf(condition, need.measure), `decided by ${need.requests} requests`);
  facts.report(deploymentMessages.tooFewRequests, args, file, at.span, {
    labels: [...labels, cause],
    fixes: at.kind === 'RolloutStep' ? [] : [replaceText({ file }, at.span, longer, false)],
  });
}

const MINUTE = 60_000;
/** To whole seconds, minutes or hours, whichever is about as long. */
function roundedUp(milliseconds: number): number {
  const unit = milliseconds <= 2 * MINUTE ? 1_000 : milliseconds <= 120 * MINUTE ? MINUTE : 60 * MINUTE;
  return Math.ceil(milliseconds / unit) * unit;
}

export const lengthOf = ({ rollout }: Deployment): number =>
  rollout.steps.reduce((sum, { duration }) => sum + (duration ?? 0), 0);

/** A rollout that its own time-out, or that of a pipeline that runs it, ends before it is over. */
function checkLength(
  facts: Operations,
  declaration: ast.DeploymentDeclaration,
  deployment: Deployment,
): void {
  const length = lengthOf(deployment);
  const written = itemOf(declaration.items, 'Rollout');
  if (length === 0 || !written) return;
  const tell = (by: ast.DeploymentDeclaration | ast.PipelineDeclaration): void => {
    const clause = itemOf(by.items as readonly (ast.DeploymentItem | ast.PipelineItem)[], 'Timeout');
    const timeout = clause && facts.program.constantOf(clause.duration);
    if (!clause || typeof timeout !== 'number' || timeout <= 0 || timeout > length) return;
    const args = {
      deployment: declaration.name.text,
      rollout: durationText(length),
      timeout: durationText(timeout),
      of: by.name.text,
    };
    const labels = [facts.label(declaration, written.span, `takes ${durationText(length)}`)];
    const file = facts.program.fileOf(by);
    facts.report(deploymentMessages.rolloutTooLong, args, file, clause.duration.span, { labels });
  };
  tell(declaration);
  for (const [pipeline, { goals }] of facts.each('Pipeline', facts.draft.pipelines))
    if (goals.includes(declaration.name.text)) tell(pipeline);
}
