/** Messages about names, scopes and imports: codes MLP2001 to MLP2999. */
export const namesMessages = {} as const;
