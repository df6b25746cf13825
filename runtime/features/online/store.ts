/** Where a value is kept: a space, and a field in it. */
export interface Address {
  readonly space: string;
  readonly field: string;
}
export interface Change extends Address {
  /** Null removes it. */
  readonly value: Uint8Array | null;
}
export type Values = readonly (Uint8Array | undefined)[];

/**
 * What the feature store asks of a key-value store. Readers never wait for a writer, and each value is seen whole, old or
 * new.
 */
export interface OnlineStore {
  /** Where it is, for messages; without a password. */
  readonly place: string;
  /** Values are the same until a meta's generation changes, so a reader may keep what it decoded; a look is free. */
  readonly near: boolean;
  /** One round trip. The embedded store answers at once. */
  read(addresses: readonly Address[]): Values | Promise<Values>;
  /** All of them or none. */
  write(changes: readonly Change[]): Promise<void>;
  fields(space: string): Promise<readonly string[]>;
  /** Removes a space with all that is in it. */
  drop(space: string): Promise<void>;
  /** Makes this process the only writer; undefined: someone else is, and says who. */
  lock(): Promise<{ release(): Promise<void> } | { readonly holder: string }>;
  close(): Promise<void>;
}
