import type { Condition, Model } from '../../plan/plan.ts';
import { type Margin, marginOf } from '../margins.ts';
import { rowsFor, standardError } from '../noise.ts';
import { testRows } from '../rows.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

interface Facts {
  readonly kind: 'margin' | 'chance';
  readonly metric: string;
  readonly text: string;
  readonly amount: number;
  readonly error: number;
  readonly rows: number;
  readonly enough: number | undefined;
  readonly slice: boolean;
}

const shown = (value: number): string => String(Number(value.toPrecision(2)));
const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

export const noisyThreshold = defineRule({
  name: 'noisy-threshold',
  code: 'MLP7144',
  level: 'warn',
  title: 'a threshold within the noise of the test',
  message: ({ kind, metric, text, amount, error, rows }: Facts) =>
    kind === 'margin'
      ? `\`${text}\` decides by ${shown(amount)} of \`${metric}\`, and on ${grouped(rows)} rows its standard error is ${shown(error)}`
      : `\`${text}\` lets a model pass that knows nothing: on ${grouped(rows)} rows the standard error of \`${metric}\` is ${shown(error)}`,
  hint: ({ kind, enough, error, slice }) => {
    const more =
      enough === undefined ? '' : `, or test on at least ${grouped(enough)} rows${slice ? ' a slice' : ''}`;
    return kind === 'margin'
      ? `decide by at least ${shown(error)}${more}`
      : `ask for at least ${shown(0.5 + 2 * error)}${more}`;
  },
  why: `A metric on n rows is an estimate. Two models that differ by less than its standard error cannot be told apart, so a gate that decides by less passes and refuses by chance, and everyone learns to run it again.

Two kinds of conditions are judged. A margin against the champion or the baseline (\`auc >= champion.auc - 0.001\`) must be at least one standard error; without a margin, nothing is said. A floor for \`auc\` must be more than two standard errors
above 0.5, where a model that knows nothing is. The standard errors, at the value v that the condition names, else at 0.9:

- \`accuracy\`, \`precision\`, \`recall\`: √(v(1-v)/n);
- \`auc\` (Hanley and McNeil 1982), with as many true rows as false ones, which is the least it can be: √((v(1-v) + (n/2-1)(Q1-v²) + (n/2-1)(Q2-v²)) / (n/2)²) with Q1 = v/(2-v), Q2 = 2v²/(1+v).

n is the test part's share of the rows that a validation demands (\`require count() >= 100_000\`), the least there can be; for a condition of slices, their minimum of rows. Where neither is written, nothing is said. Both models are judged on the same rows, which makes their difference
less noisy than two separate measurements: correlated by a half, it has just this standard error.`,
  reference: {
    title: 'Hanley and McNeil 1982, the meaning and use of the area under a ROC curve',
    url: 'http://defaultrisk.com/pa_test_04.htm',
  },
  wrong: project({
    validation: 'require count() >= 2_000',
    gate: 'require auc >= 0.7\n    require auc >= (champion.auc ?? 0.7) - 0.001\n    require auc > baseline.auc',
  }),
  right: project({
    validation: 'require count() >= 2_000',
    gate: 'require auc >= 0.7\n    require auc >= (champion.auc ?? 0.7) - 0.05\n    require auc > baseline.auc',
  }),
  create: context => ({
    finish() {
      for (const model of Object.values(context.draft.models)) {
        const rules = model.gate?.rules ?? [];
        const whole = testRows(context.draft, model);
        for (const rule of rules) {
          const margin = rule.severity === 'require' ? marginOf(rule.condition) : undefined;
          const rows = rule.forEach ? rule.forEach.minimum || undefined : whole;
          const facts = margin && rows !== undefined ? judge(margin, rule, rows, model) : undefined;
          const place = context.place(rule.policyAt ?? rule.at);
          if (facts && place) context.report(facts, place);
        }
      }
    },
  }),
});

function judge(margin: Margin, rule: Condition, rows: number, model: Model): Facts | undefined {
  const { metric } = margin;
  const shared = { metric, text: rule.text, rows, slice: rule.forEach !== null };
  if (margin.kind === 'model') {
    const amount = Math.abs(margin.margin);
    const value = margin.fallback ?? floorOf(model, metric) ?? 0.9;
    const error = standardError(metric, value, rows);
    // Half a millionth is what adding and taking away leaves of nothing.
    if (error === undefined || amount < 5e-7 || amount >= error) return undefined;
    return { ...shared, kind: 'margin', amount, error, enough: rowsFor(metric, value, amount) };
  }
  if (metric !== 'auc') return undefined;
  const amount = margin.threshold - 0.5;
  const error = standardError(metric, 0.5, rows);
  if (error === undefined || amount < 0 || amount >= 2 * error) return undefined;
  const enough = amount > 0 ? rowsFor(metric, 0.5, amount / 2) : undefined;
  return { ...shared, kind: 'chance', amount, error, enough };
}

/** What the gate asks of the metric in plain numbers. */
function floorOf({ gate }: Model, metric: string): number | undefined {
  for (const { condition, forEach } of gate?.rules ?? []) {
    const margin = forEach === null ? marginOf(condition) : undefined;
    if (margin?.kind === 'number' && margin.metric === metric) return margin.threshold;
  }
  return undefined;
}
