import type * as ast from '../../syntax/ast/index.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

const metric = (timeout: string): string =>
  project({
    evaluate: 'evaluate auc, log_loss, lift by site',
    gate: 'require auc >= 0.7\n    require lift >= 2.0\n    require auc > baseline.auc',
    more: `/// How much better than chance the first tenth is.
metric lift for binary in 0.0..10.0 higher is better {
  run python "metrics/lift.py:lift"
  packages "numpy==2.2.1"${timeout}
}`,
  });

export const missingTimeout = defineRule({
  name: 'missing-timeout',
  code: 'MLP7133',
  level: 'warn',
  title: 'long work without a time-out',
  message: ({ what, name }: { what: string; name: string }) => `the ${what} \`${name}\` may run for ever`,
  hint: () => 'write `timeout 30min`, or how long it may take at most',
  why: `A query that waits for a lock, a download that never ends, a search that does not converge: without a time-out such a step holds
its machine until somebody looks, and a schedule starts the next run behind it. Foreign code (components, trainers and metrics
with \`run\`) and pipelines that start by themselves are looked at; a component needs none where every pipeline has one.`,
  reference: {
    title: 'Argo Workflows: steps that would never time out',
    url: 'https://github.com/argoproj/argo-workflows/pull/1704',
  },
  wrong: metric(''),
  right: metric('\n  timeout 10min'),
  create(context) {
    const has = (items: readonly { readonly kind: string }[]): boolean =>
      items.some(item => item.kind === 'Timeout');
    const foreign = (what: string) => (declaration: Foreign) => {
      const { body, name } = declaration;
      if (!('items' in body) || has(body.items)) return;
      const runs = body.items.some((item: { readonly kind: string }) => item.kind === 'Run');
      if (runs) context.report({ what, name: name.text }, { span: name.span });
    };
    return {
      Component: foreign('component'),
      Trainer: foreign('trainer'),
      Metric: foreign('metric'),
      Pipeline({ items, name }) {
        const starts = items.some(item => item.kind === 'Trigger');
        if (starts && !has(items)) context.report({ what: 'pipeline', name: name.text }, { span: name.span });
      },
    };
  },
});

type Foreign = ast.ComponentDeclaration | ast.TrainerDeclaration | ast.MetricDeclaration;
