import { defineRule } from '../rule.ts';
import { deployed } from './examples.ts';

const pipeline = (retry: string): string =>
  `on schedule("0 3 * * *")\n  timeout 2h\n  ${retry}\n  notify slack(secret("SLACK_WEBHOOK")) on failure`;

export const retryWithoutPause = defineRule({
  name: 'retry-without-pause',
  code: 'MLP7152',
  level: 'warn',
  title: 'a retry without a pause',
  message: () => 'this tries again at once',
  hint: () => 'wait a little: `retry 2 times after 30s`',
  why: `What fails because something else is down or busy fails again a millisecond later: without a pause all tries are spent before the other side can recover, and many that try again at once keep it down. A pause makes a
retry worth having. A step that fails for a reason of its own fails again after any pause, so the number of tries stays small.`,
  reference: { title: 'Retry with backoff', url: 'https://codemosa.com/system-design/retry-with-backoff' },
  wrong: deployed({ pipeline: pipeline('retry 3 times') }),
  right: deployed({ pipeline: pipeline('retry 3 times after 30s') }),
  create: context => ({
    Retry({ after, span }) {
      if (after) return;
      const at = { start: span.end, end: span.end };
      const fixes = [{ title: 'wait 30s', edits: [{ file: context.file, span: at, text: ' after 30s' }] }];
      context.report(undefined, { span, fixes });
    },
  }),
});
