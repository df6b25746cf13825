import type { Expr, Model } from '../../plan/plan.ts';
import type { Draft } from '../../plan/steps.ts';
import { shapeOf } from '../../semantics/flow/gates/shape.ts';
import { marginOf } from '../margins.ts';
import { requiredOf } from '../rows.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

const validation = 'require count() >= 100_000\n  require share(bought) <= 5%';

export const accuracyOfRareLabel = defineRule({
  name: 'accuracy-of-rare-label',
  code: 'MLP7146',
  level: 'warn',
  title: 'a threshold of accuracy that one answer for all reaches',
  message: ({
    threshold,
    share,
    label,
    answer,
  }: {
    threshold: number;
    share: number;
    label: string;
    answer: boolean;
  }) =>
    `\`accuracy >= ${threshold}\` is reached by answering \`${answer}\` to everything: by the validation at least ${Number((share * 100).toPrecision(4))}% of \`${label}\` are so`,
  hint: () =>
    'ask for `auc`, `average_precision`, `precision` and `recall`, or to be better than `baseline constant()`',
  why: `Where one in a hundred is fraud, a model that never says fraud is right in 99 of 100. A threshold of accuracy says nothing until it is above the share of the more frequent answer. That share is known
where a validation bounds it, as \`require share(bought) <= 5%\` does.`,
  reference: { title: 'The accuracy paradox', url: 'https://www.cruxible.dev/learn/ml41-accuracy-paradox' },
  wrong: project({
    validation,
    evaluate: 'evaluate auc, accuracy by site',
    gate: 'require accuracy >= 0.9\n    require auc > baseline.auc',
  }),
  right: project({ validation, gate: 'require auc >= 0.8\n    require auc > baseline.auc' }),
  create: context => ({
    finish() {
      for (const model of Object.values(context.draft.models)) {
        const known = model.task === 'binary' ? moreFrequent(context.draft, model) : undefined;
        if (!known) continue;
        for (const rule of model.gate?.rules ?? []) {
          const margin = rule.severity === 'require' ? marginOf(rule.condition) : undefined;
          if (margin?.kind !== 'number' || margin.metric !== 'accuracy' || margin.threshold > known.share)
            continue;
          const place = context.place(rule.policyAt ?? rule.at);
          const facts = { threshold: margin.threshold, label: model.label.name, ...known };
          if (place) context.report(facts, place);
        }
      }
    },
  }),
});

/** The answer that more than half of the rows have, and their least share, as far as a validation says. */
function moreFrequent(
  draft: Draft,
  { label }: Model,
): { readonly share: number; readonly answer: boolean } | undefined {
  const view = draft.views[label.view];
  const expr = view?.features.find(one => one.name === label.name)?.expr;
  if (!view || !expr) return undefined;
  for (const { of, low, high } of requiredOf(draft, view.source)) {
    if (of.op !== 'table_aggregate' || of.aggregate !== 'share' || !same(of.args[0], expr)) continue;
    if (high < 0.5) return { share: 1 - high, answer: false };
    if (low > 0.5) return { share: low, answer: true };
  }
  return undefined;
}

const same = (a: Expr | undefined, b: Expr): boolean => a !== undefined && shapeOf(a) === shapeOf(b);
