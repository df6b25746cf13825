import type * as ast from '../../syntax/ast/index.ts';
import { defineRule } from '../rule.ts';
import { project, VISITS } from './examples.ts';

const words: Readonly<Partial<Record<ast.Declaration['kind'], string>>> = {
  Schema: 'schema',
  Function: 'function',
  Component: 'component',
  Trainer: 'trainer',
  Metric: 'metric',
  Policy: 'policy',
  Features: 'view',
  Model: 'model',
  Deployment: 'deployment',
};
const kinds = Object.values(words);

export const missingDocs = defineRule({
  name: 'missing-docs',
  code: 'MLP7132',
  level: 'off',
  strict: 'warn',
  title: 'a declaration without documentation',
  message: ({ what, name }: { what: string; name: string }) => `the ${what} \`${name}\` is not documented`,
  hint: () => 'say in a `///` line before it what it is, for whom, and what it must not be used for',
  why: `The \`///\` lines of a declaration are what hover, generated code and model cards show to people who did not write the spec: which
rows a schema has, what a view is meant to know, whom a model concerns. Nothing else in the spec can be worked out from the
code later. Which kinds are looked at the option \`kinds\` says.`,
  reference: {
    title: 'Model card template: intended use, out-of-scope uses, limits',
    url: 'https://modelcardhub.com/cards/template',
  },
  wrong: project({
    more: 'function busy(pages: int) -> bool = pages > 10',
    features: 'use site, pages, seconds\n  long = busy(pages)',
  }),
  right: VISITS,
  options: {
    kinds: {
      kind: 'texts',
      default: kinds,
      of: kinds,
      means: 'the kinds of declarations that are documented',
    },
  },
  create(context) {
    const look = (declaration: ast.Declaration): void => {
      const what = words[declaration.kind];
      const { text: name, span } = declaration.name;
      if (what === undefined || !context.options.kinds.includes(what)) return;
      if (name === '' || name.startsWith('_') || declaration.doc !== undefined) return;
      context.report({ what, name }, { span });
    };
    return Object.fromEntries(Object.keys(words).map(kind => [kind, look]));
  },
});
