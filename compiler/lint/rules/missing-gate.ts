import { ruleOfMl } from '../references.ts';
import { defineRule } from '../rule.ts';
import { deployed } from './examples.ts';

export const missingGate = defineRule({
  name: 'missing-gate',
  code: 'MLP7142',
  level: 'warn',
  title: 'a served model without a gate',
  message: ({ model, deployment }: { model: string; deployment: string }) =>
    `\`${deployment}\` serves \`${model}\`, and nothing says how good a version of it must be`,
  hint: () => 'write `promote { require … }` in the model: a version that fails it is not served',
  why: `Without \`promote\` every version that training yields becomes the one that is served, also the one that was trained on half the data, or the one of the night in which a feature was always null. A gate holds
it back until somebody has looked. A model that is only shadowed answers nobody and needs none.`,
  reference: ruleOfMl(9, 'detect problems before exporting models'),
  wrong: deployed({ gate: '' }),
  right: deployed(),
  create: context => ({
    Deployment({ name, items }) {
      const serve = items.find(item => item.kind === 'Serve');
      const symbol = serve && context.program.symbolOf(serve.model);
      if (!serve || symbol?.kind !== 'declaration' || symbol.declaration.kind !== 'Model') return;
      const model = symbol.declaration;
      if (model.items.some(item => item.kind === 'Promote')) return;
      const labels = [
        { file: symbol.file, span: model.name.span, message: 'the model, which has no `promote`' },
      ];
      context.report({ model: model.name.text, deployment: name.text }, { span: serve.model.span, labels });
    },
  }),
});
