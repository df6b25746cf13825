import { removeItem } from '../../semantics/fixes.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

export const constantFeature = defineRule({
  name: 'constant-feature',
  code: 'MLP7131',
  level: 'warn',
  title: 'a feature that is always the same',
  message: ({ name, value }: { name: string; value: string }) =>
    `the feature \`${name}\` is ${value} in every row`,
  hint: () => 'compute it from a column, or remove it: nothing can be learned from it',
  why: `A feature that does not read the row tells the trainer nothing, costs a column in every row and a field in every model, and looks as if something depended on it. Mostly it stands for a
value that was to be computed later. A constant that other features need is a \`let\`.`,
  reference: {
    title: 'scikit-learn: VarianceThreshold',
    url: 'https://scikit-learn.org/1.0/modules/generated/sklearn.feature_selection.VarianceThreshold.html',
  },
  wrong: project({ features: 'use site, pages, seconds\n  version = 2' }),
  right: project({ features: 'use site, pages, seconds\n  version = 2 * pages' }),
  create: context => ({
    Feature({ label, name, value, span }) {
      if (label) return;
      const constant = context.program.constantOf(value);
      if (constant === undefined) return;
      const fixes = [{ ...removeItem(context, span, false), title: `remove \`${name.text}\`` }];
      context.report({ name: name.text, value: JSON.stringify(constant) }, { span: value.span, fixes });
    },
  }),
});
