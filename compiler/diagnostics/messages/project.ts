/** Messages about projects, environments and targets: codes MLP6001 to MLP6999. */
export const projectMessages = {} as const;
