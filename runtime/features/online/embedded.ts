import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RootDatabase } from 'lmdb';
import { featureStoreMessages } from '../../../compiler/diagnostics/messages/feature-store.ts';
import { fault } from '../../data/faults.ts';
import { isAlive, type ProcessIdentity, thisProcess } from '../../store/processes.ts';
import type { Address, OnlineStore } from './store.ts';

/** Where the embedded store of an environment lies. */
export const embeddedFolder = (root: string, environment: string): string =>
  path.join(root, '.mlp', 'online', environment);

/** Keys may have 1,978 bytes; longer ones are told by their hash. */
const longest = 1500;

/**
 * The embedded store: LMDB, a file that is mapped into memory. Any number of processes read while one writes, without
 * locks between them: a reader sees the last commit. A commit is there whole or not, also after a kill.
 */
export async function openEmbedded(
  root: string,
  environment: string,
  { readOnly = false } = {},
): Promise<OnlineStore | undefined> {
  const folder = embeddedFolder(root, environment);
  if (readOnly && !existsSync(path.join(folder, 'data.mdb'))) return undefined;
  mkdirSync(folder, { recursive: true });
  const ignore = path.join(root, '.mlp', '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  try {
    const { open } = await import('lmdb');
    const shared = opened.get(folder) ?? {
      database: open<Uint8Array, string>({ path: folder, encoding: 'binary' }),
      users: 0,
    };
    shared.users++;
    opened.set(folder, shared);
    return new Embedded(shared, folder);
  } catch (cause) {
    const reason = (cause as Error).message.split('\n', 1)[0]!;
    throw fault(featureStoreMessages.onlineStore, { place: folder, reason }, { cause });
  }
}

/** A process maps a store once, however many of its parts use it: LMDB's locks are the process's. */
interface Shared {
  readonly database: RootDatabase<Uint8Array, string>;
  users: number;
}
const opened = new Map<string, Shared>();

const keyOf = ({ space, field }: Address): string => {
  const key = `${space}\n${field}`;
  if (key.length < 400 || Buffer.byteLength(key) <= longest) return key;
  return `${space}\n#${createHash('sha256').update(field).digest('hex')}`;
};

const lockAddress = { space: 'lock', field: 'writer' };

class Embedded implements OnlineStore {
  readonly near = true;
  readonly place: string;
  readonly #shared: Shared;
  readonly #database: RootDatabase<Uint8Array, string>;

  constructor(shared: Shared, folder: string) {
    this.#shared = shared;
    this.#database = shared.database;
    this.place = folder;
  }

  read(addresses: readonly Address[]): (Uint8Array | undefined)[] {
    // What other processes have committed meanwhile is seen from here on, by all addresses alike.
    this.#database.resetReadTxn();
    return addresses.map(address => this.#database.getBinary(keyOf(address)));
  }

  async write(changes: Parameters<OnlineStore['write']>[0]): Promise<void> {
    this.#database.transactionSync(() => {
      for (const change of changes) {
        if (change.value === null) this.#database.removeSync(keyOf(change));
        else
          this.#database.putSync(
            keyOf(change),
            Buffer.from(change.value.buffer, change.value.byteOffset, change.value.byteLength),
          );
      }
    });
  }

  async fields(space: string): Promise<readonly string[]> {
    this.#database.resetReadTxn();
    const range = { start: `${space}\n`, end: `${space}\n\u{10ffff}` };
    return [...this.#database.getKeys(range)].map(key => key.slice(space.length + 1));
  }

  async drop(space: string): Promise<void> {
    for (;;) {
      const some = (await this.fields(space)).slice(0, 10_000);
      if (some.length === 0) return;
      this.#database.transactionSync(() => {
        for (const field of some) this.#database.removeSync(`${space}\n${field}`);
      });
    }
  }

  async lock(): Promise<{ release(): Promise<void> } | { readonly holder: string }> {
    const me = thisProcess();
    const holder = this.#database.transactionSync(() => {
      const bytes = this.#database.getBinary(keyOf(lockAddress));
      const other = bytes && (JSON.parse(Buffer.from(bytes).toString()) as ProcessIdentity);
      if (other && isAlive(other)) return other;
      this.#database.putSync(keyOf(lockAddress), Buffer.from(JSON.stringify(me)));
      return undefined;
    });
    if (holder) return { holder: `process ${holder.pid} on ${holder.host}` };
    return { release: () => this.write([{ ...lockAddress, value: null }]) };
  }

  async close(): Promise<void> {
    if (--this.#shared.users > 0) return;
    opened.delete(this.place);
    await this.#database.close();
  }
}
