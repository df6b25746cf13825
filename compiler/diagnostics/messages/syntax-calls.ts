import { defineMessage } from '../define.ts';

/** Messages about the brackets of calls and aggregates. */
export const callSyntaxMessages = {
  methodCall: defineMessage<{ name: string }>({
    code: 'MLP1120',
    severity: 'error',
    title: 'A call written like a method',
    message: ({ name }) =>
      `functions are called by their name: \`${name}(…)\`, with the value as an argument`,
    explanation: {
      text: 'Values have no methods. A function or aggregate is called by its name.',
      wrong: 'let a = b.abs()',
      right: 'let a = abs(b)',
    },
  }),
  argumentEquals: defineMessage<{ name: string }>({
    code: 'MLP1122',
    severity: 'error',
    title: '= in an argument',
    message: ({ name }) => `a named argument is written with a colon: \`${name}: …\``,
    explanation: {
      text: 'In a call an argument is named by `name: value`.',
      wrong: 'let a = log(2, base = 10)',
      right: 'let a = log(2, base: 10)',
    },
  }),
  aggregateOrder: defineMessage<{ word: string }>({
    code: 'MLP1126',
    severity: 'error',
    title: 'The parts of an aggregate in another order',
    message: ({ word }) => `\`${word}\` stands too late in this aggregate, or twice`,
    hint: () =>
      'the parts stand in the order `of`, `where`, `over`, `by`: `sum(x of t where c over 7d by k)`',
    explanation: {
      text: 'Behind its first value an aggregate names the table, the condition, the window and the columns to group by, each once and in this order, so that all read alike.',
      wrong: 'let a = mean(x over 7d where x > 0 by k)',
      right: 'let a = mean(x where x > 0 over 7d by k)',
    },
  }),
  strayTail: defineMessage<{ text: string }>({
    code: 'MLP1127',
    severity: 'error',
    title: 'A window or table in what is no aggregate',
    message: ({ text }) => `this is no aggregate, so \`${text}\` cannot stand here`,
    hint: () => 'only an aggregate of an expression takes `of`, `where`, `over` and `by`',
    explanation: {
      text: 'Aggregates of expressions, such as `mean(delay over 7d)`, take a table, a condition, a window and keys behind their first value. Metrics, annotations, policies, trainers and what a connection or source is made with do not.',
      wrong: 'model m { evaluate auc(x over 3d) }',
      right: 'model m { evaluate auc(x) }',
    },
  }),
  namedValue: defineMessage<{ name: string }>({
    code: 'MLP1128',
    severity: 'error',
    title: 'A name before what is aggregated',
    message: ({ name }) => `what is aggregated stands first, without a name; here it is called \`${name}\``,
    hint: ({ name }) => `remove \`${name}:\``,
    explanation: {
      text: 'The value that an aggregate takes comes first and is followed by its table, condition, window and keys; it is no named argument.',
      wrong: 'let a = sum(x: amount over 30d)',
      right: 'let a = sum(amount over 30d)',
    },
  }),
  missingComma: defineMessage<{ found: string }>({
    code: 'MLP1119',
    severity: 'error',
    title: 'A comma is missing',
    message: ({ found }) => `a comma is missing before ${found}`,
    explanation: {
      text: 'In round and square brackets a comma stands between two values. Only in braces it may be left out.',
      wrong: 'let a = max(1 2)',
      right: 'let a = max(1, 2)',
    },
  }),
} as const;
