import { defineMessage } from '../define.ts';
import { example, MODEL } from './examples.ts';

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
  labelType: defineMessage<{ label: string; type: string; task?: string | undefined }>({
    code: 'MLP5502',
    severity: 'error',
    title: 'a label that cannot be predicted so',
    message: ({ label, type, task }) =>
      task === undefined
        ? `a label of type ${type} cannot be predicted`
        : `\`${label}\` is ${type}, which is no label for ${task}`,
    hint: () => 'a label is bool (binary), an enum or string (multiclass), or a number (regression)',
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
  noBaseline: defineMessage<{ model: string }>({
    code: 'MLP5504',
    severity: 'error',
    title: 'a comparison with a baseline that is not there',
    message: ({ model }) => `\`${model}\` has no baseline to compare with`,
    hint: () => 'declare a simple model: `baseline logistic_regression()` or `baseline constant()`',
    explanation: {
      text: '`baseline` is the simple model that is trained on the same rows. Without one the comparison could never be made, and the gate would never open.',
      wrong: example({ model: `${MODEL}\n  promote {\n    require auc > baseline.auc\n  }` }),
      right: example({
        model: `${MODEL}\n  baseline constant()\n  promote {\n    require auc > baseline.auc\n  }`,
      }),
    },
  }),
  missingValues: defineMessage<{ trainer: string; feature: string; type: string }>({
    code: 'MLP5505',
    severity: 'error',
    title: 'missing values for a trainer that takes none',
    message: ({ trainer, feature, type }) =>
      `\`${trainer}\` takes no missing values, and the feature \`${feature}\` is ${type}`,
    hint: ({ feature }) =>
      `give the feature a value for null (\`${feature} = … ?? 0.0\`), leave it out with \`without { ${feature} }\`, or take a trainer that accepts missing values`,
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
  categories: defineMessage<{ trainer: string; feature: string; type: string }>({
    code: 'MLP5506',
    severity: 'error',
    title: 'categories for a trainer that takes none',
    message: ({ trainer, feature, type }) =>
      `\`${trainer}\` takes no categories, and the feature \`${feature}\` is ${type}`,
    hint: ({ feature }) =>
      `leave it out with \`without { ${feature} }\`, or let the trainer declare \`accepts categories\``,
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
    explanation: {
      text: 'Only a binary task has a threshold.',
      wrong: example({
        view: 'use site\n  label buys = pages',
        model: `${MODEL.replace('evaluate auc, log_loss', 'evaluate rmse')}\n  threshold 0.3`,
      }),
      right: example({ model: `${MODEL}\n  threshold 0.3` }),
    },
  }),
  noFeatures: defineMessage<{ model: string }>({
    code: 'MLP5510',
    severity: 'error',
    title: 'a model without features',
    message: ({ model }) => `\`${model}\` has no feature to learn from`,
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
