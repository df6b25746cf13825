export const commands: readonly { readonly name: string; readonly summary: string }[];
export const commandNames: readonly string[];
export declare const residentNames: readonly string[];
