import type { Type } from '../../plan/type.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

const wrong = project({
  label: 'label buys = if bought then 1 else 0',
  evaluate: 'evaluate rmse by site',
  gate: 'require rmse <= 0.4\n    require rmse < baseline.rmse',
}).replace('expect buys', 'expect buys == 1');

export const integerLabel = defineRule({
  name: 'integer-label',
  code: 'MLP7131',
  level: 'warn',
  title: 'an integer label with few values',
  message: ({ label, values }: { label: string; values: number }) =>
    `the label \`${label}\` is an int with ${values} values, so it is learned as a number`,
  hint: ({ label }) =>
    `declare an enum if its values are kinds; write \`predict ${label} as regression\` if they are a quantity`,
  why: `A label of type \`int\` proposes regression. Codes such as 0, 1, 2 for kinds are then averaged: halfway between kind 0 and kind 2
lies kind 1, which is nonsense where the kinds have no order. Whether the values are kinds or counts only the author knows, so
either an enum or \`as regression\` makes it certain. A label counts as suspicious when its range or its list allows at most
\`most\` values.`,
  reference: {
    title: 'scikit-learn: type_of_target tells classes from continuous targets',
    url: 'https://www.scikit-learn.org/stable/modules/generated/sklearn.utils.multiclass.type_of_target.html',
  },
  wrong,
  right: wrong.replace('predict buys', 'predict buys as regression'),
  options: {
    most: { kind: 'number', default: 12, min: 2, max: 1_000, means: 'how many values are few' },
  },
  create: context => ({
    Predict(predict) {
      if (predict.task) return;
      const symbol = context.program.symbolOf(predict.label);
      if (symbol?.kind !== 'feature' || symbol.item.kind !== 'Feature') return;
      const values = valuesOf(context.program.typeOf(symbol.item.value));
      if (values === undefined || values > context.options.most) return;
      const { file, item } = symbol;
      const labels = [{ file, span: item.span, message: 'this is the label' }];
      context.report({ label: predict.label.text, values }, { span: predict.label.span, labels });
    },
  }),
});

/** How many values an integer can have; undefined where nothing says so. */
function valuesOf({ kind, min, max, values }: Type): number | undefined {
  if (kind !== 'int') return undefined;
  if (values) return values.length;
  return typeof min === 'number' && typeof max === 'number' ? max - min + 1 : undefined;
}
