import { defineRule } from '../rule.ts';
import { deployed } from './examples.ts';

export const missingRollback = defineRule({
  name: 'missing-rollback',
  code: 'MLP7153',
  level: 'warn',
  title: 'a service without a way back',
  message: ({ deployment }: { deployment: string }) =>
    `nothing takes a bad version of \`${deployment}\` back`,
  hint: () => 'say when: `rollback when error_rate > 1%`',
  why: `The test rows of the gate are yesterday's; what only real requests show, shows when the version answers them: another form of input, a slow look-up, a library that is missing. \`rollback when\` lets the rollout take the last version again
without a person who must be woken. Deployments that score a table are not looked at, since nothing is served meanwhile.`,
  reference: {
    title: 'The Site Reliability Workbook: canarying releases',
    url: 'https://www.oreilly.com/library/view/the-site-reliability/9781492029496/ch16.html',
  },
  wrong: deployed({ deployment: 'traffic 50rps\n  rollout canary { 5% for 1h, 100% }' }),
  right: deployed(),
  create: context => ({
    Deployment({ name, items }) {
      if (items.some(({ kind }) => kind === 'ScoreInto' || kind === 'Rollback')) return;
      context.report({ deployment: name.text }, { span: name.span });
    },
  }),
});
