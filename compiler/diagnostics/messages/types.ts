/** Messages about types, nullability and units: codes MLP3001 to MLP3999. */
export const typesMessages = {} as const;
