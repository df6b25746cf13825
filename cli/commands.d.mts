export const commands: readonly { readonly name: string; readonly summary: string }[];
export const commandNames: readonly string[];
