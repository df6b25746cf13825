import { children } from '../../plan/walk.ts';
import { readsMetric } from '../margins.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

export const gateWithoutFloor = defineRule({
  name: 'gate-without-floor',
  code: 'MLP7143',
  level: 'warn',
  title: 'a gate that compares with the last version alone',
  message: ({ model }: { model: string }) =>
    `every condition of the gate of \`${model}\` compares with the champion, so each version may be a little worse than the last`,
  hint: () =>
    'add a floor that does not move, `require auc >= 0.7`, or a baseline that is trained anew, `require auc > baseline.auc`',
  why: `"No worse than the champion, give or take 0.005" sounds safe, and lets a model decay: ten versions later it is 0.05 worse, and each step passed. On the first run there is no champion, so the
condition says nothing at all. At least one condition must hold without the champion.`,
  reference: {
    title: 'TensorFlow Model Analysis, thread on change thresholds',
    url: 'https://github.com/tensorflow/model-analysis/issues/520',
  },
  wrong: project({ gate: 'require auc >= (champion.auc ?? 0.7) - 0.01' }).replace(
    '\n  baseline logistic_regression()',
    '\n  baseline logistic_regression()',
  ),
  right: project({ gate: 'require auc >= (champion.auc ?? 0.7) - 0.01\n    require auc > baseline.auc' }),
  create: context => ({
    finish() {
      for (const [model, { gate, at }] of Object.entries(context.draft.models)) {
        const required = gate?.rules.filter(({ severity }) => severity === 'require') ?? [];
        const relative = required.map(({ condition }) => readsMetric(condition, 'champion', children));
        const place = context.place(gate?.rules[0]?.policyAt ?? gate?.rules[0]?.at ?? at);
        if (relative.length > 0 && relative.every(Boolean) && place) context.report({ model }, place);
      }
    },
  }),
});
