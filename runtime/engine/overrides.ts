import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import { suggest } from '../../compiler/diagnostics/suggest.ts';
import type { Plan, Step, TrainerUse } from '../../compiler/plan/plan.ts';
import { fault } from '../data/faults.ts';
import type { MlpError, StepParams } from './contract.ts';

type Value = StepParams['overrides'][string][string];

/**
 * What is wrong with the parameters that a run is to try instead of the spec's, found before anything has run: all of it at
 * once. Ranges of the library's own trainers are looked up only where there is something to try.
 */
export async function overrideProblems(
  plan: Plan,
  steps: readonly Step[],
  overrides: StepParams['overrides'],
): Promise<readonly MlpError[]> {
  const problems: MlpError[] = [];
  for (const [model, values] of Object.entries(overrides)) {
    const trainer = plan.models[model]?.trainer;
    if (!plan.models[model])
      problems.push(fault(runMessages.unknownModel, { model, models: Object.keys(plan.models) }));
    else if (!trainer || !steps.some(step => step.kind === 'train' && step.of === model))
      problems.push(fault(runMessages.notTrained, { model, loaded: !trainer }));
    else
      for (const [name, value] of Object.entries(values))
        problems.push(...(await ofParameter(trainer, model, name, value)));
  }
  return problems;
}

async function ofParameter(
  use: TrainerUse,
  model: string,
  name: string,
  value: Value,
): Promise<readonly MlpError[]> {
  const known = Object.keys(use.params);
  if (!known.includes(name)) {
    const facts = { model, trainer: use.trainer, name, known, near: suggest(name, known) };
    return [fault(runMessages.unknownParameter, facts, { at: use.at })];
  }
  if (use.run.language === 'builtin') return ofBuiltin(use, name, value);
  const wanted = typeof use.params[name];
  if (use.params[name] === null || wanted === typeof value) return [];
  const reason = `\`${name}\` of \`${use.trainer}\` is a ${wanted}, and ${JSON.stringify(value)} is a ${typeof value}`;
  return [fault(runMessages.training, { reason }, { at: use.at })];
}

async function ofBuiltin(use: TrainerUse, name: string, value: Value): Promise<readonly MlpError[]> {
  const [{ trainerByName }, { resolveParams }, { LearnError }] = await Promise.all([
    import('../learn/trainers.ts'),
    import('../learn/params.ts'),
    import('../learn/errors.ts'),
  ]);
  const { params } = trainerByName(use.run.target || use.trainer);
  if (params === undefined) return [];
  try {
    resolveParams(use.trainer, params, { [name]: value });
    return [];
  } catch (error) {
    if (!(error instanceof LearnError)) throw error;
    return [fault(runMessages.training, { reason: error.message }, { at: use.at })];
  }
}
