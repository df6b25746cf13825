import { defineMessage } from '../define.ts';
import { metWith } from './at-run-time.ts';
import { example, MODEL } from './examples.ts';

// What is met when a model is trained or used: the example is a spec that works.
const define = metWith(
  example({ view: 'seconds = seconds ?? fitted mean(seconds)\n  label buys = bought', model: MODEL }),
);

const listed = (names: readonly string[]): string => names.map(name => `\`${name}\``).join(', ');

const rows = 'features Later from visits at day {\n  key site\n  share_of_all = pages / fitted sum(pages)\n}';

/** Where a value that is fitted on training rows has no meaning: MLP4012. */
export const fittedFlowMessages = {
  elsewhere: defineMessage<{
    /** Undefined: what reads the value is the feature itself. */
    feature: string | undefined;
    what: string;
    why: string;
    hint: string;
  }>({
    code: 'MLP4012',
    severity: 'error',
    title: 'A fitted value where there are no training rows',
    message: ({ feature, what, why }) =>
      `${what} reads ${feature === undefined ? '' : `\`${feature}\`, which reads `}a value that is fitted on the training rows of a model: ${why}`,
    hint: ({ hint }) => hint,
    explanation: {
      text: 'A value written `fitted …` is computed on the training rows of the model that is given the feature, and kept with that model. So it is there once the rows were chosen, labelled and split, for that model alone. A label, a model’s `where`, the column of a split, the keys of joins and windows, rows that other views read and whole tables are needed before that, or for no model in particular; and a model that is loaded was trained elsewhere, on rows that nobody here knows.',
      wrong: example({
        more: rows,
        view: 'join Later as l on l.site == site\n  part = l.share_of_all ?? 0.0\n  label buys = bought',
      }),
      right: example({
        more: rows.replace('pages / fitted sum(pages)', 'to_float(pages)'),
        view: 'join Later as l on l.site == site\n  part = (l.share_of_all ?? 0.0) / fitted sum(pages)\n  label buys = bought',
      }),
    },
  }),
};

/** Messages about fitted values that are met when a model is trained or used: codes MLP8571 to MLP8579. */
export const fittedMessages = {
  nothingToFit: define<{ view: string; value: string }>({
    code: 'MLP8571',
    title: 'a fitted value of no rows',
    message: ({ view, value }) =>
      `\`${value}\` of ${view} cannot be fitted: no training row has a value of what it is computed from, or too few have one`,
    hint: () =>
      'leave the feature out, give the value a default inside (`fitted mean(x ?? 0.0)`), or train on more rows',
    text: 'A fitted value is an aggregate of the training rows; rows where what it is of is null are left out. Of none there is no result (`stddev` asks for two), and no number that could stand for it is right for all models, so training ends here.',
  }),
  notFitted: define<{ model: string; values: readonly string[] }>({
    code: 'MLP8572',
    title: 'a model without the values that its features need',
    message: ({ model, values }) =>
      `${model} was trained when ${listed(values)} ${values.length === 1 ? 'was' : 'were'} not fitted, or computed otherwise`,
    hint: ({ model }) => `train it anew with the features of this spec: \`mlp run ${model}\``,
    text: 'Each model carries the values that were fitted on its training rows. One that was trained on other features, or before they were written as they are now, has no values that these features could be computed with.',
  }),
  noModel: define<{ view: string; features: readonly string[]; models: readonly string[] }>({
    code: 'MLP8573',
    title: 'features of no model in particular',
    message: ({ view, features }) =>
      `${listed(features)} of ${view} read${features.length === 1 ? 's' : ''} values that are fitted on a model’s training rows, and no model is named`,
    hint: ({ view, models }) =>
      models.length === 0
        ? 'no model is given this view yet'
        : `name the model whose champion’s values are meant: \`mlp features get ${view} --model ${models[0]}\``,
    text: 'Fitted values belong to a model, not to a view. `mlp features get VIEW --model MODEL` gives the features as the champion of that model sees them.',
  }),
  noChampion: define<{ model: string; environment: string }>({
    code: 'MLP8574',
    title: 'fitted values of a model that has no champion',
    message: ({ model, environment }) =>
      `${model} has no champion in ${environment}, so there are no fitted values to compute its features with`,
    hint: ({ model }) => `train it first: \`mlp run ${model}\``,
    text: 'Values written `fitted …` come with a trained model. `mlp features get VIEW --model MODEL` takes those of its champion.',
  }),
};
