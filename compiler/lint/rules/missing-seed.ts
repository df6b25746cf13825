import { defineRule } from '../rule.ts';
import { project, VISITS } from './examples.ts';

export const missingSeed = defineRule({
  name: 'missing-seed',
  code: 'MLP7111',
  level: 'warn',
  title: 'training without a seed',
  message: ({ model }: { model: string }) => `\`${model}\` is trained without a \`seed\``,
  hint: () =>
    'write `seed 0`, or any whole number, and leave it: a change of the seed is a change of the model',
  why: `Splits by hash, samples, search and many trainers draw random numbers. Where the seed is not in the spec, nobody sees that it
is part of the result: a foreign trainer may draw another one in each run, and two runs that differ cannot be told from two
models that differ. The built-in trainers take 0 where none is written, so the fix changes nothing.`,
  reference: {
    title: 'scikit-learn tips: why set random_state',
    url: 'https://raw.githubusercontent.com/justmarkham/scikit-learn-tips/master/notebooks/10_random_state.ipynb',
  },
  wrong: project({ seed: '' }),
  right: VISITS,
  create: context => ({
    Model(model) {
      const train = model.items.find(item => item.kind === 'Train');
      if (!train || model.items.some(item => item.kind === 'Seed')) return;
      const { file } = context;
      const at = { start: train.span.end, end: train.span.end };
      const line = file.line(file.position(train.span.start).line);
      const indent = line.slice(0, line.length - line.trimStart().length);
      const fixes = [{ title: 'write `seed 0`', edits: [{ file, span: at, text: `\n${indent}seed 0` }] }];
      context.report({ model: model.name.text }, { span: model.name.span, fixes });
    },
  }),
});
