import { ruleOfMl } from '../references.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

const percent = (share: number): string => `${Number((share * 100).toPrecision(4))}%`;

export const wideQuarantine = defineRule({
  name: 'wide-quarantine',
  code: 'MLP7122',
  level: 'warn',
  title: 'so many rows that may be set aside',
  message: ({ action, share }: { action: string; share: number | undefined; most: number }) =>
    share === undefined
      ? `any number of rows may be ${done(action)}`
      : `${percent(share)} of the rows may be ${done(action)}`,
  hint: ({ action, most }) =>
    `write a share that is a little above what is usual, at most ${percent(most)}: \`${action} up to 1%\``,
  why: `Rows that violate the schema are set aside so that a few bad ones stop nothing. Beyond a share it is the source that has changed: a renamed column, another unit,
half a delivery. A limit so wide that it is never reached trains the model on the half that happens to fit, and nobody hears of it.`,
  reference: ruleOfMl(6, 'be careful about dropped data'),
  wrong: project({ source: 'quarantine up to 50%' }),
  right: project({ source: 'quarantine up to 1%' }),
  options: {
    most: { kind: 'number', default: 0.2, min: 0, max: 1, means: 'the greatest share that passes' },
  },
  create: context => ({
    Violations({ action, share, span }) {
      const { most } = context.options;
      const value = share && context.program.constantOf(share);
      if (share && (typeof value !== 'number' || value <= most)) return;
      const facts = { action, share: typeof value === 'number' ? value : undefined, most };
      context.report(facts, { span: share?.span ?? span });
    },
  }),
});

const done = (action: string): string => (action === 'drop' ? 'dropped' : 'set aside');
