import type { Address, Change, OnlineStore, Values } from '../../features/online/store.ts';

/** A store that lives as long as a test: what a service reads, without a file. */
export class MemoryStore implements OnlineStore {
  readonly near = true;
  readonly place = 'memory';
  readonly #spaces = new Map<string, Map<string, Uint8Array>>();

  read(addresses: readonly Address[]): Values {
    return addresses.map(({ space, field }) => this.#spaces.get(space)?.get(field));
  }

  async write(changes: readonly Change[]): Promise<void> {
    for (const { space, field, value } of changes) {
      const fields = this.#spaces.get(space) ?? new Map<string, Uint8Array>();
      this.#spaces.set(space, fields);
      if (value === null) fields.delete(field);
      else fields.set(field, value);
    }
  }

  async fields(space: string): Promise<readonly string[]> {
    return [...(this.#spaces.get(space)?.keys() ?? [])];
  }

  async drop(space: string): Promise<void> {
    this.#spaces.delete(space);
  }

  async lock(): Promise<{ release(): Promise<void> }> {
    return { release: async () => {} };
  }

  async close(): Promise<void> {
    this.#spaces.clear();
  }
}
