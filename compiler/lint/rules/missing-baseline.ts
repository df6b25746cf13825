import { defineRule } from '../rule.ts';
import { project, VISITS } from './examples.ts';

export const missingBaseline = defineRule({
  name: 'missing-baseline',
  code: 'MLP7141',
  level: 'warn',
  title: 'a gate without a simple model to compare with',
  message: ({ model }: { model: string }) => `the gate of \`${model}\` has no simple model to compare with`,
  hint: () =>
    'declare one, `baseline logistic_regression()` or `baseline constant()`, and ask to be better: `require auc > baseline.auc`',
  why: `Whether 0.8 is much depends on the data: where one answer is right in nine rows of ten, 0.8 is worse than saying always the same. A baseline is trained on the same rows and judged on the same rows, so a gate
that asks to be better than it means something on every data set. Models with a gate and a trainer of their own are looked at.`,
  reference: {
    title: 'scikit-learn: DummyClassifier, a baseline to compare with',
    url: 'https://scikit-learn.org/1.3/modules/generated/sklearn.dummy.DummyClassifier.html',
  },
  wrong: project({ baseline: '', gate: 'require auc >= 0.7' }),
  right: VISITS,
  create: context => ({
    Model({ name, items }) {
      const kinds = new Set(items.map(item => item.kind));
      if (!kinds.has('Train') || !kinds.has('Promote') || kinds.has('Baseline')) return;
      context.report({ model: name.text }, { span: name.span });
    },
  }),
});
