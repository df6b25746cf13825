/** Messages about the text itself, its tokens and its grammar: codes MLP1001 to MLP1999. */
export const syntaxMessages = {} as const;
