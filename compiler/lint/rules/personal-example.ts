import { looksReal } from '../../semantics/checker/real-data.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { defineRule } from '../rule.ts';
import { walk } from '../walk.ts';
import { project } from './examples.ts';

const given = (text: string): string =>
  project({ columns: 'referrer: string?' }).replace('bought: true }', `bought: true, referrer: "${text}" }`);

export const personalExample = defineRule({
  name: 'personal-example',
  code: 'MLP7125',
  level: 'warn',
  title: 'an example that looks like somebody’s data',
  message: ({ what, text }: { what: string; text: string }) =>
    `\`${text}\` looks like ${what} that somebody has`,
  hint: ({ what }) =>
    what === 'an e-mail address'
      ? 'make one up at a domain that belongs to nobody: `a@example.org`'
      : what === 'an IP address'
        ? 'take one that is set apart for examples: `192.0.2.1`'
        : 'make one up that cannot be real, such as one of zeros',
  why: `Examples in tests and documentation are copied from real rows, go into version control, and stay there when the row has long been deleted. An e-mail address at a domain that can exist, a
valid card or account number, a telephone number or a public IP address is looked for in every column of a test and in what documentation quotes in back-ticks; in columns marked \`@pii\` it is an error of the compiler
(MLP4206). Domains, numbers and addresses that are set apart for examples belong to nobody.`,
  reference: { title: 'RFC 2606: reserved names', url: 'https://datatracker.ietf.org/doc/rfc2606/bibtex' },
  wrong: given('jo.mueller@gmail.com'),
  right: given('jo@example.org'),
  create(context) {
    const documented = ({ doc, span }: { readonly doc?: string; readonly span: ast.Node['span'] }): void => {
      if (doc === undefined) return;
      for (const [, quoted = ''] of doc.matchAll(/`([^`\n]+)`/g)) {
        const text = quoted.replace(/^"|"$/g, '');
        const what = looksReal(text);
        const start = what === undefined ? -1 : context.file.text.lastIndexOf(text, span.end);
        if (what !== undefined && start >= 0)
          context.report({ what, text }, { span: { start, end: start + text.length } });
      }
    };
    return {
      Test(test) {
        for (const item of test.items)
          walk(item, node => {
            if (node.kind !== 'String') return;
            const { value, span } = node as ast.StringLiteral;
            const what = looksReal(value);
            if (what !== undefined) context.report({ what, text: value }, { span });
          });
      },
      Schema: documented,
      Field: documented,
      Features: documented,
      Function: documented,
      Parameter: documented,
      Feature: documented,
    };
  },
});
