import type { StepRunner } from '../../engine/contract.ts';
import type { MetricsDocument, RegistrationDocument, VerdictDocument } from '../../engine/documents.ts';
import { modelOf, readDocument, writeJson } from './common.ts';

/** Writes down what the registry is to take in; whoever runs the steps does the taking in. */
export const registerStep: StepRunner = async context => {
  const plan = modelOf(context);
  const metrics = await readDocument<MetricsDocument>(context, 'metrics', 'metrics/1', 'metrics.json');
  const gated = context.step.inputs.some(input => input.name === 'verdict');
  const verdict = gated
    ? await readDocument<VerdictDocument>(context, 'verdict', 'verdict/1', 'verdict.json')
    : null;
  const values = Object.entries(metrics.overall.model).filter(
    (entry): entry is [string, number] => entry[1] !== null,
  );
  const document: RegistrationDocument = {
    version: 'registration/1',
    model: context.step.of,
    task: plan.task,
    label: plan.label.name,
    classes: metrics.classes,
    features: plan.features.map(({ view, name }) => ({ view, name })),
    trainer: metrics.trainer,
    plan: context.plan.hash,
    files: context.plan.files,
    parts: metrics.parts,
    metrics: Object.fromEntries(values),
    passed: verdict?.passed ?? false,
    approvals: verdict?.approvals ?? [],
  };
  await writeJson(context, 'registration', 'registration.json', document);
  const notes = verdict ? [] : ['it has no gate: every version becomes candidate'];
  return { status: 'succeeded', metrics: document.metrics, notes, snapshots: {} };
};
