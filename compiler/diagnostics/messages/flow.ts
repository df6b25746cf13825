import { defineMessage } from '../define.ts';

/** Messages about leakage, availability, personal data and time: codes MLP4001 to MLP4999. */
export const flowMessages = {
  tooLarge: defineMessage<{ limit: number }>({
    code: 'MLP4901',
    severity: 'error',
    title: 'The expressions are too large',
    message: ({ limit }) => `with all functions put in, the project has more than ${limit} operations`,
    hint: () =>
      'compute a value once as a feature and use its name, instead of calling functions that double the work at each level',
    explanation: { text: '', wrong: '', right: '' },
  }),
} as const;
