/** Messages about data files against their schemas: codes MLP8001 to MLP8999. */
export const dataMessages = {} as const;
