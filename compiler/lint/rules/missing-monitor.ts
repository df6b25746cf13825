import { ruleOfMl } from '../references.ts';
import { defineRule } from '../rule.ts';
import { deployed } from './examples.ts';

export const missingMonitor = defineRule({
  name: 'missing-monitor',
  code: 'MLP7154',
  level: 'warn',
  title: 'a service that nothing watches',
  message: ({ deployment }: { deployment: string }) => `no monitor watches \`${deployment}\``,
  hint: ({ deployment }) =>
    `declare one: \`monitor ${deployment}_watch on ${deployment} { every 1d  alert psi(each feature) > 0.25 }\``,
  why: `A model does not fail with an error: it goes on answering while the world changes, a little worse every week. Only a monitor notices, by the drift of its inputs at once, and by its metrics when the labels are there.
Deployments that score a table are not looked at.`,
  reference: ruleOfMl(10, 'watch for silent failures'),
  wrong: deployed({ monitor: '' }),
  right: deployed(),
  create: context => ({
    Deployment({ name, items }) {
      if (items.some(({ kind }) => kind === 'ScoreInto')) return;
      const watched = Object.values(context.draft.monitors).some(
        ({ deployment }) => deployment === name.text,
      );
      if (!watched) context.report({ deployment: name.text }, { span: name.span });
    },
  }),
});
