import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

const rated = (label: string, evaluate: string, gate: string): string =>
  project({ columns: 'rating: int in 1..5 @known_after(1d)', label, evaluate, gate })
    .replace('bought: true }', 'bought: true, rating: 4 }')
    .replaceAll('predict buys', 'predict stars')
    .replace('expect buys', 'expect pages == 3');

export const integerLabel = defineRule({
  name: 'integer-label',
  code: 'MLP7134',
  level: 'warn',
  title: 'a whole number with few values as a label',
  message: ({ label, count, model }: { label: string; count: number; model: string }) =>
    `\`${label}\` has ${count} values, and \`${model}\` predicts it as a number`,
  hint: ({ count }) =>
    count === 2
      ? 'make it a truth value: `label … = (…) == 1`'
      : 'if its values are classes, make them an `enum` with `match`; if they are amounts, suppress this and say so',
  why: `The label's type chooses the task: a whole number is predicted as an amount, with squared errors. Where the values are classes (0 and 1, codes of categories, stars), 2 is not between 1 and 3, the metrics mean
nothing, and the model answers 2.4. A \`bool\` or an \`enum\` makes it classification. Labels with at most \`most\` values by their range or set are looked at.`,
  reference: {
    title: 'scikit-learn: type_of_target',
    url: 'https://www.scikit-learn.org/stable/modules/generated/sklearn.utils.multiclass.type_of_target.html',
  },
  wrong: rated(
    'label stars = rating',
    'evaluate rmse by site',
    'require rmse <= 0.5\n    require rmse < baseline.rmse',
  ),
  right: rated(
    'label stars = rating >= 4',
    'evaluate auc by site',
    'require auc >= 0.7\n    require auc > baseline.auc',
  ),
  options: {
    most: { kind: 'number', default: 10, min: 2, max: 1000, means: 'how many values are few' },
  },
  create: context => ({
    finish() {
      const told = new Set<string>();
      for (const [model, { label, task }] of Object.entries(context.draft.models)) {
        const { kind, min, max, values } = label.type;
        const id = `${label.view}.${label.name}`;
        if (kind !== 'int' || task !== 'regression' || told.has(id)) continue;
        const range = typeof min === 'number' && typeof max === 'number' ? max - min + 1 : undefined;
        const count = values?.length ?? range;
        if (count === undefined || count > context.options.most) continue;
        const feature = context.draft.views[label.view]?.features.find(one => one.name === label.name);
        const place = context.place(feature?.at);
        if (!place) continue;
        told.add(id);
        context.report({ label: label.name, count, model }, place);
      }
    },
  }),
});
