import { defineMessage } from '../define.ts';
import { example, MODEL } from './examples.ts';

/** A feature that a trainer does not take. */
interface NotTaken {
  readonly trainer: string;
  readonly feature: string;
  readonly type: string;
  /** What may stand after `??`. */
  readonly value: string;
  /** By `use`, so that nothing can be written behind it. */
  readonly taken: boolean;
  /** Trainers of the library that do take it. */
  readonly others: readonly string[];
  /** The trainer is the team's own. */
  readonly own: boolean;
}

function otherWays({ feature, trainer, others, own }: NotTaken, what: 'missing' | 'categories'): string {
  const other = others[0];
  const ways = [
    ...(other === undefined ? [] : [`take a trainer that does, such as \`${other}\``]),
    ...(own ? [`declare \`accepts ${what}\` if \`${trainer}\` does`] : []),
    `leave it out: \`without { ${feature} }\``,
  ];
  return `, or ${ways.join(', or ')}`;
}

const labelHints: Readonly<Record<string, string>> = {
  binary: 'a label for `binary` is bool: `label late = delay > 15`',
  multiclass: 'a label for `multiclass` is an enum or a string; `to_string(…)` makes text of a number',
  regression: 'a label for `regression` is a number',
  ranking: 'a label for `ranking` is a number or bool: how well the row belongs on top',
  forecast: 'a label for `forecast` is a number',
  multilabel: 'a label for `multilabel` is a list',
};

/** Messages about tasks, trainers and metrics that do not fit the label: codes MLP5500 to MLP5599. */
export const tasksMessages = {
  trainerTask: defineMessage<{ trainer: string; task: string; tasks: readonly string[]; label: string }>({
    code: 'MLP5500',
    severity: 'error',
    title: 'a trainer for another task',
    message: ({ trainer, task, label }) =>
      `the label \`${label}\` makes this a ${task} task, which \`${trainer}\` is not for`,
    hint: ({ tasks }) => `it is for ${tasks.join(', ')}`,
    explanation: {
      text: 'The label’s type proposes the task (bool: binary; enum or string: multiclass; number: regression), and the trainer must be declared for it.',
      wrong: example({ model: MODEL.replace('gradient_boosting(rounds: 50)', 'linear_regression()') }),
      right: example({ model: MODEL }),
    },
  }),
  metricTask: defineMessage<{ metric: string; task: string; tasks: readonly string[] }>({
    code: 'MLP5501',
    severity: 'error',
    title: 'a metric for another task',
    message: ({ metric, task }) => `\`${metric}\` is not a metric for a ${task} task`,
    hint: ({ tasks }) => `it is for ${tasks.join(', ')}`,
    explanation: {
      text: 'A metric is defined for certain tasks; an error in the label’s unit means nothing for a probability.',
      wrong: example({ model: MODEL.replace('evaluate auc, log_loss', 'evaluate auc, rmse') }),
      right: example({ model: MODEL }),
    },
  }),
  labelOfOtherTask: defineMessage<{
    label: string;
    type: string;
    task: string;
    meant: string;
    instead?: string;
  }>({
    code: 'MLP5515',
    severity: 'error',
    title: 'a label of another task than the trainers and metrics',
    message: ({ label, type, task, meant }) =>
      `the label \`${label}\` is ${type}, which makes this a ${task} task, but the trainers and metrics are for ${meant} tasks`,
    hint: ({ label, task, meant, instead }) =>
      `${instead === undefined ? labelHints[meant] : `write \`label ${label} = ${instead}\``}, or take trainers and metrics for ${task}`,
    explanation: {
      text: 'The label’s type proposes the task. A truth value that was made a number, as other tools want it, makes this a regression, for which the metrics of a classification mean nothing.',
      wrong: example({
        view: 'pages = pages\n  label buys = if bought then 1 else 0',
        model: MODEL.replace(' by site', ''),
      }),
      right: example({ view: 'pages = pages\n  label buys = bought', model: MODEL.replace(' by site', '') }),
    },
  }),
  labelType: defineMessage<{ label: string; type: string; task?: string | undefined }>({
    code: 'MLP5502',
    severity: 'error',
    title: 'a label that cannot be predicted so',
    message: ({ label, type, task }) =>
      task === undefined
        ? `a label of type ${type} cannot be predicted`
        : `\`${label}\` is ${type}, which is no label for ${task}`,
    hint: ({ task }) =>
      (task === undefined ? undefined : labelHints[task]) ??
      'a label is bool (binary), an enum or string (multiclass), or a number (regression)',
    explanation: {
      text: 'The task follows from the label’s type, or is named with `as`, and then the type must fit it.',
      wrong: example({ view: 'pages = pages\n  label buys = day', model: MODEL.replace(' by site', '') }),
      right: example({ view: 'pages = pages\n  label buys = bought', model: MODEL.replace(' by site', '') }),
    },
  }),
  unknownTask: defineMessage<{ name: string; known: readonly string[]; suggestion?: string | undefined }>({
    code: 'MLP5503',
    severity: 'error',
    title: 'an unknown task',
    message: ({ name }) => `there is no task \`${name}\``,
    hint: ({ suggestion, known }) =>
      suggestion === undefined ? `tasks are ${known.join(', ')}` : `did you mean \`${suggestion}\`?`,
    explanation: {
      text: 'Tasks are binary, multiclass, regression, ranking, forecast and multilabel.',
      wrong: example({ model: MODEL.replace('predict buys', 'predict buys as clasification') }),
      right: example({ model: MODEL.replace('predict buys', 'predict buys as binary') }),
    },
  }),
  noBaseline: defineMessage<{ model: string; task: string | undefined }>({
    code: 'MLP5504',
    severity: 'error',
    title: 'a comparison with a baseline that is not there',
    message: ({ model }) => `\`${model}\` has no baseline to compare with`,
    hint: ({ task }) =>
      `declare a simple model: \`baseline ${task === 'regression' ? 'linear' : 'logistic'}_regression()\` or \`baseline constant()\``,
    explanation: {
      text: '`baseline` is the simple model that is trained on the same rows. Without one the comparison could never be made, and the gate would never open.',
      wrong: example({ model: `${MODEL}\n  promote {\n    require auc > baseline.auc\n  }` }),
      right: example({
        model: `${MODEL}\n  baseline constant()\n  promote {\n    require auc > baseline.auc\n  }`,
      }),
    },
  }),
  missingValues: defineMessage<NotTaken>({
    code: 'MLP5505',
    severity: 'error',
    title: 'missing values for a trainer that takes none',
    message: ({ trainer, feature, type }) =>
      `the feature \`${feature}\` is ${type}, and \`${trainer}\` takes no missing values`,
    hint: facts => {
      const { feature, value, taken } = facts;
      const filled = taken
        ? `instead of taking it over, say what null means: \`${feature}_known = ${feature} ?? ${value}\``
        : `say what null means: \`${feature} = … ?? ${value}\``;
      return `${filled}${otherWays(facts, 'missing')}`;
    },
    explanation: {
      text: 'A trainer declares whether it takes missing values. One that does not would have to invent something for them, so the author says what null means.',
      wrong: example({
        view: 'seconds = seconds\n  label buys = bought',
        model: MODEL.replace('gradient_boosting(rounds: 50)', 'logistic_regression()').replace(
          ' by site',
          '',
        ),
      }),
      right: example({
        view: 'time = seconds ?? 0.0\n  label buys = bought',
        model: MODEL.replace('gradient_boosting(rounds: 50)', 'logistic_regression()').replace(
          ' by site',
          '',
        ),
      }),
    },
  }),
  categories: defineMessage<NotTaken>({
    code: 'MLP5506',
    severity: 'error',
    title: 'categories for a trainer that takes none',
    message: ({ trainer, feature, type }) =>
      `the feature \`${feature}\` is ${type}, which is a category, and \`${trainer}\` takes no categories`,
    hint: facts => `make a number or truth value of it${otherWays(facts, 'categories')}`,
    explanation: {
      text: 'Text and enum features are categories. A trainer declares whether it takes them.',
      wrong: example({
        model: MODEL.replace('gradient_boosting(rounds: 50)', 'plain_trees()'),
        more: 'trainer plain_trees() for binary {\n  run python "train.py:fit"\n}',
      }),
      right: example({
        model: MODEL.replace('gradient_boosting(rounds: 50)', 'plain_trees()'),
        more: 'trainer plain_trees() for binary {\n  run python "train.py:fit"\n  accepts categories\n}',
      }),
    },
  }),
  featureType: defineMessage<{ feature: string; type: string }>({
    code: 'MLP5507',
    severity: 'error',
    title: 'a feature that no trainer takes',
    message: ({ feature, type }) =>
      `the feature \`${feature}\` is ${type}, which a model cannot learn from as it is`,
    hint: ({ type }) =>
      type.startsWith('date') || type.startsWith('timestamp')
        ? 'take what matters of it: hour(…), weekday(…), days_between(…)'
        : 'features are truth values, numbers, text and enums',
    explanation: {
      text: 'A moment as such never comes again, so a model cannot learn from it; its hour, weekday or distance to another moment do.',
      wrong: example({ view: 'when = day\n  label buys = bought', model: MODEL.replace(' by site', '') }),
      right: example({ view: 'h = hour(day)\n  label buys = bought', model: MODEL.replace(' by site', '') }),
    },
  }),
  tuneDirection: defineMessage<{ metric: string; direction: string; better: string }>({
    code: 'MLP5508',
    severity: 'error',
    title: 'tuning in the wrong direction',
    message: ({ metric, direction, better }) =>
      `\`${direction} ${metric}\` looks for the worst model: ${better} is better`,
    hint: ({ direction, metric }) =>
      `write \`${direction === 'maximize' ? 'minimize' : 'maximize'} ${metric}\``,
    explanation: {
      text: 'A metric declares which direction is better.',
      wrong: example({ model: `${MODEL}\n  tune { depth: 4..8 } maximize log_loss with 5 trials` }),
      right: example({ model: `${MODEL}\n  tune { depth: 4..8 } minimize log_loss with 5 trials` }),
    },
  }),
  thresholdTask: defineMessage<{ task: string }>({
    code: 'MLP5509',
    severity: 'error',
    title: 'a threshold where nothing is decided by one',
    message: ({ task }) => `a threshold turns a probability into yes or no, and the task is ${task}`,
    hint: () => 'remove it, or predict a label that is true or false',
    explanation: {
      text: 'Only a binary task has a threshold.',
      wrong: example({
        view: 'use site\n  label buys = pages',
        model: `${MODEL.replace('evaluate auc, log_loss', 'evaluate rmse')}\n  threshold 0.3`,
      }),
      right: example({ model: `${MODEL}\n  threshold 0.3` }),
    },
  }),
  constantLabel: defineMessage<{ label: string; value: string }>({
    code: 'MLP5512',
    severity: 'error',
    title: 'a label that is always the same',
    message: ({ label, value }) =>
      `the label \`${label}\` is ${value} for every row, so there is nothing to predict`,
    hint: () => 'compute the label from what happens to the row',
    explanation: {
      text: 'A label that has one value, because it is a constant, an enum with one member or a range of one number, is predicted perfectly by anyone who knows that value.',
      wrong: example({ view: 'use site\n  label buys = 1 > 2', model: MODEL }),
      right: example({ view: 'use site\n  label buys = bought', model: MODEL }),
    },
  }),
  thresholdDecides: defineMessage<{ value: number }>({
    code: 'MLP5513',
    severity: 'error',
    title: 'a threshold that decides nothing',
    message: ({ value }) =>
      value === 0
        ? 'every probability reaches a threshold of 0, so the answer is always yes'
        : 'only a probability of 1 reaches a threshold of 1, so the answer is hardly ever yes',
    hint: () => 'choose a value between, by what a wrong yes and a wrong no cost: `threshold 0.3`',
    explanation: {
      text: 'The decision is yes where the probability reaches the threshold. At 0 it is yes for every row, at 1 only for those that the model is entirely sure of.',
      wrong: example({ model: `${MODEL}\n  threshold 0.0` }),
      right: example({ model: `${MODEL}\n  threshold 0.3` }),
    },
  }),
  baselineIsModel: defineMessage<{ trainer: string }>({
    code: 'MLP5514',
    severity: 'error',
    title: 'a baseline that is the model itself',
    message: ({ trainer }) =>
      `the baseline is the model itself, \`${trainer}\` with the same parameters, so a comparison with it says nothing`,
    hint: () =>
      'take something simpler: `constant()`, or `logistic_regression()`, or fewer and smaller trees',
    explanation: {
      text: 'The baseline is the simple model that the real one must be worth its cost against. The same trainer with the same parameters on the same rows gives the same model.',
      wrong: example({ model: `${MODEL}\n  baseline gradient_boosting(rounds: 50)` }),
      right: example({ model: `${MODEL}\n  baseline gradient_boosting(rounds: 5)` }),
    },
  }),
  noFeatures: defineMessage<{ model: string }>({
    code: 'MLP5510',
    severity: 'error',
    title: 'a model without features',
    message: ({ model }) => `\`${model}\` has no feature to learn from`,
    hint: () => 'take a name out of `without`, or give the view a feature that is no label',
    explanation: {
      text: 'Its views have only labels, or `without` takes all of their features away.',
      wrong: example({
        model: MODEL.replace('features Interest', 'features Interest without { site, pages }'),
      }),
      right: example({ model: MODEL }),
    },
  }),
  labelsWhere: defineMessage<{ metric: string; monitor: string }>({
    code: 'MLP5511',
    severity: 'error',
    title: 'a monitor that does not know the labels',
    message: ({ metric, monitor }) =>
      `\`${metric}\` needs the labels of served rows, and \`${monitor}\` does not say where they come from`,
    hint: () => 'write `labels from source on (columns that identify the row)`',
    explanation: {
      text: 'A model’s metric compares predictions with what happened. What happened arrives later, in a source, and is matched by key.',
      wrong: example({
        model: MODEL,
        more: 'deployment shop_api {\n  serve buyers\n}\nmonitor shop_watch on shop_api {\n  every 1d over 7d\n  alert auc < 0.6\n}',
      }),
      right: example({
        model: MODEL,
        more: 'deployment shop_api {\n  serve buyers\n}\nmonitor shop_watch on shop_api {\n  every 1d over 7d\n  labels from visits on (day, site)\n  alert auc < 0.6\n}',
      }),
    },
  }),
} as const;
