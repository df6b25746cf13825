import { mlTestScore } from '../references.ts';
import { defineRule } from '../rule.ts';
import { project, VISITS } from './examples.ts';

export const missingSlices = defineRule({
  name: 'missing-slices',
  code: 'MLP7148',
  level: 'off',
  strict: 'warn',
  title: 'an evaluation of all rows together',
  message: ({ model }: { model: string }) => `\`${model}\` is evaluated on all rows together`,
  hint: () => 'name a column that people would ask about: `evaluate auc by country`',
  why: `One figure for all rows hides who is served badly: a model can be right on the whole and wrong in one country, on one device, for new customers. \`by\` shows the metrics for every value of a column, and a gate can ask for something in
each (\`for each country with at least 500 rows\`).`,
  reference: mlTestScore('model 6', 'quality is sufficient on important slices'),
  wrong: project({ evaluate: 'evaluate auc, log_loss' }),
  right: VISITS,
  create: context => ({
    Model({ name, items }) {
      const evaluate = items.find(item => item.kind === 'Evaluate');
      if (!evaluate || evaluate.by.length > 0) return;
      const span = { start: evaluate.span.start, end: evaluate.span.start + 'evaluate'.length };
      context.report({ model: name.text }, { span });
    },
  }),
});
