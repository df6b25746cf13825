import { leastRows } from '../rows.ts';
import { defineRule } from '../rule.ts';
import { project, VISITS } from './examples.ts';

const percent = (share: number): string => `${Number((share * 100).toPrecision(4))}%`;

export const smallPart = defineRule({
  name: 'small-part',
  code: 'MLP7147',
  level: 'warn',
  title: 'a part of the split that is too small to judge by',
  message: ({ part, share }: { part: string; share: number; least: number }) =>
    `the ${part} part has ${percent(share)} of the rows`,
  hint: ({ least }) => `give it at least ${percent(least)}, or a length of time: \`test last 30d\``,
  why: `The gate reads the test part and nothing else; tuning and early stopping read the validation part. A part of a few in a hundred makes every figure in the report noisy, and all slices too small, to save rows that the model hardly
misses: what a trainer learns from the last ten in a hundred is little. Parts by their share are looked at.`,
  reference: {
    title: 'Train, validation, test and data leakage',
    url: 'https://raw.githubusercontent.com/selva86/selva86.github.io/master/Train-Validation-Test-and-Data-Leakage.html',
  },
  wrong: project({ split: 'split by day { train 96%  validation 2%  test 2% }' }),
  right: VISITS,
  options: {
    least: { kind: 'number', default: 0.05, min: 0, max: 0.5, means: 'the least share of a part' },
    enough: {
      kind: 'number',
      default: 10_000,
      min: 1,
      max: 1_000_000_000,
      means: 'how many rows are enough whatever their share, where a validation says how many there are',
    },
  },
  create: context => ({
    finish() {
      for (const { split, views } of Object.values(context.draft.models)) {
        const rows = leastRows(context.draft, context.draft.views[views[0] ?? '']?.source ?? '') ?? 0;
        for (const { part, share, at } of split?.parts ?? []) {
          const { least, enough } = context.options;
          const place = context.place(at);
          if (part === 'train' || share === null || share >= least || rows * share >= enough || !place)
            continue;
          context.report({ part, share, least }, place);
        }
      }
    },
  }),
});
