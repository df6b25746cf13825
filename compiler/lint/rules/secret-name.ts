import { defineRule } from '../rule.ts';
import { deployed } from './examples.ts';

const monitor = (name: string): string =>
  `every 1d over 7d\n  alert error_rate > 5%\n  notify slack(secret("${name}"))`;

export const secretName = defineRule({
  name: 'secret-name',
  code: 'MLP7107',
  level: 'warn',
  title: 'a secret whose name is no name of the environment',
  message: ({ name }: { name: string }) =>
    `the secret \`${name}\` is not named like a variable of the environment`,
  hint: ({ name }) => `call it \`${upper(name)}\`, and set it under this name`,
  why: `A secret is read from the environment, and there names have capitals, digits and underscores: \`webhook\` and \`WEBHOOK\` are two variables, and whoever
sets the other one learns of it when the run fails at night. A name in capitals also tells at sight that it is the name of a secret and not the secret.`,
  reference: {
    title: 'POSIX: environment variable definition',
    url: 'https://pubs.opengroup.org/onlinepubs/9699919799.2008edition/xrat/V4_xbd_chap08.html',
  },
  wrong: deployed({ monitor: monitor('slack_webhook') }),
  right: deployed({ monitor: monitor('SLACK_WEBHOOK') }),
  create: context => ({
    Call({ callee, args }) {
      if (callee.text !== 'secret') return;
      const [first] = args;
      const value = first?.value;
      if (value?.kind !== 'String' || /^[A-Z_][A-Z0-9_]*$/.test(value.value)) return;
      const text = JSON.stringify(upper(value.value));
      const edits = [{ file: context.file, span: value.span, text }];
      const fixes = [{ title: `change it to ${text}`, edits, safe: false }];
      context.report({ name: value.value }, { span: value.span, fixes });
    },
  }),
});

const upper = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
