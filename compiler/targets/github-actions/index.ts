import { targetsMessages as messages } from '../../diagnostics/messages/targets.ts';
import type { At, Plan } from '../../plan/plan.ts';
import { header, type Refusal, refuse, type Target, type TargetOptions } from '../target.ts';
import { readSettings } from './settings.ts';

const target = 'github-actions';

/** A workflow that checks and tests the spec on every change. */
export const githubActions: Target = {
  name: target,
  summary: 'a workflow that checks and tests the spec on every change',
  capabilities(plan, options) {
    return [...readSettings(plan, options).refusals, ...leftOut(plan)];
  },
  async emit(plan: Plan, options: TargetOptions) {
    const { printYaml } = await import('../yaml.ts');
    const { ciWorkflow } = await import('./workflow.ts');
    const { settings } = readSettings(plan, options);
    const text = printYaml(ciWorkflow(plan, settings), header(plan), { compatible: false });
    return [{ path: '.github/workflows/mlp-ci.yml', text }];
  },
};

/** Training, releases and monitors belong to workflows that this version does not write. */
function leftOut(plan: Plan): readonly Refusal[] {
  const note = (what: string, at: At): Refusal => refuse(messages.notEmitted, { target, what }, at);
  return [
    ...Object.entries(plan.pipelines).map(([name, { at }]) => note(`runs of the pipeline \`${name}\``, at)),
    ...Object.entries(plan.monitors).map(([name, { at }]) => note(`the monitor \`${name}\``, at)),
    ...Object.entries(plan.environments).flatMap(([name, { at, deploy }]) =>
      deploy ? [note(`the releases of the environment \`${name}\` (\`deploy …\`)`, at)] : [],
    ),
  ];
}
