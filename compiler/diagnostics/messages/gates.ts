/** Messages about tasks, metrics and gates: codes MLP5001 to MLP5999. */
export const gatesMessages = {} as const;
