import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

const gate = (rest: string): string =>
  `require auc >= 0.7\n    require auc >= 0.8 for each site${rest}\n    require auc > baseline.auc`;

export const smallSlice = defineRule({
  name: 'small-slice',
  code: 'MLP7145',
  level: 'warn',
  title: 'a condition on slices of few rows',
  message: ({ rows, least }: { rows: number | undefined; least: number }) =>
    rows === undefined
      ? 'this holds for every slice, however few rows it has'
      : `this holds for slices of ${rows} rows; fewer than ${least} decide nothing`,
  hint: ({ least }) => `write \`with at least ${least} rows\`: smaller slices are listed as skipped`,
  why: `In a slice of twenty rows one row more or less moves a share by five points, and among fifty slices some are always bad by chance: a gate that asks for something in each of them refuses good models at random. In a tiny slice a metric such as
\`auc\` is not even defined, which fails the gate too. \`with at least\` leaves small slices to the report.`,
  reference: {
    title: 'TensorFlow Model Analysis: no metrics for slices of fewer than k examples',
    url: 'https://github.com/tensorflow/model-analysis/commit/545106a1725e4203788b6a1469108c97954f8a7d',
  },
  wrong: project({ gate: gate(' with at least 20 rows') }),
  right: project({ gate: gate(' with at least 500 rows') }),
  options: {
    least: { kind: 'number', default: 100, min: 1, max: 1_000_000, means: 'how many rows are enough' },
  },
  create: context => ({
    Condition({ forEach, severity }) {
      if (!forEach || severity !== 'require') return;
      const { least } = context.options;
      const { file } = context;
      if (!forEach.minimum) {
        const { end } = forEach.span;
        const edits = [{ file, span: { start: end, end }, text: ` with at least ${least} rows` }];
        const fixes = [{ title: `write \`with at least ${least} rows\``, edits, safe: false }];
        context.report({ rows: undefined, least }, { span: forEach.span, fixes });
        return;
      }
      const rows = context.program.constantOf(forEach.minimum);
      if (typeof rows !== 'number' || rows >= least) return;
      const edits = [{ file, span: forEach.minimum.span, text: String(least) }];
      const fixes = [{ title: `write ${least}`, edits, safe: false }];
      context.report({ rows, least }, { span: forEach.minimum.span, fixes });
    },
  }),
});
