import { defineMessage } from '../define.ts';
import { example, MODEL } from './examples.ts';

/** Messages about labels of which nothing is left to predict: codes MLP4103 and MLP4104. */
export const labelMessages = {
  ofThePast: defineMessage<{
    label: string;
    moment: string;
    /** Of the window; undefined where the label looks rows up. */
    length: string | undefined;
    read: string;
    /** An aggregate of the rows after the prediction in the place of a look-up. */
    ahead: string | undefined;
  }>({
    code: 'MLP4103',
    severity: 'error',
    title: 'A label that is computed from the past alone',
    message: ({ label, moment, length, read }) =>
      length === undefined
        ? `the label \`${label}\` reads \`${read}\`, which is known at the moment of prediction (${moment}), and nothing later: there is nothing left to predict`
        : `the label \`${label}\` looks back ${length} from the moment of prediction (${moment}) and reads nothing later: there is nothing left to predict`,
    hint: ({ length, ahead }) =>
      length === undefined
        ? `aggregate what comes after the prediction: \`${ahead ?? '… over next 30d'}\`, or make it a feature by leaving out \`label\``
        : `write \`over next ${length}\` to look ahead, or make it a feature by leaving out \`label\``,
    explanation: {
      text: 'Windows, and look-ups in a table with an event time, take what is known at the moment of prediction. A label that reads nothing else is known when the model is asked, so there is nothing to predict. What happens after the prediction is read with `over next`, or from a column of the row that becomes known later.',
      wrong: example({ view: 'use site\n  label buys = count(visits over 7d by site) > 3' }),
      right: example({ view: 'use site\n  label buys = count(visits over next 7d by site) > 3' }),
    },
  }),
  filtered: defineMessage<{ model: string; label: string; value: string }>({
    code: 'MLP4104',
    severity: 'error',
    title: 'A filter that leaves one value of the label',
    message: ({ label, value, model }) =>
      `the label \`${label}\` is ${value} in every row that this leaves to \`${model}\`, so there is nothing to predict`,
    hint: ({ label }) =>
      `remove the condition, or filter by something that leaves rows with different values of \`${label}\``,
    explanation: {
      text: 'The rows that `where` leaves are those that a model is trained and judged on. A condition on what the label is computed from may leave rows of one class only, and whoever always says that class is right then.',
      wrong: example({ model: `${MODEL}\n  where bought` }),
      right: example({ model: `${MODEL}\n  where pages > 1` }),
    },
  }),
} as const;
