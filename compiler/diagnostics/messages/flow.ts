/** Messages about leakage, availability, personal data and time: codes MLP4001 to MLP4999. */
export const flowMessages = {} as const;
