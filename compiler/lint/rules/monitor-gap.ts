import { durationText } from '../../plan/build/text.ts';
import { mlTestScore } from '../references.ts';
import { defineRule } from '../rule.ts';
import { deployed } from './examples.ts';

const monitor = (every: string): string =>
  `${every}\n  alert error_rate > 5%\n  notify slack(secret("SLACK_WEBHOOK"))`;

export const monitorGap = defineRule({
  name: 'monitor-gap',
  code: 'MLP7156',
  level: 'warn',
  title: 'requests that a monitor never looks at',
  message: ({ every, over }: { every: string; over: string }) =>
    `this looks every ${every} at the last ${over}: what comes between is never looked at`,
  hint: ({ every }) => `look at no less than ${every} each time: \`every ${every} over ${every}\``,
  why: `A monitor that looks once a day at the last hour sees the requests of one hour, always the same one: at night there is no traffic, and what breaks at noon is never seen. The window is at least as long as the time between two looks.`,
  reference: mlTestScore('monitoring 7', 'prediction quality has not regressed'),
  wrong: deployed({ monitor: monitor('every 1d over 1h') }),
  right: deployed({ monitor: monitor('every 1d over 7d') }),
  create: context => ({
    Every({ every, over, span }) {
      const [interval, window] = [
        context.program.constantOf(every),
        over && context.program.constantOf(over),
      ];
      if (typeof interval !== 'number' || typeof window !== 'number' || window >= interval) return;
      context.report({ every: durationText(interval), over: durationText(window) }, { span });
    },
  }),
});
