import { ruleOfMl } from '../references.ts';
import { defineRule } from '../rule.ts';
import { deployed } from './examples.ts';

export const silentFailure = defineRule({
  name: 'silent-failure',
  code: 'MLP7157',
  level: 'off',
  strict: 'warn',
  title: 'a pipeline whose failures nobody is told of',
  message: ({ pipeline }: { pipeline: string }) =>
    `\`${pipeline}\` starts by itself, and nobody is told when it fails`,
  hint: () => 'write `notify slack(secret("SLACK_WEBHOOK")) on failure`',
  why: `A run that somebody starts fails before their eyes; one that a clock starts fails at three in the morning, and the model that was to be renewed grows old. Pipelines with a schedule, new rows or an alert as their
trigger are looked at.`,
  reference: ruleOfMl(10, 'watch for silent failures'),
  wrong: deployed({ pipeline: 'on schedule("0 3 * * *")\n  timeout 2h' }),
  right: deployed(),
  create: context => ({
    Pipeline({ name, items }) {
      const pipeline = context.draft.pipelines[name.text];
      if (!pipeline?.triggers.some(({ kind }) => kind !== 'request')) return;
      const told = items.some(
        item =>
          item.kind === 'Notify' &&
          (item.events.length === 0 || item.events.some(({ text }) => text === 'failure')),
      );
      if (!told) context.report({ pipeline: name.text }, { span: name.span });
    },
  }),
});
