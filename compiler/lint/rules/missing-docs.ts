import type * as ast from '../../syntax/ast/index.ts';
import { defineRule } from '../rule.ts';
import { VISITS } from './examples.ts';

const kinds = [
  'schema',
  'features',
  'model',
  'deployment',
  'component',
  'trainer',
  'metric',
  'policy',
  'function',
  'source',
  'pipeline',
  'column',
];

export const missingDocs = defineRule({
  name: 'missing-docs',
  code: 'MLP7105',
  level: 'off',
  strict: 'warn',
  title: 'a declaration that is not documented',
  message: ({ what, name }: { what: string; name: string }) => `the ${what} \`${name}\` is not documented`,
  hint: () => 'say in a line `/// …` before it what it is for; hover texts and model cards show it',
  why: `What a row stands for, what a view knows and when, what a model is good for: the spec cannot say it in types, and those who come later
cannot ask. Documentation is shown on hover and goes into model cards and the plan. The rule is off in \`mlp:recommended\`, since not every project wants all of it;
\`kinds\` says which declarations need a text.`,
  reference: {
    title: 'rustc: missing_docs, allowed by default',
    url: 'https://doc.rust-lang.org/stable/nightly-rustc/rustc_lint/builtin/static.MISSING_DOCS.html',
  },
  wrong: VISITS.replace('/// Who will buy?\n', ''),
  right: VISITS,
  options: {
    kinds: {
      kind: 'texts',
      of: kinds,
      default: ['schema', 'features', 'model', 'deployment', 'component', 'trainer', 'metric', 'policy'],
      means: 'the kinds of declarations that are documented',
    },
  },
  create(context) {
    const wanted = new Set(context.options.kinds);
    const look =
      (what: string) =>
      ({ doc, name }: { readonly doc?: string; readonly name: ast.Name }): void => {
        if (!wanted.has(what) || doc?.trim() || name.text === '') return;
        context.report({ what, name: name.text }, { span: name.span });
      };
    return {
      Schema: look('schema'),
      Features: look('features'),
      Model: look('model'),
      Deployment: look('deployment'),
      Component: look('component'),
      Trainer: look('trainer'),
      Metric: look('metric'),
      Policy: look('policy'),
      Function: look('function'),
      Source: look('source'),
      Pipeline: look('pipeline'),
      Field: look('column'),
    };
  },
});
